/** How a station is limited is not doubted for a clock that was learnt wrongly; stations are scripted, the site is whole. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { charging, isGrant, observed, purposes } from "../testing/scripted-charging.ts";
import type { World } from "../testing/world.ts";
import { fieldsOf, listIn, numberIn, textIn } from "./fields.ts";

/** A composite schedule in amperes, as 2.x has it. */
const compositeOf = (startMs: number, amperes: number) => ({
  status: "Accepted",
  schedule: {
    ...{ evseId: 1, duration: 180, chargingRateUnit: "A" },
    scheduleStart: new Date(startMs).toISOString(),
    chargingSchedulePeriod: [{ startPeriod: 0, limit: amperes }],
  },
});

for (const says of [true, false])
  test(`ways: a queue of before that teaches a site an old clock is no reason to doubt the way; it ${says ? "says" : "does not say"} that it is old`, async () => {
    let world: World | undefined;
    let grant = { startMs: 0, amperes: 0 };
    const nowMs = () => world!.time.now().wallMs;
    const all = await charging("2.1", (action, wire) => {
      if (action === "SetChargingProfile" && isGrant(wire)) {
        const schedule = fieldsOf(listIn(wire, "chargingSchedule")[0]);
        const [first] = listIn(schedule, "chargingSchedulePeriod").map(fieldsOf);
        const startMs = Date.parse(textIn(schedule, "startSchedule") ?? "");
        grant = { startMs, amperes: numberIn(first!, "limit")! };
      }
      if (action !== "GetCompositeSchedule" || world === undefined) return undefined;
      const holds = grant.startMs <= nowMs() && nowMs() < grant.startMs + 120_000;
      return compositeOf(nowMs(), holds ? grant.amperes : 6);
    });
    const { energy, sets, station } = all;
    world = all.world;
    world.killSite();
    await world.time.advance(300_000);
    await world.startSite();
    const before = sets().length;
    const told = (atMs: number, offline: boolean, seqNo: number) =>
      void station.tell("TransactionEvent", {
        ...{ eventType: "Updated", timestamp: new Date(atMs).toISOString(), seqNo },
        ...{ triggerReason: "MeterValuePeriodic", transactionInfo: { transactionId: "t" } },
        ...(offline && { offline }),
      });
    told(nowMs() - 250_000, says, 1);
    assert(await world.time.until(() => world!.dialEnergy !== undefined, 5_000));
    energy.grantMa = 0;
    energy.connect(world.dialEnergy!);
    await world.time.advance(5_000);
    assert(sets().length > before);
    if (says) assert(Math.abs(grant.startMs - nowMs()) < 10_000, "by the clock of now");
    told(nowMs(), false, 2);
    await world.time.advance(240_000);
    assert.deepEqual(
      [
        ...new Set(
          purposes(sets().slice(before)).filter((purpose) => !purpose.startsWith("TxDefaultProfile 0")),
        ),
      ],
      ["TxProfile 0 Absolute"],
    );
    assert(!observed(world).some((one) => one.startsWith("charging-limited-by")));
    assert(grant.startMs <= nowMs() && nowMs() < grant.startMs + 120_000, "it holds");
  });

for (const more of [0, 16_000])
  test(`ways: one that shows its safe default wherever less is granted is limited otherwise after a few looks; ${more} mA in between`, async () => {
    const { energy, sets, world } = await charging("2.0.1", (action) =>
      action === "GetCompositeSchedule" ? compositeOf(0, 6) : undefined,
    );
    energy.grantMa = 0;
    await world.time.advance(10_000);
    assert(!purposes(sets()).includes("TxDefaultProfile 1 Absolute"));
    for (let i = 0; i < 12; i++) {
      energy.grantMa = i % 2 === 0 ? more : 0;
      await world.time.advance(20_000);
    }
    assert(purposes(sets()).includes("TxDefaultProfile 1 Absolute"));
  });
