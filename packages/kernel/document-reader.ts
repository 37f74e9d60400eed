/**
 * Reads documents that people write, whose shape is not known, and notes each fault with its path (`rules[3].writes[0].min`). After a fault
 * a stand-in is returned, so that one pass finds all faults of a document; who reads must not use the result if there was one. Only what is
 * an object's own is read. What programs tell each other has its rules in `shape.ts`.
 */

/** Faults of one document; more are not noted. */
export const FAULTS_MAX = 100;
/** Of an unknown member's name, as it is told. */
const NAME_TOLD_CHARS_MAX = 40;

export type DocumentFault = {
  /** Empty for the document as a whole. */
  readonly path: string;
  /** Continues the path: `is not a number from 0 to 65535`. */
  readonly sentence: string;
};

export class DocumentReader {
  readonly path: string;
  private readonly value: unknown;
  private readonly faults: DocumentFault[];

  constructor(value: unknown, path: string, faults: DocumentFault[]) {
    this.value = value;
    this.path = path;
    this.faults = faults;
  }

  fault(sentence: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push({ path: this.path, sentence });
  }

  /** What is not there is missing, whatever it should be. */
  private wrong(sentence: string): void {
    this.fault(this.value === undefined ? "is missing" : sentence);
  }

  get absent(): boolean {
    return this.value === undefined;
  }

  /** A member; of what is no object, absent. */
  at(name: string): DocumentReader {
    const { value } = this;
    const path = this.path === "" ? name : `${this.path}.${name}`;
    return new DocumentReader(
      isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined,
      path,
      this.faults,
    );
  }

  /** An object with no members but these. */
  object(...names: readonly string[]): this {
    if (!isObject(this.value)) this.wrong("is not an object");
    else
      for (const name of Object.keys(this.value))
        if (!names.includes(name))
          this.at(name.slice(0, NAME_TOLD_CHARS_MAX)).fault(
            "is not known here: take it out, or correct its name",
          );
    return this;
  }

  is(value: string): boolean {
    return this.value === value;
  }

  number(min: number, max: number): number {
    const { value } = this;
    if (typeof value === "number" && value >= min && value <= max) return value;
    this.wrong(`is not a number from ${min} to ${max}`);
    return min;
  }

  whole(min: number, max: number): number {
    const { value } = this;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max)
      return value;
    this.wrong(`is not a whole number from ${min} to ${max}`);
    return min;
  }

  /** On one line, and not of blanks alone. */
  text(charsMax: number): string {
    const { value } = this;
    if (
      typeof value === "string" &&
      value.trim().length > 0 &&
      value.length <= charsMax &&
      !control.test(value)
    )
      return value;
    this.wrong(`is not a text of 1 to ${charsMax} characters`);
    return "";
  }

  boolean(): boolean {
    if (typeof this.value === "boolean") return this.value;
    this.wrong("is not true or false");
    return false;
  }

  oneOf<T extends string | number>(...words: readonly [T, ...T[]]): T {
    const found = words.find((word) => word === this.value);
    if (found === undefined)
      this.wrong(words.length === 1 ? `is not ${words[0]}` : `is none of ${words.join(", ")}`);
    return found ?? words[0];
  }

  list(max: number): DocumentReader[] {
    if (!Array.isArray(this.value)) {
      this.wrong("is not a list");
      return [];
    }
    if (this.value.length > max) this.fault(`has ${this.value.length} entries; at most ${max}`);
    return this.value
      .slice(0, max)
      .map((item: unknown, i) => new DocumentReader(item, `${this.path}[${i}]`, this.faults));
  }

  /** Reads the member `name` where it is there: `{}` or `{ [name]: value }`, to be spread. */
  optional<Name extends string, T>(name: Name, read: (member: DocumentReader) => T): { [N in Name]?: T } {
    const member = this.at(name);
    return (member.absent ? {} : { [name]: read(member) }) as { [N in Name]?: T };
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: names and sentences go to logs and terminals.
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
