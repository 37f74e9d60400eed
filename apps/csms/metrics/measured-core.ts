/**
 * The core with a stopwatch: counts and times every decision, keeps the gauges that follow from the outbox, and
 * remembers whether the last commit succeeded, which is what `/readyz` tells.
 */
import type { Clock } from "@wattward/kernel";
import { type Core, CoreError } from "../core/port.ts";
import type { Metrics } from "./metrics.ts";

export type MeasuredCore = {
  readonly core: Core;
  /** For readyz: undefined while the last decision was committed, else why not. */
  readonly lastCommit: () => string | undefined;
};

export function measuredCore(
  core: Core,
  { metrics, clock }: { metrics: Metrics; clock: Clock },
): MeasuredCore {
  let trouble: CoreError["kind"] | undefined;
  core.onCommitted((seq) => metrics.set("wattward_outbox_head", {}, seq));

  const decide: Core["decide"] = async (name, input) => {
    const startMs = clock.now().monotonicMs;
    let outcome = "done";
    try {
      const output = await core.decide(name, input);
      trouble = undefined;
      return output;
    } catch (error) {
      trouble = error instanceof CoreError ? error.kind : "broken";
      outcome = trouble;
      throw error;
    } finally {
      metrics.count("wattward_decisions_total", { decision: name, outcome });
      metrics.observe(
        "wattward_decision_seconds",
        { decision: name },
        (clock.now().monotonicMs - startMs) / 1000,
      );
    }
  };

  return {
    core: {
      decide,
      query: (name, input) => core.query(name, input),
      onCommitted: (listener) => core.onCommitted(listener),
      close: () => core.close(),
    },
    lastCommit: () => (trouble === undefined ? undefined : sentences[trouble]),
  };
}

const sentences: Record<CoreError["kind"], string> = {
  full: "the disk is full",
  closed: "shutting down",
  busy: "too much waits to be written",
  broken: "the last commit failed",
};
