/**
 * A trace that a run wrote as it went: one JSON object a line, in order of time, numbered from 1. Whatever is not so is a finding,
 * said with file and line, and never an exception: a damaged trace is still read to its end.
 *
 *     {"line":1,"atMs":1795312443013,…}\n
 *
 * The plant's traces end in {"kind":"end"}: one that does not was cut off, or its simulator was killed.
 *
 * A last line without its "\n" was cut by a crash, or is being written: it does not count.
 */
import { createReadStream, existsSync } from "node:fs";

/** One line that can be read. */
export type TraceEntry = {
  /** File and line, as a finding names them. */
  readonly where: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

/** Reads `path`, and adds to `findings` what is wrong with it. A line that cannot be read is left out. */
export async function* traceEntries(path: string, findings: string[]): AsyncGenerator<TraceEntry> {
  if (!existsSync(path)) {
    findings.push(`trace: ${path} is not there`);
    return;
  }
  const order = new Order(findings);
  let at = 0;
  for await (const text of wholeLines(path)) {
    const where = `${path}, line ${++at}`;
    const fields = objectIn(text);
    if (fields === undefined) findings.push(`trace: ${where}: not a JSON object`);
    else {
      order.take(where, fields);
      yield { where, fields };
    }
  }
  if (at === 0) findings.push(`trace: ${path} is empty`);
}

/** The line that a plant's trace ends in, where its run ended in order. */
export const isEnd = ({ fields }: TraceEntry): boolean => fields["kind"] === "end";
/** What a trace of a run that has ended is, without that line. */
export const cutOff = (path: string): string =>
  `trace: ${path} does not end as a run ends it: lines were cut off, or the simulator was killed`;

/** Numbers follow each other, and time does not go back. */
class Order {
  private readonly findings: string[];
  private number = 0;
  private atMs = Number.NEGATIVE_INFINITY;

  constructor(findings: string[]) {
    this.findings = findings;
  }

  take(where: string, { line, atMs }: Readonly<Record<string, unknown>>): void {
    if (line !== this.number + 1)
      this.findings.push(
        `trace: ${where}: it says that it is line ${JSON.stringify(line) ?? "of no number"}, after line ${this.number}: lines were taken out, put in or moved`,
      );
    this.number = typeof line === "number" ? line : this.number + 1;
    if (atMs === undefined) return;
    if (typeof atMs !== "number" || !Number.isFinite(atMs)) {
      this.findings.push(`trace: ${where}: atMs is ${JSON.stringify(atMs)}, which is no time`);
      return;
    }
    if (atMs < this.atMs)
      this.findings.push(`trace: ${where}: its time is before that of the line before it`);
    this.atMs = atMs;
  }
}

async function* wholeLines(path: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8" })) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
