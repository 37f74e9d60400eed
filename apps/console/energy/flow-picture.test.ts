import assert from "node:assert/strict";
import { test } from "node:test";
import { flowNames, flowNodes, flowRibbons } from "./flow-picture.ts";

const place = { width: 200, height: 240 };
const ways = (flows: Parameters<typeof flowNodes>[0]) =>
  Object.fromEntries(flowNodes(flows, flowNames).map(({ name, way }) => [name, way]));

test("what nobody knows is unknown, what is small is still, and neither has an arrow", () => {
  const nodes = flowNodes({ gridW: 12_000, solarW: 0, carsW: 12_000 }, flowNames);
  assert.deepEqual(
    nodes.map(({ name, way }) => `${name} ${way}`),
    ["solar still", "grid in", "battery unknown", "cars out", "building unknown"],
  );
  assert.equal(nodes.find(({ name }) => name === "battery")?.powerW, undefined);
  for (const { way, arrows } of flowRibbons(nodes, place))
    assert.equal(arrows.length > 0, way === "in" || way === "out", way);
  assert.equal(ways({ gridW: Number.NaN }).grid, "unknown");
});

test("each may flow either way: export, a battery that charges, cars that give back", () => {
  assert.deepEqual(
    ways({ gridW: -5_000, solarW: 9_000, batteryW: -3_000, buildingW: 4_000, carsW: -3_000 }),
    {
      solar: "in",
      grid: "out",
      battery: "out",
      cars: "in",
      building: "out",
    },
  );
});

test("arrows point into the hub or out of it, on both sides", () => {
  const of = (flows: Parameters<typeof flowNodes>[0], name: string) => {
    const ribbon = flowRibbons(flowNodes(flows, flowNames), place).find((it) => it.name === name);
    return Math.cos(((ribbon?.arrows[1]?.degrees ?? 90) * Math.PI) / 180);
  };
  assert(of({ gridW: 5_000 }, "grid") > 0, "in from the left is to the right");
  assert(of({ gridW: -5_000 }, "grid") < 0);
  assert(of({ carsW: 5_000 }, "cars") > 0, "out to the right is to the right");
  assert(of({ carsW: -5_000 }, "cars") < 0);
});

test("a course runs the way of the power, from edge to hub or back", () => {
  const course = (flows: Parameters<typeof flowNodes>[0], name: string) =>
    flowRibbons(flowNodes(flows, flowNames), place).find((it) => it.name === name)?.course ?? [];
  const ends = (points: ReturnType<typeof course>) => [points[0]?.x, points.at(-1)?.x];
  assert.deepEqual(ends(course({ gridW: 5_000 }, "grid")), [0, 100]);
  assert.deepEqual(ends(course({ gridW: -5_000 }, "grid")), [100, 0]);
  assert.deepEqual(ends(course({ carsW: 5_000 }, "cars")), [100, 200]);
  assert.deepEqual(course({}, "grid"), []);
});

test("widths are in proportion, the side with more fills the hub, and no flow at all divides by nothing", () => {
  const widths = (flows: Parameters<typeof flowNodes>[0]) =>
    new Map(flowRibbons(flowNodes(flows, flowNames), place).map(({ name, width }) => [name, width]));
  const some = widths({ gridW: 30_000, solarW: 10_000, batteryW: 6_000, carsW: 46_000 });
  assert.equal(some.get("grid"), 30);
  assert.equal(some.get("solar"), 10);
  assert.equal(some.get("cars"), 46);
  for (const width of widths({}).values()) assert(width > 0 && width < 3);
});

test("a site without sun and battery has no place for them", () => {
  const nodes = flowNodes({ gridW: 1_000, carsW: 1_000 }, ["grid", "cars"]);
  assert.deepEqual(
    nodes.map(({ name }) => name),
    ["grid", "cars"],
  );
  assert.equal(flowRibbons(nodes, place).length, 2);
});
