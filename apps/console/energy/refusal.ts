/** What the guard refused or noticed, as columns: the exchange where it was told decoded, else its sentence. Pure. */
import type { GuardRow } from "../api/energy-shapes.ts";
import { numberOf, textOf } from "../live/reading.ts";
import { words } from "../strings/en.ts";
import { named, spaced } from "../strings/en-codes.ts";

const say = words.energy.guard;

const DENIED = "modbus.denied";

type Data = GuardRow["detail"];

export type Refusal = {
  readonly seq: number;
  readonly atMs: number;
  /** The guard's word for it: `modbus.denied`. */
  readonly what: string;
  readonly client: string | undefined;
  readonly device: string | undefined;
  readonly function: string | undefined;
  /** Whether it would have changed something at the device. */
  readonly writes: boolean;
  readonly register: string | undefined;
  readonly value: string | undefined;
  /** Register and value together, each beside its own. */
  readonly wanted: string | undefined;
  readonly rule: string | undefined;
  readonly why: string;
  readonly answer: string | undefined;
  /** From the function code on, hexadecimal. */
  readonly frame: string | undefined;
};

export function refusalOf({ seq, atMs, what, detail }: GuardRow): Refusal {
  const exchange = dataIn(detail["exchange"]) ?? detail;
  const code = numberOf(exchange, "functionCode");
  const values = listIn(exchange["values"])
    .map(dataIn)
    .filter((one) => one !== undefined);
  const exception = numberOf(detail, "exception");
  const text = textOf(detail, "text");
  return {
    seq,
    atMs,
    what,
    client: textOf(exchange, "client"),
    device: deviceOf(exchange),
    function: code === undefined ? undefined : functionName(code),
    writes: values.length > 0,
    register: registersOf(exchange, values),
    value: values.length === 0 ? undefined : values.map(written).join(", "),
    wanted: wantedOf(exchange, values),
    rule: textOf(detail, "rule"),
    why: textOf(detail, "why") ?? text ?? "",
    answer: exception === undefined ? undefined : answerName(exception),
    frame: textOf(exchange, "pdu") || undefined,
  };
}

const dataIn = (value: unknown): Data | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : undefined;

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Codes are those of the Modbus application protocol, section 5.1. */
const functionName = (code: number): string => named(say.functionOf, String(code)) ?? say.functionAs(code);
/** Section 7. */
const answerName = (exception: number): string =>
  named(say.answerOf, String(exception)) ?? String(exception).padStart(2, "0");

function deviceOf(exchange: Data): string | undefined {
  const unit = numberOf(exchange, "unit");
  return textOf(exchange, "device") ?? (unit === undefined ? undefined : say.unit(unit));
}

/** By name where the policy has types, else by address. */
function registersOf(exchange: Data, values: readonly Data[]): string | undefined {
  const names = values.flatMap((value) => textOf(value, "register") ?? []);
  if (names.length > 0) return names.join(", ");
  const [address, quantity = 1] = [numberOf(exchange, "address"), numberOf(exchange, "quantity")];
  if (address === undefined) return undefined;
  return quantity > 1 ? `${address} – ${address + quantity - 1}` : String(address);
}

/** `OutWRte = −180 %, WMax = 12`; of what is only read, or has no type, the registers. */
function wantedOf(exchange: Data, values: readonly Data[]): string | undefined {
  const isTyped = values.length > 0 && values.every((value) => textOf(value, "register") !== undefined);
  if (isTyped) return values.map((value) => `${textOf(value, "register")} = ${written(value)}`).join(", ");
  const registers = registersOf(exchange, values);
  if (registers === undefined || values.length === 0) return registers;
  return `${registers} = ${values.map(written).join(", ")}`;
}

function written(value: Data): string {
  const [figure, unit] = [numberOf(value, "value"), textOf(value, "unit")];
  if (figure !== undefined) return `${figure}`.replace("-", "−") + (unit === undefined ? "" : ` ${unit}`);
  const raw = Array.isArray(value["raw"]) ? value["raw"] : [];
  return raw.map((word) => `0x${Number(word).toString(16).padStart(4, "0")}`).join(" ");
}

/** Everything that a search looks through. */
export const textOfRefusal = (row: Refusal): string =>
  [row.client, row.device, row.function, row.register, row.value, row.rule, row.why, kindOf(row)].join(" ");

/** In words, for what is no refused exchange; what is new here, by its own name. */
export const kindOf = ({ what }: Refusal): string | undefined =>
  what === DENIED ? undefined : (named(say.kindOf, what) ?? spaced(what.replace(/^modbus\./, "")));
export const isDenied = ({ what }: Refusal): boolean => what === DENIED;
