/** A disk that stands still holds up raises alone: what lowers is written at once, and no raise comes after it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Grant, GrantOutcome, SessionId } from "@wattward/energy";
import { outletId, smallSite } from "@wattward/energy/testing";
import { type EvseId, type JsonObject, silentLog } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { quick } from "../testing/energy-document.ts";
import type { Book } from "./book.ts";
import { fieldsOf, listIn, numberIn, objectIn } from "./fields.ts";
import { GrantWriter } from "./grant-writer.ts";
import { Raises } from "./raises.ts";
import { ChargingSession } from "./session.ts";
import { StationTime } from "./station-time.ts";

const session = "A/t" as SessionId;
const outlet = { ...smallSite({ outlets: 1, mainA: 100 }).outlets[0]!, evse: 1 as EvseId, safeMa: 6_000 };
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A station that accepts all but setpoints, which it thinks over, and a disk that keeps when it is told to. */
function desk() {
  const writtenA: (number | undefined)[] = [];
  const outcomes: GrantOutcome[] = [];
  const disk: ((kept: boolean) => void)[] = [];
  let nowMs = 1_000_000;
  let seq = 0;
  const refusals: (() => void)[] = [];
  const gives = { needs: { dischargeWMax: 11_000, keepsWh: -10_000 }, exportWh: 0 };
  const kept = { transaction: "t", evse: 1, sinceWallMs: 0, ...gives };
  const charging = new ChargingSession(session, kept, 0);
  const page = {
    learnt: { way: "tx", unit: "A", saysPhases: false, provenWallMs: 1 },
    sessions: [],
    csms: [],
  };
  const writer = new GrantWriter({
    ...{ outlets: [outlet], voltageV: 230, log: silentLog, time: new StationTime() },
    book: { page, save: async () => true } as unknown as Book,
    raises: new Raises(quick, seededChance(1)),
    caller: () => ({
      ...{ version: "2.1", generation: 1 },
      async call(action: string, payload: JsonObject) {
        const profile = objectIn(fieldsOf(payload), "chargingProfile");
        const schedule = fieldsOf(listIn(profile, "chargingSchedule")[0]);
        const [first] = listIn(schedule, "chargingSchedulePeriod");
        if (action === "SetChargingProfile") writtenA.push(numberIn(fieldsOf(first), "limit"));
        if (fieldsOf(first).has("setpoint")) {
          await new Promise<void>((resolve) => refusals.push(resolve));
          return { kind: "result", raw: "", payload: { status: "Rejected" } };
        }
        return { kind: "result", raw: "", payload: { status: "Accepted" } };
      },
    }),
    session: () => charging,
    keep: () => new Promise((resolve) => disk.push(resolve)),
    nowMs: () => nowMs,
    wallMs: () => nowMs,
    outcome: (outcome) => void outcomes.push(outcome),
    otherwise: () => {},
    observe: () => {},
  });
  const grant = async (limitMa: number, dischargeMa = 0) => {
    const given: Grant = {
      ...{ session, outlet: outletId(0), seq: ++seq, limitMa, ttlMs: 120_000, reason: "raised" },
      ...(dischargeMa > 0 && { dischargeMa }),
    };
    writer.grant(given, outlet);
    await settled();
  };
  const later = async (ms: number) => {
    nowMs += ms;
    await writer.work();
    await settled();
  };
  return { disk, grant, later, outcomes, refusals, writtenA };
}

test("grants: a raise waits until it is remembered, and is written then", async () => {
  const { disk, grant, outcomes, writtenA } = desk();
  await grant(16_000);
  assert.deepEqual(writtenA, []);
  disk.shift()!(true);
  await settled();
  assert.deepEqual(writtenA, [16]);
  assert.deepEqual(
    outcomes.map(({ seq, outcome }) => [seq, outcome]),
    [[1, "accepted"]],
  );
});

test("grants: while the disk stands still a lowering is written at once, and the raise before it never", async () => {
  const { disk, grant, later, writtenA } = desk();
  await grant(16_000);
  disk.shift()!(true);
  await settled();
  await later(1_000);
  await grant(30_000);
  await grant(8_000);
  assert.deepEqual(writtenA, [16, 8]);
  disk.shift()!(true);
  await settled();
  await later(1_000);
  assert.deepEqual(writtenA, [16, 8]);
});

test("grants: a raise that comes while another is being remembered is not written on its word", async () => {
  const { disk, grant, later, writtenA } = desk();
  await grant(30_000);
  await grant(20_000);
  await later(1_000);
  assert.deepEqual(writtenA, []);
  disk.shift()!(false);
  await settled();
  await later(1_000);
  assert.deepEqual(writtenA, [], "it was not kept");
  await later(10_000);
  disk.shift()!(true);
  await settled();
  assert.deepEqual(writtenA, [20]);
});

test("grants: a setpoint that is refused takes with it no grant that came meanwhile", async () => {
  const { disk, grant, later, outcomes, refusals, writtenA } = desk();
  await grant(16_000);
  disk.shift()!(true);
  await settled();
  await grant(0, 10_000);
  await grant(6_000);
  refusals.shift()!();
  await settled();
  await later(1_000);
  assert.deepEqual(writtenA, [16, undefined, 6]);
  assert.deepEqual([outcomes.at(-1)?.seq, outcomes.at(-1)?.outcome], [3, "accepted"]);
});
