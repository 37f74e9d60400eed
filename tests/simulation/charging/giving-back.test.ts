/** Cars that give back at a managed site: production site and simulated station of 2.1, setpoints that end by themselves, nothing without a word. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Car } from "../../../apps/simulator/car/car.ts";
import type { FromEnergy } from "../../../apps/site/energy-link/messages.ts";
import { charging } from "../../../apps/site/testing/scripted-charging.ts";
import { one, Rig, type RigOptions } from "./rig.ts";

const HOUR_MS = 3_600_000;
/** 60 % of 60 kWh, of which it keeps 40 %; it wants 80 % and leaves in eight hours. */
const carAt = (rig: Rig) =>
  new Car({
    ...{
      capacityWh: 60_000,
      maxW: 11_000,
      socPercent: 60,
      phases: 3,
      gives: { maxW: 11_000, keepsPercent: 40 },
    },
    wants: { percent: 80, leavesAtMs: rig.world.time.now().wallMs + 8 * HOUR_MS },
  });

async function rigWithCar(extra: Partial<RigOptions> = {}): Promise<Rig> {
  const rig = await Rig.start({
    ...{ version: "2.1", outlet: { dischargeMaMax: 16_000 }, station: { bidirectional: true } },
    ...extra,
  });
  rig.station.plug(one, carAt(rig));
  await rig.advance(2_000);
  assert.equal(await rig.during(rig.station.card(one, rig.card)), "started");
  await rig.advance(15_000);
  return rig;
}

/** From now on each grant is to give so much. */
async function giveBack(rig: Rig, dischargeMa = 10_000): Promise<void> {
  rig.energy.twist = (turn: FromEnergy) => ({
    ...turn,
    grants: turn.grants.map((grant) => ({ ...grant, limitMa: 0, dischargeMa, reason: "gives-back" })),
  });
  rig.energy.grantMa = 6_001;
  await rig.advance(15_000);
}

test("the car's word reaches the energy controller: how much it would give, how much is left, what it wants and by when", async () => {
  const rig = await rigWithCar();
  const [session] = rig.energy.sessions;
  assert.equal(session?.dischargeWMax, 11_000);
  // 12 kWh above what it keeps, less what is lost on the way; it has charged a little meanwhile.
  assert(Math.abs((session?.dischargeLeftWh ?? 0) - 11_040) < 150, `${session?.dischargeLeftWh}`);
  assert.equal(session?.energyWh, 12_000);
  rig.finish();
});

test("a grant to give is a setpoint of a profile that ends in the safe default by itself, and the car gives", async () => {
  const rig = await rigWithCar();
  await giveBack(rig);
  assert.equal(rig.drawA(), -10);
  const { payload } = rig.asks("SetChargingProfile").at(-1)!;
  const { chargingProfile } = payload as { chargingProfile: { chargingSchedule: readonly object[] } };
  const [schedule] = chargingProfile.chargingSchedule as readonly { chargingSchedulePeriod: object[] }[];
  assert.deepEqual(schedule?.chargingSchedulePeriod, [
    { startPeriod: 0, operationMode: "CentralSetpoint", setpoint: -10 },
    { startPeriod: 120, limit: 6 },
  ]);
  assert.deepEqual(rig.energy.sessions[0]?.observed?.terminalsMa, [-10_000, -10_000, -10_000]);
  rig.finish();
});

test("what it gave is owed, losses and all, and what is left shrinks by it", async () => {
  const rig = await rigWithCar();
  const before = rig.energy.sessions[0]!;
  await giveBack(rig);
  await rig.advance(HOUR_MS);
  const after = rig.energy.sessions[0]!;
  const givenWh = before.dischargeLeftWh! - after.dischargeLeftWh!;
  assert(Math.abs(givenWh - 6_900) < 150, `${givenWh} Wh`);
  assert(
    Math.abs(before.deliveredWh - after.deliveredWh - givenWh / 0.92 ** 2) < 150,
    `${after.deliveredWh}`,
  );
  rig.finish();
});

test("with the whole site dead the station ends it when the grant's life is over, and charges by its safe default", async () => {
  const rig = await rigWithCar();
  await giveBack(rig);
  rig.world.killSite();
  await rig.advance(100_000);
  assert.equal(rig.drawA(), -10);
  await rig.advance(40_000);
  assert.equal(rig.drawA(), 6);
});

test("a site that starts again knows what the car had given, and what it keeps", async () => {
  const rig = await rigWithCar();
  await giveBack(rig);
  await rig.advance(HOUR_MS / 2);
  const before = rig.energy.sessions[0]!;
  rig.world.killSite();
  await rig.world.startSite();
  await rig.world.time.until(() => rig.world.dialEnergy !== undefined, 10_000);
  rig.connectEnergy();
  await rig.advance(20_000);
  const after = rig.energy.sessions[0]!;
  assert.equal(after.energyWh, before.energyWh);
  assert(Math.abs(after.dischargeLeftWh! - before.dischargeLeftWh!) < 100, `${after.dischargeLeftWh} Wh`);
  assert(Math.abs(after.deliveredWh - before.deliveredWh) < 100, `${after.deliveredWh} Wh`);
});

test("with the energy controller dead the fallback ends it at once", async () => {
  const rig = await rigWithCar();
  await giveBack(rig);
  rig.energy.silent = true;
  await rig.advance(15_000);
  assert(rig.drawA() >= 6, `${rig.drawA()} A`);
  rig.finish();
});

test("down to what car and driver keep, whatever the energy controller grants: then it is refused here", async () => {
  const rig = await rigWithCar();
  await giveBack(rig, 16_000);
  await rig.advance(2 * HOUR_MS);
  assert.equal(rig.energy.sessions[0]?.dischargeLeftWh, 0);
  assert(rig.drawA() >= 0, `${rig.drawA()} A`);
  assert(rig.energy.outcomes.some(({ outcome }) => outcome === "rejected"));
  assert((rig.station.evses[0]?.car?.socPercent ?? 0) >= 40);
});

for (const [what, extra] of [
  ["the outlet may not", { outlet: {} }],
  ["the station does not", { station: {} }],
  ["the station speaks 2.0.1", { version: "2.0.1" }],
  ["the station speaks 1.6", { version: "1.6" }],
] as const)
  test(`nothing is offered and nothing is written where ${what}`, async () => {
    const rig = await rigWithCar(extra as Partial<RigOptions>);
    assert.equal(rig.energy.sessions[0]?.dischargeWMax, undefined);
    await giveBack(rig);
    assert(rig.drawA() >= 0, `${rig.drawA()} A`);
    assert.equal(JSON.stringify(rig.asks("SetChargingProfile")).includes("setpoint"), false);
  });

test("more than an outlet may give is absurd: the energy controller is not heeded", async () => {
  const rig = await rigWithCar();
  await giveBack(rig, 17_000);
  assert(rig.observed.includes("energy-controller-not-sound"));
  assert(rig.drawA() >= 0, `${rig.drawA()} A`);
});

test("a station that refuses a setpoint is limited as before, and whoever granted it hears so", async () => {
  const hasSetpoint = (wire: ReadonlyMap<string, unknown>) => JSON.stringify([...wire]).includes("setpoint");
  const it = await charging(
    "2.1",
    (action, wire) =>
      action === "SetChargingProfile" && hasSetpoint(wire) ? { status: "Rejected" } : undefined,
    { outlet: { dischargeMaMax: 16_000 } },
  );
  const { energy, station, world } = it;
  const v2xChargingParameters = { maxDischargePower: 11_000, evMinEnergyRequest: -20_000 };
  void station.tell("NotifyEVChargingNeeds", {
    evseId: 1,
    chargingNeeds: { requestedEnergyTransfer: "AC_BPT", v2xChargingParameters },
  });
  const sampledValue = [{ value: 0, measurand: "Energy.Active.Export.Register" }];
  const timestamp = new Date(world.time.now().wallMs).toISOString();
  void station.tell("MeterValues", { evseId: 1, meterValue: [{ timestamp, sampledValue }] });
  await world.time.advance(2_000);
  assert(energy.sessions[0]?.dischargeLeftWh !== undefined);
  energy.twist = (turn) => ({
    ...turn,
    grants: turn.grants.map((grant) => ({ ...grant, limitMa: 0, dischargeMa: 10_000, reason: "gives-back" })),
  });
  energy.grantMa = 6_001;
  await world.time.advance(5_000);
  const asked = () => it.sets().filter((fields) => hasSetpoint(fields)).length;
  assert.equal(asked(), 1);
  assert.equal(energy.outcomes.at(-1)?.outcome, "rejected");
  const kinds = world.csms.messages.flatMap((message) => (message.t === "observed" ? [message.kind] : []));
  assert(kinds.includes("gives-nothing-back") && !kinds.includes("charging-limited-by"), kinds.join());
  energy.twist = (turn) => turn;
  energy.grantMa = 10_000;
  await world.time.advance(5_000);
  assert.equal(energy.outcomes.at(-1)?.outcome, "accepted");
  assert.equal(asked(), 1);
});
