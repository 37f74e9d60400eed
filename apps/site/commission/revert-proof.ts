/**
 * The proof that a device lets go of a setpoint by itself (ADR 14): it is told one, follows it, is told nothing more, and is watched until
 * it falls back. What was not watched is not proven.
 *
 *     write ──▶ follows within FOLLOWS_MS ──▶ silence ──▶ still holds at half its time ──▶ falls back by its time + LATE_MS
 *
 * Where it does not, 0 is written, which is safe for ever, before anything else is done.
 */
import type { Battery } from "@wattward/energy";
import { type Clock, sleep } from "@wattward/kernel";
import type { Words } from "../energy-controller/devices/battery-orders.ts";
import { type KnownModel, numberAt, type SunSpecUnit } from "../energy-controller/devices/sunspec-unit.ts";
import type { DeviceReport } from "./report.ts";

const FOLLOWS_MS = 20_000;
/** A revert may be so much later than its time: clocks in seconds, ramps. */
const LATE_MS = 6_000;
const LOOK_EVERY_MS = 500;
/** Enough to be told from an inverter's own use. */
const TEST_W_MIN = 500;
const TEST_PART = 0.1;
const NEAR_PART = 0.3;
const AWAY_PART = 0.5;

export type Proof = NonNullable<DeviceReport["revert"]>;

export type ProofOf = {
  readonly unit: SunSpecUnit;
  readonly words: Words;
  readonly control: KnownModel;
  readonly power: KnownModel;
  readonly battery: Battery;
  readonly chargePermille: number;
  /** The time that the site will use. */
  readonly revertMs: number;
  readonly clock: Clock;
  say(sentence: string): void;
};

export async function proveRevert(of: ProofOf): Promise<Proof> {
  const { battery, chargePermille, revertMs, clock, say } = of;
  const discharges = chargePermille >= (battery.reservePermille + battery.fullPermille) / 2;
  const mostW = discharges ? battery.dischargeWMax : battery.chargeWMax;
  const testW = Math.min(mostW, Math.max(TEST_W_MIN, mostW * TEST_PART)) * (discharges ? 1 : -1);
  const seen = await of.unit.read(of.control);
  if (!seen.ok) return unproven(seen.fault.sentence);
  if (!of.words.reverts(seen.value)) return unproven("it knows no revert time");
  say(
    `${discharges ? "discharging" : "charging"} with ${Math.abs(Math.round(testW))} W, for ${revertMs / 1000} s at most`,
  );
  const refusedBy = await tell(of, testW, revertMs);
  if (refusedBy !== undefined) return unproven(refusedBy);
  const toldMs = nowMs(clock);
  const isNear = (w: number) => Math.abs(w - testW) <= Math.max(TEST_W_MIN / 2, Math.abs(testW) * NEAR_PART);
  if (!(await watch(of, toldMs + Math.min(FOLLOWS_MS, revertMs / 2), isNear))) {
    await letGo(of);
    return unproven("it acknowledged a setpoint and did not follow it");
  }
  say("it follows; now it is told nothing more, and watched");
  const isAway = (w: number) => Math.abs(w - testW) > Math.abs(testW) * AWAY_PART;
  if (!(await watch(of, toldMs + revertMs + LATE_MS, isAway))) {
    await letGo(of);
    return unproven(`it still held its setpoint ${(revertMs + LATE_MS) / 1000} s after it was told last`);
  }
  const watchedMs = Math.round(nowMs(clock) - toldMs);
  if (watchedMs < revertMs / 2)
    return unproven(
      `it fell back after ${Math.round(watchedMs / 1000)} s of ${revertMs / 1000}: renewals would come too late`,
    );
  return { kind: "proven", afterMs: revertMs, watchedMs };
}

const unproven = (why: string): Proof => ({ kind: "unproven", why });
const nowMs = (clock: Clock): number => clock.now().monotonicMs;

/** Undefined where it took everything. */
async function tell(
  { unit, words, control }: ProofOf,
  feedW: number,
  revertMs: number,
): Promise<string | undefined> {
  const seen = await unit.read(control);
  if (!seen.ok) return seen.fault.sentence;
  for (const values of words.orders(seen.value, feedW, Math.floor(revertMs / 1000))) {
    const fault = await unit.write(seen.value, values);
    if (fault !== undefined) return fault.sentence;
  }
  return undefined;
}

/** Whether its power was so before `untilMs`. A look that fails is no look. */
async function watch(
  { unit, power, clock }: ProofOf,
  untilMs: number,
  is: (w: number) => boolean,
): Promise<boolean> {
  while (nowMs(clock) < untilMs) {
    await sleep(clock, LOOK_EVERY_MS);
    const seen = await unit.read(power);
    const w = seen.ok ? numberAt(seen.value, "W") : undefined;
    if (w !== undefined && is(w)) return true;
  }
  return false;
}

async function letGo(of: ProofOf): Promise<void> {
  const fault = await tell(of, 0, 60_000);
  of.say(
    fault === undefined ? "0 was written" : `and 0 could not be written: ${fault}. See to the device itself.`,
  );
}
