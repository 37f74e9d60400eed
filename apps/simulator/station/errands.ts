/**
 * Errands that take a while and tell how they go: the upload of a log, an update of the firmware. Nothing is fetched or
 * sent anywhere: the simulated station only says what a real one would, step by step, and a new errand of a kind ends
 * the one before it (2.x N01.FR.20, L01.FR.24).
 */
import type { Cancel } from "@wattward/kernel";
import type { OutCall } from "./dialect.ts";
import type { Life } from "./life.ts";

/** Between one step and the next. */
const STEP_MS = 3_000;
/** What is asked for later than this is done then: no timer waits longer than 24 days. */
const LATER_MS_MAX = 20 * 86_400_000;

export type Errand = "log" | "diagnostics" | "firmware" | "signed-firmware";
/** The calls that tell the steps, in order; the last ends it. */
export type Steps = readonly OutCall[];

export class Errands {
  private readonly life: Life;
  private readonly send: (call: OutCall) => void;
  private readonly running = new Map<Errand, { readonly now: () => OutCall; readonly cancel: Cancel }>();

  constructor(life: Life, send: (call: OutCall) => void) {
    this.life = life;
    this.send = send;
  }

  /** Begins after `afterMs`; `cancelled` where another of its kind was under way. */
  begin(errand: Errand, steps: Steps, afterMs = 0): "begun" | "cancelled" {
    const before = this.running.get(errand);
    before?.cancel();
    let at = 0;
    const step = () => {
      this.send(steps[at]!);
      at++;
      if (at >= steps.length) this.running.delete(errand);
      else wait = this.life.after(STEP_MS, step);
    };
    let wait = this.life.after(Math.min(afterMs, LATER_MS_MAX), step);
    this.running.set(errand, { now: () => steps[Math.max(0, at - 1)]!, cancel: () => wait() });
    return before === undefined ? "begun" : "cancelled";
  }

  /** What was last told of it, while it is under way; for TriggerMessage (F06.FR.14 to .16). */
  now(errand: Errand): OutCall | undefined {
    return this.running.get(errand)?.now();
  }
}

/** GetLog's answer in every version that has it: a file's name, then the steps of its upload. */
export function uploading(
  errands: Errands,
  filename: string,
  told: (status: "Uploading" | "Uploaded") => OutCall,
) {
  const status = errands.now("log") === undefined ? "Accepted" : "AcceptedCanceled";
  const steps = [told("Uploading"), told("Uploaded")];
  return { payload: { status, filename }, after: () => void errands.begin("log", steps) } as const;
}
