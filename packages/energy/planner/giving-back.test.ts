/** A car gives when energy is dear and has it back before its driver leaves; not where that costs him anything, and never below what is kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "../inputs.ts";
import type { PlannedSession, PlannerInput } from "../planner.ts";
import { flatFrom, solverOfFile } from "../testing/planning.ts";
import { MAIN, outletId, smallSite } from "../testing/small-site.ts";
import { modelOf } from "./model.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 5, 1, 17);
const flat = flatFrom(NOW_MS);
/** Dear for two hours, then cheap; 32 A on three phases are 22 kW. */
const PRICES = [60_000, 60_000, ...Array.from({ length: 40 }, () => 10_000)];
const giver = (extra: Partial<PlannedSession> = {}): PlannedSession => ({
  ...{ id: "s0" as SessionId, outlet: outletId(0), arrivedWallMs: NOW_MS, wantsMa: 32_000 },
  ...{ deliveredWh: 20_000, energyWh: 20_000, departureWallMs: NOW_MS + 12 * HOUR_MS, idle: true },
  ...{ leavesWallMs: [NOW_MS + 12 * HOUR_MS], dischargeWMax: 11_000, dischargeLeftWh: 20_000 },
  ...extra,
});
const site = smallSite({ outlets: 1, mainA: 100, outlet: { dischargeMaMax: 16_000 } });
const input = (extra: Partial<PlannerInput> = {}): PlannerInput => ({
  ...{ site, wallMs: NOW_MS, nowMs: 0, strategy: "cost", sessions: [giver()] },
  ...{ loadW: flat(9_000), solarW: flat(0), chargePermille: new Map() },
  price: { fromWallMs: NOW_MS, stepMs: HOUR_MS, milliCentPerKwh: PRICES },
  tariff: { feedInMilliCentPerKwh: 0, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 5_000 },
  ...extra,
});

const { made } = solverOfFile();
/** Kilowatts that the only car gives now. */
async function givesKw(extra: Partial<PlannerInput>): Promise<number> {
  const { dischargeMa = 0 } = (await made(input(extra))).plan.sessions.get("s0" as SessionId) ?? {};
  return Math.round((dischargeMa * 3 * 230) / 1e5) / 10;
}
const car = (extra: Partial<PlannedSession>) => ({ sessions: [giver(extra)] });

/** From an hour to another, of a course in quarters of an hour. */
const kwh = (w: readonly number[], from: number, to: number) =>
  w.slice(from * 4, to * 4).reduce((sum, each) => sum + each / 4_000, 0);

test("while energy is dear the car covers the building, no more than that, and takes it back when it is cheap", async () => {
  const { plan, view } = await made(input());
  const session = plan.sessions.get("s0" as SessionId);
  assert.equal(session?.atMostMa, 0);
  assert.equal(Math.round((session?.dischargeMa ?? 0) * 0.69), 9_000);
  assert(Math.abs(kwh(view.carsW, 0, 2) + 18) < 0.1, `${kwh(view.carsW, 0, 2)} kWh`);
  // It is as full as before half an hour before its driver leaves, with what was lost on the way.
  assert(Math.abs(kwh(view.carsW, 2, 12) - 18 / 0.92 ** 2) < 0.2, `${kwh(view.carsW, 2, 12)} kWh`);
});

test("of a car that keeps more, only the rest is given", async () => {
  const { view } = await made(input(car({ dischargeLeftWh: 10_000 })));
  assert(Math.abs(kwh(view.carsW, 0, 2) + 10) < 0.1, `${kwh(view.carsW, 0, 2)} kWh`);
});

for (const [what, extra] of [
  ["prices differ by less than losses and wear", { price: { ...input().price, milliCentPerKwh: [20_000] } }],
  [
    "its wear is dearer than the difference",
    { tariff: { ...input().tariff, carWearMilliCentPerKwh: 50_000 } },
  ],
  ["nobody knows when its driver leaves", car({ departureWallMs: undefined as never })],
  ["nobody knows what its driver wants", car({ energyWh: undefined as never })],
  ["its driver leaves before energy is cheap", car({ departureWallMs: NOW_MS + 2 * HOUR_MS })],
  ["it often leaves long before it says", car({ leavesWallMs: [NOW_MS + HOUR_MS, NOW_MS + 12 * HOUR_MS] })],
  ["all that it has is kept", car({ dischargeLeftWh: 0 })],
  ["its outlet may not", { site: smallSite({ outlets: 1, mainA: 100 }) }],
  ["the building draws nothing", { loadW: flat(0) }],
  ["the sun covers the building", { solarW: flat(9_000) }],
] as const)
  test(`nothing is given where ${what}`, async () => {
    assert.equal(await givesKw(extra as Partial<PlannerInput>), 0);
  });

test("a connection that takes energy back gets it where that pays", async () => {
  const fuses = site.fuses.map((fuse) => (fuse.id === MAIN ? { ...fuse, backfeedMa: 10_000 } : fuse));
  const tariff = { ...input().tariff, feedInMilliCentPerKwh: 60_000 };
  assert.equal(await givesKw({ loadW: flat(0), site: { ...site, fuses }, tariff }), 6.9);
});

test("a peak that is paid for is worth giving for, at one price for all hours", async () => {
  const load = { ...flat(0), likely: [9_000, 9_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] };
  const tariff = { ...input().tariff, demandMilliCentPerKw: 20_000_000 };
  const loadW = { ...load, low: load.likely, high: load.likely };
  const price = { ...input().price, milliCentPerKwh: [20_000] };
  const kw = await givesKw({ loadW, tariff, price });
  assert(kw > 4, `${kw} kW`);
});

test("what its driver still wants is charged as well, in the cheap hours", async () => {
  const { view } = await made(input(car({ idle: false, deliveredWh: 0, takesWh: [20_000] })));
  const given = -kwh(view.carsW, 0, 2);
  const taken = kwh(view.carsW, 2, 12);
  assert(given > 17 && Math.abs(taken - 20 - given / 0.92 ** 2) < 0.3, `${given} and ${taken} kWh`);
});

test("of a hundred cars that stay for the whole horizon the program is a few numbers a step, as of any other car", () => {
  const outlets = 100;
  const cars = Array.from({ length: outlets }, (_, i) =>
    giver({
      ...{ id: `s${i}` as SessionId, outlet: outletId(i), leavesWallMs: [NOW_MS + 36 * HOUR_MS] },
      departureWallMs: NOW_MS + 36 * HOUR_MS,
    }),
  );
  const site = smallSite({ outlets, mainA: 400, outlet: { dischargeMaMax: 16_000 } });
  const { program, steps } = modelOf(input({ site, sessions: cars }));
  const each = program.values.length / (outlets * steps.length);
  assert(each > 4 && each < 12, `${each} for each car and step`);
});
