/**
 * What waits for one device: a line for each client, served in turn, so that who asks much waits for himself. Bounded for
 * each client; within a client first come, first served.
 */
import type { ClientName } from "@wattward/guard";
import { WAITING_MAX } from "./limits.ts";

export class FairQueue<T> {
  private readonly lines = new Map<ClientName, T[]>();
  /** Clients that wait, in the order of their turns. */
  private turns: ClientName[] = [];

  get isEmpty(): boolean {
    return this.turns.length === 0;
  }

  /** False where the client's line is full. */
  push(client: ClientName, item: T): boolean {
    const line = this.lines.get(client);
    if (line === undefined) {
      this.lines.set(client, [item]);
      this.turns.push(client);
      return true;
    }
    if (line.length >= WAITING_MAX) return false;
    line.push(item);
    return true;
  }

  next(): T | undefined {
    const client = this.turns.shift();
    if (client === undefined) return undefined;
    const line = this.lines.get(client) ?? [];
    const item = line.shift();
    if (line.length > 0) this.turns.push(client);
    else this.lines.delete(client);
    return item;
  }

  /** Everything, in the order in which it would have been served. */
  drain(): T[] {
    const all: T[] = [];
    for (let item = this.next(); item !== undefined; item = this.next()) all.push(item);
    return all;
  }
}
