/**
 * A station gone mad, in a process of its own: offers 10,000 messages a second, takes no notice of answers, and comes
 * back when it is shown the door. What the peer's own slowness keeps in its buffers it does not send twice.
 *
 *     node flood.ts NAME PORT ID FOLDER      until it is killed; says every second what was offered and written
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RawSocket, textFrame } from "./raw-socket.ts";

const OFFERED_PER_SECOND = 10_000;
const TICK_MS = 10;
/** Beyond this the peer does not take what was written. */
const UNWRITTEN_BYTES_MAX = 1024 * 1024;
const RECONNECT_MS = 500;

const [name = "", port, id = "", folder = ""] = process.argv.slice(2);
const read = (file: string) => readFileSync(join(folder, file), "utf8");
const identity = {
  ca: read("root.pem"),
  cert: read("certificate.pem"),
  key: read("key.pem"),
  passphrase: read("passphrase").trim(),
};
const sample = [{ timestamp: new Date().toISOString(), sampledValue: [{ value: "1" }] }];
const told = { offered: 0, written: 0, connections: 0 };
let raw: RawSocket | undefined;
let connecting = false;

async function connect(): Promise<void> {
  if (connecting) return;
  connecting = true;
  try {
    raw = await RawSocket.station({ name, port: Number(port) }, id, identity);
    told.connections++;
    const boot = { chargePointVendor: "Mad", chargePointModel: "Mad" };
    raw.write(textFrame(JSON.stringify([2, "boot", "BootNotification", boot])));
    raw.socket.removeAllListeners("data").resume();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  } finally {
    connecting = false;
  }
}

function message(n: number): Buffer {
  const [action, payload] =
    n % 2 === 0 ? ["Heartbeat", {}] : ["MeterValues", { connectorId: 1, meterValue: sample }];
  return textFrame(JSON.stringify([2, `f${n}`, action, payload]));
}

setInterval(() => {
  if (raw === undefined || raw.over) return void connect();
  const frames: Buffer[] = [];
  for (let i = 0; i < (OFFERED_PER_SECOND * TICK_MS) / 1000; i++) frames.push(message(told.offered++));
  if (raw.socket.writableLength > UNWRITTEN_BYTES_MAX) return;
  told.written += frames.length;
  raw.write(Buffer.concat(frames));
}, TICK_MS);
setInterval(() => process.stdout.write(`${JSON.stringify(told)}\n`), 1_000);
