/**
 * A solar inverter behind the guard: its power (701, 101 to 113), and where the grid connection takes only so much, its limit by 704 or
 * 123 (WMaxLimPct), which falls away by itself after CURTAIL_REVERT_MS and is renewed before half of that. An inverter without a revert
 * time is never limited: a limit that nobody could take back would outlive its reason.
 */
import type { Solar, SolarInput } from "@wattward/energy";
import {
  CONTROL_EVERY_MS,
  CURTAIL_REVERT_MS,
  REFRESH_PART,
  REFUSED_WAIT_MS,
  WISH_MS_MAX,
  WRITE_CHANGE_W,
  WRITE_EVERY_MS,
} from "../limits.ts";
import { numberAt, type Seen, type SunSpecUnit, type Values } from "./sunspec-unit.ts";
import { type Trouble, trouble } from "./trouble.ts";

const POWER = [701, 103, 113, 102, 112, 101, 111] as const;
const ALL = 100;

type Wish = { readonly limitW: number | undefined; readonly atMs: number };

export class SolarDriver {
  input: SolarInput | undefined;
  private readonly solar: Solar;
  private readonly unit: SunSpecUnit;
  private readonly nowMs: () => number;
  private wish: Wish | undefined;
  private written: { readonly limitW: number; readonly atMs: number } | undefined;
  private refused: { readonly atMs: number; readonly trouble: Trouble } | undefined;
  /** What 100 % means, by the device's own settings. */
  private fullW: number | undefined;

  constructor(solar: Solar, unit: SunSpecUnit, nowMs: () => number) {
    this.solar = solar;
    this.unit = unit;
    this.nowMs = nowMs;
  }

  /** Watts that it may feed; `undefined`: as much as there is sun. To be told in each turn of the loop. */
  limit(limitW: number | undefined): void {
    this.wish = { limitW, atMs: this.nowMs() };
  }

  async poll(): Promise<Trouble | undefined> {
    const models = await this.unit.models();
    if (!models.ok) return models.fault;
    const model = this.unit.first(...POWER);
    if (model === undefined)
      return trouble("unsuited", "it has no inverter model of SunSpec (701, 101 to 113)");
    const seen = await this.unit.read(model);
    if (!seen.ok) return seen.fault;
    const feedW = numberAt(seen.value, "W");
    this.input = feedW === undefined ? undefined : { id: this.solar.id, atMs: seen.value.atMs, feedW };
    return feedW === undefined ? trouble("unsuited", "it tells no power") : this.steer();
  }

  private async steer(): Promise<Trouble | undefined> {
    const nowMs = this.nowMs();
    const { wish, written } = this;
    if (wish === undefined || nowMs - wish.atMs > WISH_MS_MAX) return undefined;
    if (wish.limitW === undefined && written === undefined) return undefined;
    if (this.refused !== undefined && nowMs - this.refused.atMs < REFUSED_WAIT_MS)
      return this.refused.trouble;
    const limitW = wish.limitW ?? this.solar.feedWMax;
    const sinceMs = nowMs - (written?.atMs ?? Number.NEGATIVE_INFINITY);
    const fromW = written?.limitW ?? this.solar.feedWMax;
    const changed = Math.abs(limitW - fromW) >= Math.max(WRITE_CHANGE_W, this.solar.feedWMax / 200);
    const due =
      sinceMs >= REFRESH_PART * CURTAIL_REVERT_MS ||
      (changed && (limitW < fromW || sinceMs >= WRITE_EVERY_MS));
    if (!due && written !== undefined) return undefined;
    const fault = await this.write(limitW);
    this.refused = fault?.kind === "refused" ? { atMs: nowMs, trouble: fault } : undefined;
    // Free again: what was written last falls away by itself.
    if (fault === undefined) this.written = wish.limitW === undefined ? undefined : { limitW, atMs: nowMs };
    return fault;
  }

  private async write(limitW: number): Promise<Trouble | undefined> {
    const model = this.unit.first(704, 123);
    if (model === undefined) return trouble("unsuited", "it has no model to be limited by (704, 123)");
    const seen = await this.unit.read(model, CONTROL_EVERY_MS);
    if (!seen.ok) return seen.fault;
    const fullW = await this.full();
    if (typeof fullW !== "number") return fullW;
    const der = model.id === 704;
    const [time, enable] = der
      ? ["WMaxLimPctRvrtTms", "WMaxLimPctEna"]
      : ["WMaxLimPct_RvrtTms", "WMaxLim_Ena"];
    if (numberAt(seen.value, time) === undefined)
      return trouble("unsuited", "it knows no revert time, so it is never limited");
    const part = Math.max(0, Math.min(ALL, (limitW * ALL) / fullW));
    const orders: Values[] = [
      ...unlike(seen.value, { [time]: CURTAIL_REVERT_MS / 1000 }),
      { WMaxLimPct: part },
      ...unlike(seen.value, { [enable]: 1 }),
    ];
    for (const values of orders) {
      const fault = await this.unit.write(seen.value, values);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** The power that per cents are of: WMax of its settings, else its nameplate, else the site's document. */
  private async full(): Promise<number | Trouble> {
    if (this.fullW !== undefined) return this.fullW;
    for (const [id, path] of [
      [702, "WMax"],
      [121, "WMax"],
      [120, "WRtg"],
    ] as const) {
      const model = this.unit.first(id);
      if (model === undefined) continue;
      const seen = await this.unit.read(model);
      if (!seen.ok) return seen.fault;
      const w = numberAt(seen.value, path);
      if (w !== undefined && w > 0) return (this.fullW = w);
    }
    return (this.fullW = Math.max(1, this.solar.feedWMax));
  }
}

function unlike(seen: Seen, values: Values): Values[] {
  const left = Object.entries(values).filter(([path, value]) => seen.reading.values.get(path) !== value);
  return left.length === 0 ? [] : [Object.fromEntries(left)];
}
