/** A guard before a bank of registers: what passes is carried out and settled at once, as a device that answers would have it. */
import type { Instant } from "@wattward/kernel";
import type { Request } from "@wattward/modbus";
import { RegisterBank } from "@wattward/modbus/testing";
import { ModbusGuard } from "../guard.ts";
import type { ClientName, Policy } from "../policy.ts";
import { type Settled, settledBy, type Verdict } from "../verdict.ts";

export const instant = (monotonicMs: number): Instant => ({
  monotonicMs,
  wallMs: monotonicMs,
  quality: "synced",
});

export class GuardedBank {
  guard: ModbusGuard;
  readonly bank = new RegisterBank();
  nowMs = 0;
  /** What becomes of the next requests, in place of the bank's answer. */
  fate: Settled | undefined;

  constructor(policy: Policy) {
    this.guard = new ModbusGuard(policy);
  }

  ask(request: Request, { client = "energy", unit = 1 }: { client?: string; unit?: number } = {}): Verdict {
    const verdict = this.guard.request(client as ClientName, unit, request, instant(this.nowMs));
    if (verdict.kind === "allow")
      verdict.ticket.settle(this.fate ?? settledBy(this.bank.answer(request)), this.nowMs);
    return verdict;
  }

  /** `pass`, or the exception with which it is refused. */
  said(request: Request, who: { client?: string; unit?: number } = {}): string | number {
    const verdict = this.ask(request, who);
    return verdict.kind === "allow" ? "pass" : verdict.exception;
  }

  /** Writes words from an address on. */
  write(address: number, ...registers: readonly number[]): string | number {
    return this.said({
      kind: "write-multiple-registers",
      address,
      registers: registers.map((word) => word & 0xffff),
    });
  }

  read(address: number, quantity: number): string | number {
    return this.said({ kind: "read-holding-registers", address, quantity });
  }
}
