/** The site's energy, pure: control loop, fallback allocator, modes, and the types of a site. */
export { BatteryControl, type BatteryWish } from "./battery.ts";
export { type ControlLoop, createControlLoop } from "./control-loop.ts";
export * from "./inputs.ts";
export { CONTROL_PERIOD_MS } from "./limits.ts";
export * from "./modes.ts";
export type { PerPhase, Phase, Wiring } from "./phases.ts";
export { PHASES } from "./phases.ts";
export * from "./site.ts";
