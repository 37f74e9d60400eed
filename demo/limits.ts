/**
 * The recount of what fuses suffered, from `limits.jsonl` alone: what truly flowed through each on each phase, every 100 ms, and what
 * stations would have let flow. A breach is one stretch on one phase of one fuse in which one of the bounds did not hold:
 *
 *   in-advance   Σ of what is in force in the stations + building + what batteries take − what sources feed but for the largest of them
 *                was above the rating for longer than a controller may take to end it
 *   ended        what flowed was above the rating for longer than that
 *   heat         what flowed left more heat than 0.8 of the fuse's I²t curve allows
 *
 * A step stands for the 100 ms before it. One that comes later, because the machine was busy, leaves a hole: the worse of its two ends
 * counts for it.
 *
 * One step of a few thousand amperes is none of these: what it leaves in a fuse is little, and a fuse carries it.
 *
 * A load beyond its own declaration is nobody's breach: no software bounds it. It is reported as seconds.
 */
import assert from "node:assert/strict";
import { Heat, STEP_MS, type TraceHead, type TraceLine } from "@wattward/simulator";

/** Detection, the stations' declared response, and five seconds. */
const ENDED_WITHIN_MS = 1_000 + 5_000 + 5_000;
/** Stations that were never managed have no default yet: the site may take so long to write it, from the first line on. */
const BEGINS_WITHIN_MS = 20_000;
/** Energy is counted across a hole of up to this; the trace's reader tells of a longer one. */
const STEP_MS_MAX = 3_000;
const PHASES = ["L1", "L2", "L3"] as const;

export type Bound = "in-advance" | "ended" | "heat";

export type LimitsRecount = {
  readonly limitBreaches: number;
  readonly findings: readonly string[];
  /** What fuses suffered at the most, as a part of what is allowed; of the worst. */
  readonly heatShareMax: number;
  /** The highest current of any fuse, as a part of its rating. */
  readonly loadMax: number;
  readonly beyondDeclarationS: number;
  readonly carsKwh: number;
};

/** `ma` is what flowed, or might have, at its last step. */
type Stretch = { sinceMs: number | undefined; counted: boolean; ma: number };
const stretch = (): Stretch => ({ sinceMs: undefined, counted: false, ma: 0 });

/** One phase of one fuse. */
type Row = {
  readonly name: string;
  readonly ratedMa: number;
  advance: Stretch;
  over: Stretch;
  readonly heat: Heat;
  /** Of the step before, as a part of the rating. */
  load: number;
  hot: boolean;
};

export class LimitsJudge {
  private readonly rows = new Map<string, readonly Row[]>();
  private readonly highestMa = new Map<string, [number, number, number]>();
  private readonly findings: string[] = [];
  private firstMs: number | undefined;
  private lastMs: number | undefined;
  private begun = false;
  private heatShareMax = 0;
  private loadMax = 0;
  private beyondMs = 0;
  private carsWms = 0;

  constructor(head: TraceHead) {
    for (const { id, ratedMa } of head.fuses) {
      this.rows.set(
        id,
        PHASES.map((phase) => ({
          ...{ name: `${id} ${phase}`, ratedMa, advance: stretch(), over: stretch() },
          ...{ heat: new Heat(), load: 0, hot: false },
        })),
      );
      // Of the loads right at it: those below other fuses are seen there.
      const own = head.loads.filter(({ fuse }) => fuse === id).map(({ highestMa }) => highestMa);
      if (own.length > 0) this.highestMa.set(id, sum(own));
    }
  }

  /** Lines come in order of time, with every fuse in each. */
  take(line: TraceLine): void {
    this.firstMs ??= line.atMs;
    const beforeMs = this.lastMs ?? line.atMs;
    const ms = line.atMs - beforeMs;
    this.carsWms += line.carsW * Math.min(STEP_MS_MAX, ms);
    const beyond = [...this.highestMa].some(([fuse, most]) =>
      most.some((ma, i) => (line.baseMa[fuse]?.[i] ?? 0) > ma + 1),
    );
    if (beyond) this.beyondMs += ms;
    const worst: { row: Row; mayMa: number }[] = [];
    for (const [fuse, rows] of this.rows) {
      for (const [i, row] of rows.entries()) {
        const at = (of: { readonly [fuse: string]: readonly number[] }) => {
          const ma = of[fuse]?.[i];
          assert(ma !== undefined, `a step without fuse '${fuse}'`);
          return ma;
        };
        this.bear(row, at(line.ma), { beforeMs, atMs: line.atMs, excused: beyond });
        worst.push({
          row,
          mayMa: at(line.mayMa) + at(line.baseMa) + at(line.sourcesMa) + at(line.largestMa),
        });
      }
    }
    const held = worst.every(({ mayMa, row }) => mayMa <= row.ratedMa);
    this.lastMs = line.atMs;
    this.begun ||= held || line.atMs - this.firstMs >= BEGINS_WITHIN_MS;
    if (!this.begun) return;
    for (const { row, mayMa } of worst)
      this.watch(row, row.advance, {
        over: mayMa > row.ratedMa && !beyond,
        beforeMs,
        atMs: line.atMs,
        bound: "in-advance",
        ma: mayMa,
      });
  }

  get recount(): LimitsRecount {
    return {
      ...{ limitBreaches: this.findings.length, findings: this.findings },
      ...{ heatShareMax: this.heatShareMax, loadMax: this.loadMax },
      beyondDeclarationS: this.beyondMs / 1000,
      carsKwh: this.carsWms / 3.6e9,
    };
  }

  private bear(
    row: Row,
    ma: number,
    { atMs, beforeMs, excused }: { atMs: number; beforeMs: number; excused: boolean },
  ): void {
    const load = Math.abs(ma) / row.ratedMa;
    this.loadMax = Math.max(this.loadMax, load);
    this.watch(row, row.over, { over: load > 1 && !excused, atMs, beforeMs, bound: "ended", ma });
    const stepMs = Math.min(STEP_MS, atMs - beforeMs);
    row.heat.bear(Math.max(load, row.load), atMs - beforeMs - stepMs);
    row.heat.bear(load, stepMs);
    row.load = load;
    const { share } = row.heat;
    if (!excused) this.heatShareMax = Math.max(this.heatShareMax, share);
    const hot = share > 1 && !excused;
    if (hot && !row.hot) this.note(row, "heat", atMs, `${share.toFixed(2)} of what 0.8 of its curve allows`);
    row.hot = hot;
  }

  private watch(
    row: Row,
    state: Stretch,
    step: { over: boolean; atMs: number; beforeMs: number; bound: Bound; ma: number },
  ): void {
    const { atMs, beforeMs, over } = step;
    if (over) {
      state.sinceMs ??= Math.min(atMs, beforeMs + STEP_MS);
      state.ma = step.ma;
    }
    if (state.sinceMs !== undefined && !state.counted) {
      const lastedMs = (over ? atMs : Math.max(beforeMs, atMs - STEP_MS)) - state.sinceMs;
      if (lastedMs > ENDED_WITHIN_MS) {
        state.counted = true;
        const amperes = `${Math.round(state.ma / 1000)} A of ${row.ratedMa / 1000}`;
        this.note(row, step.bound, atMs, `${amperes} for ${lastedMs / 1000} s`);
      }
    }
    if (over) return;
    state.sinceMs = undefined;
    state.counted = false;
  }

  private note({ name }: Row, bound: Bound, atMs: number, what: string): void {
    this.findings.push(`limit: ${bound}: ${name}: ${what}, at ${new Date(atMs).toISOString()}`);
  }
}

const sum = (all: readonly (readonly [number, number, number])[]): [number, number, number] =>
  all.reduce<[number, number, number]>((to, [a, b, c]) => [to[0] + a, to[1] + b, to[2] + c], [0, 0, 0]);

/** A mode of the site from that instant on. */
export type ModeAt = { readonly mode: string; readonly atMs: number };

/** Energy into cars by the mode of the moment; `unmanaged` before the first. */
export class EnergyByMode {
  private readonly modes: readonly ModeAt[];
  private readonly wattMs = new Map<string, number>();
  private lastMs: number | undefined;

  /** In order of time. */
  constructor(modes: readonly ModeAt[]) {
    this.modes = modes;
  }

  take({ atMs, carsW }: TraceLine): void {
    const ms = Math.min(STEP_MS_MAX, Math.max(0, atMs - (this.lastMs ?? atMs)));
    this.lastMs = atMs;
    const mode = this.modes.findLast((each) => each.atMs <= atMs)?.mode ?? "unmanaged";
    this.wattMs.set(mode, (this.wattMs.get(mode) ?? 0) + carsW * ms);
  }

  /** To a watt-hour. */
  get kWh(): { readonly [mode: string]: number } {
    return Object.fromEntries([...this.wattMs].map(([mode, sum]) => [mode, Math.round(sum / 3.6e6) / 1000]));
  }
}

/** Energy into cars within spans of time, kWh: whether charging went on. */
export class EnergyWithin {
  private readonly spans: readonly { readonly fromMs: number; readonly toMs: number; wattMs: number }[];
  private lastMs: number | undefined;

  constructor(spans: readonly { readonly fromMs: number; readonly toMs: number }[]) {
    this.spans = spans.map((span) => ({ ...span, wattMs: 0 }));
  }

  take({ atMs, carsW }: TraceLine): void {
    const ms = Math.min(STEP_MS_MAX, Math.max(0, atMs - (this.lastMs ?? atMs)));
    this.lastMs = atMs;
    for (const span of this.spans) if (atMs >= span.fromMs && atMs <= span.toMs) span.wattMs += carsW * ms;
  }

  get kWh(): readonly number[] {
    return this.spans.map(({ wattMs }) => wattMs / 3.6e9);
  }
}
