/**
 * A master without manners: sends any bytes over a link, in any order, and waits for what comes back under an id, for a while. What an
 * attacker has; a real master is `ModbusClient`.
 */
import type { Clock } from "@wattward/kernel";
import { type Adu, AduStream, type ByteLink, EXCEPTION_BIT, joinAdu } from "@wattward/modbus";

export type Heard =
  | { readonly kind: "answer"; readonly pdu: Uint8Array }
  | { readonly kind: "exception"; readonly code: number }
  | { readonly kind: "silence" }
  | { readonly kind: "closed" };

export class RawMaster {
  private readonly link: ByteLink;
  private readonly clock: Clock;
  private readonly stream = new AduStream();
  private readonly waiting = new Map<number, (heard: Heard) => void>();
  private transaction = 0;
  closed = false;

  constructor(link: ByteLink, clock: Clock) {
    this.link = link;
    this.clock = clock;
    link.listen({ bytes: (segment) => this.read(segment), closed: () => this.over() });
  }

  /** Asks under an id of its own, or under `transaction`. */
  ask(
    { pdu, unit }: { readonly unit: number; readonly pdu: Uint8Array },
    { transaction, waitMs }: { readonly transaction?: number; readonly waitMs: number },
  ): Promise<Heard> {
    const id = transaction ?? (this.transaction = (this.transaction + 1) % 0x1_0000);
    if (this.closed) return Promise.resolve({ kind: "closed" });
    return new Promise((resolve) => {
      const settle = (heard: Heard) => {
        cancel();
        this.waiting.delete(id);
        resolve(heard);
      };
      const cancel = this.clock.after(waitMs, () => settle({ kind: "silence" }));
      this.waiting.set(id, settle);
      this.link.send(joinAdu({ transaction: id, unit, pdu }));
    });
  }

  /** Sends bytes as they are, and waits for the next answer, whatever its id. */
  send(bytes: Uint8Array, waitMs: number): Promise<Heard> {
    if (this.closed) return Promise.resolve({ kind: "closed" });
    return new Promise((resolve) => {
      const settle = (heard: Heard) => {
        cancel();
        if (this.any === settle) this.any = undefined;
        resolve(heard);
      };
      const cancel = this.clock.after(waitMs, () => settle({ kind: "silence" }));
      this.any = settle;
      this.link.send(bytes);
    });
  }

  end(): void {
    this.link.end();
  }

  private any: ((heard: Heard) => void) | undefined;

  private read(segment: Uint8Array): void {
    this.stream.push(segment);
    for (;;) {
      const next = this.stream.next();
      if (next.kind !== "adu") return;
      this.take(next.adu);
    }
  }

  private take({ pdu, transaction }: Adu): void {
    const [code = 0, exception = 0] = pdu;
    const heard: Heard =
      code >= EXCEPTION_BIT ? { kind: "exception", code: exception } : { kind: "answer", pdu: pdu.slice() };
    (this.waiting.get(transaction) ?? this.any)?.(heard);
  }

  private over(): void {
    this.closed = true;
    for (const settle of [...this.waiting.values()]) settle({ kind: "closed" });
    this.any?.({ kind: "closed" });
  }
}
