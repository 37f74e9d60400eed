/** The local controller's watch over the energy controller (ADR 15, 16): dead, hung or absurd is noticed within 3 s, and charging goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutletId } from "@wattward/energy";
import { every } from "@wattward/kernel";
import { ocppVersions } from "@wattward/ocpp";
import type { FromEnergy } from "../../../apps/site/energy-link/messages.ts";
import { Rig, type Rig as Site } from "./rig.ts";

const modes = (rig: Site) =>
  rig.world.csms.messages.flatMap((message) =>
    message.t === "observed" && message.kind === "site.mode"
      ? [JSON.parse(message.detail) as { mode: string; islanded: boolean; reason: string }]
      : [],
  );
const mode = (rig: Site) => rig.world.site.status().mode?.mode;

/** How long until the mode is this one, ms. */
async function until(rig: Site, wanted: string, atMostMs: number): Promise<number> {
  const fromMs = rig.world.time.now().monotonicMs;
  assert(
    await rig.world.time.until(() => mode(rig) === wanted, atMostMs),
    `${mode(rig)} after ${atMostMs} ms`,
  );
  return rig.world.time.now().monotonicMs - fromMs;
}

async function charging(stations = 1, mainA = 400): Promise<Rig> {
  const rig = await Rig.start({ version: "2.0.1", stations, mainA });
  for (const station of rig.stations) await rig.arrive(station);
  await rig.advance(6_000);
  return rig;
}

const ways: Record<string, (rig: Rig) => void> = {
  "falls silent": (rig) => (rig.energy.silent = true),
  dies: (rig) => rig.energy.disconnect(),
  "says what is no message": (rig) => rig.energy.line('{"t":"turn","turn":-1}'),
  "says what is no JSON": (rig) => rig.energy.line("\u0000\u0000"),
  "repeats a turn": (rig) => (rig.energy.twist = (turn) => ({ ...turn, turn: 1 })),
  "grants above a rating": (rig) => {
    rig.energy.twist = (turn) => ({ ...turn, grants: evil(rig, turn, 90_000) });
  },
  "says a thousand turns a second": (rig) => {
    rig.energy.silent = true;
    every(rig.world.time, 100, () => {
      for (let i = 0; i < 100; i++) rig.energy.say();
    });
  },
  "connects again and again": (rig) => {
    every(rig.world.time, 100, () => void rig.connectEnergy());
  },
  "grants an outlet that is none": (rig) => {
    rig.energy.twist = (turn) => ({
      ...turn,
      grants: evil(rig, turn, 10_000).map((grant) => ({ ...grant, outlet: "x" as OutletId })),
    });
  },
};
let seq = 10_000;
const evil = (rig: Rig, _turn: FromEnergy, limitMa: number): FromEnergy["grants"] =>
  rig.energy.sessions.map(({ id, outlet }) => ({
    session: id,
    outlet,
    seq: ++seq,
    limitMa,
    ttlMs: 120_000,
    reason: "raised",
  }));

for (const [what, happens] of Object.entries(ways))
  test(`fallback: an energy controller that ${what} is noticed within 3 s, and cars keep charging`, async () => {
    const rig = await charging();
    assert.equal(mode(rig), "reactive");
    happens(rig);
    assert((await until(rig, "fallback", 3_000)) <= 3_000);
    await rig.advance(20_000);
    assert(rig.drawA() >= 6 && rig.drawA() <= 16, `${rig.drawA()} A`);
    assert(modes(rig).some((told) => told.mode === "fallback" && told.reason !== ""));
    rig.finish();
  });

test("fallback: left only after the energy controller was sound for 30 s without a gap", async () => {
  const rig = await charging();
  rig.energy.silent = true;
  await until(rig, "fallback", 3_000);
  await rig.advance(10_000);
  rig.energy.silent = false;
  await rig.advance(20_000);
  rig.energy.silent = true;
  await rig.advance(4_000);
  rig.energy.silent = false;
  const tookMs = await until(rig, "reactive", 40_000);
  assert(tookMs >= 29_000 && tookMs <= 33_000, `${tookMs} ms`);
  await rig.advance(70_000);
  assert.equal(rig.drawA(), 16, "and its grants hold again");
  rig.finish();
});

test("fallback: what it lends and what was left stay within the fuse, and slots go round", async () => {
  // 30 A hold five minimum slots; twenty cars want them, and nobody knows what the building draws.
  const rig = await Rig.start({ version: "2.0.1", stations: 8, mainA: 30, outlet: { safeMa: 0 } });
  rig.energy.grantMa = 0;
  for (const station of rig.stations) await rig.arrive(station);
  rig.energy.disconnect();
  await until(rig, "fallback", 3_000);
  const charged = new Set<string>();
  for (let s = 0; s < 3_600; s += 5) {
    await rig.advance(5_000);
    let sum = 0;
    for (const station of rig.stations) {
      const a = rig.drawA(station);
      sum += a;
      if (a > 0) charged.add(station.options.id);
    }
    assert(sum <= 30, `${sum} A after ${s} s`);
  }
  assert.equal(charged.size, 8, "everybody had a turn within the hour");
  rig.finish();
});

for (const dies of ["energy controller", "whole site"])
  test(`fallback: the grants that a dead ${dies} left are counted until they have run out`, async () => {
    const rig = await Rig.start({ version: "2.0.1", stations: 3, mainA: 32, outlet: { safeMa: 0 } });
    rig.energy.byOutlet.set("o0" as OutletId, 30_000);
    rig.energy.byOutlet.set("o1" as OutletId, 0);
    rig.energy.byOutlet.set("o2" as OutletId, 0);
    for (const station of rig.stations) await rig.arrive(station);
    await rig.advance(5_000);
    assert.equal(rig.drawA(rig.stations[0]), 30);
    rig.energy.disconnect();
    if (dies === "whole site") {
      rig.world.killSite();
      await rig.advance(1_000);
      await rig.world.startSite();
    }
    let most = 0;
    for (let s = 0; s < 300; s++) {
      await rig.advance(1_000);
      most = Math.max(
        most,
        rig.stations.reduce((sum, station) => sum + rig.drawA(station), 0),
      );
    }
    assert(most <= 32, `${most} A`);
    assert.deepEqual(
      rig.stations.map((station) => rig.drawA(station)),
      [6, 6, 6],
    );
    rig.finish();
  });

for (const version of ocppVersions)
  test(`showing ${version}: who is limited is asked to show what he draws between his own readings, whoever grants; who may have all is not`, async () => {
    const rig = await Rig.start({ version, station: { settings: { sampleS: 10 } } });
    rig.energy.grantMa = 32_000;
    await rig.arrive();
    await rig.advance(70_000);
    /** How long it was not seen at most, in a minute, and how often it was asked. */
    const minute = async () => {
      const before = rig.asks("TriggerMessage").length;
      let agoMs = 0;
      for (let s = 0; s < 60; s++) {
        await rig.advance(1_000);
        agoMs = Math.max(agoMs, rig.energy.sessions[0]?.observed?.agoMs ?? 0);
      }
      return { agoMs, asked: rig.asks("TriggerMessage").length - before };
    };
    const free = await minute();
    assert(free.agoMs > 8_000 && free.asked === 0, JSON.stringify(free));
    rig.energy.grantMa = 10_000;
    await rig.advance(10_000);
    const limited = await minute();
    assert(limited.agoMs <= 6_500 && limited.asked >= 5 && limited.asked <= 7, JSON.stringify(limited));
    rig.energy.silent = true;
    await until(rig, "fallback", 3_000);
    await rig.advance(10_000);
    const alone = await minute();
    assert(alone.agoMs <= 6_500 && alone.asked >= 5 && alone.asked <= 7, JSON.stringify(alone));
    rig.finish();
  });

test("fallback: what was left to a car that has gone is lent to the others", async () => {
  const rig = await Rig.start({ version: "2.0.1", stations: 3, mainA: 32, outlet: { safeMa: 0 } });
  for (const [outlet, ma] of [30_000, 0, 0].entries()) rig.energy.byOutlet.set(`o${outlet}` as OutletId, ma);
  for (const station of rig.stations) await rig.arrive(station);
  await rig.advance(5_000);
  rig.energy.disconnect();
  await until(rig, "fallback", 3_000);
  await rig.leave(rig.stations[0]);
  await rig.advance(30_000);
  assert.deepEqual(
    rig.stations.map((station) => rig.drawA(station)),
    [0, 6, 6],
  );
  rig.finish();
});

test("fallback: a site that boots without an energy controller falls back by itself, and so does one whose socket is taken away", async () => {
  const rig = await charging();
  rig.world.killSite();
  await rig.advance(2_000);
  await rig.world.startSite();
  await until(rig, "fallback", 3_500);
  await rig.advance(60_000);
  assert(rig.drawA() >= 6);
  rig.finish();
});

const sumA = (rig: Rig) => rig.stations.reduce((sum, station) => sum + rig.drawA(station), 0);
/** Three phases at 230 V. */
const W_PER_A = 3 * 230;

test("fallback: a person's limit holds on without an energy controller, through a restart, and ends when it is over", async () => {
  const rig = await Rig.start({ version: "2.0.1", stations: 4, outlet: { safeMa: 0 } });
  for (const station of rig.stations) await rig.arrive(station);
  await rig.advance(6_000);
  assert.equal(sumA(rig), 64);
  const { bundle } = rig.world.csms;
  const endsMs = rig.world.time.now().wallMs + 3_600_000;
  rig.world.csms.sendBundle({
    ...bundle,
    version: bundle.version + 1,
    energyLimit: { limitW: 9_000, untilMs: endsMs },
  });
  await rig.advance(5_000);
  rig.energy.disconnect();
  await until(rig, "fallback", 3_000);
  await rig.advance(60_000);
  for (let s = 0; s < 600; s += 5) {
    await rig.advance(5_000);
    assert(sumA(rig) * W_PER_A <= 9_000, `${sumA(rig)} A after ${s} s`);
  }
  assert.equal(sumA(rig), 12, "and it lends what the limit leaves");
  const told = rig.world.csms.messages.filter((message) => message.t === "energy").at(-1);
  const { externalLimit } = JSON.parse(told!.snapshot);
  assert.deepEqual(externalLimit, { kind: "ordered", limitW: 9_000, untilWallMs: endsMs });
  rig.world.killSite();
  await rig.advance(1_000);
  await rig.world.startSite();
  await rig.advance(200_000);
  assert.equal(sumA(rig), 12);
  await rig.advance(3_600_000 - 1_000_000);
  assert.equal(sumA(rig), 12);
  await rig.advance(300_000);
  assert.equal(sumA(rig), 24, "over: everybody has a minimum again");
  rig.finish();
});

test("fallback: the grid operator's word of before holds on; without any, the failsafe of the document", async () => {
  const external = { failsafeW: 13_000, failsafeMs: 7_200_000, devices: 1 };
  const rig = await Rig.start({ version: "2.0.1", stations: 4, outlet: { safeMa: 0 }, external });
  for (const station of rig.stations) await rig.arrive(station);
  rig.energy.twist = (turn) => ({ ...turn, external: { kind: "limited", limitW: 5_000 } });
  await rig.advance(6_000);
  assert.equal(sumA(rig), 64, "a live energy controller minds it itself");
  rig.energy.disconnect();
  await until(rig, "fallback", 3_000);
  await rig.advance(300_000);
  assert.equal(sumA(rig), 6);
  rig.world.killSite();
  await rig.advance(1_000);
  await rig.world.startSite();
  await rig.advance(300_000);
  assert.equal(sumA(rig), 18, "nobody has told this process anything");
  rig.finish();
});

test("fallback: its snapshot shows what each outlet may draw, or nothing, and never 0 for a car that charges", async () => {
  const rig = await charging(2);
  rig.energy.disconnect();
  await until(rig, "fallback", 3_000);
  await rig.advance(60_000);
  const told = rig.world.csms.messages.filter((message) => message.t === "energy").at(-1);
  const { outlets, flows, fuses } = JSON.parse(told!.snapshot);
  assert.deepEqual([flows, fuses], [{}, []]);
  for (const [i, { mayMa }] of outlets.entries())
    assert(Math.max(...mayMa) / 1_000 >= rig.drawA(rig.stations[i]), JSON.stringify(outlets));
  rig.finish();
});

test("mode: a site that was led before tells that nobody led it; one that is managed for the first time was never without", async () => {
  const rig = await charging();
  const told = () => modes(rig).filter(({ mode }) => mode === "default");
  assert.deepEqual(told(), []);
  rig.world.killSite();
  await rig.advance(5_000);
  await rig.world.startSite();
  await rig.advance(10_000);
  assert.deepEqual(
    told().map(({ islanded, reason }) => ({ islanded, reason })),
    [
      {
        islanded: true,
        reason: "There was no local controller: stations lived on the charging profiles in them.",
      },
    ],
  );
  rig.finish();
});

test("mode: islanded is told beside the mode, and the snapshot passed up bears both", async () => {
  const rig = await charging();
  assert.deepEqual(modes(rig).at(-1), {
    mode: "reactive",
    islanded: false,
    reason: "a test",
    before: "conservative",
  });
  rig.energy.twist = (turn) => ({
    ...turn,
    snapshot: {
      ...{
        atWallMs: 1,
        mode: "planned",
        islanded: true,
        reason: "",
        modeSinceWallMs: 0,
        flows: { gridW: 5 },
      },
      ...{ externalLimit: undefined, fuses: [], outlets: [], batteries: [], meters: [] },
    },
  });
  await rig.advance(5_000);
  const told = rig.world.csms.messages.filter((message) => message.t === "energy");
  assert(told.length >= 4 && told.length <= 6, `${told.length} in 5 s`);
  const { flows, islanded, mode: said } = JSON.parse(told.at(-1)!.snapshot);
  assert.deepEqual([said, islanded, flows], ["reactive", false, { gridW: 5 }]);
  rig.world.uplink.cut();
  await rig.advance(10_000);
  assert.equal(rig.world.site.status().mode?.islanded, true);
  assert.equal(rig.drawA(), 16, "no decision changes");
  rig.finish();
});

test("mode: quarters go up until they are acknowledged, observations as observed", async () => {
  const rig = await charging();
  const quarter = {
    ...{
      fromWallMs: 900_000,
      importWh: 1,
      exportWh: 0,
      solarWh: 0,
      batteryInWh: 0,
      batteryOutWh: 0,
      buildingWh: 0,
      carsWh: 1,
    },
    ...{ carsWhByMode: { reactive: 1 }, costMilliCent: 2, measuredS: 900 },
  };
  rig.energy.twist = (turn) => ({
    ...turn,
    quarters: [quarter],
    observations: [
      { kind: "energy.meter", detail: "frozen" },
      { kind: "site.mode", detail: '{"mode":"planned"}' },
      { kind: "station.booted", detail: "" },
    ],
  });
  await rig.advance(1_000);
  rig.energy.twist = (turn) => turn;
  const told = rig.world.csms.messages.find((message) => message.t === "energy-quarters");
  assert.equal(JSON.parse(told!.quarters)[0].fromWallMs, 900_000);
  assert(rig.observed.includes("energy.meter"));
  assert(!rig.observed.includes("station.booted"), "in no other's name");
  assert.equal(modes(rig).at(-1)?.mode, "reactive");
  assert(rig.observed.includes("observation-refused"));
  const acked = () => rig.energy.states.flatMap((state) => state.quartersAckedWallMs ?? []);
  assert.deepEqual(acked(), []);
  rig.world.csms.send({ t: "energy-acked", untilWallMs: 900_000 });
  await rig.advance(2_000);
  assert.deepEqual(acked(), [900_000], "said once");
  rig.finish();
});

test("quarters: an energy controller hears that the CSMS was restored, also one that was not there then", async () => {
  const rig = await charging();
  assert.equal(rig.energy.states.at(-1)!.csmsEpoch, 1);
  rig.energy.disconnect();
  rig.world.csms.csmsEpoch = 1_800_000_000;
  rig.world.csms.drop();
  assert(await rig.world.time.until(() => !rig.world.site.status().linkUp, 60_000));
  assert(await rig.world.time.until(() => rig.world.site.status().linkUp, 60_000));
  rig.world.killSite();
  rig.world.uplink.cut();
  await rig.world.startSite();
  assert(await rig.world.time.until(() => rig.world.dialEnergy !== undefined, 10_000));
  rig.connectEnergy();
  await rig.advance(2_000);
  assert.equal(rig.energy.states.at(-1)!.csmsEpoch, 1_800_000_000);
  rig.finish();
});
