import assert from "node:assert/strict";
import { test } from "node:test";
import { sleep } from "@wattward/kernel";
import { type SimulatedTime, simulatedTime } from "@wattward/testing";
import { type Core, CoreError, type Decisions } from "../core/port.ts";
import { COMMIT_RETRY_MS, measuredCore } from "./measured-core.ts";
import { forwardedMetrics, type Measurement, metricTable } from "./metrics.ts";
import { prometheusMetrics } from "./prometheus.ts";

test("metrics: names follow the conventions of Prometheus, and no label can be a station", () => {
  for (const [name, spec] of Object.entries(metricTable)) {
    assert.match(name, /^wattward_[a-z_]+$/);
    assert.equal(name.endsWith("_total"), spec.kind === "counter", name);
    assert.equal("buckets" in spec, spec.kind === "histogram", name);
    assert(!spec.labels.some((label: string) => /station|site|token|person|address/.test(label)), name);
  }
});

test("metrics: what another thread measured counts as if measured here", async () => {
  const real = prometheusMetrics({ processMetrics: false });
  const posted: Measurement[] = [];
  const far = forwardedMetrics((measurement) => posted.push(measurement));
  far.observe("wattward_commit_seconds", {}, 0.004);
  far.observe("wattward_commit_decisions", {}, 12);
  far.count("wattward_commands_total", { action: "Reset", state: "accepted" });
  far.set("wattward_outbox_head", {}, 99);
  for (const measurement of posted) real.record(structuredClone(measurement));
  const text = await real.text();
  assert.match(text, /^wattward_commit_seconds_bucket\{le="0.005"\} 1$/m);
  assert.match(text, /^wattward_commit_decisions_sum 12$/m);
  assert.match(text, /^wattward_commands_total\{action="Reset",state="accepted"\} 1$/m);
  assert.match(text, /^wattward_outbox_head 99$/m);
});

test("metrics: a gauge that cannot be read leaves the others to be seen", async () => {
  const real = prometheusMetrics({ processMetrics: false });
  real.beforeScrape(() => Promise.reject(new Error("no")));
  real.beforeScrape(async () => real.set("wattward_site_links_connected", {}, 3));
  assert.match(await real.text(), /^wattward_site_links_connected 3$/m);
});

/** A core whose decisions take 20 ms, and fail so while `fail` is set. */
function failing(time: SimulatedTime) {
  const state: { fail: Error | undefined; asked: string[] } = { fail: undefined, asked: [] };
  const core: Core = {
    async decide<N extends keyof Decisions>(name: N): Promise<Decisions[N]["output"]> {
      state.asked.push(name);
      await sleep(time, 20);
      if (state.fail !== undefined) throw state.fail;
      return undefined as Decisions[N]["output"];
    },
    query: () => Promise.reject(new Error("not asked")),
    onCommitted: () => () => {},
    close: async () => {},
  };
  return { state, core };
}

async function measured() {
  const time = simulatedTime();
  const metrics = prometheusMetrics({ processMetrics: false });
  const { state, core: base } = failing(time);
  const { core, lastCommit } = measuredCore(base, { metrics, clock: time });
  const decide = async () => {
    const deciding = core.decide("session.close", { hash: "h", atMs: 0 }).then(
      () => "done",
      () => "failed",
    );
    await time.advance(20);
    return deciding;
  };
  return { time, metrics, state, core, lastCommit, decide };
}

test("measured core: times and counts by outcome", async () => {
  const m = await measured();
  await m.decide();
  m.state.fail = new CoreError("full", "SQL");
  await m.decide();
  m.state.fail = undefined;
  await m.decide();
  const text = await m.metrics.text();
  assert.match(text, /decision="session.close",outcome="done"\} 2/);
  assert.match(text, /decision="session.close",outcome="full"\} 1/);
  assert.match(text, /wattward_decision_seconds_bucket\{le="0.025",decision="session.close"\} 3/);
  assert.match(text, /wattward_decision_seconds_bucket\{le="0.01",decision="session.close"\} 0/);
});

test("measured core: a full disk is told until a commit succeeds, which is tried for although nobody asks", async () => {
  const m = await measured();
  assert.equal(m.lastCommit(), undefined);
  m.state.fail = new CoreError("full", "SQL");
  assert.equal(await m.decide(), "failed");
  assert.equal(m.lastCommit(), "the disk is full");
  await m.time.advance(3 * COMMIT_RETRY_MS);
  assert.equal(m.lastCommit(), "the disk is full");
  const tried = () => m.state.asked.filter((name) => name === "store.try").length;
  assert(tried() >= 2 && tried() <= 3, `${tried()} tries, one at a time`);
  m.state.fail = undefined;
  await m.time.advance(COMMIT_RETRY_MS + 20);
  assert.equal(m.lastCommit(), undefined);
  const before = tried();
  await m.time.advance(10 * COMMIT_RETRY_MS);
  assert.equal(tried(), before, "no more than is needed");
});

test("measured core: one decision broken by our own fault is no failed commit; a broken store is one", async () => {
  const m = await measured();
  m.state.fail = new CoreError("broken", "bug");
  await m.decide();
  assert.equal(m.lastCommit(), undefined, "a station that trips over a bug of ours takes nobody else out");
  await m.time.advance(COMMIT_RETRY_MS + 20);
  assert.equal(m.lastCommit(), "the last commit failed");
  m.state.fail = undefined;
  await m.time.advance(COMMIT_RETRY_MS + 20);
  assert.equal(m.lastCommit(), undefined);
});

test("measured core: closing is told, and nothing is tried after it", async () => {
  const m = await measured();
  m.state.fail = new CoreError("full", "SQL");
  await m.decide();
  await m.core.close();
  assert.equal(m.lastCommit(), "shutting down");
  await m.time.advance(10 * COMMIT_RETRY_MS);
  assert.deepEqual(m.state.asked, ["session.close"]);
});
