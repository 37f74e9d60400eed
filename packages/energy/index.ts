/** The site's energy, pure: control loop, fallback allocator, modes, and the types of a site. */
export { type ConfigFault, checkEnergyConfig } from "./check-config.ts";
export { checkSite, type SafeSum, type SiteFault, safeSums } from "./check-site.ts";
export { opensBeside } from "./check-spared.ts";
export * from "./config.ts";
export { type ControlLoop, createControlLoop } from "./control-loop.ts";
export {
  type ExternalSettings,
  type ExternalSignal,
  type ExternalState,
  externalStart,
  externalW,
  nextExternal,
} from "./external-limit.ts";
export { FALLBACK_PERIOD_MS, Fallback, type FallbackInput, type LeftGrant } from "./fallback.ts";
export { type ForecastState, Forecasts } from "./forecast/forecasts.ts";
export { LocalTime } from "./forecast/local-time.ts";
export type { Arrival, Visit } from "./forecast/visits.ts";
export * from "./inputs.ts";
export {
  CONTROL_PERIOD_MS,
  CURRENT_MA_MAX,
  DARK_PART,
  DEVICES_MAX,
  DOCUMENT_ALIASES_MAX,
  DOCUMENT_CHARS_MAX,
  DRAWS_MA_MIN,
  NAMEPLATE_TIMES,
  OUTLETS_MAX,
  POWER_W_MAX,
  QUARTER_MS,
  QUARTERS_TOLD_MAX,
} from "./limits.ts";
export * from "./modes.ts";
export { everyWired, type PerPhase, PHASES, type Phase, type Wiring } from "./phases.ts";
export { createPlanner } from "./planner/create-planner.ts";
export { HORIZON_MS } from "./planner/horizon.ts";
export { type LinearProgram, ProgramBuilder, type Solver } from "./planner/linear-program.ts";
export { laxityMs } from "./planner/stays.ts";
export { STRATEGIES } from "./planner/strategies.ts";
export * from "./planner.ts";
export { Prices } from "./prices.ts";
export * from "./site.ts";
export * from "./snapshot.ts";
export {
  parseQuarters,
  parseSnapshot,
  planViewRule,
  quarterRule,
  snapshotRule,
  type ToldFault,
} from "./told.ts";
export { MeterTrust, type OwnSums } from "./trust.ts";
