/** The commands that may be sent to a station, by version; what is not here is refused before it is stored. */
import type { JsonObject } from "@wattward/kernel";
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
  "2.1": new Set([
    "RequestStartTransaction",
    "RequestStopTransaction",
    "Reset",
    "ChangeAvailability",
    "TriggerMessage",
    "GetVariables",
    "SetVariables",
  ]),
};

/** Passwords of stations: 1.6 Improved security §2.2 and 2.0.1 A01; names are compared without case there. */
const passwords: ReadonlySet<string> = new Set(["authorizationkey", "basicauthpassword"]);

/**
 * The password that a valid payload would set, by its name. A command is kept, and shown to whoever may read commands:
 * no secret may be in it. Stations here prove themselves by certificate, and need none (security profile 3).
 */
export function passwordIn(action: string, payload: JsonObject): string | undefined {
  const { key, setVariableData } = payload;
  const named =
    action === "ChangeConfiguration" ? [key] : action === "SetVariables" ? namesIn(setVariableData) : [];
  return named.find((name) => typeof name === "string" && passwords.has(name.toLowerCase())) as
    | string
    | undefined;
}

const namesIn = (data: unknown): unknown[] =>
  Array.isArray(data) ? data.map((item: { variable?: { name?: unknown } }) => item.variable?.name) : [];
