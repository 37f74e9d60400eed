/**
 * A file of prices as exchanges and others hand them out, read into one series. Pure.
 *
 *     CSV    an instant and a price a line, comma, semicolon or tab between, EUR/MWh; a first line without a digit in front is a heading
 *            2027-03-01T00:00:00+00:00,85.30
 *     JSON   as the API takes it: {"fromMs":…,"stepMs":…,"milliCentPerKwh":[…]}
 *
 * Instants must say their zone: the same hour stands twice in a year. They must follow each other in one step, without a gap: nothing is
 * repaired, for a price that is an hour off costs money each day. An euro per MWh is 100 thousandths of a cent per kWh.
 */
import { failed, INSTANT_MS_MAX, ok, type Result } from "@wattward/kernel";
import { PRICE_MILLI_CENT_MAX, PRICE_STEP_MS_MAX, PRICE_STEP_MS_MIN, PRICES_MAX } from "./limits.ts";
import type { Series } from "./prices.ts";

/** `line` counts from 1; null where the fault is on none. */
export type PriceFault = { readonly line: number | null; readonly sentence: string };

/** A file has a header, and may have more lines than may be told: `from` leaves the earlier ones out. */
export type PriceFileOptions = {
  /** Added to each price, thousandths of a cent per kWh: taxes, fees. */
  readonly plusMilliCent?: number;
  /** Steps that ended before then are left out. */
  readonly fromMs?: number;
};

const FAULTS_MAX = 20;
const MILLI_CENT_PER_EUR_MWH = 100;
const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d)$/;
const PRICE = /^[+-]?\d{1,7}(?:\.\d{1,9})?$/;

/** The faults are the author's, at most {@link FAULTS_MAX}. */
export function readPrices(
  text: string,
  options: PriceFileOptions = {},
): Result<Series, readonly PriceFault[]> {
  const json = text.trimStart().startsWith("{");
  const read = json ? fromJson(text) : fromLines(text);
  if (!read.ok) return read;
  const { stepMs } = read.value;
  const { plusMilliCent = 0, fromMs = Number.NEGATIVE_INFINITY } = options;
  const past = Math.max(0, Math.floor((fromMs - read.value.fromMs) / stepMs));
  const milliCentPerKwh = read.value.milliCentPerKwh.slice(past).map((price) => price + plusMilliCent);
  if (milliCentPerKwh.length === 0)
    return failed([
      { line: null, sentence: "every price in it is of the past: tell those that are still to come" },
    ]);
  if (milliCentPerKwh.length > PRICES_MAX) {
    const sentence = `${milliCentPerKwh.length} prices are still to come, and ${PRICES_MAX} are taken at once`;
    return failed([{ line: null, sentence }]);
  }
  if (milliCentPerKwh.some((price) => Math.abs(price) > PRICE_MILLI_CENT_MAX))
    return failed([{ line: null, sentence: "with what is added a price is beyond any" }]);
  return ok({ fromMs: read.value.fromMs + past * stepMs, stepMs, milliCentPerKwh });
}

type Row = { readonly line: number; readonly atMs: number; readonly milliCent: number };

function fromLines(text: string): Result<Series, readonly PriceFault[]> {
  const faults: PriceFault[] = [];
  const rows: Row[] = [];
  for (const [i, written] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (written.trim() === "" || written.startsWith("#")) continue;
    if (i === 0 && !/^[\s"]*\d/.test(written)) continue;
    const row = rowOf(written, i + 1);
    if ("sentence" in row) faults.push(row);
    else rows.push(row);
    if (faults.length >= FAULTS_MAX) return failed(faults);
  }
  if (faults.length > 0) return failed(faults);
  return seriesOf(rows);
}

function rowOf(written: string, line: number): Row | PriceFault {
  const cells = written.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const [instant = "", price = ""] = cells;
  if (cells.length !== 2)
    return {
      line,
      sentence: `needs an instant and a price, and has ${cells.length} ${cells.length === 1 ? "field" : "fields"}`,
    };
  const atMs = INSTANT.test(instant) ? Date.parse(instant.replace(" ", "T")) : Number.NaN;
  if (Number.isNaN(atMs))
    return { line, sentence: "begins with no instant that says its zone, such as 2027-03-01T00:00:00Z" };
  if (!PRICE.test(price)) return { line, sentence: "has no price in EUR/MWh with a point, such as 85.30" };
  const milliCent = Math.round(Number(price) * MILLI_CENT_PER_EUR_MWH);
  if (Math.abs(milliCent) > PRICE_MILLI_CENT_MAX)
    return { line, sentence: `${price} EUR/MWh is beyond any price` };
  return { line, atMs, milliCent };
}

function seriesOf(rows: readonly Row[]): Result<Series, readonly PriceFault[]> {
  const [first, second] = rows;
  if (first === undefined || second === undefined)
    return failed([
      { line: first?.line ?? null, sentence: "at least two prices are needed: the step is between them" },
    ]);
  const stepMs = second.atMs - first.atMs;
  if (stepMs < PRICE_STEP_MS_MIN || stepMs > PRICE_STEP_MS_MAX)
    return failed([{ line: second.line, sentence: "is not a minute to a day after the line before it" }]);
  const faults = rows.flatMap(({ line, atMs }, i): PriceFault[] => {
    const before = rows[i - 1];
    if (before === undefined || atMs - before.atMs === stepMs) return [];
    const minutes = (atMs - before.atMs) / 60_000;
    return [
      {
        line,
        sentence: `is ${minutes} min after the line before it, and the first two are ${stepMs / 60_000}`,
      },
    ];
  });
  if (faults.length > 0) return failed(faults.slice(0, FAULTS_MAX));
  return ok({ fromMs: first.atMs, stepMs, milliCentPerKwh: rows.map(({ milliCent }) => milliCent) });
}

function fromJson(text: string): Result<Series, readonly PriceFault[]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message.replaceAll(/\s+/g, " ").slice(0, 100) : "";
    return failed([{ line: null, sentence: `it cannot be read as JSON: ${why}` }]);
  }
  const { fromMs, stepMs, milliCentPerKwh, ...others } = value as Record<string, unknown>;
  const faults: string[] = Object.keys(others).map((name) => `'${name.slice(0, 40)}' is not known`);
  if (!isWhole(fromMs, 0, INSTANT_MS_MAX)) faults.push("fromMs must be milliseconds since 1970 UTC");
  if (!isWhole(stepMs, PRICE_STEP_MS_MIN, PRICE_STEP_MS_MAX))
    faults.push(`stepMs must be ${PRICE_STEP_MS_MIN} to ${PRICE_STEP_MS_MAX}`);
  const prices: unknown[] = Array.isArray(milliCentPerKwh) ? milliCentPerKwh : [];
  const odd = prices.findIndex((price) => !isWhole(price, -PRICE_MILLI_CENT_MAX, PRICE_MILLI_CENT_MAX));
  if (prices.length === 0) faults.push("milliCentPerKwh must be a list of prices");
  if (odd >= 0) faults.push(`milliCentPerKwh[${odd}] must be whole thousandths of a cent per kWh`);
  if (faults.length > 0)
    return failed(faults.slice(0, FAULTS_MAX).map((sentence) => ({ line: null, sentence })));
  return ok({ fromMs, stepMs, milliCentPerKwh: prices } as Series);
}

const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
