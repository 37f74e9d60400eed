/** What can be done to a station on purpose. Durations in ms; a fault without one has no end of its own. */
import type { Clock } from "@wattward/kernel";
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
  /** The firmware stands still, socket and all, and then goes on. */
  | { readonly what: "hang"; readonly forMs: number }
  /** Commands are read and never answered. */
  | { readonly what: "deaf"; readonly forMs: number }
  /** The meters move `factor` times as fast as the energy. */
  | { readonly what: "meter-lies"; readonly forMs: number; readonly factor: number }
  /** Charging profiles are accepted and change nothing. */
  | { readonly what: "ignores-limits"; readonly forMs: number }
  /** Cars draw `factor` times what the limit says. */
  | { readonly what: "exceeds-limits"; readonly forMs: number; readonly factor: number }
  /** No supply at the whole site; it returns with every car plugged in. */
  | { readonly what: "site-power-cut"; readonly forMs: number }
  /** Heartbeats, `perS` a second, or as many as are answered. */
  | { readonly what: "too-fast"; readonly forMs: number; readonly perS: number }
  /** The line is whole again, before its time. */
  | { readonly what: "restore" };

export const faultNames = [
  "power-cut",
  "link-cut",
  "offline",
  "clock-jump",
  "crash",
  "hang",
  "deaf",
  "meter-lies",
  "site-power-cut",
  "ignores-limits",
  "exceeds-limits",
  "too-fast",
  "restore",
] as const satisfies readonly Fault["what"][];

/** A fault as the summary lists it. */
export type FaultTruth = {
  readonly what: Fault["what"];
  readonly station: string;
  readonly atMs: number;
  readonly untilMs?: number;
};

export function inflict(station: Station, fault: Fault, clock: Clock): void {
  switch (fault.what) {
    case "power-cut":
    case "site-power-cut":
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
    case "hang":
      station.hang(fault.forMs);
      break;
    case "deaf":
      station.conduct.deaf = true;
      clock.after(fault.forMs, () => (station.conduct.deaf = false));
      break;
    case "meter-lies":
      station.conduct.lieAbout(fault.factor);
      clock.after(fault.forMs, () => station.conduct.tellTruth());
      break;
    case "ignores-limits":
      station.conduct.ignoresLimits = true;
      clock.after(fault.forMs, () => (station.conduct.ignoresLimits = false));
      break;
    case "exceeds-limits":
      station.conduct.exceedsBy = fault.factor;
      clock.after(fault.forMs, () => (station.conduct.exceedsBy = 1));
      break;
    case "too-fast":
      station.rush(fault.perS, fault.forMs);
      break;
    case "restore":
      station.line.restore();
      break;
  }
}
