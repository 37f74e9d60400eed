/**
 * What each command to a station puts at stake. Which commands there are, and in which version, is said once, in
 * commands/actions.ts; a test compares the two, so that none is without a class.
 */
import type { AccessClass } from "./allow.ts";

export const commandAccess = {
  RemoteStartTransaction: "operate",
  RemoteStopTransaction: "operate",
  RequestStartTransaction: "operate",
  RequestStopTransaction: "operate",
  TriggerMessage: "operate",
  GetConfiguration: "operate",
  GetVariables: "operate",
  Reset: "dangerous",
  ChangeAvailability: "dangerous",
  ChangeConfiguration: "dangerous",
  SetVariables: "dangerous",
} as const satisfies Record<string, AccessClass>;

export type CommandAction = keyof typeof commandAccess;
export const commandActions = Object.keys(commandAccess) as readonly CommandAction[];
