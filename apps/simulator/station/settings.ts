/**
 * What a central system may read and set, one table for both versions: 1.6 configuration keys (§9) and 2.0.1 device
 * model variables (Part 2, "Referenced Components and Variables"). Values are whole numbers or booleans; set ones live
 * in flash and survive reboots.
 */
import type { Change, Flash } from "./flash.ts";

export type Variable = { readonly component: string; readonly variable: string; readonly instance?: string };

type Definition = {
  readonly fallback: number | boolean;
  /** Inclusive; for numbers. */
  readonly least?: number;
  readonly most?: number;
  readonly unit?: string;
  readonly readonly?: boolean;
  /** 1.6's configuration key. */
  readonly key?: string;
  readonly at?: Variable;
};

const seconds = (fallback: number, least: number, names: Pick<Definition, "key" | "at">): Definition => ({
  fallback,
  least,
  most: 86_400,
  unit: "s",
  ...names,
});

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
  /** How 2.1 tells the states of connectors: by NotifyEvent, or by StatusNotification as before (G01). */
  statusByEvent: { fallback: true },
  connectors: { fallback: 1, least: 1, most: 64, readonly: true, key: "NumberOfConnectors" },
} as const satisfies Record<string, Definition>;

export type SettingName = keyof typeof definitions;
type ValueOf<N extends SettingName> = (typeof definitions)[N]["fallback"] extends boolean ? boolean : number;
/** Values other than the table's, fixed when a station is made. */
export type SettingValues = { readonly [N in SettingName]?: ValueOf<N> };

/** One setting as either version lists it. */
export type Listed = {
  readonly name: SettingName;
  readonly value: string;
  readonly readonly: boolean;
  readonly unit: string | undefined;
  readonly type: "integer" | "boolean";
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

  number(name: { [N in SettingName]: ValueOf<N> extends number ? N : never }[SettingName]): number {
    return Number(this.value(name));
  }

  flag(name: { [N in SettingName]: ValueOf<N> extends boolean ? N : never }[SettingName]): boolean {
    return this.value(name) === true;
  }

  list(): Listed[] {
    return names.map((name) => {
      const { fallback, readonly = false, unit, key, at }: Definition = definitions[name];
      const type = typeof fallback === "boolean" ? "boolean" : "integer";
      return { name, value: String(this.value(name)), readonly, unit, type, key, at };
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

  private value(name: SettingName): number | boolean {
    const kept = this.flash.get(`setting/${name}`);
    if (typeof kept === "number" || typeof kept === "boolean") return kept;
    return this.given[name] ?? definitions[name].fallback;
  }
}

const names = Object.keys(definitions) as SettingName[];
const change = (name: SettingName, value: number | boolean): Change => [`setting/${name}`, value];

function read({ fallback, least = 0, most = 0 }: Definition, text: string): number | boolean | undefined {
  if (typeof fallback === "boolean") {
    const word = text.toLowerCase();
    return word === "true" ? true : word === "false" ? false : undefined;
  }
  const value = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= least && value <= most ? value : undefined;
}
