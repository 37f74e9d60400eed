/** What can go wrong with a site's devices and loads. Each has its time; `device` is by chance where nobody is named. */
export type PlantFault =
  /** The meter shows the same for ever. */
  | { readonly what: "meter-frozen"; readonly forMs: number }
  /** It shows what was `byMs` ago, at most 30 s. */
  | { readonly what: "meter-late"; readonly forMs: number; readonly byMs: number }
  | { readonly what: "meter-nan"; readonly forMs: number }
  /** Import is shown as export. */
  | { readonly what: "meter-wrong-sign"; readonly forMs: number }
  /** It answers nothing. */
  | { readonly what: "meter-lost"; readonly forMs: number }
  /** Battery or inverter open their contactor. */
  | { readonly what: "trip"; readonly forMs: number }
  /** Setpoints are acknowledged and change nothing. */
  | { readonly what: "ignores-setpoints"; readonly forMs: number }
  /** Setpoints fall back after two seconds, silently. */
  | { readonly what: "reverts-early"; readonly forMs: number }
  | { readonly what: "never-reverts"; readonly forMs: number }
  /** A battery or inverter tells the same power and energy for ever, whatever it does (AT-M10). */
  | { readonly what: "figures-frozen"; readonly forMs: number }
  /** Dark for so long; what was set is gone. */
  | { readonly what: "device-reboot"; readonly forMs: number }
  /** No device hears anything any more. */
  | { readonly what: "modbus-cut"; readonly forMs: number }
  /** Every answer comes late, or says "busy". */
  | { readonly what: "modbus-flood"; readonly forMs: number }
  /** A false device: every answer is an exception (AT-M7). */
  | { readonly what: "exception-flood"; readonly forMs: number }
  /** A false device: every answer is said again, unasked (AT-M8). */
  | { readonly what: "stale-answers"; readonly forMs: number }
  /** A battery tells a charge that swings between nothing and full (AT-M10). */
  | { readonly what: "charge-lies"; readonly forMs: number }
  /** Every building load draws its declared highest, or `factor` of it. */
  | { readonly what: "load-step"; readonly forMs: number; readonly factor: number };

export const plantFaultNames = [
  "meter-frozen",
  "meter-late",
  "meter-nan",
  "meter-wrong-sign",
  "meter-lost",
  "trip",
  "ignores-setpoints",
  "reverts-early",
  "never-reverts",
  "figures-frozen",
  "device-reboot",
  "modbus-cut",
  "modbus-flood",
  "exception-flood",
  "stale-answers",
  "charge-lies",
  "load-step",
] as const satisfies readonly PlantFault["what"][];
