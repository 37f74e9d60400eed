/** The commands that may be sent to a station, by version; what is not here is refused before it is stored. */
import type { OcppVersion } from "@wattward/ocpp";

export const commandActions: Readonly<Record<OcppVersion, ReadonlySet<string>>> = {
  "1.6": new Set([
    "RemoteStartTransaction",
    "RemoteStopTransaction",
    "Reset",
    "ChangeAvailability",
    "TriggerMessage",
    "GetConfiguration",
    "ChangeConfiguration",
  ]),
  "2.0.1": new Set([
    "RequestStartTransaction",
    "RequestStopTransaction",
    "Reset",
    "ChangeAvailability",
    "TriggerMessage",
    "GetVariables",
    "SetVariables",
  ]),
};
