/**
 * Valid payloads by schema and seed: every required field, some of the others, and ids out of a small pool, so that
 * messages meet each other's transactions, reservations and requests, and now and then another station's.
 */
import type { Chance, Json, JsonObject } from "@wattward/kernel";
import type { Message, Schema } from "./schema.ts";

export type Maker = {
  readonly chance: Chance;
  /** Now, for times near it. */
  readonly nowMs: number;
  /** Ids that exist or existed somewhere: transactions, as text. */
  readonly transactions: readonly string[];
};

/** Levels below which only what is required is made: types refer to each other without end. */
const DEPTH_MAX = 7;
const ITEMS_MAX = 3;
/** In 100, how often a field that may be left out is there. */
const OPTIONAL_PERCENT = 45;
const DAY_MS = 86_400_000;

export function validPayload(message: Message, maker: Maker): JsonObject {
  return made(message, message.root, maker, []) as JsonObject;
}

function made(message: Message, given: Schema, maker: Maker, path: readonly string[]): Json {
  const schema = message.resolved(given);
  const { chance } = maker;
  if (schema.enum !== undefined) return schema.enum[chance.int(0, schema.enum.length - 1)] ?? null;
  switch (schema.type) {
    case "object":
      return objectOf(message, schema, maker, path);
    case "array": {
      const least = schema.minItems ?? 0;
      const most = Math.max(least, Math.min(schema.maxItems ?? ITEMS_MAX, ITEMS_MAX));
      const length = path.length > DEPTH_MAX ? least : chance.int(least, most);
      return Array.from({ length }, () => made(message, schema.items ?? {}, maker, [...path, "*"]));
    }
    case "integer":
      return integerOf(schema, maker, path.at(-1) ?? "");
    case "number": {
      const whole = integerOf(schema, maker, path.at(-1) ?? "");
      return chance.int(0, 1) === 0 || schema.maximum !== undefined ? whole : whole + 0.5;
    }
    case "boolean":
      return chance.int(0, 1) === 1;
    case "string":
      return textOf(schema, maker, path.at(-1) ?? "");
    default:
      // `data` of DataTransfer, and whatever else a schema leaves open.
      return { any: ["thing", 1, null] };
  }
}

function objectOf(message: Message, schema: Schema, maker: Maker, path: readonly string[]): JsonObject {
  const required = new Set(schema.required);
  const entries = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const wanted = path.length <= DEPTH_MAX && maker.chance.int(1, 100) <= OPTIONAL_PERCENT;
    if (!required.has(name) && !wanted) return [];
    return [[name, made(message, inner, maker, [...path, name])] as const];
  });
  return Object.fromEntries(entries);
}

const small = /^(connectorId|evseId|id|seqNo|reservationId|requestId|stackLevel|chargingProfileId)$/;

function integerOf({ minimum, maximum }: Schema, { chance, transactions }: Maker, name: string): number {
  const known = Number(transactions[chance.int(0, Math.max(0, transactions.length - 1))]);
  if (name === "transactionId" && Number.isInteger(known)) return known;
  const from = minimum ?? 0;
  const to = maximum ?? (small.test(name) ? from + 4 : from + 100_000);
  return chance.int(Math.ceil(from), Math.max(Math.ceil(from), Math.floor(to)));
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function textOf({ format, maxLength }: Schema, { chance, nowMs, transactions }: Maker, name: string): string {
  if (format === "date-time") return new Date(nowMs + chance.int(-DAY_MS, 1_000)).toISOString();
  if (format === "uri") return "https://example.invalid/a?b=c";
  if (/transactionId|transactionRef/i.test(name) && transactions.length > 0) {
    return transactions[chance.int(0, transactions.length - 1)] ?? "t";
  }
  if (name === "idTag" || name === "idToken") return `CARD-${chance.int(1, 5)}`;
  if (name === "value") return String(chance.int(0, 100_000));
  const length = chance.int(1, Math.min(maxLength ?? 40, 40));
  return Array.from({ length }, () => letters[chance.int(0, letters.length - 1)]).join("");
}
