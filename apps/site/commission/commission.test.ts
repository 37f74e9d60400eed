/** Commissioning on simulated time against register banks: what a good device gets, what a bad one is caught at, and the proposed document. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteId } from "@wattward/kernel";
import { parse, stringify } from "yaml";
import { SmallPlant, UNITS } from "../energy-controller/testing/small-plant.ts";
import { type CommissionPorts, commission } from "./commission.ts";
import { readPlan } from "./plan.ts";
import { notAsWritten, verdictOf } from "./report.ts";
import { about, commissioned, documentOf } from "./testing/commissioned.ts";

for (const steering of [124, 704] as const)
  test(`a good site by ${steering}: models, nameplate and a revert that was watched go into the proposed document`, async () => {
    const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } }, steering });
    const { report, proposal, said } = await commissioned(plant);
    assert(report.passed, JSON.stringify(report.devices));
    const battery = report.devices[1]!;
    assert(battery.revert?.kind === "proven");
    assert(Math.abs(battery.revert.watchedMs - 60_000) < 2_000, `${battery.revert.watchedMs}`);
    const written = parse(proposal);
    assert.deepEqual(written.energy.site.sources[0].revert, { kind: "proven", afterMs: 60_000 });
    assert.deepEqual(written.modbus[1].models[0], { id: 1, address: 40_002, length: 66 });
    assert.equal(written.modbus[1].ratedDischargeW, 20_000);
    assert(readPlan(proposal).ok);
    assert.match(said.at(-1)!, /^3\/3 phases: not checked/);
    assert.equal(plant.feedW, 0);
  });

test("a battery that never reverts is found out, taken back to 0, and proposed as unproven; proven on paper, it is a fault", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: {} });
  plant.batteryKeepsForEver = true;
  const { report, proposal, said } = await commissioned(plant);
  assert.equal(report.passed, false);
  assert.match(about(report, "battery", "revert")[0]!.sentence, /still held its setpoint 66 s/);
  assert.deepEqual(parse(proposal).energy.site.sources[0].revert, { kind: "unproven" });
  assert(said.some((line) => line.includes("0 was written")));
  await plant.time.advance(1_000);
  assert.equal(plant.feedW, 0);
});

test("a battery that never reverts, and whose power dips for a moment while it is watched, has proven nothing", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  plant.batteryKeepsForEver = true;
  const dip = (isDipping: boolean) => {
    plant.batteryIgnores = isDipping;
    if (isDipping) plant.feedW = 0;
  };
  const { report } = await commissioned(plant, {
    progress(_step, _of, sentence) {
      if (!sentence.includes("it follows")) return;
      plant.time.after(45_000, () => dip(true));
      plant.time.after(45_700, () => dip(false));
    },
  });
  assert.equal(report.devices[1]!.revert?.kind, "unproven");
});

test("a battery that ignores setpoints, that refuses them, that has no timer: each unproven, with its reason", async () => {
  for (const [hurt, why] of [
    [(plant: SmallPlant) => void (plant.batteryIgnores = true), /did not follow/],
    [(plant: SmallPlant) => void (plant.device("battery").conduct = "refuses-writes"), /illegal-data-value/],
  ] as const) {
    const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
    hurt(plant);
    const { report } = await commissioned(plant);
    const { revert } = report.devices[1]!;
    assert(revert?.kind === "unproven");
    assert.match(revert.why, why);
    assert(report.passed, "unproven as the document has it is no fault");
  }
});

/** Limited where the document says to how much. */
function inTheSun(revert?: object): SmallPlant {
  const plant = new SmallPlant({ baseA: 20, solarW: 20_000 });
  const { config } = plant;
  plant.config = {
    ...config,
    devices: config.devices.map((device) =>
      device.is.kind === "solar" ? { ...device, is: { ...device.is, exportWMax: 5_000 } } : device,
    ),
    site: {
      ...config.site,
      sources: config.site.sources.map(
        (source) => ({ ...source, ...(revert && { revert }) }) as typeof source,
      ),
    },
  };
  plant.sunW = 12_000;
  return plant;
}

test("an inverter's limit that was watched to fall away is proposed as proven, and it feeds all that it can again", async () => {
  const plant = inTheSun();
  const { report, proposal, said } = await commissioned(plant);
  assert(report.passed, JSON.stringify(report.devices));
  const { revert } = report.devices[1]!;
  assert(revert?.kind === "proven");
  assert(Math.abs(revert.watchedMs - 60_000) < 2_000, `${revert.watchedMs}`);
  assert(said.some((line) => line.includes("limited to 6000 W of 12000")));
  assert.deepEqual(parse(proposal).energy.site.sources[0].revert, { kind: "proven", afterMs: 60_000 });
  assert(readPlan(proposal).ok);
  assert.equal(plant.sunFeedW, 12_000);
});

test("an inverter that feeds more than the document has it feed is a fault: the loop would not believe it at noon", async () => {
  for (const [feedWMax, level] of [
    [11_500, "good"],
    [8_000, "fault"],
  ] as const) {
    const plant = inTheSun();
    const text = documentOf(plant).replace(/"feedWMax": \d+/, `"feedWMax": ${feedWMax}`);
    const { report } = await commissioned(plant, { provesReverts: false }, text);
    const [values] = about(report, "solar", "values");
    assert.equal(values!.level, level);
    assert.match(values!.sentence, level === "good" ? /12000 W$/ : /12000 W, .* 8000 W at most \(feedWMax\)/);
    assert.equal(report.passed, level === "good");
  }
});

test("an inverter that keeps its limit is freed, and proposed as unproven; proven on paper, it is a fault", async () => {
  for (const written of [undefined, { kind: "proven", afterMs: 30_000 }]) {
    const plant = inTheSun(written);
    plant.solarKeepsForEver = true;
    const { report, proposal, said } = await commissioned(plant);
    assert.equal(report.passed, written === undefined);
    assert.match(about(report, "solar", "revert").at(-1)!.sentence, /still held its limit/);
    assert(said.some((line) => line.includes("all of its power was written")));
    assert.deepEqual(parse(proposal).energy.site.sources[0].revert, { kind: "unproven" });
    assert.equal(plant.sunFeedW, 12_000);
  }
});

/** Commissions until the device under proof follows; `then` breaks it off. */
async function brokenOff(plant: SmallPlant, then: (stop: AbortController) => void) {
  const stop = new AbortController();
  const text = documentOf(plant);
  const plan = readPlan(text);
  assert(plan.ok);
  await plant.time.advance(300);
  const held: string[] = [];
  const said: string[] = [];
  let ended: unknown;
  const ports: CommissionPorts = {
    ...{ site: "lyon" as SiteId, software: "0", clock: plant.time, chance: plant.chance },
    ...{ provesReverts: true, signal: stop.signal },
    dial: () => plant.network.dialer("guard"),
    held: (device) => void held.push(device),
    progress(_step, _of, sentence) {
      said.push(sentence);
      if (sentence.includes("it follows")) then(stop);
    },
  };
  void commission(plan.value, text, ports).then(
    () => (ended = "a report"),
    (error: Error) => (ended = error.message),
  );
  assert(await plant.time.until(() => ended !== undefined, 600_000));
  await plant.time.advance(1_000);
  return { ended, held, said: said.join("\n") };
}

test("a proof that is broken off, or fails by an error of ours, frees the device first", async () => {
  for (const then of [
    (stop: AbortController) => stop.abort(new Error("broken off")),
    () => {
      throw new Error("broken off");
    },
  ]) {
    const battery = new SmallPlant({ baseA: 20, battery: {} });
    battery.batteryKeepsForEver = true;
    const freed = await brokenOff(battery, then);
    assert.deepEqual([freed.ended, freed.held, battery.feedW], ["broken off", [], 0]);
    assert.match(freed.said, /battery: 0 was written/);
    const solar = inTheSun();
    solar.solarKeepsForEver = true;
    const lifted = await brokenOff(solar, then);
    assert.deepEqual([lifted.ended, lifted.held, solar.sunFeedW], ["broken off", [], 12_000]);
    assert.match(lifted.said, /solar: all of its power was written/);
  }
});

test("a battery that does not take 0 is named, and is a fault of the report; one that refuses it once is asked again", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  plant.batteryKeepsForEver = true;
  const away = await brokenOff(plant, (stop) => {
    plant.device("battery").conduct = "refuses-writes";
    stop.abort(new Error("broken off"));
  });
  assert.deepEqual(away.held, ["battery"]);
  assert.match(away.said, /and 0 could not be written: .*See to the device itself/);
  const again = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  again.batteryKeepsForEver = true;
  const once = await brokenOff(again, (stop) => {
    again.device("battery").conduct = "refuses-writes";
    again.time.after(700, () => (again.device("battery").conduct = "well"));
    stop.abort(new Error("broken off"));
  });
  assert.deepEqual([once.held, again.feedW], [[], 0]);
  const kept = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  kept.batteryKeepsForEver = true;
  kept.time.after(30_000, () => (kept.device("battery").conduct = "refuses-writes"));
  const { report } = await commissioned(kept);
  assert.match(about(report, "battery", "revert").at(-1)!.sentence, /may hold what it was told, for ever/);
  assert.equal(report.passed, false);
});

test("a battery and an inverter at each other's places are told as perhaps swapped; such a document is not to be proposed", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } }, solarW: 20_000 });
  const swapped = documentOf(plant)
    .replace(/("device": "battery",[^}]*"deviceUnit": )2/, "$13")
    .replace(/("device": "solar",[^}]*"deviceUnit": )3/, "$12");
  const { report } = await commissioned(plant, {}, swapped);
  const [models] = about(report, "solar", "models").filter(({ level }) => level === "look");
  assert.match(models!.sentence, /124, 802, 715 say battery: was it swapped with one/);
  assert.match(about(report, "battery", "models")[1]!.sentence, /none of them is a battery's.*swapped/);
  assert.deepEqual(notAsWritten(report), ["battery"]);
  const right = await commissioned(plant);
  assert.deepEqual(notAsWritten(right.report), []);
  assert(about(right.report, "solar", "models").every(({ level }) => level === "good"));
});

test("what was left out stands beside the verdict, whatever it is", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: {} });
  const { report } = await commissioned(plant, { provesReverts: false });
  const left = "not checked: phases of 4 of 4 outlets, the revert of battery";
  assert.equal(verdictOf(report), `nothing is at fault in what was checked; ${left}`);
  assert.equal(verdictOf({ ...report, passed: false }), `something is at fault; ${left}`);
  const tried = await commissioned(plant);
  const whole = { ...tried.report, phases: [] };
  assert.equal(verdictOf(whole), "nothing is at fault");
});

test("an inverter in the dark, or one whose sun goes while it is watched, has shown nothing: the document's word stays", async () => {
  const dark = inTheSun();
  dark.sunW = 900;
  const asleep = await commissioned(dark);
  assert.deepEqual(dark.device("solar").writes, []);
  const sets = inTheSun();
  sets.time.after(20_000, () => (sets.sunW = 4_000));
  const gone = await commissioned(sets);
  for (const { report, proposal } of [asleep, gone]) {
    assert(report.passed, JSON.stringify(report.devices));
    assert.match(about(report, "solar", "revert").at(-1)!.sentence, /not tried/);
    assert.equal(report.devices[1]!.revert, undefined);
    assert.equal(parse(proposal).energy.site.sources[0].revert, undefined);
  }
  assert.equal(sets.sunFeedW, 4_000, "and it is free");
});

test("an inverter that refuses a limit is unproven, with its reason; without leave it is not written to", async () => {
  const refusing = inTheSun();
  refusing.device("solar").conduct = "refuses-writes";
  const { revert } = (await commissioned(refusing)).report.devices[1]!;
  assert(revert?.kind === "unproven");
  assert.match(revert.why, /illegal-data-value/);
  const plant = inTheSun({ kind: "proven", afterMs: 60_000 });
  const { report, proposal } = await commissioned(plant, { provesReverts: false });
  assert.deepEqual(plant.device("solar").writes, []);
  assert(report.passed);
  assert.deepEqual(parse(proposal).energy.site.sources[0].revert, { kind: "proven", afterMs: 60_000 });
});

test("without leave nothing is written, and the document's word on reverts stays", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: {} });
  const { report, proposal } = await commissioned(plant, { provesReverts: false });
  assert.deepEqual(plant.device("battery").writes, []);
  assert.equal(report.devices[1]!.revert, undefined);
  assert.deepEqual(parse(proposal).energy.site.sources[0].revert, { kind: "proven", afterMs: 60_000 });
});

test("a device that is away, one without a place, one that is no meter, a nameplate below the document: faults, and the rest goes on", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { chargeWMax: 21_000, dischargeWMax: 21_000 } });
  plant.meterFault = "frozen";
  plant.device("meter").lay({ 802: { ...noBattery } });
  const { report } = await commissioned(plant, { provesReverts: false });
  assert.match(about(report, "meter", "models")[1]!.sentence, /none of them is a meter/);
  assert.match(
    about(report, "battery", "nameplate")
      .map(({ sentence }) => sentence)
      .join(),
    /21000 W, its nameplate with 20000 W/,
  );
  plant.device("meter").conduct = "silent";
  const away = await commissioned(plant, { provesReverts: false });
  assert.match(about(away.report, "meter", "reachable")[0]!.sentence, /did not answer/);
  const text = JSON.stringify({ energy: plant.config, modbus: [] });
  const placeless = await commissioned(plant, {}, text);
  assert(placeless.report.devices.every(({ findings }) => findings[0]!.level === "fault"));
  assert.equal(placeless.report.passed, false);
});
const noBattery = {
  ...{ SoC: 50, SoC_SF: -1, W_SF: 0, A_SF: 0, V_SF: 0, AHRtg_SF: 0, WHRtg_SF: 0, WChaDisChaMax_SF: 0 },
  ...{ DisChaRte_SF: 0, DoD_SF: 0, SoH_SF: 0, CellV_SF: 0, AMax_SF: 0 },
};

test("phases: a load that comes on the document's phases is right, on others a fault; one that is skipped is not checked", async () => {
  const plant = new SmallPlant({ outlets: 3 });
  let asked = 0;
  const ask = async () => {
    // Two questions an outlet: at rest? and: loaded? The third is skipped.
    const [outlet, loaded] = [Math.floor(asked / 2), asked % 2 === 1];
    asked++;
    if (outlet === 2) return false;
    // The second outlet's load comes on L1 alone, and its document says L2 first: one of its phases all the same.
    plant.baseMa = loaded
      ? outlet === 0
        ? [12_000, 12_000, 12_000]
        : [12_000, 2_000, 2_000]
      : [2_000, 2_000, 2_000];
    return true;
  };
  const { report, said } = await commissioned(plant, { ask });
  const turned = said.filter((line) => line.includes("in the order of its terminals"));
  assert.match(turned.join(), /^\d+\/\d+ look phases of o1: .* came on L1, and the document has L2 first/);
  assert.deepEqual(
    report.phases.map(({ seen }) => seen),
    [["L1", "L2", "L3"], ["L1"], "not-checked"],
  );
  assert(report.passed);
  const single = plant.config.site.outlets.map((outlet) => ({ ...outlet, wiring: ["L2"] as const }));
  plant.config = { ...plant.config, site: { ...plant.config.site, outlets: single } };
  asked = 0;
  const wrong = await commissioned(plant, { ask });
  assert.equal(wrong.report.passed, false);
});

test("a document that is wrong is told by its paths, and nothing is looked at", () => {
  const plant = new SmallPlant();
  const bad = readPlan(
    documentOf(plant).replace('"fairness"', '"greed"').replace('"port": 502', '"port": 0'),
  );
  assert(!bad.ok);
  assert.match(bad.fault.join("\n"), /^line \d+: energy\.strategy is none of .*, but 'greed'$/m);
  const unreadable = readPlan("energy:\n  site: [\n");
  assert(!unreadable.ok);
  assert.match(unreadable.fault.join(), /^line \d+: The document cannot be read as YAML or JSON: [^\n]+$/);
  const place = readPlan(documentOf(plant).replace('"port": 502', '"port": 0'));
  assert(!place.ok && /^line \d+: modbus\[0\] needs/.test(place.fault.join()));
  for (const host of ["http://10.0.0.1", "192.168.40.999"])
    assert(!readPlan(documentOf(plant).replace("10.0.0.1", host)).ok, host);
  assert.equal(UNITS.meter, 1);
});

test("a document with an alias for each of many outlets is read as the central system reads it; aliases of aliases end", () => {
  const plant = new SmallPlant();
  const text = documentOf(plant);
  const aliased = (count: number) => text.replace("{", `{"notes": [&a {"x": 1}${", *a".repeat(count)}],`);
  const many = readPlan(aliased(1_000));
  assert(many.ok, many.ok ? "" : many.fault.join());
  const billion = `a: &a [1,2,3,4,5,6,7,8,9]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]`;
  for (const text of [aliased(1_300), billion, "a: *nothing", "a:\n  <<: outlet", "", "[".repeat(100_000)])
    assert(!readPlan(text).ok, text.slice(0, 40));
});

test("comments stay in the proposed document; where aliases have to go, and comments with them, its first lines say so", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: {} });
  const yaml = `# the site of Lyon\n${stringify(JSON.parse(documentOf(plant)), { aliasDuplicateObjects: false })}`;
  const kept = await commissioned(plant, { provesReverts: false }, yaml);
  assert.match(kept.proposal, /^# the site of Lyon\n/);
  const aliased = `${yaml}note: &a 1\nother: *a\n`;
  const anew = await commissioned(plant, { provesReverts: false }, aliased);
  assert.match(anew.proposal, /^# Written anew by 'site commission'.*\n# Its comments, .* are gone/);
  assert(readPlan(anew.proposal).ok);
});

test("phases: loads that leave the site show a grid meter the wrong way round: a fault, and 'inverted' is proposed; turned, all is well", async () => {
  const plant = new SmallPlant({ outlets: 2 });
  plant.isTurned = true;
  let asked = 0;
  const ask = async () => {
    const loaded = asked++ % 2 === 1;
    plant.baseMa = loaded ? [12_000, 12_000, 12_000] : [2_000, 2_000, 2_000];
    return true;
  };
  const { report, proposal, said } = await commissioned(plant, { ask });
  assert.equal(report.passed, false);
  assert(report.phases.every(({ inverted }) => inverted === true));
  assert(said.some((line) => line.includes("the wrong way round")));
  assert.equal(parse(proposal).energy.devices[0].is.inverted, true);
  plant.config = parse(proposal).energy;
  const again = await commissioned(plant, { ask });
  assert(again.report.passed, JSON.stringify(again.report.phases));
  assert.equal(parse(again.proposal).energy.devices[0].is.inverted, true);
});
