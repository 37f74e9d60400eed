/**
 * The proof that a device lets go of a setpoint by itself (ADR 14): it is told one, follows it, is told nothing more, and is watched until
 * it falls back. What was not watched is not proven.
 *
 *     write ──▶ follows within FOLLOWS_MS ──▶ silence ──▶ still holds at half its time ──▶ falls back by its time + LATE_MS
 *
 * Where it does not, and where the proof is broken off or fails by an error of ours, what is safe for ever is written before anything
 * else is done: 0 to a battery, all of its power to an inverter. The sun may go while an inverter is watched: one that does not rise when it is freed has shown nothing.
 */
import type { Battery } from "@wattward/energy";
import { type Clock, sleep } from "@wattward/kernel";
import type { KnownModel } from "@wattward/modbus/sunspec";
import type { Words } from "../energy-controller/devices/battery-orders.ts";
import { curtailOrders, knowsRevert } from "../energy-controller/devices/solar.ts";
import {
  numberAt,
  type Seen,
  type SunSpecUnit,
  type Values,
} from "../energy-controller/devices/sunspec-unit.ts";
import type { DeviceReport } from "./report.ts";

const FOLLOWS_MS = 20_000;
/** A revert may be so much later than its time: clocks in seconds, ramps. */
const LATE_MS = 6_000;
const LOOK_EVERY_MS = 500;
/** It has let go when it shows so in as many looks, one after the other: power that dips for a moment, or one wrong reading, is no revert. */
const AWAY_LOOKS = 4;
/** Enough to be told from an inverter's own use. */
const TEST_W_MIN = 500;
const TEST_PART = 0.1;
/** So far from its setpoint it follows it all the same. */
const NEAR_W = 250;
const NEAR_PART = 0.3;
const AWAY_PART = 0.5;
/** What is safe for ever needs a time as well, for the device. */
const FREED_MS = 60_000;
/** A device that is told what is safe for ever may just then not answer. */
const FREE_TRIES = 3;

export type Proof = NonNullable<DeviceReport["revert"]>;

export type Proven = {
  readonly unit: SunSpecUnit;
  readonly control: KnownModel;
  readonly power: KnownModel;
  /** The time that the site will use. */
  readonly revertMs: number;
  readonly clock: Clock;
  /** Aborted: the device is freed, and the proof rejects with the signal's reason. */
  readonly signal: AbortSignal;
  say(sentence: string): void;
  /** It could not be freed: it may hold what it was told, for ever. */
  held(why: string): void;
};

export type ProofOf = Proven & {
  readonly words: Words;
  readonly battery: Battery;
  readonly chargePermille: number;
};

export type LimitProofOf = Proven & {
  /** What 100 % of its limit means. */
  readonly fullW: number;
  /** What it feeds now. */
  readonly feedW: number;
};

/** One device under proof. */
type Trial = Proven & {
  readonly what: string;
  orders(seen: Seen, revertS: number): readonly Values[];
  /** What is safe for ever. */
  free(seen: Seen, revertS: number): readonly Values[];
  readonly freed: string;
  readonly notFreed: string;
  reverts(seen: Seen): boolean;
  isNear(w: number): boolean;
  isAway(w: number): boolean;
  /** Away can be that it has no power for a moment, too; what feeds more than it may has let go. */
  readonly dips: boolean;
};

/** An inverter that feeds less shows nothing when it is limited. */
export const FEEDS_W_MIN = 1_000;
/** It is limited to so much of what it feeds, has followed below the second part of that, and is free again above the third. */
const LIMIT_PART = 0.5;
const LIMITED_PART = 0.65;
const FREE_PART = 0.75;
/** Freed, it has risen by then if there is any sun. */
const RISES_MS = 20_000;

/** Undefined: no power that it may be told now would be told from rest. */
export async function proveRevert(of: ProofOf): Promise<Proof | undefined> {
  const { battery, chargePermille, revertMs, words, say } = of;
  const { reservePermille, fullPermille, chargeWMax, dischargeWMax } = battery;
  const canCharge = chargeWMax > NEAR_W && chargePermille < fullPermille;
  const canDischarge = dischargeWMax > NEAR_W && chargePermille > reservePermille;
  if (!canCharge && !canDischarge) return undefined;
  const discharges = canDischarge && (!canCharge || chargePermille >= (reservePermille + fullPermille) / 2);
  const mostW = discharges ? battery.dischargeWMax : battery.chargeWMax;
  const testW = Math.min(mostW, Math.max(TEST_W_MIN, mostW * TEST_PART)) * (discharges ? 1 : -1);
  const trial: Trial = {
    ...of,
    what: "its setpoint",
    orders: (seen, revertS) => words.orders(seen, testW, revertS),
    free: (seen, revertS) => words.orders(seen, 0, revertS),
    freed: "0 was written",
    notFreed: "and 0 could not be written",
    reverts: (seen) => words.reverts(seen),
    isNear: (w) => Math.abs(w - testW) <= Math.max(NEAR_W, Math.abs(testW) * NEAR_PART),
    isAway: (w) => Math.abs(w - testW) > Math.abs(testW) * AWAY_PART,
    dips: true,
  };
  const way = discharges ? "discharging" : "charging";
  const proof = await watched(trial, () =>
    say(`${way} with ${Math.abs(Math.round(testW))} W, for ${revertMs / 1000} s at most`),
  );
  return told(proof);
}

/** Undefined: the sun went meanwhile, and nothing was shown. */
export async function proveLimitRevert(of: LimitProofOf): Promise<Proof | undefined> {
  const { feedW, fullW, revertMs, say } = of;
  const limitW = feedW * LIMIT_PART;
  const trial: Trial = {
    ...of,
    what: "its limit",
    orders: (seen, revertS) => curtailOrders(seen, (limitW * 100) / fullW, revertS),
    free: (seen, revertS) => curtailOrders(seen, 100, revertS),
    freed: "all of its power was written",
    notFreed: "and its limit could not be lifted",
    reverts: knowsRevert,
    isNear: (w) => w <= feedW * LIMITED_PART,
    isAway: (w) => w >= feedW * FREE_PART,
    dips: false,
  };
  const proof = await watched(trial, () =>
    say(`limited to ${Math.round(limitW)} W of ${Math.round(feedW)}, for ${revertMs / 1000} s at most`),
  );
  if (proof.kind === "proven" || !proof.freed || !proof.followed) return told(proof);
  const rises = await watch(trial, nowMs(of.clock) + RISES_MS, trial.isAway);
  return rises === undefined ? undefined : told(proof);
}

type Watched =
  | { readonly kind: "proven"; readonly afterMs: number; readonly watchedMs: number }
  | {
      readonly kind: "unproven";
      readonly why: string;
      readonly followed: boolean;
      /** It was told what is safe for ever. */
      readonly freed: boolean;
    };

const told = (proof: Watched): Proof => (proof.kind === "proven" ? proof : unproven(proof.why));

async function watched(of: Trial, begins: () => void): Promise<Watched> {
  const seen = await of.unit.read(of.control);
  if (!seen.ok) return not(seen.fault.sentence);
  if (!of.reverts(seen.value)) return not("it knows no revert time");
  of.signal.throwIfAborted();
  begins();
  try {
    return await tried(of);
  } catch (error) {
    // Broken off, or an error of ours: nobody takes it back later.
    await letGo(of);
    throw error;
  }
}

async function tried(of: Trial): Promise<Watched> {
  const { revertMs, clock, say, what } = of;
  const freed = async (why: string, followed: boolean): Promise<Watched> => ({
    ...{ kind: "unproven", why, followed },
    freed: await letGo(of),
  });
  const refused = await tell(of, of.orders, revertMs);
  // Half of it may be in force.
  if (refused !== undefined)
    return refused.taken > 0 ? freed(refused.sentence, false) : not(refused.sentence);
  const toldMs = nowMs(clock);
  if ((await watch(of, toldMs + Math.min(FOLLOWS_MS, revertMs / 2), of.isNear)) === undefined)
    return freed(`it acknowledged ${what} and did not follow it`, false);
  say("it follows; now it is told nothing more, and watched");
  const awayMs = await watch(of, toldMs + revertMs + LATE_MS, of.isAway, AWAY_LOOKS);
  if (awayMs === undefined)
    return freed(`it still held ${what} ${(revertMs + LATE_MS) / 1000} s after it was told last`, true);
  const watchedMs = Math.round(awayMs - toldMs);
  if (watchedMs < revertMs / 2)
    // Or its power was away for a while, and it still holds.
    return freed(
      `it fell back after ${Math.round(watchedMs / 1000)} s of ${revertMs / 1000}: renewals would come too late`,
      true,
    );
  // What has let go does not take it up again.
  if (of.dips && (await watch(of, toldMs + revertMs + LATE_MS, of.isNear)) !== undefined)
    return freed(`its power was away for a while, and then it held ${what} again`, true);
  return { kind: "proven", afterMs: revertMs, watchedMs };
}

/** It was never told. */
const not = (why: string): Watched => ({ kind: "unproven", why, followed: false, freed: false });
const unproven = (why: string): Proof => ({ kind: "unproven", why });
const nowMs = (clock: Clock): number => clock.now().monotonicMs;

/** Undefined where it took everything; else how many writes it took, or may have taken: of one without an answer nobody knows. */
async function tell(
  { unit, control }: Trial,
  orders: Trial["orders"],
  revertMs: number,
): Promise<{ readonly sentence: string; readonly taken: number } | undefined> {
  const seen = await unit.read(control);
  if (!seen.ok) return { sentence: seen.fault.sentence, taken: 0 };
  for (const [taken, values] of orders(seen.value, Math.floor(revertMs / 1000)).entries()) {
    const fault = await unit.write(seen.value, values);
    if (fault !== undefined)
      return { sentence: fault.sentence, taken: fault.kind === "unreachable" ? taken + 1 : taken };
  }
  return undefined;
}

/** Since when its power was so, `looks` times in a row, first before `untilMs`; undefined: it was not. A look that fails shows nothing. */
async function watch(
  { unit, power, clock, signal }: Proven,
  untilMs: number,
  is: (w: number) => boolean,
  looks = 1,
): Promise<number | undefined> {
  let since: { readonly ms: number; readonly looks: number } | undefined;
  while (nowMs(clock) < untilMs || since !== undefined) {
    signal.throwIfAborted();
    await sleep(clock, LOOK_EVERY_MS);
    const seen = await unit.read(power);
    const w = seen.ok ? numberAt(seen.value, "W") : undefined;
    since =
      w === undefined || !is(w)
        ? undefined
        : { ms: since?.ms ?? nowMs(clock), looks: (since?.looks ?? 0) + 1 };
    if (since !== undefined && since.looks >= looks) return since.ms;
  }
  return undefined;
}

/** Says what came of it; true where it was written. Never rejects. */
async function letGo(of: Trial): Promise<boolean> {
  let why: string | undefined;
  for (let tries = 1; tries <= FREE_TRIES; tries++) {
    const refused = await tell(of, of.free, FREED_MS).catch((error: Error) => ({ sentence: error.message }));
    if (refused === undefined) {
      of.say(of.freed);
      return true;
    }
    why = refused.sentence;
    if (tries < FREE_TRIES) await sleep(of.clock, LOOK_EVERY_MS);
  }
  of.say(`${of.notFreed}: ${why}. See to the device itself.`);
  of.held(why ?? "");
  return false;
}
