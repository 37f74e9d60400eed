/**
 * What a repair is: a named rule for one thing that real stations get wrong (QUIRKS), and how it is told afterwards.
 *
 * Strict on identity, money and authority; tolerant on form. A rule sees only what the schema has complained of, at the
 * places it names, and changes nothing else; what it gives must be valid, or the message is refused as it was sent.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import type { OcppVersion } from "../version.ts";

/** What a station did that its version does not allow, and what was made of it. */
export type Deviation = {
  /** Rule of {@link repairs}, or of {@link noticed}: what is counted per station. */
  readonly rule: string;
  /** JSON pointer to the first place; empty where it is the message as a whole. Bounded. */
  readonly path: string;
  /** What stood there: bounded, and masked where it may be a token. */
  readonly was: string;
  /** How many places of the message had it, 1 or more. */
  readonly places: number;
};

/** The first thing that a schema found wrong. */
export type Complaint = {
  /** JSON Schema keyword: `type`, `format`, `enum`, `maxLength`, `minItems`, … */
  readonly keyword: string;
  /** Segments of the JSON pointer, unescaped; array indices as `*`. */
  readonly place: readonly string[];
  /** Parameters of the keyword: `{ format }`, `{ type }`, `{ allowedValues }`, `{ limit }`. */
  readonly params: { readonly [name: string]: unknown };
};

/** What becomes of a place; undefined where the rule does not know this form, and leaves it. */
export type Edit = { readonly kind: "put"; readonly value: Json } | { readonly kind: "remove" } | undefined;

export type Place = {
  /** JSON pointer with `*` for every index, or `any`. */
  readonly path: string;
  readonly complaint: string;
  /** Levels above the complaint at which the rule edits: 1 is the object that has the field. Default 0. */
  readonly above?: number;
};

export type Repair = {
  readonly rule: string;
  /** Row of QUIRKS. */
  readonly row: number;
  readonly versions: readonly OcppVersion[];
  readonly direction: "call" | "reply" | "both";
  /** Actions it is for; all of that direction where absent. */
  readonly actions?: readonly string[];
  readonly places: readonly Place[];
  /** Pure; `value` is what stands at the place (or `above` it). */
  mend(value: Json, complaint: Complaint): Edit;
  /** What is told of a value; its JSON text, bounded, where absent. For what may be a token. */
  told?(value: Json, complaint: Complaint): string;
  /** One sentence for the operator: what is made of it. */
  readonly does: string;
};

export const put = (value: Json): Edit => ({ kind: "put", value });
export const remove: Edit = { kind: "remove" };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value that is none of those which the schema allows. */
export const isUnknownWord = (value: Json | undefined, { params }: Complaint): boolean => {
  const { allowedValues } = params;
  return Array.isArray(allowedValues) && value !== undefined && !allowedValues.includes(value);
};

/** Lists of meter values, wherever a station sends some. */
export const meterLists: readonly string[] = ["/meterValue", "/transactionData"];
export const sampleField = (field: string): string[] =>
  meterLists.map((list) => `${list}/*/sampledValue/*/${field}`);

/** At most the last four characters of a token, and how long it was: a list of tokens is a list of keys. */
export function maskedText(value: Json | undefined): string {
  if (typeof value !== "string") return `a ${value === null ? "null" : typeof value}`;
  const kept = Math.min(4, Math.floor(value.length / 2));
  const tail = kept === 0 ? "" : value.slice(-kept).replace(/[^\x20-\x7e]/g, "·");
  return `…${tail} (${value.length} characters)`;
}
