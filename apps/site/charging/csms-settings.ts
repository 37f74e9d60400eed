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
      if (version !== "1.6") return undefined;
      const why = whyNot(textIn(fields, "key") ?? "", textIn(fields, "value"));
      return why && { ...why, answer: { status: "Rejected" } };
    }
    case "SetNetworkProfile":
      return { ...moving, answer: { status: "Rejected", statusInfo: notEnabled(moving) } };
    case "SetVariables": {
      const items = listIn(fields, "setVariableData").map(fieldsOf);
      const why = items.map(whyNotItem).find((one) => one !== undefined);
      return why && { ...why, answer: { setVariableResult: items.map((item) => itemRefused(item, why)) } };
    }
    default:
      return undefined;
  }
}

function whyNotItem(item: Fields): Why | undefined {
  const nameIn = (field: string) => (textIn(objectIn(item, field), "name") ?? "").trim().toLowerCase();
  const [component, variable] = [nameIn("component"), nameIn("variable")];
  if (component === "smartchargingctrlr") return limiting;
  if (component === "networkconfiguration" || variable === "networkconfigurationpriority") return moving;
  return whyNot(`${component}.${variable}`, textIn(item, "attributeValue"));
}

function whyNot(name: string, value = ""): Why | undefined {
  if (limitingName.test(name)) return limiting;
  return isAddress.test(value) || (addressName.test(name) && !harmless.test(name)) ? moving : undefined;
}

/** No standard has a name for a switch of the kind, but for 2.x's component; makes have. */
const limitingName = /smart.?charging.*(enabled?|disabled?|active|mode)$|ignored.?profile/i;
/** Makes' names for the address of the central system, for which 1.6 has none, and what they keep network profiles in. */
const addressName = new RegExp(
  [
    "central.?system",
    "(?<!fall)back.?(end|office)",
    "csms",
    "ocpp.*(server|host|url|uri|address|endpoint|central)",
    "(server|web.?socket|cpms).?(url|uri|host|address|server|endpoint)",
    "network.?(connection|configuration).?profiles?",
    "(^|[._ ])(endpoint|host.?name)$",
  ].join("|"),
  "i",
);
const harmless = /(timeout|interval|retry|retries|attempts|common.?name)$/i;
const isAddress = /wss?:\/\//i;

const notEnabled = ({ detail }: Why): JsonObject => ({ reasonCode: "NotEnabled", additionalInfo: detail });

const itemRefused = (item: Fields, why: Why): JsonObject => ({
  attributeStatus: "Rejected",
  component: item.get("component") as JsonObject,
  variable: item.get("variable") as JsonObject,
  ...(item.has("attributeType") && { attributeType: item.get("attributeType") as string }),
  attributeStatusInfo: notEnabled(why),
});
