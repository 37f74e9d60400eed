/**
 * What is in a backup, as lines of JSON (gzip, then the envelope around them):
 *
 *     {"t":"backup","schema":10,"csmsEpoch":1,"createdAtMs":…,"engine":"sqlite"}
 *     {"t":"table","name":"sites","columns":["id",…]}     its rows follow, one array each, in the order of the columns
 *     ["north",1700000000000,…]
 *     {"t":"file","path":"keys/root.pem","base64":"…"}
 *     {"t":"end","rows":{"sites":3,…},"files":14}
 *
 * Rows, and no engine's own format: what was backed up on one engine can be restored on the other. The reader is strict:
 * what is not in its place is damage, although the envelope proves who wrote it.
 */

import type { Value } from "../store/statement.ts";
import { damaged } from "./fault.ts";

export type Item =
  | {
      readonly t: "backup";
      readonly schema: number;
      readonly csmsEpoch: number;
      readonly createdAtMs: number;
      readonly engine: string;
    }
  | { readonly t: "table"; readonly name: string; readonly columns: readonly string[] }
  | { readonly t: "row"; readonly values: readonly Value[] }
  | { readonly t: "file"; readonly path: string; readonly bytes: Uint8Array }
  | { readonly t: "end"; readonly rows: ReadonlyMap<string, number>; readonly files: number };

/** The longest row is a site's bundle. */
export const LINE_BYTES_MAX = 64 * 1024 * 1024;
/** Folders of the data directory whose files are in a backup, and how long a name in them may be. */
export const FOLDERS = ["keys", "pki"] as const;
const pathPattern = /^(keys|pki)\/[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/;

export const isBackedUp = (path: string): boolean => pathPattern.test(path);

export function lineOf(item: Item): string {
  switch (item.t) {
    case "row":
      return `${JSON.stringify(item.values)}\n`;
    case "file": {
      const { t, path, bytes } = item;
      return `${JSON.stringify({ t, path, base64: Buffer.from(bytes).toString("base64") })}\n`;
    }
    case "end":
      return `${JSON.stringify({ ...item, rows: Object.fromEntries(item.rows) })}\n`;
    case "backup":
    case "table":
      return `${JSON.stringify(item)}\n`;
  }
}

/** Reads one line. Throws BackupFault. */
export function itemIn(line: string): Item {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw damaged("a line in it is no JSON", error);
  }
  if (Array.isArray(value)) {
    if (!value.every(isValue)) throw damaged("a row holds what no column holds");
    return { t: "row", values: value };
  }
  const fields = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  switch (fields["t"]) {
    case "backup":
      return {
        t: "backup",
        schema: count(fields, "schema"),
        csmsEpoch: count(fields, "csmsEpoch"),
        createdAtMs: count(fields, "createdAtMs"),
        engine: text(fields, "engine"),
      };
    case "table":
      return { t: "table", name: text(fields, "name"), columns: texts(fields, "columns") };
    case "file": {
      const path = text(fields, "path");
      if (!isBackedUp(path)) throw damaged("a file in it has no place in a data folder");
      return { t: "file", path, bytes: Buffer.from(text(fields, "base64"), "base64") };
    }
    case "end":
      return { t: "end", rows: counts(fields, "rows"), files: count(fields, "files") };
    default:
      throw damaged("a line in it is of no known kind");
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isValue = (value: unknown): value is Value =>
  value === null || typeof value === "string" || Number.isSafeInteger(value);

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw damaged(`a line in it has no ${name}`);
  return value;
}

function count(fields: Fields, name: string): number {
  const value = fields[name];
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw damaged(`a line in it has no ${name}`);
  return value as number;
}

function texts(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  if (!Array.isArray(value) || !value.every((one) => typeof one === "string")) {
    throw damaged(`a line in it has no ${name}`);
  }
  return value;
}

function counts(fields: Fields, name: string): ReadonlyMap<string, number> {
  const value = fields[name];
  if (typeof value !== "object" || value === null) throw damaged(`a line in it has no ${name}`);
  const entries = Object.entries(value);
  if (!entries.every(([, one]) => Number.isSafeInteger(one))) throw damaged(`a line in it has no ${name}`);
  return new Map(entries as [string, number][]);
}
