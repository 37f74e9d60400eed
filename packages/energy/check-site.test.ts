/** A site that is wrong is refused with the path of the fault. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { checkSite, safeSums } from "./check-site.ts";
import { modeRow } from "./modes.ts";
import { outletId, smallSite } from "./testing/small-site.ts";

const good = () =>
  JSON.parse(
    JSON.stringify(
      smallSite({ outlets: 4, mainA: 100, baseA: 30, riseA: 5, subA: 40, battery: {}, solarW: 10_000 }),
    ),
  );
const pathsOf = (data: unknown) => {
  const result = checkSite(data);
  return result.ok ? [] : result.fault.map(({ path }) => path);
};

test("site: a good one passes, and comes out as it went in", () => {
  const result = checkSite(good());
  assert(result.ok, JSON.stringify(result));
  assert.deepEqual(result.value, good());
});

test("site: no grant may live longer than the deadline of the mode that its end brings", () => {
  const livesFor = (ttlMs: number) => pathsOf({ ...good(), outlets: [{ ...good().outlets[0], ttlMs }] });
  const { entryDeadlineMs } = modeRow("default");
  assert.deepEqual(livesFor(entryDeadlineMs), []);
  assert.deepEqual(livesFor(entryDeadlineMs + 1), ["outlets[0].ttlMs"]);
});

for (const [name, damage, path] of [
  ["NaN", (s) => (s.fuses[0].ratedMa = Number.NaN), "fuses[0].ratedMa"],
  ["a number as text", (s) => (s.voltageV = "230"), "voltageV"],
  ["an unknown phase", (s) => (s.outlets[1].wiring[2] = "L4"), "outlets[1].wiring[2]"],
  ["a phase twice", (s) => (s.outlets[1].wiring = ["L1", "L1"]), "outlets[1].wiring"],
  [
    "a circle",
    (s) => {
      s.fuses[1].parent = "a";
      s.fuses.push({ ...s.fuses[1], id: "a", parent: "sub" });
    },
    "fuses[1].parent",
  ],
  ["a child above its parent", (s) => (s.fuses[1].ratedMa = 101_000), "fuses[1].ratedMa"],
  ["a parent that is not there", (s) => (s.fuses[1].parent = "x"), "fuses[1].parent"],
  ["two grid connections", (s) => delete s.fuses[1].parent, "fuses"],
  ["an outlet at no fuse", (s) => (s.outlets[0].fuse = "x"), "outlets[0].fuse"],
  ["an id twice", (s) => (s.outlets[1].id = s.outlets[0].id), "outlets[1].id"],
  [
    "one EVSE of a station for two outlets",
    (s) => Object.assign(s.outlets[2], { station: s.outlets[0].station, evse: s.outlets[0].evse }),
    "outlets[2].evse",
  ],
  [
    "two EVSEs of a station",
    (s) => Object.assign(s.outlets[2], { station: s.outlets[0].station, evse: 2 }),
    undefined,
  ],
  ["half an EVSE", (s) => (s.outlets[2].evse = 1.5), "outlets[2].evse"],
  ["two meters at one fuse", (s) => s.meters.push({ ...s.meters[0], id: "m2" }), "meters[1].fuse"],
  ["a default that no car takes", (s) => (s.outlets[0].safeMa = 3_000), "outlets[0].safeMa"],
  ["a default between two steps", (s) => (s.outlets[0].safeMa = 6_500), "outlets[0].safeMa"],
  [
    "a default that is none of its steps",
    (s) => Object.assign(s.outlets[0], { safeMa: 6_000, steps: { kind: "list", ma: [0, 8_000, 16_000] } }),
    "outlets[0].safeMa",
  ],
  ["an unknown member", (s) => (s.outlets[0].power = 3), "outlets[0].power"],
  ["an id with a line break", (s) => (s.fuses[0].id = "main\nmain"), "fuses[0].id"],
  ["an id of blanks", (s) => (s.meters[0].id = "  "), "meters[0].id"],
  ["a member of no object of its own", (s) => (s.meters[0] = Object.create(s.meters[0])), "meters[0].id"],
  ["a missing member", (s) => delete s.outlets[0].limiting, "outlets[0].limiting"],
  ["nothing", () => undefined, undefined],
] as readonly [string, (site: ReturnType<typeof good>) => unknown, string | undefined][]) {
  test(`site: ${name} is ${path === undefined ? "no fault" : `refused at ${path}`}`, () => {
    const site = good();
    damage(site);
    assert.deepEqual(pathsOf(site).slice(0, 1), path === undefined ? [] : [path]);
  });
}

test("site: defaults that overload a fuse with no controller at all are refused, and told per phase", () => {
  const site = good();
  for (const outlet of site.outlets) outlet.safeMa = 6_000;
  assert.deepEqual(pathsOf(site), []);
  for (const outlet of site.outlets) outlet.safeMa = 16_000;
  assert.deepEqual(pathsOf(site), ["fuses[0]"]);
});

test("site: the safe sum names who gets nothing", () => {
  const { sums, withoutPower } = safeSums(smallSite({ outlets: 2, mainA: 40, baseA: 30 }));
  assert.deepEqual(sums, [{ fuse: "main", safeMa: [0, 0, 0], roomMa: [10_000, 10_000, 10_000] }]);
  assert.deepEqual(withoutPower, [outletId(0), outletId(1)]);
});

test("site: whatever one value is replaced by, the parser answers and does not throw", () => {
  const junk = [null, undefined, Number.NaN, -1, 1e300, "", "L1", [], {}, [null], true, { kind: "list" }];
  for (let seed = 1; seed <= 2_000; seed++) {
    const chance = seededChance(seed);
    const site = good();
    let at = site;
    for (let depth = chance.int(1, 4); depth > 1; depth--) {
      const next = at[Object.keys(at)[chance.int(0, Object.keys(at).length - 1)]!];
      if (typeof next !== "object" || next === null || Object.keys(next).length === 0) break;
      at = next;
    }
    const key = Object.keys(at)[chance.int(0, Object.keys(at).length - 1)]!;
    at[key] = junk[chance.int(0, junk.length - 1)];
    assert.doesNotThrow(() => checkSite(site), `seed ${seed}: ${key}`);
  }
});
