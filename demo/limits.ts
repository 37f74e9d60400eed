/**
 * The recount of what fuses suffered, from `limits.jsonl` alone: what truly flowed through each on each phase, every 100 ms, and what
 * stations would have let flow. A breach is one stretch on one phase of one fuse in which one of the bounds did not hold:
 *
 *   in-advance   Σ of what is in force in the stations + building + what batteries take − what sources feed but for the largest of them
 *                was above the rating for longer than a controller may take to end it
 *   ended        what flowed was above the rating for longer than that
 *   heat         what flowed left more heat than 0.8 of the fuse's I²t curve allows
 *
 * A load beyond its own declaration is nobody's breach: no software bounds it. It is reported as seconds.
 */
import { Heat, type TraceHead, type TraceLine } from "@wattward/simulator";

/** Detection, the stations' declared response, and five seconds. */
const ENDED_WITHIN_MS = 1_000 + 5_000 + 5_000;
/** Stations that were never managed have no default yet: the site may take so long to write it, from the first line on. */
const BEGINS_WITHIN_MS = 20_000;
/** A step that is missing, because the machine was busy, counts as long as it was, up to this. */
const STEP_MS_MAX = 2_000;
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

type Stretch = { sinceMs: number | undefined; counted: boolean };
const stretch = (): Stretch => ({ sinceMs: undefined, counted: false });

/** One phase of one fuse. */
type Row = {
  readonly name: string;
  readonly ratedMa: number;
  advance: Stretch;
  over: Stretch;
  readonly heat: Heat;
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
          ...{ heat: new Heat(), hot: false },
        })),
      );
      // Of the loads right at it: those below other fuses are seen there.
      const own = head.loads.filter(({ fuse }) => fuse === id).map(({ highestMa }) => highestMa);
      if (own.length > 0) this.highestMa.set(id, sum(own));
    }
  }

  take(line: TraceLine): void {
    this.firstMs ??= line.atMs;
    const ms = Math.min(STEP_MS_MAX, Math.max(0, line.atMs - (this.lastMs ?? line.atMs)));
    this.lastMs = line.atMs;
    this.carsWms += line.carsW * ms;
    const beyond = [...this.highestMa].some(([fuse, most]) =>
      most.some((ma, i) => (line.baseMa[fuse]?.[i] ?? 0) > ma + 1),
    );
    if (beyond) this.beyondMs += ms;
    const worst: { row: Row; mayMa: number }[] = [];
    for (const [fuse, rows] of this.rows) {
      for (const [i, row] of rows.entries()) {
        const at = (of: { readonly [fuse: string]: readonly number[] }) => of[fuse]?.[i] ?? 0;
        this.bear(row, at(line.ma), { ms, atMs: line.atMs, excused: beyond });
        worst.push({
          row,
          mayMa: at(line.mayMa) + at(line.baseMa) + at(line.sourcesMa) + at(line.largestMa),
        });
      }
    }
    const held = worst.every(({ mayMa, row }) => mayMa <= row.ratedMa);
    this.begun ||= held || line.atMs - this.firstMs >= BEGINS_WITHIN_MS;
    if (!this.begun) return;
    for (const { row, mayMa } of worst)
      this.watch(row, row.advance, {
        over: mayMa > row.ratedMa && !beyond,
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
    { atMs, excused, ms }: { atMs: number; excused: boolean; ms: number },
  ): void {
    const load = Math.abs(ma) / row.ratedMa;
    this.loadMax = Math.max(this.loadMax, load);
    this.watch(row, row.over, { over: load > 1 && !excused, atMs, bound: "ended", ma });
    row.heat.bear(load, ms);
    const { share } = row.heat;
    if (!excused) this.heatShareMax = Math.max(this.heatShareMax, share);
    const hot = share > 1 && !excused;
    if (hot && !row.hot) this.note(row, "heat", atMs, `${share.toFixed(2)} of what 0.8 of its curve allows`);
    row.hot = hot;
  }

  private watch(
    row: Row,
    state: Stretch,
    { atMs, bound, ma, over }: { over: boolean; atMs: number; bound: Bound; ma: number },
  ): void {
    if (!over) {
      state.sinceMs = undefined;
      state.counted = false;
      return;
    }
    state.sinceMs ??= atMs;
    if (state.counted || atMs - state.sinceMs <= ENDED_WITHIN_MS) return;
    state.counted = true;
    const seconds = (atMs - state.sinceMs) / 1000;
    this.note(row, bound, atMs, `${Math.round(ma / 1000)} A of ${row.ratedMa / 1000} for ${seconds} s`);
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
