/**
 * Codes of OCPP and of the CSMS in plain English: those that an operator meets in a sentence. A code that is not here
 * is shown by its own words, spaced; nothing is hidden because it is new.
 */

/** A count with its noun. */
export const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

/** The words for a code that came from outside: only what the table itself holds, never what every object has. */
export const named = (table: Readonly<Record<string, string>>, code: string): string | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined;

/** `EVDisconnected` and `power-loss` as people write them. */
export const spaced = (code: string): string =>
  code
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .replace(/[-_]/g, " ");

/** By the CSMS's codes of doubt, transactions/review.ts. */
export const reviewWords: Record<string, string> = {
  clock: "the station's clock was not believable",
  "meter-below-start": "the meter fell below its start",
  superseded: "its end is assumed; a new start came while it was open",
  uncertain: "its station restarted while it was open, and has not said how it ended",
  "stop-differs": "it ended twice with different facts",
  "start-differs": "it started twice with different facts",
  "after-end": "values arrived after its end",
  "unleased-id": "its number is from no block of the site",
  "accepted-locally": "the site accepted a token that would have been refused",
  "events-missing": "events between its start and its end never came",
  "meter-jump": "its energy is more than any charger could have given in its time",
  "meter-silent": "it charged, and its meter values came no more",
  "meter-frozen": "its meter stood still while it charged",
  "no-meter": "start or end came without a meter value",
};

/** 1.6 §7.36 Reason and 2.0.1 ReasonEnumType, where plainer words exist. */
const stopReasons: Record<string, string> = {
  EVDisconnected: "car unplugged",
  Local: "ended at the station",
  Remote: "ended by command",
  DeAuthorized: "token no longer valid",
  StoppedByEV: "ended by the car",
  UnlockCommand: "connector unlocked by command",
  HardReset: "station restarted at once",
  SoftReset: "station restarted in order",
  Reboot: "station rebooted",
  ImmediateReset: "station restarted at once",
};
export const stopReason = (reason: string): string =>
  named(stopReasons, reason) ?? spaced(reason).toLowerCase();

/** How a command ended, after its name. */
export const commandEnds: Record<string, string> = {
  accepted: "was accepted",
  refused: "was refused by the station",
  failed: "failed",
  expired: "expired before it was sent",
  unknown: "was sent, and no answer came",
};

/** Commands by their OCPP action, of every version. */
export const commandActions: Record<string, string> = {
  RemoteStartTransaction: "Start session",
  RequestStartTransaction: "Start session",
  RemoteStopTransaction: "Stop session",
  RequestStopTransaction: "Stop session",
  Reset: "Restart",
  ChangeAvailability: "Change availability",
  TriggerMessage: "Ask for a report",
  GetConfiguration: "Read configuration",
  ChangeConfiguration: "Change configuration",
  GetVariables: "Read variables",
  SetVariables: "Set variables",
  GetBaseReport: "Read inventory",
  GetReport: "Read part of the inventory",
  UnlockConnector: "Unlock connector",
  ClearCache: "Clear token cache",
  SendLocalList: "Send local list",
  GetLocalListVersion: "Ask for local list version",
  ReserveNow: "Reserve",
  CancelReservation: "Cancel reservation",
  SetChargingProfile: "Set charging profile",
  ClearChargingProfile: "Clear charging profiles",
  GetChargingProfiles: "Read charging profiles",
  GetCompositeSchedule: "Ask for schedule",
  UpdateDynamicSchedule: "Change dynamic limit",
  UsePriorityCharging: "Use priority charging",
  GetTransactionStatus: "Ask for session status",
  DataTransfer: "Send vendor data",
  ExtendedTriggerMessage: "Ask for a report",
};
