/** docs/simulator.md shows the scenario that `simulator example` prints; here it is played to its end, as are the sessions it shows. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { systemClock } from "@wattward/kernel/node";
import { listenWires } from "@wattward/ocpp/websocket";
import { FakeCsms } from "../testing/fake-csms.ts";
import { example } from "./example.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "simulator.md"), "utf8");
const block = (language: string) => page.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
const folder = mkdtempSync(join(tmpdir(), "wattward-example-"));
const csms = new FakeCsms(systemClock());
let listening: Awaited<ReturnType<typeof listenWires>>;

before(async () => {
  const { upgrade } = csms;
  listening = await listenWires({ host: "127.0.0.1", port: 0, tls: undefined, upgrade, log: silentLog });
});
after(async () => {
  await listening.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The program, as a person starts it; `seen` may stop it by what it has told on standard error. */
async function simulator(
  args: readonly string[],
  seen: (errors: string) => NodeJS.Signals | undefined = () => undefined,
) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "main.ts"), ...args]);
  let out = "";
  let errors = "";
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  child.stderr.on("data", (data: Buffer) => {
    errors += data.toString();
    const signal = seen(errors);
    if (signal !== undefined) child.kill(signal);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, errors };
}
const url = () => `ws://127.0.0.1:${listening.port}/ocpp`;

test("the page shows the example, whole", () => {
  assert.equal(block("yaml"), example);
});

test("the example's day is played to its end: every car takes what it wanted, faults strike, all of it is told", async () => {
  const file = join(folder, "day.yaml");
  writeFileSync(file, block("yaml"));
  const { code, out, errors } = await simulator([file, "--url", url(), "--speed", "max", "--json"]);
  assert.equal(code, 0, errors + out);
  const outcome = JSON.parse(out);
  assert.deepEqual([outcome.good, outcome.errors, outcome.faults], [true, 0, 3], out);
  assert.equal(outcome.sessions.charged, outcome.sessions.planned);
  assert.equal(outcome.deliveredWh, outcome.toldWh);
  assert(outcome.simulatedS >= 10 * 3600 && outcome.realS < 60, out);
});

test("the page's sessions are replayed: the energy of the file, at its times", async () => {
  const file = join(folder, "sessions.csv");
  writeFileSync(file, block("csv"));
  const args = ["--sessions", file, "--url", url(), "--speed", "max", "--json", "--version", "1.6,2.0.1"];
  const { code, out, errors } = await simulator(args);
  assert.equal(code, 0, errors + out);
  assert.equal(JSON.parse(out).takenWh, 44_069 + 17_666);
  const first = csms.of("StartTransaction").find(({ station }) => station === "CA-305");
  assert.match(String(first?.payload.timestamp), /^2019-05-01T08:(18|19)/);
});

test("a mistake in a pattern of stations is told once, with its place, and nothing connects", async () => {
  const file = join(folder, "wrong.yaml");
  writeFileSync(file, "stations:\n  - id: CP-{001..300}\n    evses: 1\nfor: 1h\nspede: 3\n");
  const { code, out, errors } = await simulator([file, "--url", url()]);
  assert.deepEqual([code, out], [2, ""]);
  assert.equal(
    errors.match(/'version' is missing|there is no 'spede'/g)?.length ?? 0,
    errors.trim().split("\n").length,
  );
});

test("Ctrl-C ends it in order: everybody leaves, and the summary says that it was stopped", async () => {
  const file = join(folder, "long.yaml");
  writeFileSync(
    file,
    "stations:\n  - { id: 'LONG-{1..3}', version: '2.0.1', evses: 1, maxKw: 22 }\ncars:\n  - { at: LONG-1, arrives: 0s, stays: 9h }\n",
  );
  const before = csms.of("TransactionEvent").length;
  let asked = false;
  const stopped = await simulator([file, "--url", url(), "--json", "--verbose"], (errors) => {
    if (asked || !/Ctrl-C ends it/.test(errors)) return undefined;
    asked = true;
    return "SIGINT";
  });
  const outcome = JSON.parse(stopped.out);
  assert.deepEqual([outcome.stopped, outcome.finished], [true, "emptied"], stopped.out);
  assert.equal(outcome.messages.pending, 0);
  assert(csms.of("TransactionEvent").length >= before);
});
