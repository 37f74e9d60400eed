import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedTime } from "@wattward/testing";
import { type Core, CoreError, type Decisions } from "../core/port.ts";
import { measuredCore } from "./measured-core.ts";
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

test("measured core: times and counts by outcome, remembers the last commit's trouble until one succeeds", async () => {
  const time = simulatedTime();
  const metrics = prometheusMetrics({ processMetrics: false });
  let fail: Error | undefined;
  const base: Core = {
    async decide<N extends keyof Decisions>(): Promise<Decisions[N]["output"]> {
      await time.advance(20);
      if (fail !== undefined) throw fail;
      return undefined as Decisions[N]["output"];
    },
    query: () => Promise.reject(new Error("not asked")),
    onCommitted: () => () => {},
    close: async () => {},
  };
  const { core, lastCommit } = measuredCore(base, { metrics, clock: time });
  const close = () => core.decide("session.close", { hash: "h", atMs: 0 });
  await close();
  assert.equal(lastCommit(), undefined);
  for (const [error, reason] of [
    [new CoreError("full", "SQL"), "the disk is full"],
    [new Error("bug"), "the last commit failed"],
  ] as const) {
    fail = error;
    await assert.rejects(close());
    assert.equal(lastCommit(), reason);
  }
  fail = undefined;
  await close();
  assert.equal(lastCommit(), undefined);
  const text = await metrics.text();
  assert.match(text, /decision="session.close",outcome="done"\} 2/);
  assert.match(text, /decision="session.close",outcome="full"\} 1/);
  assert.match(text, /wattward_decision_seconds_bucket\{le="0.025",decision="session.close"\} 4/);
  assert.match(text, /wattward_decision_seconds_bucket\{le="0.01",decision="session.close"\} 0/);
});
