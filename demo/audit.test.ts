/** `wattward audit DIR` as a person runs it: one line of JSON, a sentence for each finding, and never a stack trace. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { settled } from "./ending.ts";
import { digestOf } from "./evidence.ts";

const root = mkdtempSync(join(tmpdir(), "wattward-audit-"));
after(() => rmSync(root, { recursive: true, force: true }));

const START_MS = 1_000_000;
const STEPS = 200;
const none = { main: [0, 0, 0] };
const flows = { ma: none, mayMa: none, baseMa: none, sourcesMa: none, largestMa: none };

/** Twenty seconds of one station, whose car took 5 Wh, at a site of one fuse. */
function wholeRun(name: string): string {
  const folder = join(root, name);
  mkdirSync(join(folder, "csms"), { recursive: true });
  const site = { fuses: [{ id: "main", ratedMa: 100_000 }], loads: [] };
  const beats = Array.from({ length: 20 }, (_, i) => ({ atMs: START_MS + i * 1000, id: `beat-${i}` }));
  const said = [
    { atMs: START_MS, id: "start", action: "StartTransaction", content: { meterStart: 0 } },
    ...beats.map((beat) => ({ ...beat, action: "Heartbeat", content: {} })),
    { atMs: START_MS + 20_000, id: "stop", action: "StopTransaction", content: { meterStop: 5 } },
  ];
  const frame = (of: unknown) => ({ station: "S1", frame: JSON.stringify(of) });
  const files = {
    "sent.jsonl": said.map(({ action, atMs, content, id }) => ({ atMs, ...frame([2, id, action, content]) })),
    "received.jsonl": said.map(({ atMs, id }) => ({ atMs, ...frame([3, id, {}]) })),
    "limits.jsonl": [
      { kind: "site", voltageV: 230, ...site },
      ...Array.from({ length: STEPS }, (_, i) => ({ atMs: START_MS + i * 100, ...flows, carsW: 0 })),
      { kind: "end", atMs: START_MS + STEPS * 100 },
    ],
    "modbus.jsonl": [
      { atMs: START_MS + 19_000, device: "meter" },
      { atMs: START_MS + 20_000, kind: "end" },
    ],
  };
  for (const [file, lines] of Object.entries(files)) {
    const text = lines.map((line, i) => `${JSON.stringify({ line: i + 1, ...line })}\n`).join("");
    writeFileSync(join(folder, file), text);
  }
  const keep = (file: string, value: unknown) => writeFileSync(join(folder, file), JSON.stringify(value));
  keep("site-energy.json", { energy: { site } });
  keep("run.json", { startMs: START_MS, faults: [], attackers: false });
  keep("faults.json", []);
  keep("meters.json", []);
  keep("summary.json", { errors: 0, truth: [{ framesSent: 22, framesReceived: 22 }] });
  const database = new DatabaseSync(join(folder, "csms", "wattward.db"));
  database.exec(`
    CREATE TABLE transaction_events (station_id, digest, transaction_id, path);
    CREATE TABLE outbox (seq, at_ms, cause, station_id, kind, data);
    CREATE TABLE transactions (id, station_id, state, energy_wh);
    CREATE TABLE site_journals (epoch, acked_seq);
    INSERT INTO outbox VALUES (1, ${START_MS + 1_500}, NULL, NULL, 'site.mode', '{"mode":"planned"}');`);
  const stored = database.prepare("INSERT INTO transaction_events VALUES ('S1', ?, 't1', 'direct')");
  for (const content of [{ meterStart: 0 }, { meterStop: 5 }]) stored.run(digestOf(content));
  database.exec("INSERT INTO transactions VALUES ('t1', 'S1', 'ended', 5)");
  database.close();
  return folder;
}

function audited(folder: string) {
  const words = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "audit.ts"), folder];
  const { status, stderr, stdout } = spawnSync(process.execPath, words, { encoding: "utf8" });
  assert.doesNotMatch(stderr, /\n\s+at /, "a stack trace");
  return { status, told: stderr.replaceAll(`${folder}/`, ""), line: stdout };
}

test("audit: a whole run is done; modes are counted from the run's start, as the demo counts them", () => {
  const { line, status, told } = audited(wholeRun("whole"));
  assert.deepEqual([status, told], [0, ""]);
  const { ended, limitBreaches, messages, modes } = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual([ended, limitBreaches, messages], [true, 0, 22]);
  assert.deepEqual(modes, [{ mode: "planned", atMs: 1_500 }]);
});

test("audit: a run that goes on is judged by what is there, and said to go on", () => {
  const folder = wholeRun("on");
  for (const file of ["faults.json", "meters.json", "summary.json"]) rmSync(join(folder, file));
  writeFileSync(join(folder, "demo.json"), "{}");
  const { line, status, told } = audited(folder);
  assert.equal(status, 0, told);
  assert.match(told, /^The run goes on, or was killed/);
  assert.equal((JSON.parse(line) as { ended: boolean }).ended, false);
});

test("a run ends when what its attacks showed was told: the guard tells it in its turn", {
  timeout: 30_000,
}, async () => {
  const folder = wholeRun("untold");
  const shows = ["modbus.listen-only"];
  writeFileSync(join(folder, "attacks.json"), JSON.stringify([{ attack: "AT-M12", shows, say: "" }]));
  const waiting = settled(folder);
  await wait(1_000);
  const database = new DatabaseSync(join(folder, "csms", "wattward.db"));
  database.exec(
    `INSERT INTO outbox VALUES (2, ${START_MS + 9_000}, NULL, NULL, 'site.guard', '{"what":"modbus.listen-only"}')`,
  );
  database.close();
  assert((await waiting).kinds?.has("modbus.listen-only"));
});

const linesOf = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n");
const rewritten = (path: string, lines: readonly string[]) => writeFileSync(path, `${lines.join("\n")}\n`);

for (const [name, damage, finding] of [
  [
    "without received.jsonl",
    (at: string) => rmSync(join(at, "received.jsonl")),
    /^trace: received\.jsonl is not there$/m,
  ],
  [
    "without sent.jsonl",
    (at: string) => rmSync(join(at, "sent.jsonl")),
    /sent\.jsonl is not there: is .* what a demo wrote/,
  ],
  [
    "without limits.jsonl",
    (at: string) => rmSync(join(at, "limits.jsonl")),
    /^trace: limits\.jsonl is not there$/m,
  ],
  [
    "without a database",
    (at: string) => rmSync(join(at, "csms"), { recursive: true }),
    /wattward\.db is not there/,
  ],
  [
    "with a database of garbage",
    (at: string) => writeFileSync(join(at, "csms", "wattward.db"), "no database"),
    /cannot be read: .*not a database/,
  ],
  [
    "with lines of sent.jsonl twice",
    (at: string) => {
      const lines = linesOf(join(at, "sent.jsonl"));
      rewritten(join(at, "sent.jsonl"), [...lines, ...lines.slice(3, 8)]);
    },
    /sent\.jsonl, line 23: it says that it is line 4, after line 22/,
  ],
  [
    "in which no transaction ended",
    (at: string) => {
      const database = new DatabaseSync(join(at, "csms", "wattward.db"));
      database.exec("UPDATE transactions SET state = 'open'");
      database.close();
    },
    /^run: no transaction is stored as ended$/m,
  ],
  [
    "with a frame cut in two",
    (at: string) => {
      const lines = linesOf(join(at, "sent.jsonl"));
      rewritten(
        join(at, "sent.jsonl"),
        lines.with(3, JSON.stringify({ ...JSON.parse(lines[3]!), frame: "[2," })),
      );
    },
    /sent\.jsonl, line 4: no frame of a station/,
  ],
  [
    "with a frame that is no message",
    (at: string) => {
      const lines = linesOf(join(at, "sent.jsonl"));
      const frame = JSON.stringify([2, "beat-3", "NotifyEvent"]);
      rewritten(join(at, "sent.jsonl"), lines.with(3, JSON.stringify({ ...JSON.parse(lines[3]!), frame })));
    },
    /sent\.jsonl, line 4: no message of OCPP/,
  ],
  [
    "in which no car got anything during a fault",
    (at: string) => {
      const [fromMs, toMs] = [START_MS + 5_000, START_MS + 12_000];
      writeFileSync(join(at, "faults.json"), JSON.stringify([{ what: "kill-ems", fromMs, toMs }]));
    },
    /^energy: during kill-ems no car got anything$/m,
  ],
] as const) {
  test(`audit: a run ${name} is not done`, () => {
    const folder = wholeRun(name.replaceAll(/\W/g, "-"));
    damage(folder);
    const { status, told } = audited(folder);
    assert.match(told, finding);
    assert.equal(status, 1);
  });
}
