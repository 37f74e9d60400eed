/**
 * What a central system may read and set, one table for all versions: 1.6 configuration keys (§9) and 2.x device
 * model variables (Part 2, "Referenced Components and Variables"). Values are whole numbers, booleans, or lists of words
 * that this station knows; set ones live in flash and survive reboots.
 */
import { failed, ok, type Result, shown } from "@wattward/kernel";
import type { Change, Flash } from "./flash.ts";

export type Variable = { readonly component: string; readonly variable: string; readonly instance?: string };

type Definition = {
  readonly fallback: number | boolean | string;
  /** Inclusive; for numbers. Of a list: how many words it may have. */
  readonly least?: number;
  readonly most?: number;
  readonly unit?: string;
  /** Of a list, whose words stand between commas: those that there are. */
  readonly words?: readonly string[];
  readonly readonly?: boolean;
  /** 1.6's configuration key. */
  readonly key?: string;
  readonly at?: Variable;
};

/** Largest number that a station may be made with, where its setting has no range of its own. */
const MADE_MAX = 1_000_000;

const seconds = (fallback: number, least: number, names: Pick<Definition, "key" | "at">): Definition => ({
  fallback,
  least,
  most: 86_400,
  unit: "s",
  ...names,
});

/** A number that is as it is; `of` is the instance of 2.x's limits per message. */
const fixed = (fallback: number, names: Pick<Definition, "key" | "at">) =>
  ({ fallback, least: fallback, most: fallback, readonly: true, ...names }) as const;
const perMessage = (variable: "ItemsPerMessage" | "BytesPerMessage", fallback: number, instance: string) =>
  fixed(fallback, { at: { component: "DeviceDataCtrlr", variable, instance } });

const usualMeasurands = ["Energy.Active.Import.Register", "Power.Active.Import", "SoC"] as const;
const exported = ["Current.Export", "Power.Active.Export", "Energy.Active.Export.Register"] as const;
const measurands = [...usualMeasurands, "Current.Import", "Voltage", ...exported] as const;

const definitions = {
  heartbeatS: seconds(300, 1, {
    key: "HeartbeatInterval",
    at: { component: "OCPPCommCtrlr", variable: "HeartbeatInterval" },
  }),
  sampleS: seconds(10, 0, {
    key: "MeterValueSampleInterval",
    at: { component: "SampledDataCtrlr", variable: "TxUpdatedInterval" },
  }),
  pingS: seconds(10, 0, {
    key: "WebSocketPingInterval",
    at: { component: "OCPPCommCtrlr", variable: "WebSocketPingInterval" },
  }),
  cableTimeoutS: seconds(60, 1, {
    key: "ConnectionTimeOut",
    at: { component: "TxCtrlr", variable: "EVConnectionTimeOut" },
  }),
  attempts: {
    fallback: 5,
    least: 1,
    most: 100,
    key: "TransactionMessageAttempts",
    at: { component: "OCPPCommCtrlr", variable: "MessageAttempts", instance: "TransactionEvent" },
  },
  attemptIntervalS: seconds(10, 1, {
    key: "TransactionMessageRetryInterval",
    at: { component: "OCPPCommCtrlr", variable: "MessageAttemptInterval", instance: "TransactionEvent" },
  }),
  messageTimeoutS: seconds(30, 1, {
    at: { component: "OCPPCommCtrlr", variable: "MessageTimeout", instance: "Default" },
  }),
  backOffWaitS: seconds(2, 0, {
    key: "RetryBackOffWaitMinimum",
    at: { component: "OCPPCommCtrlr", variable: "RetryBackOffWaitMinimum" },
  }),
  backOffRandomS: seconds(2, 0, {
    key: "RetryBackOffRandomRange",
    at: { component: "OCPPCommCtrlr", variable: "RetryBackOffRandomRange" },
  }),
  backOffRepeats: {
    fallback: 4,
    least: 0,
    most: 16,
    key: "RetryBackOffRepeatTimes",
    at: { component: "OCPPCommCtrlr", variable: "RetryBackOffRepeatTimes" },
  },
  authorizeRemote: {
    fallback: false,
    key: "AuthorizeRemoteTxRequests",
    at: { component: "AuthCtrlr", variable: "AuthorizeRemoteStart" },
  },
  offlineUnknown: {
    fallback: true,
    key: "AllowOfflineTxForUnknownId",
    at: { component: "AuthCtrlr", variable: "OfflineTxForUnknownIdEnabled" },
  },
  stopOnInvalid: {
    fallback: true,
    key: "StopTransactionOnInvalidId",
    at: { component: "TxCtrlr", variable: "StopTxOnInvalidId" },
  },
  measurands: {
    fallback: usualMeasurands.join(","),
    words: measurands,
    most: 8,
    key: "MeterValuesSampledData",
    at: { component: "SampledDataCtrlr", variable: "TxUpdatedMeasurands" },
  },
  measurandsMax: fixed(8, { key: "MeterValuesSampledDataMaxLength" }),
  localListEnabled: {
    fallback: true,
    key: "LocalAuthListEnabled",
    at: { component: "LocalAuthListCtrlr", variable: "Enabled" },
  },
  localListMax: fixed(100, {
    key: "LocalAuthListMaxLength",
    at: { component: "LocalAuthListCtrlr", variable: "Storage" },
  }),
  localListItemsMax: fixed(20, {
    key: "SendLocalListMaxLength",
    at: { component: "LocalAuthListCtrlr", variable: "ItemsPerMessage" },
  }),
  localPreAuthorize: {
    fallback: false,
    key: "LocalPreAuthorize",
    at: { component: "AuthCtrlr", variable: "LocalPreAuthorize" },
  },
  localAuthorizeOffline: {
    fallback: true,
    key: "LocalAuthorizeOffline",
    at: { component: "AuthCtrlr", variable: "LocalAuthorizeOffline" },
  },
  cacheEnabled: {
    fallback: true,
    key: "AuthorizationCacheEnabled",
    at: { component: "AuthCacheCtrlr", variable: "Enabled" },
  },
  reservationsEnabled: {
    fallback: true,
    at: { component: "ReservationCtrlr", variable: "Enabled" },
  },
  reserveAny: {
    fallback: true,
    readonly: true,
    key: "ReserveConnectorZeroSupported",
    at: { component: "ReservationCtrlr", variable: "NonEvseSpecific" },
  },
  stackLevelMax: fixed(8, {
    key: "ChargeProfileMaxStackLevel",
    at: { component: "SmartChargingCtrlr", variable: "ProfileStackLevel" },
  }),
  schedulePeriodsMax: fixed(24, {
    key: "ChargingScheduleMaxPeriods",
    at: { component: "SmartChargingCtrlr", variable: "PeriodsPerSchedule" },
  }),
  profilesMax: fixed(20, {
    key: "MaxChargingProfilesInstalled",
    at: { component: "SmartChargingCtrlr", variable: "Entries", instance: "ChargingProfiles" },
  }),
  rateUnits16: {
    fallback: "Current,Power",
    readonly: true,
    key: "ChargingScheduleAllowedChargingRateUnit",
  },
  rateUnits: {
    fallback: "A,W",
    readonly: true,
    at: { component: "SmartChargingCtrlr", variable: "RateUnit" },
  },
  features16: {
    fallback: "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger",
    readonly: true,
    key: "SupportedFeatureProfiles",
  },
  getKeysMax: fixed(50, { key: "GetConfigurationMaxKeys" }),
  getVariablesMax: perMessage("ItemsPerMessage", 16, "GetVariables"),
  setVariablesMax: perMessage("ItemsPerMessage", 8, "SetVariables"),
  getReportMax: perMessage("ItemsPerMessage", 8, "GetReport"),
  getVariablesBytesMax: perMessage("BytesPerMessage", 8_192, "GetVariables"),
  setVariablesBytesMax: perMessage("BytesPerMessage", 8_192, "SetVariables"),
  getReportBytesMax: perMessage("BytesPerMessage", 8_192, "GetReport"),
  /** Seconds between the messages of 2.1's periodic event stream of power (N11); 0: none is opened. */
  streamS: { fallback: 10, least: 0, most: 86_400, unit: "s" },
  /** How 2.1 tells the states of connectors: by NotifyEvent, or by StatusNotification as before (G01). */
  statusByEvent: { fallback: true },
  connectors: { fallback: 1, least: 1, most: 64, readonly: true, key: "NumberOfConnectors" },
} as const satisfies Record<string, Definition>;

export type SettingName = keyof typeof definitions;
type Fallback<N extends SettingName> = (typeof definitions)[N]["fallback"];
type ValueOf<N extends SettingName> =
  Fallback<N> extends boolean ? boolean : Fallback<N> extends string ? string : number;
/** Settings that are whole numbers, and those that are booleans. */
export type NumberName = { [N in SettingName]: ValueOf<N> extends number ? N : never }[SettingName];
export type FlagName = { [N in SettingName]: ValueOf<N> extends boolean ? N : never }[SettingName];
export type WordsName = { [N in SettingName]: ValueOf<N> extends string ? N : never }[SettingName];
/** Values other than the table's, fixed when a station is made. */
export type SettingValues = { readonly [N in SettingName]?: ValueOf<N> };

/** Named values of settings, as people write them down: all of them, or what is wrong with the first wrong one. */
export function readSettings(words: {
  readonly [name: string]: unknown;
}): Result<SettingValues, { readonly name: string; readonly sentence: string }> {
  const values: { [name: string]: number | boolean | string } = {};
  for (const [name, value] of Object.entries(words)) {
    const setting = makeable.find((each) => each.name === name);
    if (setting === undefined) {
      const known = makeable.map((each) => each.name).join(", ");
      return failed({ name, sentence: `there is no setting '${shown(name)}'; there are ${known}.` });
    }
    if (!setting.takes(value)) return failed({ name, sentence: `${name} is ${setting.says}.` });
    values[name] = value as number | boolean | string;
  }
  return ok(values);
}

/** What a station may be made with; how many connectors it has follows from its EVSEs. */
export const makeable = Object.entries(definitions as Record<string, Definition>)
  .filter(([name]) => name !== "connectors")
  .map(([name, definition]) => ({ name, ...takenBy(definition) }));

function takenBy(definition: Definition): { says: string; takes(value: unknown): boolean } {
  const { fallback, least = 0, most = MADE_MAX, readonly = false, unit, words } = definition;
  if (typeof fallback === "boolean")
    return { says: "true or false", takes: (value) => typeof value === "boolean" };
  if (typeof fallback === "string") {
    const there = words ?? fallback.split(",");
    const takes = (value: unknown) =>
      typeof value === "string" && readWords(value, there, there.length) !== undefined;
    return { says: `some of ${there.join(",")}, with commas between`, takes };
  }
  // What a central system cannot set is a property of the make, and makes differ.
  const [from, to] = readonly ? [0, MADE_MAX] : [least, most];
  const takes = (value: unknown) => Number.isInteger(value) && Number(value) >= from && Number(value) <= to;
  return { says: `a whole number from ${from} to ${to}${unit === undefined ? "" : ` (${unit})`}`, takes };
}

/** One setting as either version lists it. */
export type Listed = {
  readonly name: SettingName;
  readonly value: string;
  readonly readonly: boolean;
  readonly unit: string | undefined;
  readonly type: "integer" | "boolean" | "MemberList";
  /** The least and the most of a number that may be set, and the words of a list. */
  readonly least: number | undefined;
  readonly most: number | undefined;
  readonly words: readonly string[] | undefined;
  readonly key: string | undefined;
  readonly at: Variable | undefined;
};

export class Settings {
  private readonly flash: Flash;
  private readonly given: SettingValues;

  constructor(flash: Flash, given: SettingValues) {
    this.flash = flash;
    this.given = given;
  }

  number(name: NumberName): number {
    return Number(this.value(name));
  }

  flag(name: FlagName): boolean {
    return this.value(name) === true;
  }

  /** The words of a list. */
  words(name: WordsName): readonly string[] {
    return String(this.value(name)).split(",");
  }

  list(): Listed[] {
    return names.map((name) => {
      const { fallback, readonly = false, unit, key, at, least, most, words }: Definition = definitions[name];
      const type = types[typeof fallback as keyof typeof types];
      return { name, value: String(this.value(name)), readonly, unit, type, key, at, least, most, words };
    });
  }

  /** Sets from wire text, durably when the promise resolves; `rejected` where the text is no value for it. */
  async set(name: SettingName, text: string): Promise<"accepted" | "rejected"> {
    const definition: Definition = definitions[name];
    const value = definition.readonly === true ? undefined : read(definition, text);
    if (value === undefined) return "rejected";
    await this.flash.commit([change(name, value)]);
    return "accepted";
  }

  private value(name: SettingName): number | boolean | string {
    const kept = this.flash.get(`setting/${name}`);
    if (typeof kept === "number" || typeof kept === "boolean" || typeof kept === "string") return kept;
    return this.given[name] ?? definitions[name].fallback;
  }
}

const names = Object.keys(definitions) as SettingName[];
const types = { boolean: "boolean", number: "integer", string: "MemberList" } as const;
const change = (name: SettingName, value: number | boolean | string): Change => [`setting/${name}`, value];

function read(definition: Definition, text: string): number | boolean | string | undefined {
  const { fallback, least = 0, most = 0, words } = definition;
  if (typeof fallback === "string") return readWords(text, words ?? [], most);
  if (typeof fallback === "boolean") {
    const word = text.toLowerCase();
    return word === "true" ? true : word === "false" ? false : undefined;
  }
  const value = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= least && value <= most ? value : undefined;
}

/** A list with a word that this station does not know, or one too many, is refused whole (QUIRKS 40). */
function readWords(text: string, known: readonly string[], most: number): string | undefined {
  const words = text.split(",").map((word) => word.trim());
  if (words.length > most || new Set(words).size < words.length) return undefined;
  return words.every((word) => known.includes(word)) ? words.join(",") : undefined;
}
