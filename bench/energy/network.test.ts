/** Networks as fuses: which stand for what, that they are never less strict than the phasors, and rules that keep to the phasors. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Session } from "@wattward/energy/sessions";
import { stationId, type WattHours } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { type Fleet, fleetOf } from "./cars.ts";
import { NetworkLoad, networkOf } from "./network.ts";
import { type NetworkFuse, networkFuses, parentOf, wiringsOf } from "./network-fuses.ts";
import { byRule, rules } from "./rules.ts";
import { networkSite, plainSite } from "./site-of.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 5);
const KW = 6.656;

type Factors = Readonly<Record<string, number>>;
const LEGS: Factors = { AB: 30, BC: -90, CA: 150 };

/** EVSEs named by their legs, as `AB1`. */
const network = (evses: readonly string[], ...constraints: readonly (readonly [string, number, Factors])[]) =>
  networkOf({
    evses: evses.map((id) => ({ id, voltage: 208, phase_angle_deg: LEGS[id.slice(0, 2)] })),
    constraints: constraints.map(([name, limit_A, coeff]) => ({ name, limit_A, coeff })),
  });

/** What a transformer's or panel's three lines carry of EVSEs between two of them. */
const delta = (name: string, limitA: number, evses: readonly string[]) => {
  const line = (plus: string, minus: string) =>
    Object.fromEntries(
      evses.flatMap((id) => (id.startsWith(plus) ? [[id, 1]] : id.startsWith(minus) ? [[id, -1]] : [])),
    );
  return [
    [`${name} A`, limitA, line("AB", "CA")],
    [`${name} B`, limitA, line("BC", "AB")],
    [`${name} C`, limitA, line("CA", "BC")],
  ] as const;
};

const amperes = (fuses: readonly NetworkFuse[]) =>
  Object.fromEntries(fuses.map(({ name, ratedA }) => [name, Math.round(ratedA * 10) / 10]));

/** Each may take as much. */
const each = (evses: readonly string[], a = 1_000) => new Map(evses.map((evse) => [evse, a]));

/** An hour at each of the stations, as much as it gives. */
function fleet(stations: readonly string[]): Fleet {
  const sessions = stations.map((name, line): Session => {
    const station = stationId(name);
    assert(station.ok);
    return {
      ...{
        id: `c${line}`,
        line,
        station: station.value,
        arriveAtMs: START_MS,
        leaveAtMs: START_MS + HOUR_MS,
      },
      energyWh: (KW * 1000) as WattHours,
    };
  });
  return { ...fleetOf(sessions, KW), days: 1 };
}

test("network: a fuse for each panel and transformer, below the one it hangs on, and none for the whole", () => {
  const first = ["AB1", "BC1", "CA1", "AB2"];
  const second = ["AB5", "BC5", "CA5"];
  const one = network(
    [...first, ...second],
    ...delta("Small Secondary", 125, first),
    ...delta("Panel I_", 60, ["AB1", "BC1", "CA1"]).map(([n, l, c]) => [n.replace("_ ", "_"), l, c] as const),
    ...delta("Great Secondary", 400, second),
    ["Pod", 40, { AB1: 1 }],
  );
  const { fuses, crossing } = networkFuses(one, each([...first, ...second]));
  assert.deepEqual(crossing, []);
  assert.deepEqual(amperes(fuses), { "Small Secondary": 125, Panel: 60, "Great Secondary": 400, Pod: 40 });
  const above = Object.fromEntries(fuses.map((fuse) => [fuse.name, parentOf(fuses, fuse)?.name]));
  assert.deepEqual(above, {
    ...{ "Small Secondary": undefined, Panel: "Small Secondary" },
    ...{ "Great Secondary": undefined, Pod: "Panel" },
  });
});

test("network: two sides of a transformer are one fuse, by the stricter of them at every corner", () => {
  const evses = ["AB1", "BC1", "CA1"];
  // On the other side a lone leg counts twice a quarter: 60 A there are 120 A here.
  const primary = ["Primary A", 60, { AB1: 0.25, CA1: -0.5, BC1: 0.25 }] as const;
  const { fuses } = networkFuses(network(evses, ...delta("Secondary", 140, evses), primary), each(evses));
  assert.deepEqual(
    fuses.map(({ ratedA }) => Math.round(ratedA)),
    [120],
  );
});

test("network: legs that cannot fill a panel alone leave room for each other, as phasors have it", () => {
  const evses = ["AB1", "CA1"];
  const panel = network(evses, ["Panel A", 50, { AB1: 1, CA1: -1 }]);
  // 32 A and x: √(32² + x² + 32·x) = 50 A at x = 25.6 A.
  assert.deepEqual(amperes(networkFuses(panel, each(evses, 32)).fuses), { Panel: 57.6 });
  assert.deepEqual(amperes(networkFuses(panel, each(evses, 50)).fuses), { Panel: 50 });
});

test("network: constraints that no tree has both of are held in parts", () => {
  const one = network(
    ["AB1", "AB2", "AB3", "AB4"],
    ["Row", 90, { AB1: 1, AB2: 1, AB3: 1 }],
    ["Roof", 60, { AB3: 1, AB4: 1 }],
  );
  const { fuses, crossing } = networkFuses(one, each(["AB1", "AB2", "AB3", "AB4"]));
  assert.deepEqual(crossing, ["Roof"]);
  assert.deepEqual(
    fuses.map(({ evses, ratedA }) => [[...evses].join(" "), Math.round(ratedA)]),
    [
      ["AB1 AB2 AB3", 90],
      ["AB3", 30],
      ["AB4", 30],
    ],
  );
});

test("network: a part is not placed before what stands above it", () => {
  const evses = ["AB1", "AB2", "AB3", "AB4"];
  const of = (...ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, 1]));
  const crossed = network(
    evses,
    ["Row", 90, of("AB1", "AB2", "AB3")],
    ["Roof", 60, of("AB3", "AB4")],
    ["Pair", 50, of("AB1", "AB3")],
  );
  const { site } = networkSite(crossed, fleet(evses), { capKw: 20, sources: {} });
  const rated = (station: string) => {
    const outlet = site.outlets.find((one) => one.station === station);
    return site.fuses.find(({ id }) => id === outlet?.fuse)?.ratedMa;
  };
  assert.deepEqual(evses.map(rated), [50_000, 90_000, 30_000, 30_000]);
});

test("network: what overloads no fuse overloads no constraint, whatever the network", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const chance = seededChance(seed);
    const neutral = seed % 3 === 0;
    const angles = neutral ? [0, 120, -120] : [30, -90, 150, 210, seed % 3 === 1 ? 100 : 90];
    const ids = Array.from({ length: 9 }, (_, i) => `E${i}`);
    const some = () => ids.filter(() => chance.int(0, 2) > 0);
    const data = {
      evses: ids.map((id) => ({
        id,
        voltage: 208,
        phase_angle_deg: angles[chance.int(0, angles.length - 1)],
      })),
      constraints: Array.from({ length: 6 }, (_, i) => ({
        name: `${["Panel", "Bus"][i % 2]} ${"ABC"[i % 3]}`,
        limit_A: chance.int(20, 200),
        coeff: Object.fromEntries(some().map((id) => [id, chance.int(-4, 4) / 4])),
      })),
    };
    const one = networkOf(data);
    const mostA = chance.int(32, 300);
    const { fuses } = networkFuses(one, each(ids, mostA));
    const wiringOf = wiringsOf(one);
    for (let n = 0; n < 40; n++) {
      const wished = ids.map((evse) => ({
        evse,
        ma: chance.int(0, 2) === 0 ? [mostA, chance.int(0, mostA)][n % 2]! : 0,
      }));
      const most = fuses.map(({ evses, ratedA }) => {
        const onPhase = (phase: "L1" | "L2" | "L3") =>
          wished.reduce(
            (a, { evse, ma }) => a + (evses.has(evse) && wiringOf(evse).includes(phase) ? ma : 0),
            0,
          );
        return Math.max(onPhase("L1"), onPhase("L2"), onPhase("L3")) / ratedA;
      });
      const load = new NetworkLoad(one);
      // To the very rating of the fullest fuse.
      for (const { evse, ma } of wished) load.add(evse, (ma * 0.208) / Math.max(1, ...most));
      assert(load.fullest <= 1 + 1e-9, `seed ${seed}: ${load.fullest}`);
    }
  }
});

test("network: rules get what can flow; opposite legs of a panel relieve each other, so it is more than amperes added", () => {
  const evses = ["AB1", "CA1"];
  const limitA = 30;
  const cars = fleet(evses);
  const tight = network(evses, ["Panel A", limitA, { AB1: 1, CA1: -1 }]);
  const [first, second] = byRule(rules.firstCome, cars, { capKw: 100, network: tight });
  assert(Math.abs(first! - 0.208 * limitA) < 1e-6, `${first} kWh: all that the panel gives`);
  assert(second! < 1e-6, `${second}`);
  const [equal, other] = byRule(rules.equalShare, cars, { capKw: 8, network: tight });
  assert.equal(equal, 4);
  // 4 kW are 19.23 A; √(19.23² + x² + 19.23·x) = 30 A at 15.34 A.
  assert(Math.abs(other! / 0.208 - 15.34) < 0.01, `${other! / 0.208} A`);
});

test("network: stations that it lacks hang at the grid connection; so do all where it has no constraint", () => {
  const none = networkSite(network(["AB1"]), fleet(["AB1", "elsewhere"]), { capKw: 20, sources: {} });
  assert.deepEqual(
    none.site.outlets.map(({ fuse }) => fuse as string),
    ["main", "main"],
  );
  assert.match(none.notes.join("\n"), /lacks 1 of the stations, where 1 of the sessions/);
});

test("network: angles to neutral are wired to one phase, at the whole voltage", () => {
  const one = networkOf({
    evses: [0, 120, -120].map((angle, i) => ({ id: `E${i}`, voltage: 240, phase_angle_deg: angle })),
    constraints: [{ name: "All A", limit_A: 50, coeff: { E0: 1 } }],
  });
  const { site } = networkSite(one, fleet(["E0", "E1", "E2"]), { capKw: 20, sources: {} });
  assert.deepEqual(
    site.outlets.map(({ wiring }) => wiring.join()),
    ["L1", "L3", "L2"],
  );
  assert.equal(site.voltageV, 240);
});

test("network: battery, sun and meter stand at the grid connection, above all of its fuses", () => {
  const sources = { bess: { kwh: 50, kw: 20 }, solarPeakW: 10_000 };
  const { site } = networkSite(network(["AB1"], ["Pod", 32, { AB1: 1 }]), fleet(["AB1"]), {
    capKw: 20,
    sources,
  });
  assert.deepEqual(
    site.sources.map(({ kind, fuse }) => `${kind} at ${fuse}`),
    ["battery at main", "solar at main"],
  );
  assert.equal(site.meters[0]?.fuse, "main");
});

test("site: a cap of any size makes one that can be run, and says where no car can charge", () => {
  const cars = fleet(["AB1", "CA1"]);
  assert.match(plainSite(cars, 0.1, {}).notes.join(), /none can charge/);
  const great = plainSite(cars, 9_000, {});
  assert.equal(great.site.fuses[0]?.ratedMa, 6_000_000);
  assert.deepEqual(great.notes, []);
  const { site, notes } = plainSite(cars, 10, { bess: { kwh: 50, kw: 20 } });
  const [battery] = site.sources;
  assert(battery?.kind === "battery" && battery.chargeWMax <= 10_000 && battery.dischargeWMax === 20_000);
  assert.equal(notes.length, 1);
  assert.match(notes.join(), /charges with 10.0 kW at the most/);
});

test("network: what is none says so with its place", () => {
  for (const [says, data] of [
    [/'evses' is no list/, {}],
    [/'evses' is of nothing/, null],
    [/'phase_angle_deg' is no number/, { evses: [{ id: "A", voltage: 208 }], constraints: [] }],
    [/'constraints' is no list/, { evses: [{ id: "A", voltage: 208, phase_angle_deg: 0 }] }],
  ] as const)
    assert.throws(() => networkOf(data), says);
});
