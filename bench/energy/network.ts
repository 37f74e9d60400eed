/**
 * A network as ACN-Sim describes it, from JSON: EVSEs, each with its voltage and the angle of its current, and constraints, each a limit in
 * amperes on the magnitude of a weighted sum of those currents. The numbers are amperes rms and degrees.
 *
 *     { "evses": [{ "id": "A-1", "voltage": 208, "phase_angle_deg": 30 }, …],
 *       "constraints": [{ "name": "Panel I_a", "limit_A": 100, "coeff": { "A-1": 1, … } }, …] }
 *
 * Here a constraint is a row in kilowatts, all EVSEs at one voltage: a car's power weighs on it as a phasor. The bound, the rules and the
 * plant read the same rows, each EVSE that has sessions and is not in the file weighs on none of them.
 */
import { readFileSync } from "node:fs";
import type { Car } from "./cars.ts";

/** A current of an EVSE, or of a kW there, on a row. */
type Phasor = { readonly re: number; readonly im: number };
export type Term = Phasor & { readonly row: number };
export type Row = { readonly name: string; readonly limitKw: number };

export type Network = {
  /** Of most EVSEs; `voltages` is how many different ones there are. */
  readonly voltage: number;
  readonly voltages: number;
  /** Degrees, from 0 to below 360, by EVSE. */
  readonly angleOf: ReadonlyMap<string, number>;
  readonly rows: readonly Row[];
  /** What a kW at an EVSE weighs on the rows. */
  readonly termsOf: ReadonlyMap<string, readonly Term[]>;
};

export function readNetwork(file: string): Network {
  try {
    return networkOf(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(`${file} is no network of ACN-Sim: ${(error as Error).message}`);
  }
}

export function networkOf(data: unknown): Network {
  const evses = list(data, "evses").map((evse) => ({
    id: text(evse, "id"),
    voltage: number(evse, "voltage"),
    angle: turned(number(evse, "phase_angle_deg")),
  }));
  if (evses.length === 0) throw new Error("'evses' is empty");
  const angleOf = new Map(evses.map(({ id, angle }) => [id, angle]));
  const voltages = new Map<number, number>();
  for (const { voltage } of evses) voltages.set(voltage, (voltages.get(voltage) ?? 0) + 1);
  const [voltage] = [...voltages].sort((a, b) => b[1] - a[1])[0]!;
  if (voltage <= 0) throw new Error(`a voltage of ${voltage}`);
  const termsOf = new Map<string, Term[]>(evses.map(({ id }) => [id, []]));
  const rows = list(data, "constraints").map((constraint, row): Row => {
    for (const [id, factor] of coefficients(constraint)) {
      const radians = ((angleOf.get(id) ?? 0) * Math.PI) / 180;
      termsOf.get(id)?.push({ row, re: factor * Math.cos(radians), im: factor * Math.sin(radians) });
    }
    const limitA = number(constraint, "limit_A");
    if (limitA < 0) throw new Error(`a limit of ${limitA} A`);
    return { name: text(constraint, "name"), limitKw: (limitA * voltage) / 1000 };
  });
  return { voltage, voltages: voltages.size, angleOf, rows, termsOf };
}

/** What flows on the rows. */
export class NetworkLoad {
  private readonly network: Network;
  private readonly sums: { re: number; im: number }[];

  constructor(network: Network) {
    this.network = network;
    this.sums = network.rows.map(() => ({ re: 0, im: 0 }));
  }

  add(evse: string, kw: number): void {
    for (const { row, re, im } of this.network.termsOf.get(evse) ?? []) {
      this.sums[row]!.re += re * kw;
      this.sums[row]!.im += im * kw;
    }
  }

  /** How much more an EVSE may take until the first of its rows is full, kW; `Infinity` where it weighs on none. */
  roomKw(evse: string): number {
    let roomKw = Number.POSITIVE_INFINITY;
    for (const { row, re, im } of this.network.termsOf.get(evse) ?? []) {
      const sum = this.sums[row]!;
      // The larger p of |sum + p·(re, im)|² = limit².
      const a = re * re + im * im;
      const b = sum.re * re + sum.im * im;
      const c = sum.re * sum.re + sum.im * sum.im - this.network.rows[row]!.limitKw ** 2;
      roomKw = Math.min(roomKw, (Math.sqrt(Math.max(0, b * b - a * c)) - b) / a);
    }
    return Math.max(0, roomKw);
  }

  /** Of the fullest row: its load by its limit. */
  get fullest(): number {
    return this.sums.reduce((most, { re, im }, row) => {
      const kw = Math.hypot(re, im);
      return kw > 0 ? Math.max(most, kw / this.network.rows[row]!.limitKw) : most;
    }, 0);
  }
}

/** Directions in which a sum of phasors is held below its limit: a polygon outside the circle, so that the bound stays one. */
const DIRECTIONS = 12;

/** The rows as the bound has them: linear, one for each direction. */
export function linearRows({ rows, termsOf }: Network) {
  return rows.flatMap(({ limitKw }, row) =>
    Array.from({ length: DIRECTIONS }, (_, n) => {
      const angle = (2 * Math.PI * n) / DIRECTIONS;
      return {
        limitKw,
        weight: ({ session }: Car): number => {
          const term = termsOf.get(session.station)?.find((one) => one.row === row);
          return term === undefined ? 0 : term.re * Math.cos(angle) + term.im * Math.sin(angle);
        },
      };
    }),
  );
}

const turned = (degrees: number): number => ((degrees % 360) + 360) % 360;

function member(data: unknown, name: string): unknown {
  if (typeof data !== "object" || data === null) throw new Error(`'${name}' is of nothing`);
  return (data as Readonly<Record<string, unknown>>)[name];
}

function list(data: unknown, name: string): readonly unknown[] {
  const value = member(data, name);
  if (!Array.isArray(value)) throw new Error(`'${name}' is no list`);
  return value;
}

function number(data: unknown, name: string): number {
  const value = member(data, name);
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`'${name}' is no number`);
  return value;
}

function text(data: unknown, name: string): string {
  const value = member(data, name);
  if (typeof value !== "string") throw new Error(`'${name}' is no text`);
  return value;
}

function coefficients(constraint: unknown): readonly (readonly [evse: string, factor: number])[] {
  const coeff = member(constraint, "coeff");
  if (typeof coeff !== "object" || coeff === null) throw new Error("'coeff' is no object");
  return Object.keys(coeff)
    .map((id) => [id, number(coeff, id)] as const)
    .filter(([, factor]) => factor !== 0);
}
