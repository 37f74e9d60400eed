/**
 * A solar inverter behind the guard: its power (701, 101 to 113), and where the grid connection takes only so much, its limit by 704 or
 * 123 (WMaxLimPct), which falls away by itself after CURTAIL_REVERT_MS and is renewed before half of that. An inverter without a revert
 * time, or with one that was found not to work, is never limited: a limit that nobody could take back would outlive its reason.
 *
 * One that sleeps at night, by its document, feeds nothing while it is silent or tells no number, where it fed next to nothing when it was
 * last heard; where it was not heard yet, at night alone. Any other silence is a device that is lost, and nobody knows what it feeds.
 */
import { DARK_PART, type Solar, type SolarInput } from "@wattward/energy";
import {
  ASLEEP_MS_MAX,
  CONTROL_EVERY_MS,
  CURTAIL_REVERT_MS,
  READ_BACKS_MAX,
  REFRESH_PART,
  REFUSED_WAIT_MS,
  WISH_MS_MAX,
  WRITE_CHANGE_W,
  WRITE_EVERY_MS,
} from "../limits.ts";
import { Follower } from "./follower.ts";
import { Frozen } from "./frozen.ts";
import { numberAt, type Seen, type SunSpecUnit, unlike, type Values } from "./sunspec-unit.ts";
import { type Trouble, trouble } from "./trouble.ts";

const POWER = [701, 103, 113, 102, 112, 101, 111] as const;
const ALL = 100;

/** As it was acknowledged. */
type Limit = { readonly limitW: number; readonly atMs: number };
type Wish = { readonly limitW: number | undefined; readonly atMs: number };

export class SolarDriver {
  input: SolarInput | undefined;
  private readonly solar: Solar;
  private readonly unit: SunSpecUnit;
  private readonly nowMs: () => number;
  private wish: Wish | undefined;
  private written: Limit | undefined;
  private readonly follower: Follower;
  private readonly frozen = new Frozen();
  private unlikeLooks = 0;
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private refused: { readonly atMs: number; readonly trouble: Trouble } | undefined;
  private readonly isNight: (() => boolean) | undefined;
  private heard: { readonly atMs: number; readonly feedW: number } | undefined;

  /** `isNight`: of one that sleeps at night; absent: it never does. */
  constructor(
    solar: Solar,
    unit: SunSpecUnit,
    { nowMs, isNight }: { nowMs(): number; readonly isNight?: () => boolean },
  ) {
    this.solar = solar;
    this.unit = unit;
    this.nowMs = nowMs;
    this.isNight = isNight;
    this.follower = new Follower(solar.feedWMax);
  }

  /** Registers written since the start. */
  get writes(): number {
    return this.unit.writes;
  }

  /** Watts that it may feed; `undefined`: as much as there is sun. To be told in each turn of the loop. */
  limit(limitW: number | undefined): void {
    this.wish = { limitW, atMs: this.nowMs() };
  }

  async poll(): Promise<Trouble | undefined> {
    const fault = await this.measure();
    if (fault === undefined) return this.steer();
    if (!this.sleeps(fault)) {
      // What it tells is not believed; what it is told it obeys all the same.
      if (fault.kind === "disbelieved") await this.steer();
      return fault;
    }
    this.input = { id: this.solar.id, atMs: this.nowMs(), feedW: 0 };
    return trouble("asleep", `it sleeps at night: ${fault.sentence}`);
  }

  private sleeps({ kind }: Trouble): boolean {
    if (this.isNight === undefined || !["unreachable", "unsuited", "disbelieved"].includes(kind))
      return false;
    if (this.heard === undefined) return this.isNight();
    const { atMs, feedW } = this.heard;
    return feedW <= DARK_PART * this.solar.feedWMax && this.nowMs() - atMs <= ASLEEP_MS_MAX;
  }

  private async measure(): Promise<Trouble | undefined> {
    const models = await this.unit.models();
    if (!models.ok) return models.fault;
    const model = this.unit.first(...POWER);
    if (model === undefined) return this.unit.lacks("it has no inverter model of SunSpec (701, 101 to 113)");
    const seen = await this.unit.read(model);
    if (!seen.ok) return seen.fault;
    const feedW = numberAt(seen.value, "W");
    if (feedW === undefined) {
      this.input = undefined;
      return this.unit.lacks("it tells no power");
    }
    const frozen = this.frozen.judge(seen.value);
    if (frozen !== undefined) {
      this.input = undefined;
      return frozen;
    }
    this.heard = { atMs: seen.value.atMs, feedW };
    this.input = { id: this.solar.id, ...this.heard };
    return undefined;
  }

  private async steer(): Promise<Trouble | undefined> {
    const nowMs = this.nowMs();
    const { wish, written } = this;
    if (wish === undefined || nowMs - wish.atMs > WISH_MS_MAX) return undefined;
    if (wish.limitW === undefined && written === undefined) return undefined;
    if (this.solar.revert?.kind === "unproven")
      return trouble("unsuited", "its limit was found not to fall away by itself, so it is never limited");
    if (this.refused !== undefined && nowMs - this.refused.atMs < REFUSED_WAIT_MS)
      return this.refused.trouble;
    const limitW = wish.limitW ?? this.solar.feedWMax;
    const sinceMs = nowMs - (written?.atMs ?? Number.NEGATIVE_INFINITY);
    const fromW = written?.limitW ?? this.solar.feedWMax;
    const changed = Math.abs(limitW - fromW) >= Math.max(WRITE_CHANGE_W, this.solar.feedWMax / 200);
    const due =
      sinceMs >= REFRESH_PART * this.revertMs || (changed && (limitW < fromW || sinceMs >= WRITE_EVERY_MS));
    if (!due && written !== undefined) return this.disobeys(written, nowMs);
    const fault = await this.write(limitW);
    this.refused = fault?.kind === "refused" ? { atMs: nowMs, trouble: fault } : undefined;
    // Free again: what was written last falls away by itself.
    if (fault === undefined) this.written = wish.limitW === undefined ? undefined : { limitW, atMs: nowMs };
    return fault;
  }

  /** It feeds more than it may, or its registers do not show what was acknowledged; a limit that has fallen away is none. */
  private async disobeys({ limitW, atMs }: Limit, nowMs: number): Promise<Trouble | undefined> {
    if (nowMs - atMs > this.revertMs) return undefined;
    const feedW = this.heard?.feedW ?? 0;
    if (this.follower.isDeaf(Math.min(limitW, feedW), feedW, nowMs))
      return trouble(
        "disobedient",
        `it feeds ${Math.round(feedW)} W where at most ${Math.round(limitW)} W are set`,
      );
    const model = this.unit.first(704, 123);
    if (model === undefined) return undefined;
    const seen = await this.unit.read(model, CONTROL_EVERY_MS);
    if (!seen.ok) return seen.fault;
    if (numberAt(seen.value, points(seen.value).enable) === 1) this.unlikeLooks = 0;
    else if (seen.value.atMs > this.lookedAtMs) this.unlikeLooks++;
    this.lookedAtMs = seen.value.atMs;
    return this.unlikeLooks < READ_BACKS_MAX
      ? undefined
      : trouble("disobedient", "it acknowledges limits that its registers then do not show");
  }

  private async write(limitW: number): Promise<Trouble | undefined> {
    const model = this.unit.first(704, 123);
    if (model === undefined) return this.unit.lacks("it has no model to be limited by (704, 123)");
    const seen = await this.unit.read(model);
    if (!seen.ok) return seen.fault;
    // Its own settings say what 100 % means, and people change them.
    const fullW = (await fullPowerW(this.unit)) ?? Math.max(1, this.solar.feedWMax);
    if (typeof fullW === "object") return fullW;
    if (!knowsRevert(seen.value))
      return trouble("unsuited", "it knows no revert time, so it is never limited");
    const part = Math.max(0, Math.min(ALL, (limitW * ALL) / fullW));
    for (const values of curtailOrders(seen.value, part, Math.floor(this.revertMs / 1000))) {
      const fault = await this.unit.write(seen.value, values);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  private get revertMs(): number {
    const { revert } = this.solar;
    return revert?.kind === "proven" ? revert.afterMs : CURTAIL_REVERT_MS;
  }
}

/** The power that per cents are of: WMax of its settings, else its nameplate; `undefined`: it tells neither. */
export async function fullPowerW(unit: SunSpecUnit): Promise<number | undefined | Trouble> {
  for (const [id, path] of [
    [702, "WMax"],
    [121, "WMax"],
    [120, "WRtg"],
  ] as const) {
    const model = unit.first(id);
    if (model === undefined) continue;
    const seen = await unit.read(model);
    if (!seen.ok) return seen.fault;
    const w = numberAt(seen.value, path);
    if (w !== undefined && w > 0) return w;
  }
  return undefined;
}

const points = ({ found }: Seen) =>
  found.id === 704
    ? { time: "WMaxLimPctRvrtTms", enable: "WMaxLimPctEna" }
    : { time: "WMaxLimPct_RvrtTms", enable: "WMaxLim_Ena" };

export const knowsRevert = (seen: Seen): boolean => numberAt(seen, points(seen).time) !== undefined;

/** What 704 falls back to, of which a device may know a part: no limit, and were there one, all of its power. */
const FALLS_BACK_TO: Values = { WMaxLimPctRvrt: ALL, WMaxLimPctEnaRvrt: 0 };

/** Writes that limit its feed to so many per cent, one after the other: first the time after which that falls away, and to what. */
export function curtailOrders(seen: Seen, percent: number, revertS: number): readonly Values[] {
  const { time, enable } = points(seen);
  const known = Object.entries(FALLS_BACK_TO).filter(([path]) => numberAt(seen, path) !== undefined);
  const first = { ...Object.fromEntries(known), [time]: revertS };
  return [...unlike(seen, first), { WMaxLimPct: percent }, ...unlike(seen, { [enable]: 1 })];
}
