import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, test } from "node:test";
import { readJson, until } from "./programs.ts";

const root = mkdtempSync(join(tmpdir(), "wattward-programs-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** A program that starts one of its own by its own flags, with something else at the fourth stream, and a thread. */
const program = `
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
const own = spawn(process.execPath, [...process.execArgv, "-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
new Worker("setInterval(() => {}, 1000)", { eval: true }).on("online", () =>
  setTimeout(() => writeFileSync(process.argv[2], JSON.stringify({ pid: process.pid, own: own.pid })), 500));
`;
/** A demo that starts it, and then only lives. */
const demo = `
import { start } from ${JSON.stringify(new URL("programs.ts", import.meta.url).href)};
start("program", process.argv[2], [process.argv[3]], process.argv[4]);
`;

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("programs: where the demo is killed its programs end with it, and not before", {
  timeout: 60_000,
}, async () => {
  const at = (name: string) => join(root, name);
  writeFileSync(at("program.ts"), program);
  writeFileSync(at("demo.ts"), demo);
  const started = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      ...[
        at("demo.ts"),
        relative(dirname(import.meta.dirname), at("program.ts")),
        at("told.json"),
        at("log"),
      ],
    ],
    { stdio: "ignore" },
  );
  const told = await until("the program runs", () => readJson(at("told.json")), { limitMs: 20_000 });
  const [pid, own] = [Number(told["pid"]), Number(told["own"])];
  assert(runs(pid) && runs(own), "nobody was killed yet");
  started.kill("SIGKILL");
  await once(started, "exit");
  await until("the program ends", () => !runs(pid) || undefined, { limitMs: 10_000 });
  process.kill(own, "SIGKILL");
});
