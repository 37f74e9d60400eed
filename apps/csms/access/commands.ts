/**
 * What each command to a station puts at stake. A command that is not in this table cannot be asked for through the
 * API. 1.6 names are of OCPP 1.6 §5, 2.0.1 names of Part 2; some are in both.
 */
import type { OcppVersion } from "@wattward/ocpp";
import type { AccessClass } from "./allow.ts";

type CommandAccess = { readonly class: AccessClass; readonly versions: readonly OcppVersion[] };

const both: readonly OcppVersion[] = ["1.6", "2.0.1"];

export const commandAccess = {
  RemoteStartTransaction: { class: "operate", versions: ["1.6"] },
  RemoteStopTransaction: { class: "operate", versions: ["1.6"] },
  RequestStartTransaction: { class: "operate", versions: ["2.0.1"] },
  RequestStopTransaction: { class: "operate", versions: ["2.0.1"] },
  TriggerMessage: { class: "operate", versions: both },
  GetConfiguration: { class: "operate", versions: ["1.6"] },
  GetVariables: { class: "operate", versions: ["2.0.1"] },
  GetBaseReport: { class: "operate", versions: ["2.0.1"] },
  Reset: { class: "dangerous", versions: both },
  ChangeAvailability: { class: "dangerous", versions: both },
  ChangeConfiguration: { class: "dangerous", versions: ["1.6"] },
  SetVariables: { class: "dangerous", versions: ["2.0.1"] },
} as const satisfies Record<string, CommandAccess>;

export type CommandAction = keyof typeof commandAccess;
export const commandActions = Object.keys(commandAccess) as readonly CommandAction[];
