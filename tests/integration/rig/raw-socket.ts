/**
 * TLS and WebSocket written by hand, for what no library would send: broken frames, half a handshake, a peer that never
 * reads. Every byte that came back is kept, up to what a test looks at.
 */
import { randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { subprotocols } from "@wattward/ocpp";
import type { Identity, Server } from "./operator.ts";
import { eventually } from "./workplace.ts";

/** RFC 6455 §5.2. */
export const TEXT = 1;
export const BINARY = 2;
export const PING = 9;
const CLOSE = 8;
const FIN = 0x80;
const MASKED = 0x80;

/** A frame as a client sends it; the mask is zero, so that what is written is what was meant. */
export function webSocketFrame(opcode: number, payload: Uint8Array, firstByte = FIN | opcode): Buffer {
  const { length } = payload;
  const size = length < 126 ? Buffer.from([MASKED | length]) : Buffer.alloc(length < 65_536 ? 3 : 9, 0);
  if (size.length === 3) size.writeUInt16BE(length, 1);
  if (size.length === 9) size.writeBigUInt64BE(BigInt(length), 1);
  if (size.length > 1) size[0] = MASKED | (size.length === 3 ? 126 : 127);
  return Buffer.concat([Buffer.from([firstByte]), size, Buffer.alloc(4), payload]);
}
export const textFrame = (text: string): Buffer => webSocketFrame(TEXT, Buffer.from(text));

export class RawSocket {
  readonly socket: Socket;
  private received = Buffer.alloc(0);
  private ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes) => (this.received = Buffer.concat([this.received, bytes])));
    socket.on("error", () => {});
    socket.on("close", () => (this.ended = true));
  }

  /** TCP alone, from any address of this machine. */
  static async tcp({ port }: Server, localAddress = "127.0.0.1"): Promise<RawSocket> {
    const raw = new RawSocket(connectTcp({ host: "127.0.0.1", port, localAddress, noDelay: true }));
    await eventually("TCP", () => !raw.socket.connecting);
    return raw;
  }

  /** TLS with that identity, from any address of this machine, and nothing said yet. */
  static async tls(
    { name, port }: Server,
    identity: Identity,
    localAddress = "127.0.0.1",
  ): Promise<RawSocket> {
    const carrier = connectTcp({ host: "127.0.0.1", port, localAddress });
    const socket = connectTls({ socket: carrier, servername: name, ...identity });
    const raw = new RawSocket(socket);
    await eventually("TLS", () => socket.authorized || raw.ended);
    return raw;
  }

  /** A WebSocket of OCPP 1.6 as station `id`. */
  static async station(to: Server, id: string, identity: Identity): Promise<RawSocket> {
    const raw = await RawSocket.tls(to, identity);
    raw.write(upgradeRequest(`/ocpp/${id}`));
    await eventually(`the upgrade of ${id}`, () => raw.received.includes("\r\n\r\n"));
    if (!raw.text.startsWith("HTTP/1.1 101")) throw new Error(raw.text);
    raw.received = raw.received.subarray(raw.received.indexOf("\r\n\r\n") + 4);
    return raw;
  }

  write(bytes: string | Uint8Array): void {
    if (!this.ended) this.socket.write(bytes);
  }

  /** What has come so far, as text. */
  get text(): string {
    return this.received.toString("latin1");
  }
  get over(): boolean {
    return this.ended;
  }

  /** The code of the peer's close frame; undefined where it ended without one, or has not. */
  get closeCode(): number | undefined {
    for (let at = 0; at + 2 <= this.received.length; ) {
      const short = this.received[at + 1]! & 0x7f;
      const head = short < 126 ? 2 : 4;
      const length = short < 126 ? short : this.received.readUInt16BE(at + 2);
      if ((this.received[at]! & 0x0f) === CLOSE) return this.received.readUInt16BE(at + head);
      at += head + length;
    }
    return undefined;
  }

  end(): void {
    this.socket.destroy();
  }
}

export const upgradeRequest = (path: string, more: readonly string[] = []): string =>
  [
    `GET ${path} HTTP/1.1`,
    "Host: hostile",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    `Sec-WebSocket-Protocol: ${subprotocols["1.6"]}`,
    ...more,
    "\r\n",
  ].join("\r\n");
