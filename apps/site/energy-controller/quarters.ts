/**
 * Energy by the quarter of an hour, durable at the site until the CSMS has it and for QUARTER_DAYS_MAX days.
 *
 *     energy/quarters/2026-11-21.jsonl   a finished quarter a line, synced before it is told of     (a file a day, the oldest goes)
 *     energy/quarter.json                the one under way, replaced every QUARTER_KEEP_EVERY_MS    (what a kill costs)
 *     energy/acked.json                  up to where the CSMS of which epoch has them
 *
 * Durations are monotonic, wall time alone says which quarter it is. A clock that is set finishes the quarter under way and begins another;
 * one that was recorded already is continued, never recorded twice. A line that a crash cut in two is taken off.
 *
 * Told are always the oldest that wait, all of them at once: so "up to then" of an acknowledgement passes over none that got lost on the
 * way. A CSMS of a newer epoch was restored from a backup: all that is kept here is told to it again (ADR 26).
 */
import {
  type EnergyQuarter,
  type Flows,
  type LocalTime,
  type Mode,
  QUARTER_MS,
  QUARTERS_TOLD_MAX,
  quarterRule,
} from "@wattward/energy";
import type { Disk, Log } from "@wattward/kernel";
import { fieldsOf, isCount, isWallMs, keep, orNothing, readKept } from "../state/kept.ts";
import {
  QUARTER_DAYS_MAX,
  QUARTER_KEEP_EVERY_MS,
  QUARTERS_TELL_EVERY_MS,
  QUARTERS_TELL_MS_MIN,
} from "./limits.ts";

const FOLDER = "energy/quarters";
const OPEN = "energy/quarter.json";
const ACKED = "energy/acked.json";
const HOUR_S = 3_600;
const DAY_MS = 86_400_000;
const MONTH_MS_MAX = 32 * DAY_MS;
const MEANS_MAX = (QUARTER_DAYS_MAX * DAY_MS) / QUARTER_MS;
/** A quarter of which less was measured says nothing of its mean. */
const PEAK_MEASURED_S_MIN = 600;
/** What lies further ahead is of a clock that was set back since: nobody takes it before its time. */
const AHEAD_MS_MAX = DAY_MS;
/** Between two measurements that were further apart nobody knows what was. */
const SPAN_MS_MAX = 2_000;

export type Moment = {
  readonly nowMs: number;
  readonly wallMs: number;
  readonly flows: Flows;
  readonly mode: Mode;
  /** Of all batteries together. */
  readonly chargePermille: number | undefined;
  /** Money for that much energy, at that time. */
  cost(energy: { importWh: number; exportWh: number }, wallMs: number): number;
  /** What the plan in force means by the quarter that begins now. */
  planned(fromWallMs: number): EnergyQuarter["planned"];
};

type Acks = { readonly csmsEpoch: number; readonly upToWallMs: number };
type Growing = { -readonly [K in keyof EnergyQuarter]: EnergyQuarter[K] };

export class QuarterBook {
  private readonly disk: Disk;
  private readonly log: Log;
  /** Finished, and not acknowledged. */
  private readonly waiting = new Map<number, EnergyQuarter>();
  /** Of those, the ones that a crash would still take. */
  private readonly unsynced = new Set<number>();
  /** Of those, the ones that the CSMS was told of since this book was opened. */
  private readonly told = new Set<number>();
  /** Finished, and not on the disk: it had no room yet. */
  private readonly unwritten = new Map<number, EnergyQuarter>();
  private toldAtMs = Number.NEGATIVE_INFINITY;
  /** Mean import of each quarter that was measured long enough: what a demand charge counts. Of QUARTER_DAYS_MAX days. */
  private readonly meansW = new Map<number, number>();
  /** The highest of a month by the site's calendar, as it was worked out last. */
  private highest:
    | { readonly month: string; readonly time: LocalTime; readonly w: number | undefined }
    | undefined;
  private open: Growing | undefined;
  private lastMs: number | undefined;
  private keptAtMs = Number.NEGATIVE_INFINITY;
  private acks: Acks = { csmsEpoch: 0, upToWallMs: 0 };
  /** Writes one after the other. */
  private writing: Promise<void> = Promise.resolve();
  private isWriting = false;

  private constructor(disk: Disk, log: Log) {
    this.disk = disk;
    this.log = log;
  }

  static async open(disk: Disk, log: Log): Promise<QuarterBook> {
    const book = new QuarterBook(disk, log);
    const acks = readKept(disk, log, { path: ACKED, parse: parseAcks });
    book.acks = (await orNothing(log, ACKED, acks)) ?? book.acks;
    const open = await orNothing(log, OPEN, readKept(disk, log, { path: OPEN, parse: parseQuarter }));
    const kept = await book.readDays();
    for (const quarter of kept.values()) {
      if (quarter.fromWallMs > book.acks.upToWallMs) book.waiting.set(quarter.fromWallMs, quarter);
      book.peak(quarter);
    }
    const recorded = open && kept.get(open.fromWallMs);
    // Killed between recording a quarter and writing down the next: the record is the whole of it.
    if (open === undefined || (recorded !== undefined && recorded.measuredS >= open.measuredS)) return book;
    book.waiting.delete(open.fromWallMs);
    book.open = open;
    return book;
  }

  /** Adds what flowed since the last call; to be called in each turn of the loop. */
  add(moment: Moment): void {
    const { nowMs, wallMs, flows } = moment;
    const spanMs = this.lastMs === undefined ? 0 : nowMs - this.lastMs;
    this.lastMs = nowMs;
    const fromWallMs = Math.floor(wallMs / QUARTER_MS) * QUARTER_MS;
    if (this.open !== undefined && this.open.fromWallMs !== fromWallMs) this.finish(this.open);
    const quarter = (this.open ??= this.begin(fromWallMs, moment));
    const { gridW, solarW, batteryW, buildingW, carsW } = flows;
    const known = [gridW, solarW, batteryW, buildingW, carsW].every(
      (w) => w !== undefined && Number.isFinite(w),
    );
    if (known && spanMs > 0 && spanMs <= SPAN_MS_MAX) grow(quarter, moment, spanMs / 1000);
    if (moment.chargePermille !== undefined) quarter.chargePermille = moment.chargePermille;
    if (nowMs - this.keptAtMs >= QUARTER_KEEP_EVERY_MS && !this.isWriting) {
      this.keptAtMs = nowMs;
      this.write(() => this.keepOpen());
    }
  }

  /** Those to be told now, oldest first: at once where one is new among them, then every minute until they are acknowledged. */
  toTell(nowMs: number): readonly EnergyQuarter[] {
    const latestMs = (this.open?.fromWallMs ?? Number.POSITIVE_INFINITY) + AHEAD_MS_MAX;
    const oldest = [...this.waiting.values()]
      .filter(({ fromWallMs }) => fromWallMs <= latestMs && !this.unsynced.has(fromWallMs))
      .sort((a, b) => a.fromWallMs - b.fromWallMs)
      .slice(0, QUARTERS_TOLD_MAX);
    if (oldest.length === 0) return [];
    const isNews = oldest.some(({ fromWallMs }) => !this.told.has(fromWallMs));
    if (nowMs - this.toldAtMs < (isNews ? QUARTERS_TELL_MS_MIN : QUARTERS_TELL_EVERY_MS)) return [];
    for (const { fromWallMs } of oldest) this.told.add(fromWallMs);
    this.toldAtMs = nowMs;
    return oldest;
  }

  /** The CSMS has all up to there that it was told of. */
  acked(upToWallMs: number): void {
    let ackedWallMs = 0;
    for (const fromWallMs of this.waiting.keys()) {
      // One that was never told is none of those, whatever the clock said then.
      if (fromWallMs > upToWallMs || !this.told.has(fromWallMs)) continue;
      this.forget(fromWallMs);
      ackedWallMs = Math.max(ackedWallMs, fromWallMs);
    }
    // Whoever starts here next goes by this alone: none that waits may lie below it.
    for (const fromWallMs of this.waiting.keys()) ackedWallMs = Math.min(ackedWallMs, fromWallMs - 1);
    if (ackedWallMs > this.acks.upToWallMs) this.keepAcks({ ...this.acks, upToWallMs: ackedWallMs });
  }

  /** The epoch of the CSMS that is told; one that was restored gets again what is kept here, acknowledged before or not. */
  hearsEpoch(csmsEpoch: number): void {
    if (csmsEpoch <= this.acks.csmsEpoch) return;
    const isAcked = this.acks.upToWallMs > 0;
    this.keepAcks({ csmsEpoch, upToWallMs: 0 });
    if (isAcked) this.write(() => this.waitAgain());
  }

  /** Everything is on the disk. */
  async close(): Promise<void> {
    if (this.open !== undefined) this.write(() => this.keepOpen());
    await this.writing;
  }

  /**
   * Highest mean import of a quarter of this month so far, as far as it was measured; `undefined`: none of it yet. Months begin at the
   * site's midnight, whatever UTC says.
   */
  highestW(wallMs: number, time: LocalTime): number | undefined {
    const month = monthOf(wallMs, time);
    if (this.highest?.month === month && this.highest.time === time) return this.highest.w;
    let w: number | undefined;
    for (const [fromWallMs, meanW] of this.meansW)
      if (Math.abs(wallMs - fromWallMs) <= MONTH_MS_MAX && monthOf(fromWallMs, time) === month)
        w = Math.max(meanW, w ?? 0);
    this.highest = { month, time, w };
    return w;
  }

  /** The one under way, or what is kept of it from before a restart. */
  soFar(wallMs: number): EnergyQuarter | undefined {
    const fromWallMs = Math.floor(wallMs / QUARTER_MS) * QUARTER_MS;
    return this.open?.fromWallMs === fromWallMs ? this.open : this.waiting.get(fromWallMs);
  }

  private begin(fromWallMs: number, moment: Moment): Growing {
    const before = this.waiting.get(fromWallMs);
    if (before !== undefined) {
      this.forget(fromWallMs);
      return { ...before };
    }
    const planned = moment.planned(fromWallMs);
    return {
      ...{ fromWallMs, importWh: 0, exportWh: 0, solarWh: 0, batteryInWh: 0, batteryOutWh: 0, buildingWh: 0 },
      ...{ carsWh: 0, carsWhByMode: {}, costMilliCent: 0, measuredS: 0 },
      ...(planned !== undefined && { planned }),
    };
  }

  private forget(fromWallMs: number): void {
    this.waiting.delete(fromWallMs);
    this.told.delete(fromWallMs);
  }

  private keepAcks(acks: Acks): void {
    this.acks = acks;
    this.write(async () => void (await keep(this.disk, this.log, ACKED, acks)));
  }

  private async waitAgain(): Promise<void> {
    const kept = await this.readDays();
    // The one under way goes on from its record, and is told when it is over.
    if (this.open !== undefined) kept.delete(this.open.fromWallMs);
    for (const [fromWallMs, quarter] of kept)
      if ((this.waiting.get(fromWallMs)?.measuredS ?? -1) < quarter.measuredS)
        this.waiting.set(fromWallMs, quarter);
    this.log.info("quarters-told-again", { quarters: this.waiting.size, csmsEpoch: this.acks.csmsEpoch });
  }

  private finish(open: EnergyQuarter): void {
    this.open = undefined;
    const quarter = rounded(open);
    const { fromWallMs } = quarter;
    this.peak(quarter);
    this.waiting.set(fromWallMs, quarter);
    this.unsynced.add(fromWallMs);
    // The clock was set back behind what is acknowledged: some of that is told once more, and this one too.
    if (fromWallMs <= this.acks.upToWallMs)
      this.keepAcks({ ...this.acks, upToWallMs: Math.max(0, fromWallMs - 1) });
    this.unwritten.set(fromWallMs, quarter);
    if (this.unwritten.size > MEANS_MAX) this.unwritten.delete(this.unwritten.keys().next().value ?? 0);
    // Where the disk is full it is told all the same: better at the CSMS alone than nowhere.
    this.write(() => this.appendAll().finally(() => this.unsynced.delete(fromWallMs)));
  }

  /** With those for which there was no room before; one that cannot be written holds up no other. */
  private async appendAll(): Promise<void> {
    let fault: unknown;
    for (const [fromWallMs, quarter] of [...this.unwritten]) {
      try {
        await this.append(quarter);
        if (this.unwritten.get(fromWallMs) === quarter) this.unwritten.delete(fromWallMs);
      } catch (error) {
        fault = error;
      }
    }
    const days = await this.disk.list(FOLDER);
    for (const name of days.slice(0, Math.max(0, days.length - QUARTER_DAYS_MAX)))
      await this.disk.remove(`${FOLDER}/${name}`);
    if (fault !== undefined) throw fault;
  }

  private peak({ fromWallMs, importWh, measuredS }: EnergyQuarter): void {
    if (measuredS < PEAK_MEASURED_S_MIN) return;
    this.meansW.delete(fromWallMs);
    this.meansW.set(fromWallMs, (importWh * HOUR_S) / measuredS);
    this.highest = undefined;
    if (this.meansW.size <= MEANS_MAX) return;
    const [oldest] = this.meansW.keys();
    if (oldest !== undefined) this.meansW.delete(oldest);
  }

  private async append(quarter: EnergyQuarter): Promise<void> {
    const file = await this.disk.appendTo(`${FOLDER}/${dayOf(quarter.fromWallMs)}`);
    const { sizeBytes } = file;
    try {
      await file.append(new TextEncoder().encode(`${JSON.stringify(quarter)}\n`));
      await file.sync();
    } catch (error) {
      // The half of a line would spoil the next one.
      await file.truncate(sizeBytes);
      throw error;
    } finally {
      await file.close();
    }
  }

  private async keepOpen(): Promise<void> {
    if (this.open !== undefined) await keep(this.disk, this.log, OPEN, rounded(this.open));
  }

  /** A disk that fails costs quarters, not charging: it is said, and the next write tries again. */
  private write(run: () => Promise<void>): void {
    this.isWriting = true;
    this.writing = this.writing
      .then(run)
      .catch((error: unknown) => this.log.error("quarters-not-kept", { say: String(error) }))
      .finally(() => (this.isWriting = false));
  }

  /** All that is kept, oldest first; of one that was recorded twice, by a clock that was set back, what was measured longer. */
  private async readDays(): Promise<Map<number, EnergyQuarter>> {
    const kept = new Map<number, EnergyQuarter>();
    for (const name of (await orNothing(this.log, FOLDER, this.disk.list(FOLDER))) ?? [])
      for (const quarter of (await orNothing(this.log, name, this.readDay(name))) ?? [])
        if (quarter.measuredS >= (kept.get(quarter.fromWallMs)?.measuredS ?? 0))
          kept.set(quarter.fromWallMs, quarter);
    return kept;
  }

  private async readDay(name: string): Promise<EnergyQuarter[]> {
    const path = `${FOLDER}/${name}`;
    const text = new TextDecoder().decode((await this.disk.read(path)) ?? new Uint8Array());
    const lines = text.split("\n");
    const rest = lines.pop() ?? "";
    if (rest !== "") {
      const file = await this.disk.appendTo(path);
      await file.truncate(file.sizeBytes - new TextEncoder().encode(rest).length);
      await file.close();
    }
    const quarters = lines.map((line) => parsedLine(line));
    const bad = quarters.filter((quarter) => quarter === undefined).length;
    if (bad > 0) this.log.error("quarters-unreadable", { path, lines: bad, say: "goes on without them" });
    return quarters.flatMap((quarter) => quarter ?? []);
  }
}

function grow(quarter: Growing, { flows, mode, wallMs, cost }: Moment, seconds: number): void {
  const { gridW = 0, solarW = 0, batteryW = 0, buildingW = 0, carsW = 0 } = flows;
  const wh = (w: number) => (Math.max(0, w) * seconds) / HOUR_S;
  quarter.importWh += wh(gridW);
  quarter.exportWh += wh(-gridW);
  // By the price of this moment: a tariff's steps may be shorter than a quarter.
  quarter.costMilliCent += cost({ importWh: wh(gridW), exportWh: wh(-gridW) }, wallMs);
  quarter.solarWh += wh(solarW);
  quarter.batteryInWh += wh(-batteryW);
  quarter.batteryOutWh += wh(batteryW);
  // Meters of different instants may make a building feed for a moment; over a quarter it does not.
  quarter.buildingWh = Math.max(0, quarter.buildingWh + (buildingW * seconds) / HOUR_S);
  quarter.carsWh += wh(carsW);
  quarter.carsWhByMode = { ...quarter.carsWhByMode, [mode]: (quarter.carsWhByMode[mode] ?? 0) + wh(carsW) };
  quarter.measuredS = Math.min(QUARTER_MS / 1000, quarter.measuredS + seconds);
}

/** Thousandths are finer than every meter. */
const rounded = (quarter: EnergyQuarter): EnergyQuarter =>
  JSON.parse(
    JSON.stringify(quarter, (_key, value: unknown) =>
      typeof value === "number" ? Math.round(value * 1000) / 1000 : value,
    ),
  ) as EnergyQuarter;

const monthOf = (wallMs: number, time: LocalTime): string =>
  new Date(time.of(wallMs).day * DAY_MS).toISOString().slice(0, 7);
const dayOf = (wallMs: number): string => `${new Date(wallMs).toISOString().slice(0, 10)}.jsonl`;

const parseQuarter = (value: unknown): EnergyQuarter | undefined =>
  quarterRule(value) === undefined && isWallMs((value as EnergyQuarter).fromWallMs)
    ? (value as EnergyQuarter)
    : undefined;

function parsedLine(line: string): EnergyQuarter | undefined {
  try {
    return parseQuarter(JSON.parse(line));
  } catch {
    return undefined; // Not JSON: the caller counts it.
  }
}

function parseAcks(value: unknown): Acks | undefined {
  const fields = fieldsOf(value);
  const [csmsEpoch, upToWallMs] = [fields.get("csmsEpoch"), fields.get("upToWallMs")];
  return isCount(csmsEpoch) && isCount(upToWallMs) ? { csmsEpoch, upToWallMs } : undefined;
}
