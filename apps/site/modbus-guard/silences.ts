/**
 * Whose requests made a device silent. While one is outstanding nobody else can ask, so a client whose requests are not answered (a hole in
 * the registers, a device that hangs up) would take the device from all others with nothing but reads. What it costs is on its own
 * account: beyond the allowance it is not asked for until a fifth of the time since has paid for it.
 *
 * One that has the device to itself owes nobody anything. Who asks a device that is silent already tries again after a back-off of his own, and
 * pays for that, too, where it then answers somebody who met the silence much less often, and is silent to him once more: else it was off.
 */
import type { ClientName } from "@wattward/guard";
import { backoffMs, type Chance } from "@wattward/kernel";
import { OTHERS_WITHIN_MS, REDIAL_MS, SILENCE_COSTS } from "./limits.ts";

/** `suspectMs`: he will pay for so long as well, if his next request meets a silence. */
type Account = { askedAtMs: number; paidAtMs: number; suspectMs: number };
/** Of a client in the silence that lasts: how often he met it, for how long after the first, and when he may try again. */
type Met = { times: number; againMs: number; tryAtMs: number };

/** So many times more than the one who is answered. */
const MUCH_OFTENER = 2;
/** Silences that somebody is suspected of, at most. */
const SUSPECT_MAX = 5;

export class Silences {
  /** As many as the policy has clients. */
  private readonly accounts = new Map<ClientName, Account>();
  private readonly met = new Map<ClientName, Met>();
  private readonly chance: Chance;

  constructor(chance: Chance) {
    this.chance = chance;
  }

  asked(client: ClientName, nowMs: number): void {
    const known = this.accounts.get(client);
    if (known !== undefined) known.askedAtMs = nowMs;
    else this.accounts.set(client, { askedAtMs: nowMs, paidAtMs: nowMs, suspectMs: 0 });
  }

  /** The device said nothing to a request of this client for so long; `begins`: it answered whoever asked before. */
  silent(
    client: ClientName,
    { ms, begins, nowMs }: { readonly ms: number; readonly begins: boolean; readonly nowMs: number },
  ): void {
    const { times, againMs } = this.met.get(client) ?? { times: 0, againMs: 0 };
    if (begins) this.cost(client, ms, nowMs);
    this.met.set(client, {
      times: times + 1,
      againMs: begins ? againMs : againMs + ms,
      // One answer that fails to come is no outage yet.
      tryAtMs: times === 0 ? nowMs : nowMs + backoffMs(this.chance, times - 1, REDIAL_MS),
    });
  }

  /** May it be asked for this client, as far as it was silent to him? */
  mayTry(client: ClientName, nowMs: number): boolean {
    return nowMs >= (this.met.get(client)?.tryAtMs ?? nowMs);
  }

  /** It answers this client. */
  answered(client: ClientName, allowanceMs: number): void {
    const answered = this.accounts.get(client);
    if (answered !== undefined) answered.suspectMs = 0;
    if (this.met.size === 0) return;
    const times = this.met.get(client)?.times ?? 0;
    for (const [other, { againMs, times: often }] of this.met) {
      const account = this.accounts.get(other);
      if (account !== undefined && often >= times + MUCH_OFTENER)
        account.suspectMs = Math.min(againMs, SUSPECT_MAX * allowanceMs);
    }
    this.met.clear();
  }

  /** Must it let the others go first? One silence of `allowanceMs` is free of that. */
  waits(client: ClientName, allowanceMs: number, nowMs: number): boolean {
    const owedMs = (this.accounts.get(client)?.paidAtMs ?? nowMs) - nowMs;
    return owedMs > SILENCE_COSTS * allowanceMs && this.hasOthers(client, nowMs);
  }

  /** Has anybody else asked this device lately? */
  private hasOthers(client: ClientName, nowMs: number): boolean {
    for (const [name, { askedAtMs }] of this.accounts)
      if (name !== client && nowMs - askedAtMs <= OTHERS_WITHIN_MS) return true;
    return false;
  }

  private cost(client: ClientName, ms: number, nowMs: number): void {
    const account = this.accounts.get(client);
    if (account === undefined) return;
    account.paidAtMs = Math.max(account.paidAtMs, nowMs) + SILENCE_COSTS * (ms + account.suspectMs);
    account.suspectMs = 0;
  }
}
