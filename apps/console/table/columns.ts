/** What a table shows of a row: one cell a column, and how it is sorted, found and exported. Pure. */
import type { ReactNode } from "react";

export type Column<Row> = {
  /** Stands in the address when the table is sorted by it. */
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Sorted by this, and written into an export; a column without it is neither. Null sorts last, either way. */
  readonly value?: (row: Row) => string | number | null;
  /** Share of the width, against the others'; 1 where it is not given. */
  readonly share?: number;
  /** Set to the right in tabular figures. */
  readonly number?: boolean;
  /** Left out where there is no room for all. */
  readonly wide?: boolean;
};

export type Sorting = { readonly by: string; readonly down: boolean };

/** `name`, or `-name` for the other way round, as it stands in the address. */
export function readSorting(given: unknown, ids: readonly string[]): Sorting | undefined {
  if (typeof given !== "string") return undefined;
  const down = given.startsWith("-");
  const by = down ? given.slice(1) : given;
  return ids.includes(by) ? { by, down } : undefined;
}
export const writeSorting = ({ by, down }: Sorting): string => (down ? `-${by}` : by);

/** Up, down, and back to the order in which they came. */
export function nextSorting(before: Sorting | undefined, by: string): Sorting | undefined {
  if (before?.by !== by) return { by, down: false };
  return before.down ? undefined : { by, down: true };
}

const collator = new Intl.Collator("en", { numeric: true });

export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const value = columns.find(({ id }) => id === sorting?.by)?.value;
  if (sorting === undefined || value === undefined) return rows;
  const sign = sorting.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    if (typeof left === "number" && typeof right === "number") return sign * (left - right);
    return sign * collator.compare(String(left), String(right));
  });
}

/** Rows whose text holds every word of `wanted`, whatever the case. */
export function matching<Row>(
  rows: readonly Row[],
  wanted: string,
  textOf: (row: Row) => string,
): readonly Row[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = textOf(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/**
 * Where a spreadsheet would begin a formula: at the front, whatever blanks stand there, in the wide forms too that some
 * keyboards make; and after a semicolon or tab, at which the spreadsheets of many countries begin the next cell.
 */
const formulaBegins = /(^|[;\t])(?=[\p{White_Space}\p{Cf}\p{Cc}]*[=+\-@＝＋－＠]|[\t\r\n])/gu;
/** Told to be text, as spreadsheets are told it: by an apostrophe. */
const asText = (text: string): string => text.replaceAll(formulaBegins, "$1'");

/** The rows as comma-separated values with a line of titles; numbers as they are, never as they look. */
export function csvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const kept = columns.filter(({ value }) => value !== undefined);
  const field = (value: string | number | null): string => {
    if (value === null) return "";
    const text = typeof value === "string" ? asText(value) : String(value);
    return /[",;\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) => kept.map(({ value }) => field(value!(row))).join(","));
  return [kept.map(({ title }) => field(title)).join(","), ...lines, ""].join("\r\n");
}
