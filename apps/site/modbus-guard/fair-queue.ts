/**
 * What waits for one device: a line for each client, and next is always the client who was served longest ago, so that who asks much
 * waits for himself. Bounded for each client; within a client first come, first served.
 */
import type { ClientName } from "@wattward/guard";
import { WAITING_MAX } from "./limits.ts";

type Line<T> = { readonly items: T[]; served: number };

export class FairQueue<T> {
  /** As many as the policy has clients. */
  private readonly lines = new Map<ClientName, Line<T>>();
  private turn = 0;
  private size = 0;

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** False where the client's line is full. */
  push(client: ClientName, item: T): boolean {
    const line = this.lines.get(client) ?? { items: [], served: 0 };
    if (line.items.length >= WAITING_MAX) return false;
    this.lines.set(client, line);
    line.items.push(item);
    this.size++;
    return true;
  }

  /** The client was served without having waited: nobody else did. */
  served(client: ClientName): void {
    const line = this.lines.get(client);
    if (line === undefined) this.lines.set(client, { items: [], served: ++this.turn });
    else line.served = ++this.turn;
  }

  next(): T | undefined {
    let first: Line<T> | undefined;
    for (const line of this.lines.values())
      if (line.items.length > 0 && (first === undefined || line.served < first.served)) first = line;
    if (first === undefined) return undefined;
    first.served = ++this.turn;
    this.size--;
    return first.items.shift();
  }

  /** Everything, in the order in which it would have been served. */
  drain(): T[] {
    const all: T[] = [];
    for (let item = this.next(); item !== undefined; item = this.next()) all.push(item);
    return all;
  }
}
