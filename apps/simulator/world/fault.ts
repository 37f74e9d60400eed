/** What can be done to a station on purpose. Durations in ms; a fault without one has no end of its own. */
import type { Station } from "../station/station.ts";

export type Fault =
  /** No supply: everything volatile is lost; power returns after `forMs`. */
  | { readonly what: "power-cut"; readonly forMs: number }
  /** Packets stop without a word. */
  | { readonly what: "link-cut"; readonly forMs: number }
  /** The connection is closed and none can be made. */
  | { readonly what: "offline"; readonly forMs: number }
  /** The clock is `byMs` off from now on, until the central system sets it. */
  | { readonly what: "clock-jump"; readonly byMs: number }
  /** The firmware crashes and starts again. */
  | { readonly what: "crash" }
  /** The line is whole again, before its time. */
  | { readonly what: "restore" };

export const faultNames = ["power-cut", "link-cut", "offline", "clock-jump", "crash", "restore"] as const;

/** A fault as the summary lists it. */
export type FaultTruth = {
  readonly what: Fault["what"];
  readonly station: string;
  readonly atMs: number;
  readonly untilMs?: number;
};

export function inflict(station: Station, fault: Fault): void {
  switch (fault.what) {
    case "power-cut":
      station.powerCut(fault.forMs);
      break;
    case "link-cut":
      station.line.cut(fault.forMs);
      break;
    case "offline":
      station.line.takeDown(fault.forMs);
      break;
    case "clock-jump":
      station.clock.jump(fault.byMs);
      break;
    case "crash":
      station.crash();
      break;
    case "restore":
      station.line.restore();
      break;
  }
}
