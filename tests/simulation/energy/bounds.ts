/**
 * The recount of the bounds of ENERGY on every fuse and phase, every 100 ms, from the simulator's physics alone: it shares no line with the
 * code under test.
 *
 *   (a) in-advance   Σ of what stations would let flow + building + what batteries take − what sources feed but for the largest of them
 *                    is within the rating at every instant: a rise that was declared for a grant's life is no excuse while that grant is
 *                    in force; detection alone is allowed for, since an outlet whose session waited at nothing counts with its safe default
 *                    from the instant at which that ends. Where a fault breaks what was reckoned with, it is again before a
 *                    controller must have ended it; where the base load steps beyond the rise that was declared, within what
 *                    readings may be apart besides, for until then nothing flows that could be seen
 *   (b) ended        what flows is above the rating for no longer than detection + the stations' declared response + 5 s; where a deaf
 *                    station holds on to its grant and everybody who can be told draws nothing, no controller can end it
 *                    before that grant does by itself, and a grant's life is allowed besides; beside one that does not obey
 *                    time does not count while no local controller lives
 *   (c) heat         what flowed left no more heat than 0.8 of the fuse's I²t curve: dh/dt = (I/In)² − 1, carried for a minute
 *   (d) uncontrolled what no software can bound: that heat is passed beside a station that does not obey while no local controller lives; it
 *                    is counted, and no finding
 *
 * A station that does not obey counts in (a) with what it was granted or draws, whichever is more, until it has drawn more than it was
 * granted for half a minute: then with its rating, as the site must reckon it. An outlet without a car counts with its safe default, which is more than ENERGY asks for (sessions alone), except
 * beside a station that does not obey: the site is not built for both at once. Detection is a second, and what a fault of a meter is declared to take before it can be seen.
 */
import type { Draw, Plant } from "@wattward/simulator";

/** `toldMa`: what its profiles say, whether the station heeds them or not. */
export type Terminal = Draw & { readonly toldMa: number };

const DETECTED_MS = 1_000;
const ENDED_MS = 5_000;
const SHOWN_MS = 30_000;
/** More than what is granted by so much, and a twentieth, can be seen: meters and cars are no finer. */
const SHOWS_MA = 1_000;
const PHASES = ["L1", "L2", "L3"] as const;

export type BoundsOptions = {
  readonly respondsMs: number;
  readonly carriesPermille: number;
  /** Of a grant: so long what a deaf station was told last stays in force. */
  readonly ttlMs: number;
  /** Nothing is judged before: stations that were never managed have no default yet. */
  readonly fromMs: number;
};

export type Moment = {
  readonly nowMs: number;
  readonly draws: readonly Terminal[];
  /** What a fault that is under way, or just was, adds to detection. */
  readonly detectionMs: number;
  /** What it adds until it is known that more might flow, while what flows is seen at once; to (a) alone. */
  readonly foresightMs: number;
  /** Nothing is wrong, nor was for a grant's life, that could break what was reckoned with in advance. */
  readonly undisturbed: boolean;
  /** Stations that do not obey now. */
  readonly disobeys: ReadonlySet<string>;
  /** Stations that do not hear now. */
  readonly deaf: ReadonlySet<string>;
  /** No local controller lives. */
  readonly headless: boolean;
};

type Sums = readonly number[][];

type Place = { readonly rows: readonly number[]; readonly may: Sums; readonly lowerable: Sums };

type Row = {
  readonly name: string;
  readonly ratedMa: number;
  advanceSinceMs: number;
  overSinceMs: number;
  heat: number;
  /** It passed what is allowed while nobody could do anything, and has not come back since. */
  excused: boolean;
  told: Set<string>;
};

export class Bounds {
  readonly findings: { readonly atMs: number; readonly say: string }[] = [];
  /** Of what is allowed; of the worst row. */
  heatShareMax = 0;
  /** The same, where nobody could do anything, and how often it was passed there. */
  uncontrolledShareMax = 0;
  uncontrolled = 0;
  loadMax = 0;
  advanceMsMax = 0;
  overMsMax = 0;
  private readonly plant: Plant;
  private readonly options: BoundsOptions;
  private readonly heatMax: number;
  private readonly rows: ReadonlyMap<string, readonly Row[]>;
  private readonly shows = new Map<string, number>();
  private readonly mayMa: ReadonlyMap<string, number[]>;
  /** What those draw who can be told to draw less. */
  private readonly lowerableMa: ReadonlyMap<string, number[]>;
  /** Where each outlet hangs, by station and EVSE: its phases in the order of its terminals, and the sums of the fuses above it. */
  private readonly outlets = new Map<string, Record<number, Place>>();
  private lastMs: number | undefined;

  constructor(plant: Plant, options: BoundsOptions) {
    this.plant = plant;
    this.options = options;
    this.heatMax = ((options.carriesPermille / 1000) ** 2 - 1) * 60;
    const row = (name: string, ratedMa: number): Row => ({
      ...{ name, ratedMa, heat: 0, excused: false, told: new Set() },
      ...{ advanceSinceMs: Number.NaN, overSinceMs: Number.NaN },
    });
    const { fuses, outlets } = plant.plan;
    this.mayMa = new Map(fuses.map(({ id }) => [id, [0, 0, 0]]));
    this.lowerableMa = new Map(fuses.map(({ id }) => [id, [0, 0, 0]]));
    const above = (sums: ReadonlyMap<string, number[]>, id: string | undefined): number[][] => {
      const fuse = fuses.find((each) => each.id === id);
      return fuse === undefined ? [] : [sums.get(fuse.id)!, ...above(sums, fuse.parent)];
    };
    for (const { evse, fuse, station, wiring } of outlets) {
      const rows = wiring.map((phase) => PHASES.indexOf(phase));
      const place = { rows, may: above(this.mayMa, fuse), lowerable: above(this.lowerableMa, fuse) };
      this.outlets.set(station, { ...this.outlets.get(station), [evse]: place });
    }
    this.rows = new Map(
      plant.plan.fuses.map(({ id, ratedMa }) => [id, PHASES.map((phase) => row(`${id} ${phase}`, ratedMa))]),
    );
  }

  take(moment: Moment): void {
    const { nowMs } = moment;
    const ms = nowMs - (this.lastMs ?? nowMs);
    this.lastMs = nowMs;
    this.sum(moment);
    if (nowMs < this.options.fromMs) return;
    // The safe defaults that are all that holds then were not made for one that does not obey.
    const uncontrolled = moment.headless && moment.disobeys.size > 0;
    const allowedMs = DETECTED_MS + this.options.respondsMs + ENDED_MS + moment.detectionMs;
    for (const [fuse, rows] of this.rows) {
      const { base, largest, sources, total } = this.plant.flowOf(fuse);
      const mayMa = this.mayMa.get(fuse)!;
      const lowerableMa = this.lowerableMa.get(fuse)!;
      for (let i = 0; i < 3; i++) {
        const row = rows[i]!;
        const advanceMa = mayMa[i]! + base[i]! + sources[i]! + largest[i]!;
        const advanceMs = moment.undisturbed ? DETECTED_MS : allowedMs + moment.foresightMs;
        if (uncontrolled) Object.assign(row, { advanceSinceMs: Number.NaN, overSinceMs: Number.NaN });
        this.advance(row, { ma: advanceMa, nowMs, allowedMs: advanceMs });
        const nobody = moment.deaf.size > 0 && lowerableMa[i]! + Math.max(0, sources[i]!) <= 0;
        const endedMs = nobody ? allowedMs + this.options.ttlMs : allowedMs;
        this.flow(row, { ma: Math.abs(total[i]!), nowMs, allowedMs: endedMs, ms, uncontrolled });
      }
    }
  }

  private advance(
    row: Row,
    { allowedMs, ma, nowMs }: { ma: number; nowMs: number; allowedMs: number },
  ): void {
    if (ma <= row.ratedMa + 1) {
      row.advanceSinceMs = Number.NaN;
      row.told.delete("in-advance");
      return;
    }
    if (Number.isNaN(row.advanceSinceMs)) row.advanceSinceMs = nowMs;
    const lastsMs = nowMs - row.advanceSinceMs;
    this.advanceMsMax = Math.max(this.advanceMsMax, lastsMs);
    if (lastsMs > allowedMs)
      this.tell(row, "in-advance", nowMs, `${amps(ma, row)} might flow for ${lastsMs / 1000} s`);
  }

  private flow(
    row: Row,
    {
      allowedMs,
      ma,
      ms,
      nowMs,
      uncontrolled,
    }: { ma: number; nowMs: number; allowedMs: number; ms: number; uncontrolled: boolean },
  ): void {
    const load = ma / row.ratedMa;
    this.loadMax = Math.max(this.loadMax, load);
    row.heat = Math.max(0, row.heat + ((load * load - 1) * ms) / 1000);
    this.heated(row, { share: row.heat / this.heatMax, nowMs, uncontrolled });
    if (load <= 1) {
      row.overSinceMs = Number.NaN;
      row.told.delete("ended");
      return;
    }
    if (Number.isNaN(row.overSinceMs)) row.overSinceMs = nowMs;
    const lastsMs = nowMs - row.overSinceMs;
    this.overMsMax = Math.max(this.overMsMax, lastsMs);
    if (lastsMs > allowedMs) this.tell(row, "ended", nowMs, `${amps(ma, row)} flow for ${lastsMs / 1000} s`);
  }

  private heated(
    row: Row,
    { nowMs, share, uncontrolled }: { share: number; nowMs: number; uncontrolled: boolean },
  ): void {
    if (share <= 1) {
      row.excused = false;
      row.told.delete("heat");
    } else if (uncontrolled && !row.excused && !row.told.has("heat")) {
      row.excused = true;
      this.uncontrolled++;
    }
    if (row.excused || uncontrolled) this.uncontrolledShareMax = Math.max(this.uncontrolledShareMax, share);
    else this.heatShareMax = Math.max(this.heatShareMax, share);
    if (share > 1 && !row.excused)
      this.tell(row, "heat", nowMs, `${share.toFixed(2)} of what 0.8 of its curve allows`);
  }

  /** Once for each stretch. */
  private tell(row: Row, bound: string, atMs: number, say: string): void {
    if (row.told.has(bound)) return;
    row.told.add(bound);
    this.findings.push({ atMs, say: `bound ${bound}: ${row.name}: ${say}` });
  }

  /** What stations would let flow through each fuse, and what of it heeds, on the phases that the car which is there can draw on. */
  private sum({ deaf, disobeys, draws, nowMs }: Moment): void {
    if (disobeys.size === 0) this.shows.clear();
    for (const sums of this.mayMa.values()) sums.fill(0);
    for (const sums of this.lowerableMa.values()) sums.fill(0);
    for (const draw of draws) {
      const { lowerable, may, rows } = this.outlets.get(draw.station)![draw.evse]!;
      if (disobeys.size > 0 && draw.phases === undefined) continue;
      const heeds = !disobeys.has(draw.station);
      const mayMa = heeds ? draw.mayMa : this.shown(draw, nowMs);
      const phases = Math.min(rows.length, draw.phases ?? 3);
      for (let terminal = 0; terminal < phases; terminal++) {
        const row = rows[terminal]!;
        for (const sums of may) sums[row]! += mayMa;
        if (!heeds || deaf.has(draw.station)) continue;
        for (const sums of lowerable) sums[row]! += Math.max(0, draw.terminalsMa[terminal] ?? 0);
      }
    }
  }

  private shown(draw: Terminal, nowMs: number): number {
    const key = `${draw.station} ${draw.evse}`;
    const drawsMa = Math.max(0, ...draw.terminalsMa);
    if (drawsMa <= draw.toldMa * 1.05 + SHOWS_MA) this.shows.delete(key);
    else if (!this.shows.has(key)) this.shows.set(key, nowMs);
    const known = nowMs - (this.shows.get(key) ?? nowMs) > SHOWN_MS;
    return known ? draw.mayMa : Math.min(draw.mayMa, Math.max(drawsMa, draw.toldMa));
  }
}

const amps = (ma: number, { ratedMa }: Row) => `${(ma / 1000).toFixed(1)} A of ${ratedMa / 1000}`;
