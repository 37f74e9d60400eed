/** One station under load: a mutual-TLS socket, one CALL at a time, the next as soon as the last is answered. */
import type { SecureContext, TLSSocket } from "node:tls";
import { clientFrame, pong, ServerFrames } from "./frame.ts";
import { openSocket, type Target } from "./socket.ts";

/** What a station says, in order: the text of the next frame. */
export type Script = { next(station: string): string };

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
    const { id, context } = this;
    const { socket, first } = await openSocket(target, { id, context, protocol: PROTOCOL });
    this.socket = socket;
    this.listen(socket, first);
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
