/**
 * TLS handshakes cost most of what a connection costs, and a fleet returns at once: so many are under way at a time,
 * and the others wait unread. Addresses take turns, and one has half of the places at most: whoever opens a thousand
 * connections and says nothing on them keeps waiting behind himself. Waiting is bounded by the listener's
 * `connectionsMax`.
 */
import type { Socket } from "node:net";

type Ends = { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined };

export class Turns {
  private readonly most: number;
  private readonly mostOfOne: number;
  private readonly start: (socket: Socket) => void;
  /** By the peer's address, its ports: TLS gives the secured connection another object than the one it was given. */
  private readonly underWay = new Map<string, Set<number>>();
  private count = 0;
  /** By address, in order of turns: the first is the next served. */
  private readonly waiting = new Map<string, Set<Socket>>();

  constructor(most: number, start: (socket: Socket) => void) {
    this.most = most;
    this.mostOfOne = Math.ceil(most / 2);
    this.start = start;
  }

  /** Starts it now or when its turn comes. A connection that ends, in whatever state, gives its turn up. */
  wait(socket: Socket): void {
    const { remoteAddress: address, remotePort: port } = socket;
    if (address === undefined || port === undefined || socket.destroyed) return void socket.destroy();
    socket.once("close", () => {
      this.leave(address, socket);
      this.release(address, port);
    });
    const queue = this.waiting.get(address) ?? new Set();
    this.waiting.set(address, queue.add(socket));
    this.next();
  }

  /** The handshake of this connection is over. */
  done({ remoteAddress, remotePort }: Ends): void {
    if (remoteAddress !== undefined && remotePort !== undefined) this.release(remoteAddress, remotePort);
  }

  private release(address: string, port: number): void {
    const ports = this.underWay.get(address);
    if (ports === undefined || !ports.delete(port)) return;
    if (ports.size === 0) this.underWay.delete(address);
    this.count--;
    this.next();
  }

  private next(): void {
    for (const [address, queue] of this.waiting) {
      if (this.count >= this.most) return;
      const ports = this.underWay.get(address) ?? new Set();
      const [socket] = queue;
      if (ports.size >= this.mostOfOne || socket === undefined) continue;
      this.leave(address, socket);
      if (socket.destroyed || socket.remotePort === undefined) continue;
      this.underWay.set(address, ports.add(socket.remotePort));
      this.count++;
      this.start(socket);
    }
  }

  /** Its address then goes to the end of the line. A map walks on through what is added meanwhile. */
  private leave(address: string, socket: Socket): void {
    const queue = this.waiting.get(address);
    if (queue === undefined || !queue.delete(socket)) return;
    this.waiting.delete(address);
    if (queue.size > 0) this.waiting.set(address, queue);
  }
}
