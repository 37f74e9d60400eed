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
 *   (b) ended        what flows is above the rating for no longer than detection + the stations' declared response + 5 s, of what a controller
 *                    can end (ENERGY): where a deaf station draws and everybody who can be told draws nothing, that is when its grant
 *                    ends by itself, a life later at most; beside one that does not obey, not before a local controller lives
 *   (c) heat         what flowed left no more heat than 0.8 of the fuse's I²t curve: dh/dt = (I/In)² − 1, carried for a minute
 *
 * A station that does not obey counts in (a) with what it was granted or draws, whichever is more, until it has drawn more than it was
 * granted for half a minute: then with its rating, as the site must reckon it. An outlet without a car counts with its safe default, which is more than ENERGY asks for (sessions alone), except
 * beside a station that does not obey: the site is not built for both at once. Detection is a second, and what a fault of a meter is declared to take before it can be seen.
 */
import type { Draw, Plant } from "@wattward/simulator";

/** `toldMa`: what its profiles say, whether the station heeds them or not. */
export type Terminal = Draw & { readonly toldMa: number };

/** What is known of the true currents: the simulator's plant, or another. */
export type Wires = Pick<Plant, "flowOf"> & { readonly plan: Pick<Plant["plan"], "fuses" | "outlets"> };

const DETECTED_MS = 1_000;
const ENDED_MS = 5_000;
const SHOWN_MS = 30_000;
/** More than what is granted by so much, and a twentieth, can be seen: meters and cars are no finer. */
const SHOWS_MA = 1_000;
const PHASES = ["L1", "L2", "L3"] as const;

export type BoundsOptions = {
  readonly respondsMs: number;
  /** Of each fuse: what it carries for a minute. */
  readonly carriesPermille: ReadonlyMap<string, number>;
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

/** Per phase, mA: what stations below a fuse would let flow, and what those draw who can be told to draw less, do not hear, or do not obey. */
type Below = Record<"may" | "lowerable" | "deaf" | "disobeying", number[]>;
type Place = { readonly rows: readonly number[]; readonly above: readonly Below[] };

type Row = {
  readonly name: string;
  readonly ratedMa: number;
  readonly heatMax: number;
  advanceSinceMs: number;
  overSinceMs: number;
  heat: number;
  told: Set<string>;
};

export class Bounds {
  readonly findings: { readonly atMs: number; readonly say: string }[] = [];
  /** Of what is allowed; of the worst row. */
  heatShareMax = 0;
  loadMax = 0;
  advanceMsMax = 0;
  overMsMax = 0;
  private readonly plant: Wires;
  private readonly options: BoundsOptions;
  private readonly rows: ReadonlyMap<string, readonly Row[]>;
  private readonly shows = new Map<string, number>();
  private readonly below: ReadonlyMap<string, Below>;
  /** Where each outlet hangs, by station and EVSE: its phases in the order of its terminals, and the sums of the fuses above it. */
  private readonly outlets = new Map<string, Record<number, Place>>();
  private lastMs: number | undefined;

  constructor(plant: Wires, options: BoundsOptions) {
    this.plant = plant;
    this.options = options;
    const row = (fuse: string, phase: string, ratedMa: number): Row => ({
      ...{ name: `${fuse} ${phase}`, ratedMa, heat: 0, told: new Set() },
      heatMax: ((options.carriesPermille.get(fuse)! / 1000) ** 2 - 1) * 60,
      ...{ advanceSinceMs: Number.NaN, overSinceMs: Number.NaN },
    });
    const { fuses, outlets } = plant.plan;
    const nothing = (): number[] => [0, 0, 0];
    this.below = new Map(
      fuses.map(({ id }) => [
        id,
        { may: nothing(), lowerable: nothing(), deaf: nothing(), disobeying: nothing() },
      ]),
    );
    const above = (id: string | undefined): Below[] => {
      const fuse = fuses.find((each) => each.id === id);
      return fuse === undefined ? [] : [this.below.get(fuse.id)!, ...above(fuse.parent)];
    };
    for (const { evse, fuse, station, wiring } of outlets) {
      const place = { rows: wiring.map((phase) => PHASES.indexOf(phase)), above: above(fuse) };
      this.outlets.set(station, { ...this.outlets.get(station), [evse]: place });
    }
    this.rows = new Map(
      plant.plan.fuses.map(({ id, ratedMa }) => [id, PHASES.map((phase) => row(id, phase, ratedMa))]),
    );
  }

  take(moment: Moment): void {
    const { nowMs } = moment;
    const ms = nowMs - (this.lastMs ?? nowMs);
    this.lastMs = nowMs;
    this.sum(moment);
    if (nowMs < this.options.fromMs) return;
    const allowedMs = DETECTED_MS + this.options.respondsMs + ENDED_MS + moment.detectionMs;
    for (const [fuse, rows] of this.rows) {
      const { base, largest, sources, total } = this.plant.flowOf(fuse);
      const below = this.below.get(fuse)!;
      for (let i = 0; i < 3; i++) {
        const row = rows[i]!;
        const advanceMa = below.may[i]! + base[i]! + sources[i]! + largest[i]!;
        const advanceMs = moment.undisturbed ? DETECTED_MS : allowedMs + moment.foresightMs;
        this.advance(row, { ma: advanceMa, nowMs, allowedMs: advanceMs });
        if (moment.headless && below.disobeying[i]! > 0) row.overSinceMs = Number.NaN;
        const nobody = below.deaf[i]! > 0 && below.lowerable[i]! + Math.max(0, sources[i]!) <= 0;
        const endedMs = nobody ? allowedMs + this.options.ttlMs : allowedMs;
        this.flow(row, { ma: Math.abs(total[i]!), nowMs, allowedMs: endedMs, ms });
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
    { allowedMs, ma, ms, nowMs }: { ma: number; nowMs: number; allowedMs: number; ms: number },
  ): void {
    const load = ma / row.ratedMa;
    this.loadMax = Math.max(this.loadMax, load);
    row.heat = Math.max(0, row.heat + ((load * load - 1) * ms) / 1000);
    const share = row.heat / row.heatMax;
    this.heatShareMax = Math.max(this.heatShareMax, share);
    if (share > 1) this.tell(row, "heat", nowMs, `${share.toFixed(2)} of what 0.8 of its curve allows`);
    else row.told.delete("heat");
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

  /** Once for each stretch. */
  private tell(row: Row, bound: string, atMs: number, say: string): void {
    if (row.told.has(bound)) return;
    row.told.add(bound);
    this.findings.push({ atMs, say: `bound ${bound}: ${row.name}: ${say}` });
  }

  /** Sums what is below each fuse, on the phases that the car which is there can draw on. */
  private sum({ deaf, disobeys, draws, nowMs }: Moment): void {
    if (disobeys.size === 0) this.shows.clear();
    for (const below of this.below.values()) for (const sums of Object.values(below)) sums.fill(0);
    for (const draw of draws) {
      const { above, rows } = this.outlets.get(draw.station)![draw.evse]!;
      if (disobeys.size > 0 && draw.phases === undefined) continue;
      const obeys = !disobeys.has(draw.station);
      const mayMa = obeys ? draw.mayMa : this.shown(draw, nowMs);
      const is = obeys ? (deaf.has(draw.station) ? "deaf" : "lowerable") : "disobeying";
      const phases = Math.min(rows.length, draw.phases ?? 3);
      for (let terminal = 0; terminal < phases; terminal++) {
        const row = rows[terminal]!;
        for (const below of above) {
          below.may[row]! += mayMa;
          below[is][row]! += Math.max(0, draw.terminalsMa[terminal] ?? 0);
        }
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
