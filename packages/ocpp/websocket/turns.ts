/**
 * TLS handshakes cost most of what a connection costs, and a fleet returns at once: so many are under way at a time,
 * and the others wait unread, first come first served. Waiting is bounded by the listener's `connectionsMax`.
 */
import type { Socket } from "node:net";

type Ends = { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined };

export class Turns {
  private readonly most: number;
  private readonly start: (socket: Socket) => void;
  /** By the peer's address and port: TLS gives the secured connection another object than the one it was given. */
  private readonly underWay = new Set<string>();
  private readonly waiting = new Set<Socket>();

  constructor(most: number, start: (socket: Socket) => void) {
    this.most = most;
    this.start = start;
  }

  /** Starts it now or when its turn comes. A connection that ends, in whatever state, gives its turn up. */
  wait(socket: Socket): void {
    const key = keyOf(socket);
    if (key === undefined || socket.destroyed) return void socket.destroy();
    socket.once("close", () => {
      this.waiting.delete(socket);
      this.release(key);
    });
    this.waiting.add(socket);
    this.next();
  }

  /** The handshake of this connection is over. */
  done(socket: Ends): void {
    const key = keyOf(socket);
    if (key !== undefined) this.release(key);
  }

  private release(key: string): void {
    if (this.underWay.delete(key)) this.next();
  }

  private next(): void {
    for (const socket of this.waiting) {
      if (this.underWay.size >= this.most) return;
      this.waiting.delete(socket);
      const key = keyOf(socket);
      if (key === undefined || socket.destroyed) continue;
      this.underWay.add(key);
      this.start(socket);
    }
  }
}

const keyOf = ({ remoteAddress, remotePort }: Ends): string | undefined =>
  remoteAddress === undefined || remotePort === undefined ? undefined : `${remoteAddress} ${remotePort}`;
