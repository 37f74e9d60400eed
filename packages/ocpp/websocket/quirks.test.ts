/** Rows of QUIRKS about the handshake and the bytes of frames, on real sockets. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { WireServer } from "@wattward/kernel";
import { COMPRESSED_UNASKED } from "../frame.ts";
import {
  clientFrame,
  eventually,
  listener,
  raw,
  stillServes,
  upgradedRaw,
  upgradeHead,
} from "../testing/listener.ts";

const servers: WireServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function open() {
  const at = await listener({ limits: { closeMsMax: 200 } });
  servers.push(at.server);
  return at;
}

test("quirk 25: an upgrade without `Connection: Upgrade` is refused with 426, and nobody is asked about it", async () => {
  const at = await open();
  const answer = await raw(at.port, upgradeHead("/ocpp/CP-1").replace("Connection: Upgrade\r\n", ""));
  assert.match(answer, /^HTTP\/1\.1 426 /);
  assert.deepEqual(at.requests, []);
  await stillServes(at.port);
});

test("quirk 26: a frame with the bit of a compression that nobody agreed ends with 1002 and says so; none is offered", async () => {
  const at = await open();
  const head = upgradeHead("/", ["Sec-WebSocket-Extensions: permessage-deflate"]);
  const { socket, received } = await upgradedRaw(at.port);
  socket.write(clientFrame(Buffer.from('[2,"1","Heartbeat",{}]'), 0xc1));
  await eventually("a close frame", () => received()[0] === 0x88);
  assert.equal(received().readUInt16BE(2), 1002);
  await eventually("the end is told", () => at.closes.length === 1);
  assert.deepEqual(at.closes[0], { code: 1002, reason: COMPRESSED_UNASKED });
  socket.destroy();
  assert(!(await firstOf(at.port, head)).toLowerCase().includes("permessage-deflate"));
  await stillServes(at.port);
});

/** The answer to an upgrade, up to its empty line. */
async function firstOf(port: number, head: string): Promise<string> {
  const { connect } = await import("node:net");
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(head));
    socket.once("data", (bytes) => {
      socket.destroy();
      resolve(bytes.toString().split("\r\n\r\n")[0] ?? "");
    });
    socket.once("error", reject);
  });
}
