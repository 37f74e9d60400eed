/**
 * The simulator's door for tests that put stations beside a real central system or site on simulated time and network.
 * People and scripts start `main.ts`.
 */
export { Car, type CarFacts } from "./car/car.ts";
export { DeviceConduct } from "./devices/conduct.ts";
export { type DeviceLineOptions, type ExchangeLine, serveDevice } from "./devices/device-line.ts";
export { type DeviceAtWork, Devices, type DevicesPorts } from "./devices/devices.ts";
export { readerOf } from "./devices/sunspec-device.ts";
export { type AttackId, attackIds, attackSays, attackShows } from "./masters/attacks.ts";
export { Heat } from "./plant/heat.ts";
export type { Currents, Phase, Wiring } from "./plant/phases.ts";
export type { PlannedDevice, PlantPlan } from "./plant/plan.ts";
export { type Draw, Plant, type PlantOptions, STEP_MS } from "./plant/plant.ts";
export { type PlantFault, plantFaultNames } from "./plant/plant-fault.ts";
export { readPlan } from "./plant/read-plan.ts";
export type { PlantWords } from "./plant/shape.ts";
export { type TraceHead, type TraceLine, traceHead, traceLine } from "./plant/trace.ts";
export type { ReceivedLine, Recorder, SentLine } from "./station/recorder.ts";
export {
  createStation,
  type Station,
  type StationOptions,
  type StationPorts,
  type StationView,
} from "./station/station.ts";
export type { MessageTruth, TransactionTruth } from "./truth/notebook.ts";
export type { Summary } from "./truth/summary.ts";
export type { Fault, FaultTruth } from "./world/fault.ts";
export {
  createWorld,
  type World,
  type WorldOptions,
  type WorldPorts,
  type WorldView,
} from "./world/world.ts";
