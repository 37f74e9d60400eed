/** The commands of a 2.1 CSMS that this station answers: 2.0.1's, and what 2.1 adds; the others get NotSupported. */
import type { Command } from "../station/dialect.ts";
import { commands201 } from "../v201/commands.ts";
import { adjustPeriodicEventStream } from "./commands/adjust-periodic-event-stream.ts";
import { getPeriodicEventStream } from "./commands/get-periodic-event-stream.ts";
import { updateDynamicSchedule } from "./commands/update-dynamic-schedule.ts";
import { usePriorityCharging } from "./commands/use-priority-charging.ts";

export const commands21: ReadonlyMap<string, Command> = new Map<string, Command>([
  ...commands201,
  adjustPeriodicEventStream,
  getPeriodicEventStream,
  updateDynamicSchedule,
  usePriorityCharging,
]);
