/** Composite schedules that do not come, or say what is not so, hold up nothing and mislead nobody. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answers, charging } from "../testing/scripted-charging.ts";
import { fieldsOf, listIn, numberIn, objectIn, textIn } from "./fields.ts";

type Charging = Awaited<ReturnType<typeof charging>>;

/** Of the profile that station A got last. */
const lastSchedule = ({ sets }: Charging) =>
  fieldsOf(listIn(objectIn(sets().at(-1)!, "chargingProfile"), "chargingSchedule")[0]);
const limitOf = (it: Charging) =>
  numberIn(fieldsOf(listIn(lastSchedule(it), "chargingSchedulePeriod")[0]), "limit");
const asked = ({ station }: Charging, action: string) =>
  station.asked.filter(([, , name]) => name === action).length;

test("composite: a station that never says one is lowered as quickly as any other", async () => {
  const it = await charging("2.0.1", (action) => (action === "GetCompositeSchedule" ? null : undefined));
  await it.world.time.advance(600_000);
  assert(asked(it, "GetCompositeSchedule") <= 3, `${asked(it, "GetCompositeSchedule")} times asked`);
  it.energy.grantMa = 20_000;
  await it.world.time.advance(1_500);
  assert.equal(limitOf(it), 20);
  it.energy.grantMa = 8_000;
  await it.world.time.advance(1_500);
  assert.equal(limitOf(it), 8);
});

for (const hours of [2, -2])
  test(`composite: one that begins ${hours} h from now by the station's own clock teaches no clock`, async () => {
    let startMs = 0;
    const shows: Answers = (action) =>
      action === "GetCompositeSchedule"
        ? {
            status: "Accepted",
            schedule: {
              ...{ evseId: 1, duration: 180, chargingRateUnit: "A" },
              scheduleStart: new Date(startMs).toISOString(),
              chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }],
            },
          }
        : undefined;
    const it = await charging("2.0.1", shows);
    const before = it.sets().length;
    for (let i = 1; i <= 60; i++) {
      const { wallMs } = it.world.time.now();
      startMs = wallMs + hours * 3_600_000;
      void it.station.tell("TransactionEvent", {
        ...{ eventType: "Updated", timestamp: new Date(wallMs).toISOString(), seqNo: i },
        ...{ triggerReason: "MeterValuePeriodic", transactionInfo: { transactionId: "t" } },
      });
      await it.world.time.advance(10_000);
      const beginsMs = Date.parse(textIn(lastSchedule(it), "startSchedule")!);
      assert(beginsMs <= it.world.time.now().wallMs, `a grant begins at ${beginsMs}`);
    }
    const writes = it.sets().length - before;
    assert(writes <= 12, `${writes} profiles in ten minutes`);
  });
