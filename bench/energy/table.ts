/**
 * A table as exchanges and meters hand them out: columns found by their names and by what stands in them, between commas, semicolons or
 * tabs; a head or none; empty lines and remarks (`#`) left out. A number may have a decimal comma where no comma parts the fields.
 */
import { CsvError, type CsvLine, CsvReader } from "@wattward/energy/sessions";
import { shown } from "@wattward/kernel";
import { fileText } from "./file-text.ts";

export type Row = { readonly line: number; readonly cells: readonly string[] };
export type Table = {
  readonly file: string;
  readonly head: readonly string[];
  readonly rows: readonly Row[];
};

/** A moment as it is written, as if its clock were UTC; and the instant, where it says its offset. */
export type Stamp = { readonly writtenMs: number; readonly instantMs: number | undefined };

export function readTable(file: string): Table {
  const text = fileText(file)
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .replace(/^#.*$/gm, "");
  const first = text.split("\n").find((line) => line.trim() !== "") ?? "";
  const mark = ([";", "\t"] as const).find((one) => first.includes(one)) ?? ",";
  const rows = [...linesOf(file, text, mark)]
    .filter(({ fields }) => fields.some((field) => field.trim() !== ""))
    .map(({ line, fields }) => ({ line, cells: fields.map((field) => cellOf(field, mark)) }));
  const headed = !rows[0]?.cells.some((cell) => stampOf(cell) !== undefined || numberOf(cell) !== undefined);
  return { file, head: headed ? (rows[0]?.cells ?? []) : [], rows: headed ? rows.slice(1) : rows };
}

function linesOf(file: string, text: string, mark: "," | ";" | "\t"): CsvLine[] {
  const reader = new CsvReader(mark);
  try {
    return [...reader.push(text), ...reader.end()];
  } catch (error) {
    if (error instanceof CsvError)
      throw new Error(`${file}: line ${error.line}: ${error.message}`, { cause: error });
    throw error;
  }
}

const cellOf = (field: string, mark: string): string =>
  mark === "," ? field.trim() : field.trim().replace(/^([+-]?\d+),(\d+)$/, "$1.$2");

/** Nothing, or what programs write for it. */
export const isEmpty = (cell: string | undefined): boolean =>
  /^(|-|n\/?a|nan|nat|null|none)$/i.test(cell ?? "");

export function numberOf(cell: string | undefined): number | undefined {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(cell ?? "") ? Number(cell) : undefined;
}

/** Of a cell that must be a number or empty. */
export function cellValue({ file }: Table, { line, cells }: Row, column: number): number | undefined {
  const cell = cells[column];
  const value = numberOf(cell);
  if (value === undefined && !isEmpty(cell))
    throw new Error(`${file}: line ${line}: '${shown(cell ?? "")}' is no number`);
  return value;
}

/** ISO 8601 with a blank for the T as well, or 31.12.2024 14:00; of a span its beginning. */
export function stampOf(cell: string): Stamp | undefined {
  const text = cell
    .replace(/ - .*$/, "")
    .replace(/^(\d\d)\.(\d\d)\.(\d{4})/, "$3-$2-$1")
    .replace(/^(\d{4})\/(\d\d)\/(\d\d)/, "$1-$2-$3");
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?)? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i.exec(text);
  if (match === null) return undefined;
  const writtenMs = Date.parse(`${match[1]}T${match[2] ?? "00:00"}Z`);
  if (!Number.isFinite(writtenMs)) return undefined;
  const [, sign, hours, minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(match[3] ?? "") ?? [];
  const offsetMs = (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes)) * 60_000;
  return { writtenMs, instantMs: match[3] === undefined ? undefined : writtenMs - offsetMs };
}

/** The column that tells when, by what stands in it; UTC before a local one. */
export function timeColumn({ head, rows }: Table): number | undefined {
  const cells = rows[0]?.cells ?? [];
  const found = cells.flatMap((cell, column) => (stampOf(cell) === undefined ? [] : [column]));
  return found.find((column) => /utc|gmt/i.test(head[column] ?? "")) ?? found[0];
}

/** Columns in which numbers stand, or nothing, and a number at least once. */
export function numberColumns({ rows }: Table): number[] {
  const width = rows[0]?.cells.length ?? 0;
  return Array.from({ length: width }, (_, column) => column).filter(
    (column) =>
      rows.some(({ cells }) => numberOf(cells[column]) !== undefined) &&
      rows.every(({ cells }) => numberOf(cells[column]) !== undefined || isEmpty(cells[column])),
  );
}
