/**
 * The station as 2.x's device model (Part 1 §4): its settings, and what its parts are and how they stand. Components and
 * variables are compared without case.
 */
import type { RequestOf } from "@wattward/ocpp";
import type { Controls, EvseFacts } from "../station/controls.ts";
import type { ConnectorState, OutCall } from "../station/dialect.ts";
import type { Listed, SettingName } from "../station/settings.ts";
import { calling } from "../station/typed.ts";

type Question = RequestOf<"2.0.1", "GetVariables">["getVariableData"][number];
type Reported = NonNullable<RequestOf<"2.0.1", "NotifyReport">["reportData"]>[number];

/** One variable with its value. Without `setting` it is what it is, and nobody sets it. */
export type Entry = {
  readonly component: Question["component"];
  readonly variable: Question["variable"];
  readonly value: string;
  readonly setting?: SettingName;
  readonly readonly: boolean;
  readonly characteristics: Reported["variableCharacteristics"] & object;
};

/** Variables in one NotifyReport: keeps a message under a few KiB. */
const REPORTED_MAX = 8;

/** The whole model, as it stands now. */
export function deviceModel(station: Controls): Entry[] {
  const settings = station.settings().filter((listed) => listed.at !== undefined);
  const facts = station.facts();
  const worst = facts.some(({ state }) => state === "available") ? "Available" : "Occupied";
  return [
    text({ name: "ChargingStation" }, "Model", "Simulated"),
    text({ name: "ChargingStation" }, "VendorName", "Wattward"),
    states({ name: "ChargingStation" }, worst),
    flag({ name: "ChargingStation" }, "Problem", false),
    flag({ name: "LocalAuthListCtrlr" }, "Available", true),
    flag({ name: "SmartChargingCtrlr" }, "Enabled", true),
    number({ name: "LocalAuthListCtrlr" }, "Entries", station.cards.listLength, {
      maxLimit: station.number("localListMax"),
    }),
    ...settings.map(entryOf),
    ...facts.flatMap(ofEvse),
  ];
}

function ofEvse({ evse, maxW, state }: EvseFacts): Entry[] {
  const at = { name: "EVSE", evse: { id: evse } };
  const connector = { name: "Connector", evse: { id: evse, connectorId: 1 } };
  return [
    states(at, wordOf(state)),
    flag(at, "Available", true),
    number(at, "SupplyPhases", 3, {}),
    number(at, "Power", maxW, { unit: "W", maxLimit: maxW }),
    flag(connector, "Available", true),
    states(connector, wordOf(state)),
    text(connector, "ConnectorType", "cType2"),
  ];
}

const wordOf = (state: ConnectorState): string =>
  state === "available"
    ? "Available"
    : state === "reserved"
      ? "Reserved"
      : state === "unavailable"
        ? "Unavailable"
        : "Occupied";

type Characteristics = Entry["characteristics"];
const entry = (
  component: Entry["component"],
  name: string,
  value: string,
  characteristics: Omit<Characteristics, "supportsMonitoring">,
): Entry => ({
  ...{ component, variable: { name }, value, readonly: true },
  characteristics: { supportsMonitoring: false, ...characteristics } as Characteristics,
});
const text = (component: Entry["component"], name: string, value: string) =>
  entry(component, name, value, { dataType: "string" });
const flag = (component: Entry["component"], name: string, value: boolean) =>
  entry(component, name, String(value), { dataType: "boolean" });
const number = (
  component: Entry["component"],
  name: string,
  value: number,
  more: Pick<Characteristics, "unit" | "maxLimit">,
) => entry(component, name, String(value), { dataType: "integer", ...more });
const states = (component: Entry["component"], value: string) =>
  entry(component, "AvailabilityState", value, {
    dataType: "OptionList",
    valuesList: "Available,Occupied,Reserved,Unavailable,Faulted",
  });

function entryOf({ at, least, most, name, readonly, type, unit, value, words }: Listed): Entry {
  const { component = "", variable = "", instance } = at ?? {};
  const characteristics = {
    ...{ dataType: type, supportsMonitoring: false },
    ...(unit !== undefined && { unit }),
    ...(type === "integer" && least !== undefined && { minLimit: least }),
    ...(type === "integer" && most !== undefined && { maxLimit: most }),
    ...(words !== undefined && { valuesList: words.join(",") }),
  };
  const named = { name: variable, ...(instance !== undefined && { instance }) };
  return { component: { name: component }, variable: named, value, setting: name, readonly, characteristics };
}

/** The variable at a place, or which part of the place is unknown. */
export function find(
  model: readonly Entry[],
  component: Question["component"],
  variable: Question["variable"],
): Entry | "UnknownComponent" | "UnknownVariable" {
  const inComponent = model.filter((each) => isAt(each.component, component));
  if (inComponent.length === 0) return "UnknownComponent";
  const named = inComponent.filter((each) => same(each.variable.name, variable.name));
  return named.find((each) => same(each.variable.instance, variable.instance)) ?? "UnknownVariable";
}

const isAt = (a: Question["component"], b: Question["component"]): boolean =>
  same(a.name, b.name) &&
  same(a.instance, b.instance) &&
  a.evse?.id === b.evse?.id &&
  a.evse?.connectorId === b.evse?.connectorId;

/** As NotifyReport messages, numbered from 0, all but the last to be continued (B07.FR.08, B08.FR.14). */
export function notifyReports(entries: readonly Entry[], requestId: number, generatedAt: string): OutCall[] {
  const pages = Math.ceil(entries.length / REPORTED_MAX);
  return Array.from({ length: pages }, (_, seqNo) => {
    const [first, ...rest] = entries.slice(seqNo * REPORTED_MAX, (seqNo + 1) * REPORTED_MAX).map(reported);
    const reportData =
      first === undefined ? {} : { reportData: [first, ...rest] as [Reported, ...Reported[]] };
    const head = { requestId, generatedAt, seqNo, tbc: seqNo < pages - 1 };
    return calling<"2.0.1">()("NotifyReport", { ...head, ...reportData });
  });
}

function reported({ characteristics, component, readonly, setting, value, variable }: Entry): Reported {
  const mutability = readonly ? "ReadOnly" : "ReadWrite";
  return {
    ...{ component, variable, variableCharacteristics: characteristics },
    variableAttribute: [{ type: "Actual", value, mutability, persistent: setting !== undefined }],
  };
}

export const same = (a: string | undefined, b: string | undefined): boolean =>
  a?.toLowerCase() === b?.toLowerCase();
