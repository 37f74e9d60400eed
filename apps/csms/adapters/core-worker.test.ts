/** The core in its threads, as the serving process runs it on SQLite. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type SiteId, type StationId, silentLog } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { createCore } from "../core/create-core.ts";
import { CoreError } from "../core/port.ts";
import { START_MS } from "../core/testing/test-core.ts";
import type { Measurement } from "../metrics/metrics.ts";
import { StoreError } from "../store/engine.ts";
import { startCore } from "./core-worker.ts";

function folder(t: { after(run: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), "wattward-core-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
const addition = (n: number) => ({
  station: `S${n}` as StationId,
  serial: `S${n}`,
  route: "site" as const,
  site: "depot" as SiteId,
  actor: "test",
  atMs: START_MS,
});
const quiet = (database: string) => ({ database, log: silentLog, stationAnchors: [] });
const inProcess = (database: string) => createCore({ database, log: silentLog, chance: seededChance(1) });

test("core threads: decide, read, tell of commits, also those of another process, and close", async (t) => {
  const database = join(folder(t), "w.db");
  const core = await startCore(quiet(database));
  const told: number[] = [];
  const heard = Promise.withResolvers<void>();
  core.onCommitted((seq) => {
    told.push(seq);
    if (seq >= 4) heard.resolve();
  });
  const [first, second] = await Promise.all([
    core.decide("station.add", addition(1)),
    core.decide("station.add", addition(2)),
  ]);
  assert.deepEqual(
    [first, second],
    [
      { kind: "added", siteCreated: true },
      { kind: "added", siteCreated: false },
    ],
  );
  assert.equal(await core.query("outbox.head", undefined), 3);
  assert.deepEqual(told, [3], "asked in one turn, they shared a commit");
  assert.equal((await core.query("stations.list", { most: 10 })).length, 2);

  const other = await inProcess(database);
  await other.decide("station.add", addition(3));
  await heard.promise;
  assert.deepEqual(told, [3, 4]);
  await other.close();
  await core.close();
  await assert.rejects(
    core.decide("station.add", addition(4)),
    (error) => error instanceof CoreError && error.kind === "closed",
  );
});

test("core threads: a database that is not there to be opened is said to whoever starts", async (t) => {
  const crashed: string[] = [];
  const options = {
    ...quiet(join(folder(t), "no", "such", "w.db")),
    crashed: (why: string) => crashed.push(why),
  };
  await assert.rejects(
    startCore(options),
    (error) => error instanceof StoreError && /cannot open the database/.test(error.message),
  );
  assert.deepEqual(crashed, []);
});

test("core threads: a thread that dies is no half life: what waits is told, and the process's end is called for", async (t) => {
  const dying = `
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", () => { throw new Error("our own fault"); });
    parentPort.postMessage({ kind: "ready" });
  `;
  const died = Promise.withResolvers<string>();
  const core = await startCore({
    ...quiet(join(folder(t), "w.db")),
    crashed: died.resolve,
    program: new URL(`data:text/javascript,${encodeURIComponent(dying)}`),
  });
  const asked = core.decide("station.add", addition(1));
  await assert.rejects(asked, (error) => error instanceof CoreError && error.kind === "closed");
  assert.match(await died.promise, /writer thread died: Error: our own fault/);
  await core.close();
});

test("core threads: a decision broken by our own fault is told to the one who asked, and the rest goes on", async (t) => {
  const core = await startCore(quiet(join(folder(t), "w.db")));
  const broken = core.decide("site.lease", { site: "nobody" as SiteId, atMs: START_MS });
  const sound = core.decide("station.add", addition(1));
  await assert.rejects(broken, (error) => error instanceof CoreError && error.kind === "broken");
  assert.equal((await sound).kind, "added");
  await core.close();
});

test("core threads: each commit's time and size arrive beside its answers", async (t) => {
  const measured: Measurement[] = [];
  const core = await startCore({
    ...quiet(join(folder(t), "c.db")),
    record: (measurement) => measured.push(measurement),
  });
  await Promise.all([1, 2, 3].map((n) => core.decide("station.add", addition(n))));
  const of = (name: string) => measured.filter((one) => one.name === name).map(({ value }) => value);
  assert.equal(
    of("wattward_commit_decisions").reduce((sum, value) => sum + value, 0),
    3,
  );
  const seconds = of("wattward_commit_seconds");
  assert(seconds.length > 0 && seconds.every((value) => value >= 0 && value < 60), `${seconds}`);
  await core.close();
});
