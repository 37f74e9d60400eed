/**
 * Connections to a TLS port whose peer has not proven who it is: bounded for each source, and never all there is room for, so that strangers
 * who say nothing keep nobody out. Of those that are too many the oldest goes that has said nothing, else the oldest: who means it speaks first.
 *
 *     connection ─▶ begun ─▶ proven (a link)      another of its source, or no room ─▶ destroyed, told as silent
 */
import type { Socket } from "node:net";
import { sourceKey } from "@wattward/kernel";

type Pending = { readonly key: string; readonly socket: Socket; readonly source: string };

export class Handshakes {
  private readonly eachMax: number;
  /** The oldest first. */
  private readonly pending = new Map<string, Pending>();

  constructor(eachMax: number) {
    this.eachMax = eachMax;
  }

  /** A connection has come; `hasRoom` is false where it took the last place. */
  begun(socket: Socket, hasRoom: boolean): void {
    const source = sourceKey(socket.remoteAddress ?? "");
    const ofSource = [...this.pending.values()].filter((one) => one.source === source);
    const victims = ofSource.length >= this.eachMax ? ofSource : hasRoom ? [] : [...this.pending.values()];
    const victim = victims.find((one) => one.socket.bytesRead === 0) ?? victims[0];
    if (victim !== undefined) {
      this.pending.delete(victim.key);
      victim.socket.destroy();
    }
    const key = keyOf(socket);
    this.pending.set(key, { key, socket, source });
    socket.once("close", () => {
      if (this.pending.get(key)?.socket === socket) this.pending.delete(key);
    });
  }

  /** The TLS socket of one of them: its peer has proven who it is. */
  proven(socket: Socket): void {
    this.pending.delete(keyOf(socket));
  }
}

/** Of all connections to one listener. */
const keyOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
