/**
 * The simulator's door for tests that put stations beside a real central system or site on simulated time and network.
 * People and scripts start `main.ts`.
 */
export { Car, type CarFacts } from "./car/car.ts";
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
