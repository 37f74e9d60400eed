/** One station under load: a mutual-TLS socket, one CALL at a time, the next as soon as the last is answered. */
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import { clientFrame, pong, ServerFrames } from "./frame.ts";

export type Target = {
  readonly port: number;
  readonly servername: string;
  /** `/ocpp/` of a station; the id is added. */
  readonly path: string;
};

/** What a station says, in order: the text of the next frame. */
export type Script = { next(station: string): string };

const KEY = "d2F0dHdhcmQtYmVuY2gtMQ==";
const PROTOCOL = "ocpp2.0.1";
/** A CALLRESULT, and an echo of a CALL: what counts as an answer. */
const RESULT = 0x33;
const CALL = 0x32;

export class LoadStation {
  readonly id: string;
  answered = 0;
  /** CALLERRORs, and sockets that ended while they were wanted. */
  failed = 0;
  private readonly context: SecureContext;
  private socket: TLSSocket | undefined;
  private script: Script | undefined;
  private waiting: ((answered: boolean) => void) | undefined;

  constructor(id: string, context: SecureContext) {
    this.id = id;
    this.context = context;
  }

  /** Resolves when the WebSocket is open; rejects with why it is not. */
  async open(target: Target): Promise<void> {
    const { port, servername, path } = target;
    const socket = connect({ port, host: "127.0.0.1", servername, secureContext: this.context });
    socket.setNoDelay(true);
    this.socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("close", () => reject(new Error(`${this.id}: closed before it was open`)));
      socket.once("secureConnect", () => {
        socket.write(
          `GET ${path}${this.id} HTTP/1.1\r\nHost: ${servername}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
            `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Protocol: ${PROTOCOL}\r\n\r\n`,
        );
      });
      let head = "";
      const upgraded = (chunk: Buffer) => {
        head += chunk.toString("latin1");
        const end = head.indexOf("\r\n\r\n");
        if (end < 0) return;
        socket.off("data", upgraded);
        if (!head.startsWith("HTTP/1.1 101"))
          return reject(new Error(`${this.id}: ${head.split("\r\n")[0]}`));
        this.listen(socket, Buffer.from(head.slice(end + 4), "latin1"));
        resolve();
      };
      socket.on("data", upgraded);
    });
  }

  /** One CALL; resolves with whether it was answered with a result (or its echo). */
  ask(text: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.socket?.write(clientFrame(text));
    });
  }

  /** From now on one CALL after the other, until {@link stop}. */
  run(script: Script): void {
    this.script = script;
    this.next();
  }

  stop(): void {
    this.script = undefined;
  }

  drop(): void {
    this.script = undefined;
    this.socket?.destroy();
  }

  private listen(socket: TLSSocket, first: Buffer): void {
    socket.removeAllListeners("error").removeAllListeners("close");
    const frames = new ServerFrames({
      message: (payload) => this.heard(payload),
      ping: () => socket.write(pong),
    });
    socket.on("data", (chunk: Buffer) => frames.take(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      if (this.script !== undefined || this.waiting !== undefined) this.failed++;
      this.settle(false);
    });
    if (first.length > 0) frames.take(first);
  }

  private heard(payload: Buffer): void {
    const type = payload[1];
    const good = type === RESULT || type === CALL;
    if (this.waiting !== undefined) {
      this.settle(good);
      return;
    }
    if (good) this.answered++;
    else this.failed++;
    if (this.script !== undefined) this.next();
  }

  private settle(good: boolean): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.(good);
  }

  private next(): void {
    this.socket?.write(clientFrame(this.script!.next(this.id)));
  }
}
