/** `wattward energy` on a data folder: what it prints, what it keeps, and what it refuses with which exit code. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { SiteId, StationId } from "@wattward/kernel";
import { changed, example, exampleStations } from "../energy/testing/example.ts";
import { openStore } from "../store/open.ts";
import { runCommand } from "./arguments.ts";
import { withDataCore } from "./data-core.ts";
import { energy } from "./energy.ts";

const data = mkdtempSync(join(tmpdir(), "wattward-energy-"));
before(async () => {
  await (await openStore({ database: join(data, "wattward.db") })).close();
  await withDataCore(data, async ({ core }) => {
    for (const id of exampleStations) {
      const station = {
        station: id as StationId,
        serial: id,
        route: "site",
        site: "lyon" as SiteId,
      } as const;
      await core.decide("station.add", { ...station, actor: "test", atMs: 1 });
    }
  });
});
after(() => rmSync(data, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(data, name);
  writeFileSync(path, text);
  return path;
}

async function run(...words: string[]) {
  let out = "";
  let err = "";
  const streams = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const command = { name: "energy", run: energy };
  const offline = words.length === 0 || (words[0] === "check" && !words.includes("--site"));
  const code = await runCommand(command, offline ? words : [...words, "--data", data], {
    ...streams,
    env: { USER: "ada" },
  });
  return { code, out, err };
}

test("energy check: a sound document with its safe sums and who gets nothing; a faulty one by line; exit codes for scripts", async () => {
  const sound = await run("check", file("good.yaml", example));
  assert.deepEqual([sound.code, sound.err], [0, ""]);
  assert.match(sound.out, /is sound\.\n.*L1 L2 L3:\n {2}grid +18\.0 +18\.0 +18\.0 A {3}of {4}45\.5/);
  assert.match(sound.out, /Cars get nothing then at:\n {2}A4 +CP-4, EVSE 1\n/);
  const bad = file("bad.yaml", changed("parent: grid, ratedMa: 80000", "parent: grid, ratedMa: 180000"));
  const faulty = await run("check", bad);
  assert.deepEqual([faulty.code, faulty.out], [1, ""]);
  assert.match(
    faulty.err,
    /one fault\n {2}line 9: energy\.site\.fuses\[1\]\.ratedMa is above that of its parent/,
  );
  const facts = await run("check", bad, "--json");
  assert.equal(facts.code, 1);
  assert.equal(JSON.parse(facts.out).faults[0].line, 9);
  const strangers = await run(
    "check",
    file("other.yaml", changed("station: CP-3", "station: CP-9")),
    "--site",
    "lyon",
  );
  assert.match(strangers.err, /no station 'CP-9': add it with 'station add CP-9 --site lyon'/);
  const nowhere = await run("check", file("good.yaml", example), "--site", "lyn");
  assert.deepEqual([nowhere.code, nowhere.out], [1, ""]);
  assert.match(nowhere.err, /^wattward: there is no site 'lyn': 'station add ID --site lyn' makes it\n$/);
});

test("energy set, strategy, show, history, remove: one after the other, every version kept", async () => {
  const good = file("lyon.yaml", example);
  assert.match((await run("show", "lyon")).err, /no energy document: 'energy set lyon FILE'/);
  assert.match(
    (await run("set", "lyon", good, "--why", "new main fuse")).out,
    /lyon: .*lyon\.yaml is in force as version 1\.\n/,
  );
  assert.equal((await run("show", "lyon")).out, example);
  assert.match((await run("set", "lyon", good)).out, /is as it was, version 1/);
  assert.match((await run("strategy", "lyon", "fairness")).out, /strategy fairness is in force as version 2/);
  assert.match((await run("show", "lyon")).out, /strategy: fairness/);
  const first = JSON.parse((await run("show", "lyon", "--version", "1", "--json")).out);
  assert.deepEqual(
    [first.version, first.reason, first.actor, first.energy.strategy],
    [1, "new main fuse", "cli:ada", "cost"],
  );
  assert.deepEqual(first.check.faults, []);
  const late = await run("set", "lyon", good, "--base", "1");
  assert.deepEqual([late.code, late.out], [1, ""]);
  assert.match(late.err, /version 2 is the newest/);
  assert.match((await run("remove", "lyon", "--why", "sold")).out, /in force as version 3/);
  assert.match((await run("show", "lyon")).err, /not managed since version 3/);
  assert.match((await run("strategy", "lyon", "cost")).err, /no energy document/);
  const { out } = await run("history", "lyon");
  assert.deepEqual(
    out
      .trimEnd()
      .split("\n")
      .map((line) =>
        line
          .replace(/\S+T\S+Z/, "when")
          .trim()
          .replaceAll(/ +/g, " "),
      ),
    ["3 when cli:ada (not managed) sold", "2 when cli:ada strategy fairness", "1 when cli:ada new main fuse"],
  );
});

test("energy: what cannot be done or was not meant is a sentence, and changes nothing", async () => {
  const good = file("good.yaml", example);
  const latin1 = file("latin1.yaml", "");
  writeFileSync(latin1, Buffer.from("schema: 1\nenergy:\n  timeZone: geb\u00e4ude\n", "latin1"));
  const rows: readonly [words: string[], code: number, says: RegExp][] = [
    [["set", "moon", good], 1, /no site 'moon'/],
    [["set", "lyon", file("empty.yaml", " \n")], 1, /is empty: 'energy remove lyon'/],
    [["set", "lyon", join(data, "nothing.yaml")], 1, /nothing\.yaml: there is no such file/],
    [["check", join(data, "nothing.yaml")], 1, /nothing\.yaml: there is no such file/],
    [["check", data], 1, /is a folder; a file is expected/],
    [["prices", data], 1, /is a folder; a file is expected/],
    [["check", file("comments.yaml", "# later\n")], 1, /comments\.yaml cannot .*\n {2}The document is empty/],
    [["check", latin1], 1, /line 3: The document is not in UTF-8: save it as UTF-8/],
    [["set", "lyon", latin1], 1, /line 3: The document is not in UTF-8/],
    [["set", "lyon", file("broken.yaml", "a: [")], 1, /cannot be read as YAML or JSON/],
    [["set", "lyon", good, "--why", ""], 2, /--why is 1 to 200/],
    [["set", "lyon", good, "--base", "x"], 2, /--base/],
    [["set", "lyon"], 2, /FILE is missing/],
    [["show", "no site"], 1, /./],
    [["show", "lyon", "--version", "99"], 1, /no version 99/],
    [["strategy", "lyon", "luck"], 2, /one of fairness, cost/],
    [["history", "moon"], 1, /no site 'moon'/],
    [["dance"], 2, /no command 'energy dance'/],
    [[], 2, /energy what\?/],
  ];
  const before = (await run("history", "lyon")).out;
  for (const [words, code, says] of rows) {
    const found = await run(...words);
    assert.deepEqual([found.code, found.out], [code, ""], words.join(" "));
    assert.match(found.err, says, words.join(" "));
  }
  assert.equal((await run("history", "lyon")).out, before);
});

test("energy prices: of all and of one site, CSV and JSON, with what is on top; faults by line leave all as it was", async () => {
  const begin = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const line = (n: number, price: string) => `${new Date(begin + n * 3_600_000).toISOString()},${price}`;
  const csv = file("prices.csv", ["utc,price", line(-1, "1"), line(0, "85.30"), line(1, "-2")].join("\n"));
  const told = await run("prices", csv, "--plus", "18000");
  assert.deepEqual([told.code, told.err], [0, ""]);
  assert.match(
    told.out,
    /^every site without its own: 2 prices of 60 min, from .*, 17\.800 to 26\.530 cents a kWh\.\n$/,
  );
  const json = file(
    "prices.json",
    JSON.stringify({ fromMs: begin, stepMs: 900_000, milliCentPerKwh: [1, 2, 3, 4, 5, 6, 7, 8] }),
  );
  const one = await run("prices", "lyon", json, "--json");
  assert.deepEqual([one.code, JSON.parse(one.out).site], [0, "lyon"]);
  const faulty = await run("prices", "lyon", file("bad.csv", `${line(0, "1")}\n${line(1, "cheap")}\n`));
  assert.deepEqual([faulty.code, faulty.out], [1, ""]);
  assert.match(faulty.err, /nothing was changed:\n {2}line 2 has no price in EUR\/MWh/);
  assert.match((await run("prices", "moon", csv)).err, /there is no site 'moon'/);
  assert.equal((await run("prices")).code, 2);
  const rows = await withDataCore(data, ({ core }) => core.query("energy.prices", undefined));
  assert.deepEqual(
    rows.map(({ site, milliCentPerKwh, toldBy }) => [site, milliCentPerKwh.length > 1, toldBy]),
    [
      [null, true, "cli:ada"],
      ["lyon", true, "cli:ada"],
    ],
  );
  assert.deepEqual(rows[0]?.milliCentPerKwh, [26_530, 17_800]);

  const back = await run("prices", "lyon", "fleet");
  assert.deepEqual([back.code, back.out], [0, "lyon: the fleet's prices hold there again.\n"]);
  assert.match((await run("prices", "lyon", "fleet")).out, /lyon: had no prices of its own/);
  assert.match((await run("prices", "moon", "fleet")).err, /there is no site 'moon'/);
  assert.match((await run("prices", "lyon", "fleet", "--plus", "5")).err, /--plus goes with a file/);
  const left = await withDataCore(data, ({ core }) => core.query("energy.prices", undefined));
  assert.deepEqual(
    left.map(({ site }) => site),
    [null],
  );
  assert.equal((await run("prices", csv, "--plus=-100")).code, 0, "a discount");
});

test("energy limit: for a time, with a reason; off ends it; nonsense and sites that nobody manages are refused", async () => {
  const limitNow = () =>
    withDataCore(data, ({ core }) =>
      core.query("energy.limit", { site: "lyon" as SiteId, nowMs: Date.now() }),
    );
  const unmanaged = await run("limit", "lyon", "10", "--why", "x");
  assert.equal(unmanaged.code, 1);
  assert.match(unmanaged.err, /lyon's energy is not managed, so nobody would keep a limit/);
  await run("set", "lyon", file("again.yaml", example));
  const set = await run("limit", "lyon", "40.5", "--for", "120", "--why", "main fuse");
  assert.match(set.out, /^lyon: at most 40\.5 kW together until .*; it ends by itself\.\n$/);
  const { limit } = (await limitNow()) ?? assert.fail();
  assert.deepEqual([limit?.limitW, limit?.reason, limit?.actor], [40_500, "main fuse", "cli:ada"]);
  assert(Math.abs((limit?.untilMs ?? 0) - Date.now() - 7_200_000) < 60_000);
  for (const [words, wanted] of [
    [["limit", "lyon", "lots", "--why", "x"], /KW is 0 to 10000 kilowatts, or off; not 'lots'/],
    [["limit", "lyon", "-1", "--why", "x"], /./],
    [["limit", "lyon", "10001", "--why", "x"], /KW is 0 to 10000/],
    [["limit", "lyon", "10"], /--why is needed/],
    [["limit", "lyon", "off", "--why", "x", "--for", "5"], /--for goes with a limit/],
    [["limit", "lyon", "10", "--why", "x", "--for", "99999"], /--for/],
    [["limit", "moon", "10", "--why", "x"], /there is no site 'moon'/],
  ] as const) {
    const refused = await run(...words);
    assert.notEqual(refused.code, 0, words.join(" "));
    assert.match(refused.err, wanted);
  }
  assert.equal((await limitNow())?.limit?.limitW, 40_500, "as it was");
  assert.match((await run("limit", "lyon", "off", "--why", "done")).out, /no such limit any more/);
  assert.deepEqual(await limitNow(), { limit: null });
  await run("remove", "lyon");
});
