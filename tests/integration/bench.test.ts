/** The benchmarks run: what each prints last is one JSON object with the figures, the yardstick's and their ratio. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");

function bench(...words: string[]) {
  const entry = join(root, "launcher", "wattward.mjs");
  const done = spawnSync(process.execPath, [entry, "bench", ...words], {
    encoding: "utf8",
    timeout: 120_000,
  });
  return { status: done.status, said: done.stderr, figures: done.stdout.trimEnd().split("\n").at(-1) ?? "" };
}

test("bench gateway: rates of ours and of the echo, and their ratio; progress beside it", () => {
  const { status, said, figures } = bench("gateway", "--stations", "5", "--seconds", "1", "--rounds", "1");
  assert.equal(status, 0, said);
  const told = JSON.parse(figures) as Record<string, Record<string, number>>;
  assert.deepEqual(Object.keys(told), ["heartbeats", "transactions"]);
  for (const [kind, { perSecond = 0, echoPerSecond = 0, ratio = 0 }] of Object.entries(told)) {
    assert(perSecond > 0 && echoPerSecond > 0, `${kind}: ${figures}`);
    assert(Math.abs(ratio - perSecond / echoPerSecond) < 0.01 * Math.max(1, ratio), `${kind}: ${figures}`);
  }
  assert.match(said, /heartbeats 1\/1: wattward \d+ per second/);
});

test("bench start: how long until it listens, and its memory then", () => {
  const { status, said, figures } = bench("start");
  assert.equal(status, 0, said);
  const { readyMs, rssMb } = JSON.parse(figures) as { readyMs: number; rssMb: number };
  assert(readyMs > 0 && rssMb > 0, figures);
});

test("bench modbus-guard: throughput against a bare relay, and what a request takes longer", () => {
  const { status, said, figures } = bench("modbus-guard", "--seconds", "1", "--rounds", "1");
  assert.equal(status, 0, said);
  const { throughput, ...added } = JSON.parse(figures) as { throughput: Record<string, number> };
  assert.deepEqual(
    [Object.keys(throughput), Object.keys(added)],
    [
      ["perSecond", "relayPerSecond", "ratio"],
      ["addedP50Us", "addedP99Us"],
    ],
  );
  const { perSecond = 0, relayPerSecond = 0, ratio = 0 } = throughput;
  assert(perSecond > 0 && Math.abs(ratio - perSecond / relayPerSecond) < 0.01, figures);
  assert.match(said, /while stores commit/);
  assert.match(said, /mbpoll beside: [1-9]|mbpoll is not installed/);
});

test("bench of a name that there is not, or of no stations: exit 2, and what there is", () => {
  assert.deepEqual([bench("speed").status, bench("gateway", "--stations", "0").status], [2, 2]);
  assert.match(bench("speed").said, /gateway/);
});
