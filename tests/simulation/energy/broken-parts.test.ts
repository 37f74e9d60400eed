/**
 * Would the fault harness notice? Each test puts one broken part in the place of a good one and demands that the recount says so, in the
 * words that belong to it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MeterTrust, type OwnSums } from "@wattward/energy";
import type { PlantPlan } from "@wattward/simulator";
import { ProfileShelf } from "../../../apps/simulator/charging/profile-shelf.ts";
import { Watch } from "../../../apps/site/charging/watch.ts";
import { type FaultDayOptions, faultDay } from "./fault-day.ts";
import { three } from "./wirings.ts";

const busy = { gapMs: { least: 10_000, most: 30_000 }, stayMs: { least: 1_800_000, most: 3_600_000 } };
const SLOT_MS = 300_000;

async function noticed(
  words: RegExp,
  options: Pick<FaultDayOptions, "slots" | "broken" | "seed" | "pace" | "slotMs">,
): Promise<void> {
  const { findings } = await faultDay({ slotMs: SLOT_MS, pace: busy, ...options });
  assert(
    findings.some((finding) => words.test(finding)),
    `unnoticed: ${words}\n${findings.join("\n")}`,
  );
}

test("noticed: wires that are not turned, at a site whose document says so", async () => {
  const wires = (plan: PlantPlan): PlantPlan => ({
    ...plan,
    outlets: plan.outlets.map((one) => ({
      ...one,
      wiring: one.wiring.length === 1 ? (["L1"] as const) : three,
    })),
  });
  // Cars of one phase, all on L1 in truth; the meter, which would show it, is out of reach.
  const pace = { ...busy, phases: 1 } as const;
  await noticed(/bound (in-advance|ended|heat): .* L1/, {
    seed: 2,
    slots: [["modbus-cut"], ["modbus-cut"]],
    pace,
    broken: { wires },
  });
});

test("noticed: a fallback that never begins", async () => {
  const { look } = Watch.prototype;
  Watch.prototype.look = function (this: Watch) {
    // As if it had just been heard.
    Object.assign(this, { aliveAtMs: Number.POSITIVE_INFINITY });
    return look.call(this);
  };
  try {
    await noticed(/energy-killed for .* s, and the mode is/, { seed: 1, slots: [["energy-killed"]] });
  } finally {
    Watch.prototype.look = look;
  }
});

test("noticed: a lost meter that reads 0", async () => {
  const { judge } = MeterTrust.prototype;
  MeterTrust.prototype.judge = function (this: MeterTrust, raw, own: OwnSums, nowMs) {
    const verdict = judge.call(this, raw, own, nowMs);
    if (verdict.kind === "trusted") return verdict;
    return { kind: "trusted", reading: { atMs: nowMs, currentMa: [0, 0, 0] } };
  };
  try {
    await noticed(/meter-lost for .* s, and the mode is/, { seed: 1, slots: [["meter-lost", "base-steps"]] });
  } finally {
    MeterTrust.prototype.judge = judge;
  }
});

test("noticed: stations that keep a grant past its life", async () => {
  const { set } = ProfileShelf.prototype;
  ProfileShelf.prototype.set = function (this: ProfileShelf, profile) {
    const { periods } = profile.schedule;
    const keeps = profile.purpose === "tx" ? periods.slice(0, 1) : periods;
    return set.call(this, { ...profile, schedule: { ...profile.schedule, periods: keeps } });
  };
  try {
    const slots = Array.from({ length: 4 }, () => ["site-killed"] as const);
    // Long enough that grants run out while nobody is there.
    await noticed(/no controller for .* would let .* A flow/, { seed: 1, slots, slotMs: 480_000 });
  } finally {
    ProfileShelf.prototype.set = set;
  }
});
