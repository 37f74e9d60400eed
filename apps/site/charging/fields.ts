/**
 * Reads what a station or a CSMS said, field by field: absent where it is not what it should be. Transaction messages are heard
 * even where they break their schema (QUIRKS), so nothing here relies on a schema.
 */
import { dateTimeMs } from "@wattward/ocpp";
import { fieldsOf } from "../state/kept.ts";

export type Fields = ReadonlyMap<string, unknown>;
export { fieldsOf };

export const objectIn = (fields: Fields, name: string): Fields => fieldsOf(fields.get(name));

export function listIn(fields: Fields, name: string): readonly unknown[] {
  const value = fields.get(name);
  return Array.isArray(value) ? value : [];
}

export function textIn(fields: Fields, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === "string" ? value : undefined;
}

/** Also a number in text, as 1.6 writes its samples. */
export function numberIn(fields: Fields, name: string): number | undefined {
  const value = fields.get(name);
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** An instant, in ms since 1970 by the clock of whoever wrote it. */
export function timeIn(fields: Fields, name: string): number | undefined {
  const text = textIn(fields, name);
  return text === undefined ? undefined : dateTimeMs(text);
}

/** When a station says that it says this, by its own clock; of MeterValues, whose times stand inside, the latest. */
export function saidAt(fields: Fields): number | undefined {
  const times = listIn(fields, "meterValue")
    .map((value) => timeIn(fieldsOf(value), "timestamp"))
    .filter((ms) => ms !== undefined);
  return timeIn(fields, "timestamp") ?? (times.length === 0 ? undefined : Math.max(...times));
}
