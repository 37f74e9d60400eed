/** A listener for tests: takes every upgrade that its verdict allows and keeps what its wires told. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import {
  type DialFault,
  type Log,
  type LogFields,
  type Result,
  silentLog,
  type UpgradeRequest,
  type UpgradeVerdict,
  type Wire,
  type WireServer,
} from "@wattward/kernel";
import { dialer, type ListenOptions, listenWires } from "../websocket/index.ts";

export type Seen = {
  readonly requests: UpgradeRequest[];
  readonly wires: Wire[];
  readonly messages: string[];
  readonly closes: { code: number; reason: string }[];
  readonly log: string[];
};
export type Listener = Seen & { readonly server: WireServer; readonly port: number };

/** Accepts as OCPP 1.6 and echoes, unless told otherwise. */
export async function listener(options: Partial<ListenOptions> & { echo?: boolean }): Promise<Listener> {
  const seen: Seen = { requests: [], wires: [], messages: [], closes: [], log: [] };
  const upgrade = async (request: UpgradeRequest): Promise<UpgradeVerdict> => ({
    kind: "accept",
    protocol: request.protocols[0] ?? "",
    opened: (wire) => taken(wire, seen, options.echo ?? true),
  });
  const server = await listenWires({
    host: "127.0.0.1",
    port: 0,
    tls: undefined,
    log: keptLog(seen.log),
    ...options,
    upgrade: async (request) => {
      seen.requests.push(request);
      return (options.upgrade ?? upgrade)(request);
    },
  });
  return { ...seen, server, port: server.port };
}

/** What {@link listener} does with a wire, for tests with a verdict of their own. */
export function taken(wire: Wire, seen: Seen, echo: boolean): void {
  seen.wires.push(wire);
  wire.listen({
    message(text) {
      seen.messages.push(text);
      if (echo) wire.send(text);
    },
    closed: (code, reason) => seen.closes.push({ code, reason }),
  });
}

/** Keeps "event key=value …" lines. */
export function keptLog(lines: string[]): Log {
  const keep = (event: string, fields: LogFields = {}) => {
    lines.push([event, ...Object.entries(fields).map(([key, value]) => `${key}=${value}`)].join(" "));
  };
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, with: () => log };
  return log;
}

/** Sends bytes on a fresh TCP connection and returns everything that comes back until its end. */
export async function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  return answerOf(socket, bytes);
}

/** The same inside TLS; rejects where the handshake fails. */
export async function rawTls(options: ConnectionOptions, bytes: string): Promise<string> {
  const socket = connectTls({ host: "127.0.0.1", servername: "localhost", ...options });
  await once(socket, "secureConnect");
  return answerOf(socket, bytes);
}

function answerOf(socket: ReturnType<typeof connect> | TLSSocket, bytes: string | Buffer): Promise<string> {
  let answer = "";
  return new Promise((resolve) => {
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", () => {}); // A reset is an end like another; the answer so far is what counts.
    socket.on("close", () => resolve(answer));
    socket.write(bytes);
  });
}

/** A plain connection whose errors are ends like any other: being cut is what tests of hostile peers are about. */
export function bareSocket(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  // A failing test must not hold the process open by what it left.
  socket.unref();
  return socket;
}

/** Resolves at the end of a connection, whatever ended it. */
export const ended = (socket: Socket): Promise<void> =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once("close", () => resolve()));

/** Waits for a condition on real sockets, at most two seconds. */
export async function eventually(what: string, done: () => boolean): Promise<void> {
  const untilMs = performance.now() + 2_000;
  while (!done()) {
    if (performance.now() > untilMs) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The head of a correct upgrade request; `more` are further header lines. */
export const upgradeHead = (
  path: string,
  more: readonly string[] = ["Sec-WebSocket-Protocol: ocpp1.6"],
): string =>
  `${[
    `GET ${path} HTTP/1.1`,
    "Host: localhost",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...more,
  ].join("\r\n")}\r\n\r\n`;

/** A client's frame with a mask of zeros: FIN unless told otherwise, text unless told otherwise. */
export function clientFrame(payload: Buffer, firstByte = 0x81): Buffer {
  const length =
    payload.length < 126
      ? Buffer.from([0x80 | payload.length])
      : payload.length < 65536
        ? Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 0xff])
        : Buffer.concat([Buffer.from([0x80 | 127, 0, 0, 0, 0]), bigEndian(payload.length)]);
  return Buffer.concat([Buffer.from([firstByte]), length, Buffer.alloc(4), payload]);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Dials a plain listener as a station would. */
export const dialPlain = (
  port: number,
  path = "/ocpp/CS1",
  protocols: readonly string[] = ["ocpp1.6"],
): Promise<Result<Wire, DialFault>> =>
  dialer({ url: `ws://127.0.0.1:${port}`, log: silentLog, limits: { closeMsMax: 200 } }).dial(
    path,
    protocols,
  );

/** Fails unless another station gets in and is echoed: whatever happened before harmed nobody else. */
export async function stillServes(port: number): Promise<void> {
  const result = await dialPlain(port);
  if (!result.ok) throw new Error(result.fault.sentence);
  const echoed = new Promise<string>((resolve) => result.value.listen({ message: resolve, closed() {} }));
  result.value.send("still here");
  const answer = await echoed;
  result.value.terminate();
  if (answer !== "still here") throw new Error(`echoed ${answer}`);
}

/** A raw WebSocket client after its handshake; `received` fills with what the server sends. */
export async function upgradedRaw(port: number): Promise<{ socket: Socket; received: () => Buffer }> {
  const socket = bareSocket(port);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.write(upgradeHead("/ocpp/CS1"));
  await eventually("the upgrade", () => Buffer.concat(chunks).includes("\r\n\r\n"));
  const afterHead = () => {
    const all = Buffer.concat(chunks);
    return all.subarray(all.indexOf("\r\n\r\n") + 4);
  };
  return { socket, received: afterHead };
}
