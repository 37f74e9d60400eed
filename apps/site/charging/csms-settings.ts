/**
 * What a CSMS may not set at a managed station: how it limits charging, and whom it talks to. A station that left its site would have the safe
 * default of whoever it went to (ADR 13); who wants to move one takes it out of the site's document first.
 */
import type { JsonObject } from "@wattward/kernel";
import type { Call, OcppVersion } from "@wattward/ocpp";
import { type Fields, fieldsOf, listIn, objectIn, textIn } from "./fields.ts";

export type RefusedSetting = {
  readonly observed: "smart-charging-setting-refused" | "station-move-refused";
  readonly detail: string;
  readonly answer: JsonObject;
};

type Why = Pick<RefusedSetting, "observed" | "detail">;

const limiting: Why = {
  observed: "smart-charging-setting-refused",
  detail: "the CSMS would have changed how the station limits charging",
};
const moving: Why = {
  observed: "station-move-refused",
  detail:
    "the CSMS would have sent the station to another address, where this site protects nothing: take it out of the site's document before it moves",
};

/** Undefined: it sets nothing of the kind. */
export function refusedSetting(version: OcppVersion, { action, payload }: Call): RefusedSetting | undefined {
  const fields = fieldsOf(payload);
  switch (action) {
    case "ChangeConfiguration": {
      const [key, value] = [textIn(fields, "key") ?? "", textIn(fields, "value") ?? ""];
      if (version !== "1.6" || !(addressKey.test(key) || isAddress(value))) return undefined;
      return { ...moving, answer: { status: "Rejected" } };
    }
    case "SetNetworkProfile":
      return { ...moving, answer: { status: "Rejected", statusInfo: notEnabled(moving) } };
    case "SetVariables": {
      const items = listIn(fields, "setVariableData").map(fieldsOf);
      const why = items.map(whyNot).find((one) => one !== undefined);
      return why && { ...why, answer: { setVariableResult: items.map((item) => itemRefused(item, why)) } };
    }
    default:
      return undefined;
  }
}

function whyNot(item: Fields): Why | undefined {
  const component = textIn(objectIn(item, "component"), "name")?.toLowerCase();
  const variable = textIn(objectIn(item, "variable"), "name")?.toLowerCase();
  if (component === "smartchargingctrlr") return limiting;
  const profile = component === "ocppcommctrlr" && variable === "networkconfigurationpriority";
  const moves = profile || component === "networkconfiguration" || isAddress(textIn(item, "attributeValue"));
  return moves ? moving : undefined;
}

/** Vendors' keys for the address of the central system, which 1.6 has no standard one for. */
const addressKey = /central.?system|back.?(end|office)|csms|ocpp.?(server|host|url|address|endpoint)/i;
const isAddress = (value = ""): boolean => /^\s*wss?:/i.test(value);

const notEnabled = ({ detail }: Why): JsonObject => ({ reasonCode: "NotEnabled", additionalInfo: detail });

const itemRefused = (item: Fields, why: Why): JsonObject => ({
  attributeStatus: "Rejected",
  component: item.get("component") as JsonObject,
  variable: item.get("variable") as JsonObject,
  ...(item.has("attributeType") && { attributeType: item.get("attributeType") as string }),
  attributeStatusInfo: notEnabled(why),
});
