/**
 * Simulated time at a whole site under faults: one slot after the other, each with one fault or two that overlap at random times; bounds,
 * modes and energy are recounted all along, and told by what befell.
 *
 *     slot:   ── fault one ──────────
 *                   ── fault two ────────
 *                                      └ all healed, SETTLES_MS or more until the next
 */
import type { Chance } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { Bounds, type Terminal } from "./bounds.ts";
import { Drivers, type Pace } from "./drivers.ts";
import { type FaultName, faultNames, faults, type SiteFault, type Stage } from "./faults.ts";
import { cheapPlanner, realPlanner } from "./planners.ts";
import { RESPONDS_MS, seededSite, TTL_MS } from "./seeded-site.ts";
import { type Broken, WholeSite } from "./whole-site.ts";

const SLOT_MS = 480_000;
const LASTS_MS = { least: 25_000, most: 150_000 };
/** What conservative (60 s) and fallback (30 s) need to be left, one after the other, and a plan to be heard. */
const SETTLES_MS = 150_000;
/** Cars give back (V2X) on every so many-th day. */
const GIVES_BACK_EVERY = 2;
/** After the start: stations that were never managed get their default. */
const BEGINS_MS = 90_000;
const LOOK_MS = 500;
/** A local controller that has just begun gives its energy controller time to say its first word. */
const FRESH_MS = 5_000;
/** What a healed fault leaves behind for a while: an overload that began in it. */
const AFTER_MS = 15_000;
/** Until either end of a cut link knows it, by its missing answers; and until a healed one is dialled again, by the longest wait. */
const CUT_SEEN_MS = 60_000;
const LINKED_AGAIN_MS = 90_000;

const ranks = ["planned", "reactive", "conservative", "fallback", "default"] as const;
type Mode = (typeof ranks)[number];
const rank = (mode: string) => ranks.indexOf(mode as Mode);

export type Slot = readonly FaultName[];

/** Every fault alone and every pair of two, in an order by chance. */
export function deck(chance: Chance): Slot[] {
  const cards: Slot[] = faultNames.flatMap((one, i) => [
    [one],
    ...faultNames.slice(i + 1).map((other): Slot => (chance.int(0, 1) === 0 ? [one, other] : [other, one])),
  ]);
  for (let i = cards.length - 1; i > 0; i--) {
    const j = chance.int(0, i);
    [cards[i], cards[j]] = [cards[j]!, cards[i]!];
  }
  return cards;
}

const DAY_MS = 86_400_000;
const SLOTS_A_DAY = Math.floor(DAY_MS / SLOT_MS);

/** The slots of one day: days that follow each other by their seed go through the whole deck, then a new one. */
export function slotsOf(seed: number): readonly Slot[] {
  const days = Math.ceil((faultNames.length * (faultNames.length + 1)) / 2 / SLOTS_A_DAY);
  const cards = deck(seededChance(Math.floor(seed / days) + 77));
  const from = (seed % days) * SLOTS_A_DAY;
  return Array.from({ length: SLOTS_A_DAY }, (_, i) => cards[(from + i) % cards.length]!);
}

export type FaultDayOptions = {
  readonly seed: number;
  readonly slots: readonly Slot[];
  readonly planner?: "real" | "cheap";
  readonly broken?: Broken;
  readonly slotMs?: number;
  readonly pace?: Pace;
};

export type FaultDay = {
  readonly seed: number;
  readonly slots: number;
  readonly simulatedS: number;
  readonly findings: readonly string[];
  readonly kWh: number;
  readonly kWhInFaults: number;
  /** By cars; taken off what stands in the two above. */
  readonly kWhGivenBack: number;
  readonly visits: number;
  readonly secondsByMode: Readonly<Record<string, number>>;
  readonly heatShareMax: number;
  readonly loadMax: number;
  readonly overSMax: number;
  readonly advanceSMax: number;
  readonly befell: Readonly<Record<string, number>>;
};

export async function faultDay(options: FaultDayOptions): Promise<FaultDay> {
  return new Day(options, await wholeSite(options)).run();
}

async function wholeSite({ broken, planner = "cheap", seed }: FaultDayOptions): Promise<WholeSite> {
  const site = await seededSite(seededChance(seed), seed % GIVES_BACK_EVERY === 1);
  const good = planner === "real" ? await realPlanner() : cheapPlanner(seededChance(seed + 7));
  return new WholeSite({ seed, site, planner: () => good, ...(broken && { broken }) });
}

type Active = {
  readonly name: FaultName;
  readonly fault: SiteFault;
  readonly fromMs: number;
  readonly untilMs: number;
  told: boolean;
};

class Day {
  private readonly options: FaultDayOptions;
  private readonly whole: WholeSite;
  private readonly bounds: Bounds;
  private readonly drivers: Drivers;
  private readonly chance: Chance;
  private readonly stage: Stage;
  private readonly findings: string[] = [];
  private readonly modeMs: Record<string, number> = {};
  private readonly befell: Record<string, number> = {};
  private active: Active[] = [];
  private slot: Slot = [];
  private slotNumber = 0;
  private told = 0;
  private wattMs = 0;
  private givenMaMs = 0;
  private faultWattMs = 0;
  private window: { wattMs: number; wantedMs: number; lastsMs: number } | undefined;
  private mode: Mode = "default";
  private draws: readonly Terminal[] = [];
  private islandedSinceMs: number | undefined;
  private linkedSinceMs: number | undefined;
  private readonly safeMa: ReadonlyMap<string, number>;
  private headlessSinceMs: number | undefined;
  private toldDefault = false;
  private modeSinceMs = 0;

  constructor(options: FaultDayOptions, whole: WholeSite) {
    this.options = options;
    this.whole = whole;
    this.chance = seededChance(options.seed + 11);
    const chance = seededChance(options.seed + 12);
    this.drivers = new Drivers(whole.stations, {
      chance,
      clock: whole.time,
      pace: options.pace ?? usualPace,
    });
    this.safeMa = new Map(whole.planned.config.site.outlets.map(({ safeMa, station }) => [station, safeMa]));
    this.stage = { whole, drivers: this.drivers, chance: this.chance, disobeys: new Set(), deaf: new Set() };
    const { fuses } = whole.planned.config.site;
    this.bounds = new Bounds(whole.devices.plant, {
      carriesPermille: new Map(fuses.map((fuse) => [fuse.id, fuse.carriesPermille])),
      ...{ respondsMs: RESPONDS_MS, ttlMs: TTL_MS, fromMs: BEGINS_MS },
    });
  }

  async run(): Promise<FaultDay> {
    const { options, whole } = this;
    const { slotMs = SLOT_MS, slots } = options;
    let steps = 0;
    await whole.start((draws) => {
      this.step(draws);
      this.draws = draws;
      if (++steps % (Drivers.everyMs / 100) === 0) this.drivers.look(whole.nowMs);
      if (steps % (LOOK_MS / 100) === 0) this.look();
    });
    await whole.time.advance(BEGINS_MS);
    for (const slot of slots) {
      await this.play(slot, slotMs);
      this.collect();
      whole.forget();
    }
    const { advanceMsMax, heatShareMax, loadMax, overMsMax } = this.bounds;
    return {
      ...{ seed: options.seed, slots: slots.length, simulatedS: Math.round(whole.nowMs / 1000) },
      ...{ findings: this.findings, befell: this.befell, visits: this.drivers.visits },
      ...{ kWh: this.wattMs / 3.6e9, kWhInFaults: this.faultWattMs / 3.6e9 },
      kWhGivenBack: (this.givenMaMs * 0.23) / 3.6e9,
      secondsByMode: Object.fromEntries(Object.entries(this.modeMs).map(([mode, ms]) => [mode, ms / 1000])),
      ...{ heatShareMax, loadMax, overSMax: overMsMax / 1000, advanceSMax: advanceMsMax / 1000 },
    };
  }

  private async play(slot: Slot, slotMs: number): Promise<void> {
    const { chance, whole } = this;
    const startMs = whole.nowMs;
    this.slot = slot;
    this.slotNumber++;
    this.active = [];
    const room = Math.min(LASTS_MS.most, (slotMs - SETTLES_MS) / 2);
    let beginsMs = chance.int(0, 20_000);
    for (const name of slot) {
      const forMs = chance.int(LASTS_MS.least, room);
      await whole.time.advance(startMs + beginsMs - whole.nowMs);
      const fault: SiteFault = faults[name];
      const { nowMs } = whole;
      this.active.push({ name, fault, fromMs: nowMs, untilMs: nowMs + forMs, told: false });
      this.window ??= { wattMs: 0, wantedMs: 0, lastsMs: 0 };
      this.befell[name] = (this.befell[name] ?? 0) + 1;
      fault.begin(this.stage, forMs);
      beginsMs += chance.int(0, forMs);
    }
    const healedMs = Math.max(...this.active.map(({ untilMs }) => untilMs));
    await whole.time.advance(healedMs - whole.nowMs);
    this.judgeEnergy();
    await whole.time.advance(startMs + slotMs - whole.nowMs);
    this.judgeExit();
  }

  private step(draws: readonly Terminal[]): void {
    const { nowMs } = this.whole;
    const adds = (what: "detectionMs" | "foresightMs") =>
      Math.max(
        0,
        ...this.active.map(({ fault, fromMs, untilMs }) => {
          const { [what]: ms = 0 } = fault;
          return nowMs >= fromMs && nowMs <= untilMs + ms + AFTER_MS ? ms : 0;
        }),
      );
    const detectionMs = adds("detectionMs");
    const foresightMs = adds("foresightMs");
    const undisturbed = this.active.every(
      ({ fault, untilMs }) => fault.undisturbed === true || nowMs > untilMs + TTL_MS + AFTER_MS,
    );
    const { deaf, disobeys } = this.stage;
    const headless = !this.whole.lives("local");
    this.bounds.take({ nowMs, draws, detectionMs, foresightMs, undisturbed, disobeys, deaf, headless });
    let watts = 0;
    for (const { terminalsMa } of draws) for (const ma of terminalsMa) watts += ma * 0.23;
    this.wattMs += watts * 100;
    for (const { terminalsMa } of draws)
      for (const ma of terminalsMa) this.givenMaMs += Math.max(0, -ma) * 100;
    if (this.window === undefined) return;
    this.faultWattMs += watts * 100;
    this.window.wattMs += watts * 100;
    this.window.lastsMs += 100;
    if (this.drivers.wanting) this.window.wantedMs += 100;
  }

  private look(): void {
    const { nowMs, local } = this.whole;
    const told = this.whole.lives("local") ? local?.status().mode : undefined;
    const mode = told?.mode ?? "default";
    if (mode !== this.mode) {
      this.mode = mode;
      this.modeSinceMs = nowMs;
    }
    this.modeMs[mode] = (this.modeMs[mode] ?? 0) + LOOK_MS;
    this.judgeDefault(nowMs);
    if (nowMs - this.whole.startedAtMs("local") < FRESH_MS) return;
    this.judgeIslanded(told?.islanded === true, nowMs);
    for (const one of this.active) {
      if (one.told || nowMs > one.untilMs) continue;
      if (!this.isLate(one, mode, nowMs) && !this.isTooBad(one, mode)) continue;
      one.told = true;
      this.find(nowMs, `${one.name} for ${(nowMs - one.fromMs) / 1000} s, and the mode is ${mode}`);
    }
  }

  private isLate({ fault, fromMs }: Active, mode: Mode, nowMs: number): boolean {
    if (fault.mode === undefined) return false;
    // Since when both this fault and somebody who could notice were there.
    const sinceMs = Math.max(fromMs, this.whole.startedAtMs("local") + FRESH_MS);
    if (nowMs - sinceMs <= fault.mode.withinMs || rank(mode) >= rank(fault.mode.mode)) return false;
    // Nobody else notices while the death of who would have is not noticed itself.
    return !this.active.some(
      (other) =>
        other.fault !== fault &&
        other.fault.mode?.mode === "fallback" &&
        other.fromMs < sinceMs + fault.mode!.withinMs &&
        nowMs <= other.fromMs + other.fault.mode.withinMs,
    );
  }

  /** Alone it is no reason for a mode as bad as that; what an earlier slot left behind is judged there. */
  private isTooBad({ fault, fromMs }: Active, mode: Mode): boolean {
    const { worst } = fault;
    return (
      worst !== undefined && this.slot.length === 1 && rank(mode) > rank(worst) && this.modeSinceMs > fromMs
    );
  }

  /** Without a site link the mode says so, and no longer than that. */
  private judgeIslanded(says: boolean, nowMs: number): void {
    const cut = this.whole.network.link("site", "csms").isCut;
    const since = (wrong: boolean, before: number | undefined) => (wrong ? (before ?? nowMs) : undefined);
    this.islandedSinceMs = since(says && !cut, this.islandedSinceMs);
    this.linkedSinceMs = since(!says && cut, this.linkedSinceMs);
    for (const [sinceMs, withinMs, say] of [
      [this.linkedSinceMs, CUT_SEEN_MS, "the site link is cut, and the mode is not islanded"],
      [this.islandedSinceMs, LINKED_AGAIN_MS, "the site link is there, and the mode is islanded"],
    ] as const) {
      const lastsMs = nowMs - (sinceMs ?? nowMs);
      if (lastsMs > withinMs && lastsMs <= withinMs + LOOK_MS)
        this.find(nowMs, `${lastsMs / 1000} s: ${say}`);
    }
  }

  /** A grant's life after the last controller died, every station that obeys has fallen back to its safe default. */
  private judgeDefault(nowMs: number): void {
    if (this.whole.lives("local")) {
      this.headlessSinceMs = undefined;
      this.toldDefault = false;
      return;
    }
    this.headlessSinceMs ??= nowMs;
    if (this.toldDefault || nowMs - this.headlessSinceMs <= TTL_MS + RESPONDS_MS) return;
    for (const { mayMa, station } of this.draws) {
      if (this.stage.disobeys.has(station) || mayMa <= this.safeMa.get(station)! + 1) continue;
      this.toldDefault = true;
      const forS = (nowMs - this.headlessSinceMs) / 1000;
      this.find(nowMs, `no controller for ${forS} s, and ${station} would let ${mayMa / 1000} A flow`);
    }
  }

  /** Somebody wanted power all along, and there was some. */
  private judgeEnergy(): void {
    const { window } = this;
    this.window = undefined;
    if (window === undefined || this.active.some(({ fault }) => fault.dark)) return;
    if (window.wantedMs < 0.9 * window.lastsMs || window.wantedMs < 30_000) return;
    if (window.wattMs === 0)
      this.find(this.whole.nowMs, `no charging in ${window.lastsMs / 1000} s of faults`);
  }

  /** After the quiet end of a slot the site is as good as ever. */
  private judgeExit(): void {
    const { nowMs } = this.whole;
    // A sign is doubted until a step of ours clears it.
    const doubts = this.slot.some((name) => name === "meter-wrong-sign" || name === "meter-late");
    const worst = doubts ? "conservative" : "reactive";
    if (rank(this.mode) > rank(worst))
      this.find(nowMs, `the mode is still ${this.mode}, since ${(nowMs - this.modeSinceMs) / 1000} s`);
  }

  private collect(): void {
    for (const { atMs, say } of this.bounds.findings.splice(0)) this.find(atMs, say);
    for (const say of this.whole.broke.splice(0)) this.find(this.whole.nowMs, say);
    for (const say of this.whole.ends.splice(0)) this.find(this.whole.nowMs, `ended by itself: ${say}`);
  }

  private find(atMs: number, say: string): void {
    if (++this.told > FINDINGS_MAX) return;
    const when = this.active.map(
      ({ fromMs, name, untilMs }) => `${name} ${s(fromMs - atMs)}..${s(untilMs - atMs)}`,
    );
    this.findings.push(`slot ${this.slotNumber}, at ${s(atMs)} s [${when.join("; ")}]: ${say}`);
  }
}

const s = (ms: number) => (ms / 1000).toFixed(1);
const FINDINGS_MAX = 100;
const usualPace: Pace = {
  gapMs: { least: 60_000, most: 1_800_000 },
  stayMs: { least: 900_000, most: 10_800_000 },
};
