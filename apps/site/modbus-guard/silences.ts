/**
 * Whose requests made a device silent. While one is outstanding nobody else can ask, so a client whose requests are not answered (a hole in
 * the registers, a device that hangs up) would take the device from all others with nothing but reads. What it costs is on its own
 * account: beyond the allowance it is not asked for until a fifth of the time since has paid for it.
 *
 * One that has the device to itself owes nobody anything.
 */
import type { ClientName } from "@wattward/guard";
import { OTHERS_WITHIN_MS, SILENCE_COSTS } from "./limits.ts";

type Account = { askedAtMs: number; paidAtMs: number };

export class Silences {
  /** As many as the policy has clients. */
  private readonly accounts = new Map<ClientName, Account>();

  asked(client: ClientName, nowMs: number): void {
    const known = this.accounts.get(client);
    if (known !== undefined) known.askedAtMs = nowMs;
    else this.accounts.set(client, { askedAtMs: nowMs, paidAtMs: nowMs });
  }

  /** The device said nothing to a request of this client for so long. */
  cost(client: ClientName, ms: number, nowMs: number): void {
    const account = this.accounts.get(client);
    if (account !== undefined) account.paidAtMs = Math.max(account.paidAtMs, nowMs) + SILENCE_COSTS * ms;
  }

  /** Must it let the others go first? One silence of `allowanceMs` is free of that. */
  waits(client: ClientName, allowanceMs: number, nowMs: number): boolean {
    const owedMs = (this.accounts.get(client)?.paidAtMs ?? nowMs) - nowMs;
    return owedMs > SILENCE_COSTS * allowanceMs && this.hasOthers(client, nowMs);
  }

  /** Has anybody else asked this device lately? */
  hasOthers(client: ClientName, nowMs: number): boolean {
    for (const [name, { askedAtMs }] of this.accounts)
      if (name !== client && nowMs - askedAtMs <= OTHERS_WITHIN_MS) return true;
    return false;
  }
}
