/**
 * One known damage to a valid payload, and the error code that OCPP asks for it; or a payload that is valid by its
 * schema and yet nothing that an honest station says.
 */
import type { Chance, Json, JsonObject } from "@wattward/kernel";
import { type ErrorCode, type OcppVersion, spelled } from "@wattward/ocpp";
import type { Message, Schema } from "./schema.ts";

export type Damaged = {
  readonly payload: JsonObject;
  /** What was done, for whoever reads a failure. */
  readonly what: string;
  /** The CALLERROR's code, as the version spells it; undefined where the payload is still valid. */
  readonly code: string | undefined;
};

type Path = readonly (string | number)[];
type Site = {
  readonly path: Path;
  readonly schema: Schema;
  readonly value: Json;
  readonly required: boolean;
};

/** Rejects at most this many places where a damage does not apply. */
const TRIES_MAX = 40;

export function damaged(message: Message, payload: JsonObject, chance: Chance): Damaged {
  const sites = [...sitesOf(message, message.root, payload, [], true)];
  for (let tried = 0; tried < TRIES_MAX; tried++) {
    const site = pick(chance, sites);
    const done = pick(chance, kinds)(site, chance);
    if (done === undefined) continue;
    const path = site.path.join("/");
    return {
      payload: replaced(payload, done.at ?? site.path, done.value) as JsonObject,
      what: `${done.what} at /${path}`,
      code: done.code === undefined ? undefined : codeOf(done.code, message.version),
    };
  }
  return { payload, what: "nothing", code: undefined };
}

type Done = {
  readonly what: string;
  /** `undefined` takes the place away. */
  readonly value: Json | undefined;
  readonly at?: Path;
  readonly code?: ErrorCode | "incomplete" | "unknown-field";
};
type Kind = (site: Site, chance: Chance) => Done | undefined;

function codeOf(code: NonNullable<Done["code"]>, version: OcppVersion): string {
  const old = version === "1.6";
  if (code === "incomplete") return spelled(old ? "ProtocolError" : "OccurrenceConstraintViolation", version);
  if (code === "unknown-field") return spelled(old ? "FormatViolation" : "ProtocolError", version);
  return spelled(code, version);
}

const wrongTypes: readonly Json[] = [null, true, 7, 1.5, "text", [], ["x"], {}, { a: 1 }];
const typeOf = (value: Json): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};

const kinds: readonly Kind[] = [
  function type({ schema, path }, chance) {
    if (schema.type === undefined || path.length === 0) return undefined;
    const value = pick(chance, wrongTypes);
    const is = typeOf(value);
    if (is === schema.type || (schema.type === "number" && is === "integer")) return undefined;
    return { what: `${schema.type} → ${is}`, value, code: "TypeConstraintViolation" };
  },
  function missing({ required, path }) {
    if (!required || path.length === 0 || typeof path.at(-1) === "number") return undefined;
    return { what: "missing", value: undefined, code: "incomplete" };
  },
  function unknown({ schema, value, path }, chance) {
    if (schema.type !== "object" || schema.additionalProperties !== false) return undefined;
    const name = pick(chance, ["extra", "constructor", "toString", "TransactionId", "x y", ""]);
    const object = value as JsonObject;
    if (Object.hasOwn(object, name)) return undefined;
    const at = [...path, name];
    return { what: `unknown field '${name}'`, value: 1, at, code: "unknown-field" };
  },
  function tooLong({ schema, value }, chance) {
    const { maxLength, format } = schema;
    if (schema.type !== "string" || maxLength === undefined || schema.enum || format) return undefined;
    const filler = pick(chance, ["x", "é", " "]);
    const length = maxLength + pick(chance, [1, 2, 5_000]);
    return {
      what: `too long (${length})`,
      value: String(value).padEnd(length, filler),
      code: "PropertyConstraintViolation",
    };
  },
  function word({ schema }, chance) {
    if (schema.enum === undefined) return undefined;
    const value = pick(chance, ["NoSuchWord", "", schema.enum[0]?.toLowerCase() ?? "", "constructor"]);
    if (schema.enum.includes(value)) return undefined;
    return { what: `unknown word '${value}'`, value, code: "PropertyConstraintViolation" };
  },
  function format({ schema }, chance) {
    if (schema.format !== "date-time") return undefined;
    const value = pick(chance, ["", "yesterday", "2026-02-30T00:00:00Z", "2026-01-05", "0", "26-1-5T8:0:0Z"]);
    return { what: `no instant '${value}'`, value, code: "PropertyConstraintViolation" };
  },
  function bound({ schema }, chance) {
    const { type, minimum, maximum } = schema;
    if (type !== "integer" && type !== "number") return undefined;
    const over = maximum === undefined ? undefined : maximum + 1;
    const under = minimum === undefined ? undefined : minimum - 1;
    const value = pick(chance, [over, under]);
    if (value === undefined) return undefined;
    return { what: `out of bounds (${value})`, value, code: "PropertyConstraintViolation" };
  },
  function items({ schema, value }, chance) {
    if (schema.type !== "array") return undefined;
    const { minItems = 0, maxItems } = schema;
    const code = "OccurrenceConstraintViolation";
    if (minItems > 0 && chance.int(0, 1) === 0) return { what: "no items", value: [], code };
    const [first] = value as readonly Json[];
    if (maxItems === undefined || first === undefined || maxItems > 200) return undefined;
    return { what: "too many items", value: Array.from({ length: maxItems + 1 }, () => first), code };
  },
  function extreme({ schema }, chance) {
    if (schema.enum !== undefined || schema.format !== undefined) return undefined;
    if (schema.type === "string") return extremeText(schema, chance);
    if (schema.type !== "integer" && schema.type !== "number") return undefined;
    const value = pick(chance, extremes);
    if (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity)) return undefined;
    if (schema.type === "integer" && !Number.isInteger(value)) return undefined;
    return { what: `extreme ${value}`, value };
  },
  function time({ schema }, chance) {
    if (schema.format !== "date-time") return undefined;
    return { what: "far time", value: pick(chance, farTimes) };
  },
  function crowd({ schema, value }, chance) {
    if (schema.type !== "array" || schema.maxItems !== undefined) return undefined;
    const [first] = value as readonly Json[];
    if (first === undefined) return undefined;
    const length = chance.int(20, 300);
    return { what: `${length} items`, value: Array.from({ length }, () => first) };
  },
];

const extremes = [-1, 0, 2 ** 31, -(2 ** 31), 2 ** 53, 1e15, -1e15, 1e300, -1e300, 0.1, 1e-300];
const farTimes = [
  "0001-01-01T00:00:00Z",
  "1970-01-01T00:00:00Z",
  "2038-01-19T03:14:08Z",
  "9999-12-31T23:59:59Z",
  "2026-01-05T08:00:00.000000000Z",
  "2026-01-05T08:00:00+14:00",
  "2016-12-31T23:59:60Z",
];
const oddTexts = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\u202e",
  "\u{1f50c}",
  "'; DROP TABLE stations; --",
  "<script>alert(1)</script>",
  "constructor",
  "$(reboot)",
  "-1",
  "1e999",
  "NaN",
  "\r\n",
  "%s%n",
];
function extremeText({ maxLength = 40 }: Schema, chance: Chance): Done | undefined {
  const value = chance.int(0, 3) === 0 ? "𝕏".repeat(Math.floor(maxLength / 2)) : pick(chance, oddTexts);
  if (value.length > maxLength) return undefined;
  return { what: `odd text ${JSON.stringify(value.slice(0, 20))}`, value };
}

function* sitesOf(
  message: Message,
  given: Schema,
  value: Json,
  path: Path,
  required: boolean,
): Generator<Site> {
  const schema = message.resolved(given);
  yield { path, schema, value, required };
  if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly Json[]).entries()) {
      yield* sitesOf(message, schema.items ?? {}, item, [...path, index], true);
    }
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const names = new Set(schema.required);
  for (const [name, inner] of Object.entries(value as JsonObject)) {
    const about = schema.properties?.[name];
    if (about !== undefined && inner !== undefined)
      yield* sitesOf(message, about, inner, [...path, name], names.has(name));
  }
}

function replaced(whole: Json | undefined, [head, ...rest]: Path, value: Json | undefined): Json | undefined {
  if (head === undefined) return value;
  if (Array.isArray(whole)) {
    return (whole as readonly Json[]).flatMap((item, index) => {
      if (index !== head) return [item];
      const next = replaced(item, rest, value);
      return next === undefined ? [] : [next];
    });
  }
  const object = (whole ?? {}) as JsonObject;
  const next = replaced(object[head], rest, value);
  const { [head]: _, ...others } = object;
  return next === undefined ? others : { ...object, [head]: next };
}

export function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[chance.int(0, from.length - 1)] as T;
}
