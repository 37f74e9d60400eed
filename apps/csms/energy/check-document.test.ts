import assert from "node:assert/strict";
import { test } from "node:test";
import { checkEnergyConfig } from "@wattward/energy";
import { checkPolicy } from "@wattward/guard";
import type { SiteId } from "@wattward/kernel";
import type { StationPlace } from "../core/port.ts";
import { checkDocument, checkDocumentAt } from "./check-document.ts";
import { changed, example, exampleStations, lineWith } from "./testing/example.ts";

const site = "lyon" as SiteId;
const at = (places: readonly StationPlace[]) => async () => places;
const inventory = exampleStations.map((station) => ({ station, site: "lyon", route: "site", evses: [1] }));

test("docs/examples/site-energy.yaml is sound: its safe sums, and who gets nothing without a controller", async () => {
  const check = await checkDocumentAt(at(inventory), site, example);
  assert.deepEqual(check.faults, []);
  assert.deepEqual(check.notes, []);
  assert.deepEqual(check.withoutPower, [{ outlet: "A4", station: "CP-4", evse: 1 }]);
  assert.deepEqual(
    check.safeSums.map(({ fuse, safeMa }) => [fuse, safeMa]),
    [
      ["grid", [18_000, 18_000, 18_000]],
      ["chargers", [18_000, 18_000, 18_000]],
    ],
  );
  for (const { safeMa, roomMa } of check.safeSums)
    assert(safeMa.every((ma, phase) => ma <= (roomMa[phase] ?? 0)));
  assert.deepEqual(check.compiled?.stations, exampleStations);
});

test("what is compiled is what sites read: both texts pass the strict parsers of energy and guard", () => {
  const { compiled } = checkDocument(example);
  const energy = checkEnergyConfig(JSON.parse(compiled?.energy ?? ""));
  assert(energy.ok);
  const policy = checkPolicy(JSON.parse(compiled?.guard ?? ""));
  assert(policy.ok);
  assert.deepEqual(
    policy.value.devices.map(({ name, unit, host }) => [name, unit, host]),
    [
      ["main-meter", 1, "192.168.40.11"],
      ["inverter", 2, "192.168.40.12"],
      ["battery", 3, "192.168.40.13"],
    ],
  );
});

test("a document is refused with path and line for each thing that is wrong with it", () => {
  const rows: readonly [name: string, text: string, path: string, says: RegExp, near?: string][] = [
    [
      "a circle",
      changed("parent: grid, ratedMa: 80000", "parent: chargers, ratedMa: 80000"),
      "energy.site.fuses[1].parent",
      /circle/,
      "id: chargers",
    ],
    [
      "a model within another",
      changed("id: 123, address: 40122", "id: 123, address: 40100"),
      "modbus[1].models[2]",
      /^has model 123 begin at 40100, within model 103, which ends at 40121$/,
      "id: 123",
    ],
    [
      "a child above its parent",
      changed("ratedMa: 80000", "ratedMa: 180000"),
      "energy.site.fuses[1].ratedMa",
      /above that of its parent/,
      "id: chargers",
    ],
    [
      "a parent that there is not",
      changed("parent: grid, ratedMa: 80000", "parent: moon, ratedMa: 80000"),
      "energy.site.fuses[1].parent",
      /no fuse 'moon'/,
      "id: chargers",
    ],
    [
      "an unknown phase",
      changed("wiring: [L2, L3, L1]", "wiring: [L2, L4, L1]"),
      "energy.site.outlets[1].wiring[1]",
      /none of L1, L2, L3/,
      "id: A2",
    ],
    ["NaN", changed("voltageV: 230", "voltageV: .nan"), "energy.site.voltageV", /not a number/, "voltageV"],
    [
      "no end",
      changed("capacityWh: 40000", "capacityWh: .inf"),
      "energy.site.sources[1].capacityWh",
      /not a number/,
      "capacityWh",
    ],
    [
      "a field of another name",
      changed("strategy: cost", "stratgy: cost"),
      "energy.stratgy",
      /not known here/,
      "strategy: cost",
    ],
    [
      "a strategy of nobody",
      changed("strategy: cost", "strategy: luck"),
      "energy.strategy",
      /none of fairness/,
      "strategy: cost",
    ],
    [
      "a safe default that overloads",
      changed("safeMa: 6000 ", "safeMa: 32000 "),
      "energy.site.fuses[0]",
      /overloaded on L1 with no controller/,
      "id: grid",
    ],
    [
      "a time zone of nowhere",
      changed("Europe/Berlin", "Europe/Atlantis"),
      "energy.timeZone",
      /time zone/,
      "timeZone",
    ],
    [
      "a host with a scheme",
      changed("host: 192.168.40.12", "host: http://inverter"),
      "modbus[1].host",
      /must be a name or an address, .*, not "http:\/\/inverter"/,
      "host: 192.168.40.12",
    ],
    [
      "an address that there cannot be",
      changed("host: 192.168.40.12", "host: 192.168.40.999"),
      "modbus[1].host",
      /not "192\.168\.40\.999"/,
      "host: 192.168.40.12",
    ],
    [
      "two outlets at one EVSE",
      changed("station: CP-3", "station: CP-1"),
      "energy.site.outlets[2].evse",
      /EVSE 1 of station 'CP-1' is that of outlets\[0\] already/,
      "id: A3",
    ],
    [
      "a number with its unit",
      changed("voltageV: 230", "voltageV: 230 V"),
      "energy.site.voltageV",
      /is not a number from 50 to 1000, but '230 V'/,
      "voltageV",
    ],
    ["a schema of later", changed("schema: 1", "schema: 2"), "schema", /must be 1/, "schema: 1"],
    [
      "two devices under one unit",
      changed("id: inverter, unit: 2", "id: inverter, unit: 1"),
      "energy.devices[1].unit",
      /unit 1 is that of devices\[0\]/,
      "id: inverter",
    ],
    [
      "a device that nobody finds",
      changed("- device: inverter", "- device: invertor"),
      "modbus[1].device",
      /no 'invertor'/,
      "- device: inverter",
    ],
    [
      "two devices at one place",
      changed("192.168.40.12", "192.168.40.11"),
      "modbus[1]",
      /as modbus\[0\] is/,
      "- device: inverter",
    ],
    ["a port of nowhere", changed(/port: 502/, "port: 70000"), "modbus[0].port", /1 to 65535/, "port: 502"],
    [
      "a reader that is all the world",
      changed("address: 192.168.40.20", "address: everybody"),
      "readers[0].by.address",
      /./,
      "name: vendor",
    ],
  ];
  for (const [name, text, path, says, near] of rows) {
    const { faults, compiled } = checkDocument(text);
    assert.equal(compiled, undefined, name);
    const found = faults.find((fault) => fault.path === path);
    assert(found !== undefined, `${name}: ${JSON.stringify(faults)}`);
    assert.match(found.sentence, says, name);
    if (near !== undefined) assert.equal(found.line, lineWith(near), name);
  }
});

test("a device that the document gives no place is named", () => {
  const { faults } = checkDocument(changed(/ {2}- device: inverter[\s\S]*?(?= {2}- device: battery)/, ""));
  assert.deepEqual(
    faults.map(({ path }) => path),
    ["energy.devices[1]"],
  );
  assert.match(faults[0]?.sentence ?? "", /nobody knows where 'inverter' is/);
});

test("against the inventory: unknown stations, another site's, at none, past the site, EVSEs that they do not have", async () => {
  const third = { station: "CP-3", site: "lyon", route: "site", evses: [1] };
  const rows: readonly [StationPlace | undefined, path: string, says: RegExp][] = [
    [
      undefined,
      "energy.site.outlets[2].station",
      /no station 'CP-3': add it with 'station add CP-3 --site lyon'/,
    ],
    [{ ...third, site: "north" }, "energy.site.outlets[2].station", /at 'north'/],
    [{ ...third, site: null }, "energy.site.outlets[2].station", /at none/],
    [{ ...third, route: "direct" }, "energy.site.outlets[2].station", /past the site/],
    [{ ...third, evses: [2, 3] }, "energy.site.outlets[2].evse", /no EVSE 1, but 2, 3/],
  ];
  for (const [place, path, says] of rows) {
    const places = inventory.flatMap((one) =>
      one.station !== "CP-3" ? [one] : place === undefined ? [] : [place],
    );
    const { faults, compiled, safeSums } = await checkDocumentAt(at(places), site, example);
    assert.equal(compiled, undefined);
    assert.deepEqual(
      faults.map((fault) => [fault.path, fault.line]),
      [[path, lineWith("id: A3")]],
    );
    assert.match(faults[0]?.sentence ?? "", says);
    assert.equal(safeSums.length, 2, "what it means is told all the same");
  }
});

test("against the inventory: a station that never told of its EVSEs is worth a note, and no fault", async () => {
  const places = inventory.map((one) => (one.station === "CP-2" ? { ...one, evses: [] } : one));
  const { faults, notes, compiled } = await checkDocumentAt(at(places), site, example);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    notes.map(({ path, line }) => [path, line]),
    [["energy.site.outlets[1].evse", lineWith("id: A2")]],
  );
  assert(compiled !== undefined);
});

test("against the inventory: stations of the site, and EVSEs of theirs, that no outlet is of are worth a note", async () => {
  const places = [
    ...inventory.map((one) => (one.station === "CP-2" ? { ...one, evses: [1, 2, 3] } : one)),
    { station: "CP-9", site: "lyon", route: "direct", evses: [] },
  ];
  const { faults, notes } = await checkDocumentAt(at(places), site, example);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    notes.map(({ path, sentence }) => `${path} ${sentence}`),
    [
      "energy.site.outlets none is EVSE 2, 3 of 'CP-2', which has it: nobody limits it",
      "energy.site.outlets none is of 'CP-9', which is at this site too: nobody limits it",
    ],
  );
  const none = changed("CP-4, safeMa: 0", "CP-4, limiting: none, ratedMa: 16000").replaceAll(
    ", spares: rating",
    "",
  );
  const direct = inventory.map((one) => (one.station === "CP-4" ? { ...one, route: "direct" } : one));
  assert.deepEqual((await checkDocumentAt(at(direct), site, none)).faults, [], "counted at its rating");
});

test("a policy of its own: taken as it is, never beside devices, and under the units that the energy controller means", () => {
  const own = (guard: object, text = changed(/^modbus:[\s\S]*/m, "")) =>
    `${text}guard: ${JSON.stringify(guard)}\n`;
  const { compiled } = checkDocument(example);
  const policy = JSON.parse(compiled?.guard ?? "");
  assert.deepEqual(JSON.parse(checkDocument(own(policy)).compiled?.guard ?? ""), policy);
  const faultsOf = (text: string) =>
    checkDocument(text).faults.map(({ path, sentence }) => `${path} ${sentence}`);
  assert.match(faultsOf(own(policy, example)).join(), /modbus stands beside 'guard'/);
  const [first, ...others] = policy.devices;
  const moved = { ...policy, devices: [{ ...first, unit: 9 }, ...others] };
  assert.match(
    faultsOf(own(moved)).join(),
    /energy\.devices\[0\]\.unit is 1, and the guard has 'main-meter' under 9/,
  );
  const renamed = { ...policy, devices: others, rules: [], crossRules: [] };
  assert.match(
    faultsOf(own(renamed)).join(),
    /energy\.devices\[0\]\.unit is 1, which the guard knows no device under/,
  );
  assert.match(
    faultsOf(own({ ...policy, rules: [{ ...policy.rules[0], device: "moon" }] })).join(),
    /^guard\.rules\[0\]\.device /,
  );
  assert.match(faultsOf(own({ schema: 1 })).join(), /guard\.clients/);
});

test("what is no document at all is refused as a whole", () => {
  for (const text of ["", "null", "[]", "hello", "42", "__proto__: { schema: 1 }", "{}"]) {
    const { faults, compiled } = checkDocument(text);
    assert(faults.length > 0 && compiled === undefined, text);
  }
});
