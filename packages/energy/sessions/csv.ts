/**
 * Comma-separated values (RFC 4180), a piece of text at a time: fields between commas (or another mark), in quotes where they hold it,
 * quotes (doubled) or line ends. Lines end with LF or CRLF; empty ones are left out; a byte order mark is no part of the
 * first field. Holds one line, never the file.
 */

/** A longer line is no line of a table that people made. */
export const LINE_CHARS_MAX = 16_384;
export const FIELDS_MAX = 64;

export type CsvLine = { readonly line: number; readonly fields: readonly string[] };

/** The text is no table: the fault of whoever made it. `line` counts from 1. */
export class CsvError extends Error {
  override readonly name = "CsvError";
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

export class CsvReader {
  private rest = "";
  private line = 1;
  private begun = false;
  private readonly field: RegExp;

  /** `mark`: what stands between fields; no quote and no line end. */
  constructor(mark: "," | ";" | "\t" = ",") {
    this.field = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${mark}]*))(${mark}|$)`, "gy");
  }

  /** The lines that are whole by now. */
  *push(text: string): Generator<CsvLine> {
    this.rest += this.begun ? text : text.replace(/^\uFEFF/, "");
    this.begun ||= text !== "";
    yield* this.take(false);
  }

  /** The last line, which may lack its end. */
  *end(): Generator<CsvLine> {
    yield* this.take(true);
  }

  private *take(all: boolean): Generator<CsvLine> {
    let from = 0;
    for (;;) {
      const end = this.endOfLine(from);
      if (end < 0 && (!all || from === this.rest.length)) break;
      const text = this.rest.slice(from, end < 0 ? undefined : end).replace(/\r$/, "");
      const { line } = this;
      this.line += 1 + (text.split("\n").length - 1);
      if (text !== "") yield { line, fields: this.fieldsOf(text, line) };
      from = end < 0 ? this.rest.length : end + 1;
    }
    this.rest = this.rest.slice(from);
    if (this.rest.length > LINE_CHARS_MAX) throw this.tooLong(this.line);
  }

  /** The next line feed that stands in no quotes, or -1. */
  private endOfLine(from: number): number {
    let quoted = false;
    for (let i = from; i < this.rest.length; i++) {
      const char = this.rest[i];
      if (char === '"') quoted = !quoted;
      else if (char === "\n" && !quoted) return i;
      if (i - from > LINE_CHARS_MAX) throw this.tooLong(this.line);
    }
    return -1;
  }

  private fieldsOf(text: string, line: number): string[] {
    const fields: string[] = [];
    this.field.lastIndex = 0;
    for (;;) {
      const match = this.field.exec(text);
      if (match === null)
        throw new CsvError(line, "a quote stands where none can: write it twice, within quotes.");
      const [, quoted, plain = "", end] = match;
      fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      if (fields.length > FIELDS_MAX) throw new CsvError(line, `it has more than ${FIELDS_MAX} fields.`);
      if (end === "") return fields;
    }
  }

  private tooLong(line: number): CsvError {
    return new CsvError(
      line,
      `it is longer than ${LINE_CHARS_MAX} characters: a quote that never ends, or no table.`,
    );
  }
}
