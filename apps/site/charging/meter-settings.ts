/**
 * Asks a station, once a boot, for meter values often enough to steer by: 1.6 configuration keys (§9.1), 2.x variables of SampledDataCtrlr.
 * The best list of measurands that it takes; one with a word that it does not know is refused whole (QUIRKS 40), so shorter ones follow.
 * Nothing is asked for that the station says it has already, since settings lie in flash too.
 */
import type { JsonObject } from "@wattward/kernel";
import { ask, type OwnCall, type StationCaller } from "./caller.ts";
import { fieldsOf, listIn, objectIn, textIn } from "./fields.ts";
import { METER_EVERY_S } from "./limits.ts";

const exported = ["Current.Export", "Energy.Active.Export.Register"];
const lists = [
  ["Current.Import", "Power.Active.Import", "Voltage", "Energy.Active.Import.Register"],
  ["Current.Import", "Energy.Active.Import.Register"],
  ["Power.Active.Import", "Energy.Active.Import.Register"],
].map((list) => list.join(","));

type Setting = { readonly key: string; readonly component: string; readonly variable: string };
const interval: Setting = {
  key: "MeterValueSampleInterval",
  component: "SampledDataCtrlr",
  variable: "TxUpdatedInterval",
};
const measurands: Setting = {
  key: "MeterValuesSampledData",
  component: "SampledDataCtrlr",
  variable: "TxUpdatedMeasurands",
};

/**
 * True where the station answered, whatever it said: it will not be asked again before its next boot. `givesBack`: cars may, so what they
 * give is asked for first.
 */
export async function askForMeterValues(caller: StationCaller, givesBack = false): Promise<boolean> {
  const has = await read(caller);
  if (has === undefined) return false;
  const everyS = Number(has.interval ?? "0");
  if (!(everyS >= 1 && everyS <= METER_EVERY_S)) await set(caller, interval, String(METER_EVERY_S));
  const words = new Set((has.measurands ?? "").split(",").map((word) => word.trim()));
  const wanted = givesBack ? [[lists[0], ...exported].join(","), ...lists] : lists;
  const enough = wanted.find((list) => list.split(",").every((word) => words.has(word)));
  for (const list of wanted) {
    if (list === enough || (await set(caller, measurands, list)) !== "refused") break;
  }
  return true;
}

type Has = { readonly interval: string | undefined; readonly measurands: string | undefined };

async function read(caller: StationCaller): Promise<Has | undefined> {
  const told = await ask(caller, readCall(caller.version));
  if (told.kind === "silent") return undefined;
  if (told.kind === "never") return { interval: undefined, measurands: undefined };
  const fields = fieldsOf(told.payload);
  if (caller.version === "1.6") {
    const keys = listIn(fields, "configurationKey").map(fieldsOf);
    const value = ({ key }: Setting) =>
      textIn(keys.find((each) => isName(each.get("key"), key)) ?? new Map(), "value");
    return { interval: value(interval), measurands: value(measurands) };
  }
  const results = listIn(fields, "getVariableResult").map(fieldsOf);
  const value = ({ variable }: Setting) =>
    textIn(
      results.find((each) => isName(objectIn(each, "variable").get("name"), variable)) ?? new Map(),
      "attributeValue",
    );
  return { interval: value(interval), measurands: value(measurands) };
}

const readCall = (version: StationCaller["version"]): OwnCall =>
  version === "1.6"
    ? { action: "GetConfiguration", payload: { key: [interval.key, measurands.key] } }
    : {
        action: "GetVariables",
        payload: {
          getVariableData: [interval, measurands].map(({ component, variable }) => ({
            component: { name: component },
            variable: { name: variable },
          })),
        },
      };

async function set(
  caller: StationCaller,
  setting: Setting,
  value: string,
): Promise<"taken" | "refused" | "silent"> {
  const call: OwnCall =
    caller.version === "1.6"
      ? { action: "ChangeConfiguration", payload: { key: setting.key, value } }
      : { action: "SetVariables", payload: setVariable(setting, value) };
  const told = await ask(caller, call);
  if (told.kind !== "answer") return told.kind === "silent" ? "silent" : "refused";
  const result = fieldsOf(listIn(fieldsOf(told.payload), "setVariableResult")[0]);
  const status = caller.version === "1.6" ? told.status : (textIn(result, "attributeStatus") ?? "Rejected");
  return status === "Accepted" || status === "RebootRequired" ? "taken" : "refused";
}

const setVariable = ({ component, variable }: Setting, attributeValue: string): JsonObject => ({
  setVariableData: [{ attributeValue, component: { name: component }, variable: { name: variable } }],
});

/** Does a CALL of the CSMS set what the site measures by? It is passed on; the site looks at it again afterwards. */
export const touchesMeterValues = (payload: object): boolean => {
  const fields = fieldsOf(payload);
  const key = textIn(fields, "key");
  if (key !== undefined) return isName(key, interval.key) || isName(key, measurands.key);
  return listIn(fields, "setVariableData").some((one) =>
    isName(objectIn(fieldsOf(one), "component").get("name"), interval.component),
  );
};

/** Names have no case in any version (CiString, identifierString). */
const isName = (said: unknown, name: string): boolean =>
  typeof said === "string" && said.toLowerCase() === name.toLowerCase();
