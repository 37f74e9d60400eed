/**
 * Reads values out of data of unknown shape and notes each fault with its path (`outlets[3].wiring[0]`). After a fault a stand-in is
 * returned so that all faults of a document are found in one pass; who reads must not use the result if there is a fault.
 */
export type SiteFault = { readonly path: string; readonly sentence: string };

/** Faults of one document; more are not noted. */
const FAULTS_MAX = 100;

export class Reader {
  readonly path: string;
  private readonly value: unknown;
  private readonly faults: SiteFault[];

  constructor(value: unknown, path: string, faults: SiteFault[]) {
    this.value = value;
    this.path = path;
    this.faults = faults;
  }

  fault(sentence: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push({ path: this.path, sentence });
  }

  get absent(): boolean {
    return this.value === undefined;
  }

  /** A member; of what is no object, absent. */
  at(name: string): Reader {
    const path = this.path === "" ? name : `${this.path}.${name}`;
    return new Reader(this.isObject(this.value) ? this.value[name] : undefined, path, this.faults);
  }

  /** An object with no members but these. */
  object(...names: string[]): this {
    if (!this.isObject(this.value)) this.fault("is not an object");
    else
      for (const name of Object.keys(this.value))
        if (!names.includes(name)) this.at(name).fault("is not known here: take it out, or correct its name");
    return this;
  }

  number(min: number, max: number): number {
    const { value } = this;
    if (typeof value === "number" && Number.isFinite(value) && value >= min && value <= max) return value;
    this.fault(`is not a number from ${min} to ${max}`);
    return min;
  }

  /** A number without a fraction. */
  whole(min: number, max: number): number {
    const value = this.number(min, max);
    if (Number.isSafeInteger(value)) return value;
    this.fault("is not a whole number");
    return min;
  }

  text(): string {
    const { value } = this;
    if (typeof value === "string" && value.length > 0 && value.length <= 64) return value;
    this.fault("is not a text of 1 to 64 characters");
    return "";
  }

  boolean(): boolean {
    if (typeof this.value === "boolean") return this.value;
    this.fault("is not true or false");
    return false;
  }

  oneOf<T extends string>(...words: readonly [T, ...T[]]): T {
    const found = words.find((word) => word === this.value);
    if (found === undefined) this.fault(`is none of ${words.join(", ")}`);
    return found ?? words[0];
  }

  list(max: number): Reader[] {
    if (!Array.isArray(this.value)) {
      this.fault("is not a list");
      return [];
    }
    if (this.value.length > max) this.fault(`has more than ${max} entries`);
    return this.value
      .slice(0, max)
      .map((item: unknown, i) => new Reader(item, `${this.path}[${i}]`, this.faults));
  }

  private isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }
}
