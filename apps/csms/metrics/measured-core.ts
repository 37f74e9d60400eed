/**
 * The core with a stopwatch: counts and times every decision, keeps the gauges that follow from the outbox, and knows
 * whether commits succeed, which is what `/readyz` tells.
 *
 * A commit that failed is tried again with a small write of our own until one succeeds: whoever is told that we are
 * not ready sends nothing, so that nothing else would ever show that the disk has room again. One decision that broke
 * by our own fault proves nothing about commits: the same small write finds out.
 */
import type { Cancel, Clock } from "@wattward/kernel";
import { type Core, CoreError } from "../core/port.ts";
import type { Metrics } from "./metrics.ts";

export type MeasuredCore = {
  readonly core: Core;
  /** For readyz: undefined while commits succeed, else why the last one did not. */
  readonly lastCommit: () => string | undefined;
};

/** Between a commit that failed and the small write that tries again. */
export const COMMIT_RETRY_MS = 1_000;

export function measuredCore(
  core: Core,
  { metrics, clock }: { metrics: Metrics; clock: Clock },
): MeasuredCore {
  let trouble: CoreError["kind"] | undefined;
  let retry: Cancel | undefined;
  core.onCommitted((seq) => metrics.set("wattward_outbox_head", {}, seq));

  function succeeded(): void {
    trouble = undefined;
    retry?.();
    retry = undefined;
  }

  function failed(kind: CoreError["kind"]): void {
    if (kind !== "broken") trouble = kind;
    if (trouble === "closed") retry?.();
    else retry ??= clock.after(COMMIT_RETRY_MS, () => void tryAgain());
  }

  async function tryAgain(): Promise<void> {
    retry = undefined;
    try {
      await core.decide("store.try", { atMs: clock.now().wallMs });
      succeeded();
    } catch (error) {
      trouble = kindOf(error);
      failed(trouble);
    }
  }

  const decide: Core["decide"] = async (name, input) => {
    const startMs = clock.now().monotonicMs;
    let outcome = "done";
    try {
      const output = await core.decide(name, input);
      succeeded();
      return output;
    } catch (error) {
      outcome = kindOf(error);
      failed(kindOf(error));
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
      close() {
        failed("closed");
        return core.close();
      },
    },
    lastCommit: () => (trouble === undefined ? undefined : sentences[trouble]),
  };
}

const kindOf = (error: unknown): CoreError["kind"] => (error instanceof CoreError ? error.kind : "broken");

const sentences: Record<CoreError["kind"], string> = {
  full: "the disk is full",
  closed: "shutting down",
  fenced: "this node has lost its lease",
  busy: "too much waits to be written",
  storage: "the last commit failed",
  broken: "the last commit failed",
};
