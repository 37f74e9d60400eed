/**
 * A station's boot, for both versions (1.6 §4.2; 2.0.1 B01 to B03): the inventory's admission gives the status. Each
 * boot is answered, and none is an onboarding of its own (QUIRKS 19). A boot ends no transaction: what was open is
 * uncertain (QUIRKS 42).
 */
import type { Call } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import { setting } from "../core/settings.ts";
import type { Tx } from "../store/writer.ts";
import { doubtAfterBoot } from "../transactions/doubts.ts";
import { headOf } from "../transactions/record.ts";
import { inBootLoop } from "./boot-loop.ts";
import { type Station, setBooted } from "./rows.ts";
import { tell } from "./told.ts";

export type BootFacts = {
  readonly vendor: string;
  readonly model: string;
  readonly firmware: string | null;
  readonly reason: string | null;
  /** What else tells one machine from another: serial numbers, SIM card. */
  readonly identity: Readonly<Record<string, string | undefined>>;
};
export type Booted = {
  readonly status: "Accepted" | "Pending" | "Rejected";
  /** Accepted: between heartbeats. Otherwise: until the next boot may be sent (B01.FR.04, B02.FR.04). */
  readonly intervalS: number;
};

export async function boot(tx: Tx, call: Call<object>, facts: BootFacts): Promise<Booted> {
  const { station } = call;
  const status = statusFor(station);
  // History never overwrites what is known of a later boot.
  const newest = call.live || call.receivedAtMs > (station.booted_at_ms ?? 0);
  if (status === "Accepted" && newest) {
    await tx.run(setBooted, {
      id: station.id,
      vendor: facts.vendor,
      model: facts.model,
      firmware: facts.firmware ?? station.firmware,
      atMs: call.receivedAtMs,
    });
  }
  const data = {
    vendor: clipped(facts.vendor),
    model: clipped(facts.model),
    firmware: facts.firmware === null ? null : clipped(facts.firmware),
    reason: facts.reason,
    status,
  };
  if (status === "Accepted") {
    await doubtAfterBoot(tx, call);
    await takeIdentity(tx, call, facts.identity);
  }
  const told = await inBootLoop(tx, call);
  if (!told) observe(tx, { ...headOf(call), kind: "station.booted", data });
  const name = status === "Accepted" ? "heartbeat_interval_s" : "boot_retry_interval_s";
  return { status, intervalS: await setting(tx, name) };
}

/** Another serial number, or another SIM, behind the same name is for a person to know of (AT-O6). */
async function takeIdentity(tx: Tx, call: Call<object>, told: BootFacts["identity"]): Promise<void> {
  const named = Object.entries(told).filter(([, value]) => value !== undefined);
  if (named.length === 0) return;
  const body = Object.fromEntries(named);
  const { newest, before } = await tell(tx, call, { subject: "identity", about: "", body });
  if (!newest || before === undefined) return;
  const known = JSON.parse(before) as Record<string, unknown>;
  const fields = named.flatMap(([name, value]) => (known[name] === value ? [] : [name]));
  if (fields.length === 0) return;
  observe(tx, { ...headOf(call), kind: "station.identity-changed", data: { fields } });
}

function statusFor({ admission }: Station): Booted["status"] {
  if (admission === "accepted") return "Accepted";
  return admission === "pending" ? "Pending" : "Rejected";
}
