/**
 * The transaction ids of one connection. A master that counts them up, and suddenly repeats an old request under its old id, plays a
 * recording. Many masters never count, and begin anew with each connection: neither is a sign of anything.
 */
import { COUNTED_TRANSACTIONS, TRANSACTION_STEP_MAX, TRANSACTIONS_REMEMBERED } from "./limits.ts";

export class Transactions {
  private last = -1;
  private counted = 0;
  private replaying = false;
  private readonly remembered = new Map<number, string>();

  /** True for a request that is a replay; `pdu` is only looked at during the call. */
  add(transaction: number, pdu: Uint8Array): boolean {
    const text = String.fromCharCode(...pdu);
    const same = this.remembered.get(transaction) === text;
    const step = (transaction - this.last + 0x10000) % 0x10000;
    const counts = step >= 1 && step <= TRANSACTION_STEP_MAX;
    // What goes on where a recording jumped back to is part of it, as long as it repeats.
    this.replaying = same && (counts ? this.replaying : this.counted >= COUNTED_TRANSACTIONS);
    if (counts) this.counted = Math.min(this.counted + 1, COUNTED_TRANSACTIONS);
    else if (!this.replaying) this.counted = 0;
    this.last = transaction;
    this.remembered.delete(transaction);
    this.remembered.set(transaction, text);
    for (const oldest of this.remembered.keys()) {
      if (this.remembered.size <= TRANSACTIONS_REMEMBERED) break;
      this.remembered.delete(oldest);
    }
    return this.replaying;
  }
}
