/**
 * A meter at a fuse: what it shows of what flows there, by how it is built and what is wrong with it. A fault changes what it shows,
 * never what flows. Currents in mA, power in W, voltage in V, per phase; import positive.
 */
import type { Chance } from "@wattward/kernel";
import type { Currents } from "./phases.ts";

export type Shown = {
  readonly currentMa: Currents;
  readonly powerW: Currents;
  readonly voltageV: Currents;
  readonly importWh: number;
  readonly exportWh: number;
};

/** `late`: it shows what was so long ago. `nan`: currents that are no numbers, as a broken transducer gives. */
export type MeterFault =
  | { readonly kind: "frozen" }
  | { readonly kind: "late"; readonly byMs: number }
  | { readonly kind: "nan" }
  | { readonly kind: "wrong-sign" };

/** Late by no more; the history is as long. */
export const LATE_MS_MAX = 30_000;
/** The last digits of a meter never stand still. */
const NOISE_MA = 20;
/** Of the wires up to here, per phase: the voltage falls with the load. */
const OHMS = 0.02;
const MS_PER_HOUR = 3_600_000;

type Kept = { readonly atMs: number; readonly shown: Shown };

export class Meter {
  private readonly faults = new Set<MeterFault>();
  /** Amperes without a sign, as cheap ones have them: the sign stands in the power alone. */
  private readonly unsigned: boolean;
  private readonly chance: Chance;
  private readonly nominalV: number;
  private readonly history: Kept[] = [];
  private frozen: Shown | undefined;
  private importWh = 0;
  private exportWh = 0;

  constructor(options: { readonly nominalV: number; readonly unsigned: boolean; readonly chance: Chance }) {
    this.nominalV = options.nominalV;
    this.unsigned = options.unsigned;
    this.chance = options.chance;
  }

  /** Measures what flowed for the `ms` up to `nowMs`. */
  measure(flowMa: Currents, ms: number, nowMs: number): void {
    const noisy = (ma: number): number => ma + this.chance.int(-NOISE_MA, NOISE_MA);
    const currentMa: Currents = [noisy(flowMa[0]), noisy(flowMa[1]), noisy(flowMa[2])];
    const volts = (ma: number): number => this.nominalV - (OHMS * ma) / 1000;
    const voltageV: Currents = [volts(flowMa[0]), volts(flowMa[1]), volts(flowMa[2])];
    const watts = (i: 0 | 1 | 2): number => (currentMa[i] * voltageV[i]) / 1000;
    const powerW: Currents = [watts(0), watts(1), watts(2)];
    const wh = ((powerW[0] + powerW[1] + powerW[2]) * ms) / MS_PER_HOUR;
    if (wh > 0) this.importWh += wh;
    else this.exportWh -= wh;
    const { importWh, exportWh } = this;
    this.history.push({ atMs: nowMs, shown: { currentMa, powerW, voltageV, importWh, exportWh } });
    while (this.history[1] !== undefined && this.history[1].atMs < nowMs - LATE_MS_MAX) this.history.shift();
  }

  /** Beside what is wrong with it already; answers what heals this alone. */
  befall(fault: MeterFault): () => void {
    this.faults.add(fault);
    return () => void this.faults.delete(fault);
  }

  /** What it shows; undefined before it measured anything. Figures that stand still stand still, whatever befalls it later. */
  show(nowMs: number): Shown | undefined {
    const faults = [...this.faults];
    const has = (kind: MeterFault["kind"]) => faults.some((fault) => fault.kind === kind);
    if (!has("frozen")) this.frozen = undefined;
    const byMs = Math.max(0, ...faults.map((fault) => (fault.kind === "late" ? fault.byMs : 0)));
    const kept = this.history.findLast(({ atMs }) => atMs <= nowMs - byMs) ?? this.history[0];
    if (kept === undefined) return undefined;
    const built = this.asBuilt(kept.shown);
    const signed = has("wrong-sign")
      ? { ...built, currentMa: turned(built.currentMa), powerW: turned(built.powerW) }
      : built;
    const shown = has("frozen") ? (this.frozen ??= signed) : signed;
    return has("nan") ? { ...shown, currentMa: [Number.NaN, Number.NaN, Number.NaN] } : shown;
  }

  private asBuilt(shown: Shown): Shown {
    if (!this.unsigned) return shown;
    const [a, b, c] = shown.currentMa;
    return { ...shown, currentMa: [Math.abs(a), Math.abs(b), Math.abs(c)] };
  }
}

const turned = ([a, b, c]: Currents): Currents => [-a, -b, -c];
