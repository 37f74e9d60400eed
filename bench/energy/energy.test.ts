/** `bench energy` as it is called: one line of JSON in the shape that others read, the result of each session, and wrong words refused. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "wattward-bench-energy-"));
const file = (name: string) => join(folder, name);
after(() => rmSync(folder, { recursive: true, force: true }));

/** A day at two stations: more is asked for at noon than 8 kW give, and the rest of the day is free. */
const sessions = [
  "arrival,departure,requested_energy (kWh),delivered_energy (kWh),station_id,session_id,estimated_departure,claimed",
  "2019-05-06 08:00:00-07:00,2019-05-06 12:00:00-07:00,10,10,CA-1,early,2019-05-06 12:00:00-07:00,True",
  "2019-05-06 11:00:00-07:00,2019-05-06 13:00:00-07:00,12,12,CA-2,long,2019-05-06 13:00:00-07:00,True",
  "2019-05-06 12:15:00-07:00,2019-05-06 13:00:00-07:00,5,5,CA-1,short,2019-05-06 13:30:00-07:00,True",
];
/** EUR/MWh by the hour: dear from noon. */
const prices = Array.from(
  { length: 24 },
  (_, h) => `2019-05-06 ${String(h).padStart(2, "0")}:00:00,${h < 12 ? 100 : 300}`,
);

before(() => {
  writeFileSync(file("sessions.csv"), `${sessions.join("\n")}\n`);
  writeFileSync(file("empty.json"), "{}");
  writeFileSync(file("prices.csv"), `hour,price\n${prices.join("\n")}\n`);
});

function bench(...words: string[]) {
  const main = join(import.meta.dirname, "..", "main.ts");
  const done = spawnSync(process.execPath, [main, "energy", ...words], { encoding: "utf8", timeout: 60_000 });
  return { status: done.status, said: done.stderr, printed: done.stdout };
}
const usual = (out: string, from = "sessions.csv") => [
  "--sessions",
  file(from),
  "--cap",
  "8",
  "--out",
  file(out),
];

type Ratio = { readonly ratio: number };
type Told = {
  readonly energy: Ratio & { readonly kWh: number; readonly lpKWh: number };
  readonly cost: Readonly<Record<"eur" | "lpEur" | "ratio" | "lpEurSameKWh" | "ratioSameKWh", number | null>>;
  readonly sessionsCompleted: number;
  readonly jain: number;
  readonly peakKw: number;
  readonly rules: Readonly<Record<string, number>>;
};

test("bench energy: one line of JSON, ratios that follow from its figures, and each session's result", () => {
  const { status, said, printed } = bench(...usual("plain"));
  assert.equal(status, 0, said);
  assert.equal(printed.trimEnd().split("\n").length, 1, printed);
  const told = JSON.parse(printed) as Told;
  assert.deepEqual(Object.keys(told), ["energy", "cost", "sessionsCompleted", "jain", "peakKw", "rules"]);
  assert.deepEqual(Object.keys(told.energy), ["kWh", "lpKWh", "ratio"]);
  assert.deepEqual(
    told.cost,
    { eur: null, lpEur: null, ratio: null, lpEurSameKWh: null, ratioSameKWh: null },
    "nobody named a price",
  );
  const { kWh, lpKWh, ratio } = told.energy;
  assert(kWh > 0 && kWh <= lpKWh && lpKWh <= 27.01, printed);
  assert(Math.abs(ratio - kWh / lpKWh) < 1e-3, printed);
  assert(told.peakKw > 0 && told.peakKw <= 8, printed);
  for (const part of [told.sessionsCompleted, told.jain]) assert(part > 0 && part <= 1, printed);
  assert(Object.hasOwn(told.rules, "equalShare"));
  for (const [rule, part] of Object.entries(told.rules)) assert(part > 0 && part <= 1.0001, rule);

  const [head, ...rows] = readFileSync(file("plain/sessions.csv"), "utf8").trimEnd().split("\n");
  assert.equal(head, "session,station,arrival,hours,need_kwh,got_kwh,lp_kwh");
  const cells = rows.map((row) => row.split(","));
  assert.deepEqual(
    cells.map(([id]) => id),
    ["early", "long", "short"],
  );
  const total = (column: number) => cells.reduce((sum, row) => sum + Number(row[column]), 0);
  assert(Math.abs(total(5) - kWh) < 0.02 && Math.abs(total(6) - lpKWh) < 0.02, rows.join("\n"));
  const kept = JSON.parse(readFileSync(file("plain/result.json"), "utf8")) as Told & { overloads: number };
  assert.deepEqual(kept.energy, told.energy);
  assert.equal(kept.overloads, 0);
});

test("bench energy: with prices and a battery it tells what was paid, beside the least that could be", () => {
  const { status, said, printed } = bench(
    ...usual("priced"),
    ...["--prices", file("prices.csv"), "--bess", "10,5", "--days", "1"],
  );
  assert.equal(status, 0, said);
  const { cost, energy } = JSON.parse(printed) as Told;
  assert.deepEqual(Object.keys(cost), ["eur", "lpEur", "ratio", "lpEurSameKWh", "ratioSameKWh"]);
  const { eur, lpEur, ratio, lpEurSameKWh, ratioSameKWh } = cost;
  assert(eur !== null && lpEur !== null && ratio !== null && lpEurSameKWh !== null && ratioSameKWh !== null);
  assert(eur > 0 && lpEur > 0, printed);
  assert(Math.abs(ratio - eur / lpEur) < 0.02, printed);
  assert(
    lpEurSameKWh <= lpEur && ratioSameKWh >= 1,
    "what was delivered costs the bound no more than all of it",
  );
  assert(energy.kWh > 0);
  const { lpWithoutLargest } = JSON.parse(readFileSync(file("priced/result.json"), "utf8")) as {
    lpWithoutLargest: { kWh: number; eur: number };
  };
  assert(lpWithoutLargest.eur > 0);
  // 12 kWh in two hours, 5 kWh in the last 45 minutes of them: with the battery's 5 kW beside the cap, and not without.
  assert(
    lpWithoutLargest.kWh < energy.lpKWh,
    "who must bear the battery's loss may not lend its power to cars",
  );
});

test("bench energy: whenever prices change, also in the midst of an hour of UTC, the bound buys when they are low", () => {
  writeFileSync(
    file("noon.csv"),
    `${sessions[0]}\n2019-05-06 07:00:00-07:00,2019-05-06 08:00:00-07:00,2,2,CA-1,noon,,True\n`,
  );
  const beginsMs = Date.UTC(2019, 4, 5, 0, 30);
  for (const stepMin of [60, 12]) {
    const rows = Array.from({ length: (72 * 60) / stepMin }, (_, i) => {
      const ms = beginsMs + i * stepMin * 60_000;
      const hour = (ms - Date.UTC(2019, 4, 6)) / 3_600_000;
      return `${new Date(ms).toISOString()},${hour >= 14.5 ? 100 : 300}`;
    });
    writeFileSync(file("half.csv"), `datetime_utc,price_eur_mwh\n${rows.join("\n")}\n`);
    const { status, said, printed } = bench(...usual("half", "noon.csv"), ...["--prices", file("half.csv")]);
    assert.equal(status, 0, said);
    const { cost } = JSON.parse(printed) as Told;
    assert(Math.abs(cost.lpEur! - 0.2) < 0.01, printed);
    assert(cost.ratioSameKWh! >= 1, printed);
  }
});

test("bench energy: a quarter of an hour counts for the peak although nobody stays to its end", () => {
  writeFileSync(
    file("brief.csv"),
    `${sessions[0]}\n2019-05-06 08:00:00-07:00,2019-05-06 08:05:00-07:00,1,1,CA-1,brief,,True\n`,
  );
  const { status, said, printed } = bench(
    ...["--sessions", file("brief.csv"), "--cap", "8", "--out", file("brief")],
  );
  assert.equal(status, 0, said);
  const { energy, peakKw } = JSON.parse(printed) as Told;
  assert(energy.kWh > 0.3, printed);
  assert(Math.abs(peakKw - 4 * energy.kWh) < 0.03, printed);
  const { instantPeakKw } = JSON.parse(readFileSync(file("brief/result.json"), "utf8"));
  assert(instantPeakKw > 6 && instantPeakKw < 6.7, `${instantPeakKw}`);
});

test("bench energy: a car comes when it comes, also in the moment in which another leaves", () => {
  const from = (at: string, to: string, kwh: number, id: string) =>
    `2019-05-06 ${at}:00-07:00,2019-05-06 ${to}:00-07:00,${kwh},${kwh},CA-${id},${id},,True`;
  const both = [from("08:00", "08:05", 0.1, "leaves"), from("08:05", "08:15", 1, "comes")];
  writeFileSync(file("meet.csv"), `${[sessions[0], ...both].join("\n")}\n`);
  const { status, said } = bench(...usual("meet", "meet.csv"));
  assert.equal(status, 0, said);
  const row = readFileSync(file("meet/sessions.csv"), "utf8").split("\n")[2]!;
  assert(Number(row.split(",")[5]) > 0.9, row);
});

/** Two stations between other lines behind one panel, which bears 30 A on each line. */
const panel = {
  evses: [
    { id: "CA-1", voltage: 208, phase_angle_deg: 30 },
    { id: "CA-2", voltage: 208, phase_angle_deg: 150 },
  ],
  constraints: [
    { name: "Panel I_a", limit_A: 30, coeff: { "CA-1": 1, "CA-2": -1 } },
    { name: "Panel I_b", limit_A: 30, coeff: { "CA-1": -1 } },
    { name: "Panel I_c", limit_A: 30, coeff: { "CA-2": 1 } },
  ],
};

test("bench energy: a network's panel holds, for us, the bound and the rules; the battery is there beside it", () => {
  writeFileSync(file("network.json"), JSON.stringify(panel));
  const within = [...usual("network"), "--network", file("network.json"), "--cap", "5"];
  const alone = bench(...within);
  const beside = bench(...within, "--bess", "10,5", "--prices", file("prices.csv"));
  const figures = [alone, beside].map(({ status, said, printed }) => {
    assert.equal(status, 0, said);
    return JSON.parse(printed) as Told;
  });
  const { overloads, worstLoad } = JSON.parse(readFileSync(file("network/result.json"), "utf8"));
  assert.equal(overloads, 0);
  assert(worstLoad > 0.8, `${worstLoad}: the panel, not the cap, is what is full`);
  for (const { energy, rules } of figures)
    for (const [who, part] of Object.entries({ ...rules, ours: energy.ratio }))
      assert(part <= 1.0001, `${who} is ahead of the bound: ${part}`);
  assert(figures[1]!.energy.kWh > figures[0]!.energy.kWh + 1, "the battery lends its power to cars");
});

test("bench energy: nothing asked for is all of it, and money that is earned has no ratio", () => {
  writeFileSync(file("head.csv"), `${sessions[0]}\n`);
  const none = bench(...usual("none", "head.csv"));
  assert.equal(none.status, 0, none.said);
  assert.match(none.said, /nothing to replay/);
  const { energy, sessionsCompleted, rules } = JSON.parse(none.printed) as Told;
  assert.deepEqual(energy, { kWh: 0, lpKWh: 0, ratio: 1 });
  assert.deepEqual([sessionsCompleted, rules["equalShare"]], [1, 1]);

  mkdirSync(file("taken/result.json"), { recursive: true });
  const unwritten = bench(...usual("taken", "head.csv"));
  assert.equal(unwritten.status, 1);
  assert.match(unwritten.said, /could not be written/);
  assert.equal(unwritten.printed, none.printed, "told all the same");

  writeFileSync(file("negative.csv"), `hour,price\n${prices.join("\n").replaceAll(/,/g, ",-")}\n`);
  const earned = bench(...usual("earned"), "--prices", file("negative.csv"));
  assert.equal(earned.status, 0, earned.said);
  const { cost } = JSON.parse(earned.printed) as Told;
  assert(cost.eur! < 0 && cost.lpEur! < 0 && cost.ratio === null, earned.printed);
  assert.match(earned.said, /the costs have no ratio/);
});

test("bench energy: a wrong line is left out and counted; ids with commas and quotes stay one field", () => {
  const dirty = [...sessions, "never,ever,1,1,CA-1,bad,,True"].join("\n").replace("early", '"a,""b"');
  writeFileSync(file("dirty.csv"), `${dirty}\n`);
  const { status, said } = bench(...usual("dirty", "dirty.csv"), "--bess", "0,0");
  assert.equal(status, 0, said);
  assert.match(said, /lines left out of .*: 1\. line 5/);
  const { skipped } = JSON.parse(readFileSync(file("dirty/result.json"), "utf8")) as { skipped: number };
  assert.equal(skipped, 1);
  assert.match(readFileSync(file("dirty/sessions.csv"), "utf8"), /^"a,""b",CA-1,2019/m);
});

test("bench energy: words that are wrong, and a file that is none of sessions, say so", () => {
  const wrong: readonly (readonly [says: RegExp, status: number, words: readonly string[]])[] = [
    [/--sessions FILE is needed/, 2, ["--cap", "8", "--out", folder]],
    [/--cap is a number above 0/, 2, ["--sessions", file("sessions.csv"), "--cap", "none", "--out", folder]],
    [/there is no file/, 2, ["--sessions", file("nowhere.csv"), "--cap", "8", "--out", folder]],
    [/is no folder to write in/, 2, usual("sessions.csv")],
    [/--out DIR is needed/, 2, ["--sessions", file("sessions.csv"), "--cap", "8"]],
    [/an hour and its price/, 1, [...usual("x"), "--prices", file("sessions.csv")]],
    [/no network of ACN-Sim: 'evses' is no list/, 1, [...usual("x"), "--network", file("empty.json")]],
    [/arrival/, 1, ["--sessions", file("prices.csv"), "--cap", "8", "--out", file("none")]],
  ];
  for (const [says, status, words] of wrong) {
    const done = bench(...words);
    assert.equal(done.status, status, `${words.join(" ")}: ${done.said}`);
    assert.match(done.said, says);
    assert.doesNotMatch(done.said, /\n +at /, "no stack");
    assert.equal(done.printed, "");
  }
});
