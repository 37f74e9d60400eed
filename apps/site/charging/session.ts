/** A charging session at an outlet of a managed site: one transaction of its station, and what is known of it. */

import type { SessionId } from "@wattward/energy";
import type { EvseId } from "@wattward/kernel";
import { REGISTER_MS_PER_WH, REGISTER_STEP_MS_MAX, REGISTER_STEP_MS_MIN, SEEN_LATELY_MS } from "./limits.ts";
import { type MeterReading, spread, type Terminals } from "./meter-values.ts";
import { NEED_MAX, type Needs } from "./needs.ts";
import type { StationTime } from "./station-time.ts";

/** As it is kept through restarts of this process; nothing that ages quickly is in it. */
export type KeptSession = {
  /** A number in 1.6, text in 2.x. */
  readonly transaction: number | string;
  readonly evse: number;
  readonly sinceWallMs: number;
  readonly fromWh?: number | undefined;
  readonly registerWh?: number | undefined;
  /** Given back so far (V2X), and the register that counts it. */
  readonly givenWh?: number | undefined;
  readonly exportWh?: number | undefined;
  readonly needs: Needs;
  readonly remoteStartId?: number | undefined;
  /** The highest grant that was ever written for it: what its station may live on when this process comes back. */
  readonly mostMa?: number | undefined;
};

/** Of a car that gives back, each way; what is reckoned with it errs towards a car that has less. */
const CAR_EFFICIENCY = 0.92;
/** What no car on earth draws or gives is no reading, and neither is what no meter has counted. */
const CURRENT_MA_MAX = 2_000_000;
const REGISTER_WH_MAX = 1_000_000_000_000;
/** The greatest that both are a multiple of; a register with digits after the watt-hour is as fine as any. */
function unitOf(unitWh: number, wh: number): number {
  const whole = Math.round(wh);
  if (Math.abs(wh - whole) > 1e-6 * Math.max(1, wh)) return 1;
  let [a, b] = [unitWh, whole];
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

const isRegister = (wh: number): boolean => wh >= 0 && wh <= REGISTER_WH_MAX;

export class ChargingSession {
  readonly id: SessionId;
  readonly transaction: number | string;
  readonly evse: EvseId;
  readonly sinceWallMs: number;
  /** Monotonic; of one that began before this process did, as far back as its wall time says. */
  readonly connectedAtMs: number;
  readonly remoteStartId: number | undefined;
  needs: Needs;
  mostMa: number | undefined;
  observed: { readonly atMs: number; readonly terminalsMa: readonly number[] } | undefined;
  /** Its outlet is said to be free since then. */
  freeSinceMs: number | undefined;
  private fromWh: number | undefined;
  private givenWh: number;
  private exportWh: number | undefined;
  /** What the register counts at once, as far as it showed: all its values are so many times that. */
  private unitWh = 0;
  private register: { readonly wh: number; readonly atMs: number | undefined } | undefined;
  /** Where the step began that the next current is reckoned by. */
  private stepFrom: { readonly wh: number; readonly atMs: number } | undefined;
  private fallenWh: number | undefined;

  constructor(id: SessionId, kept: KeptSession, connectedAtMs: number) {
    this.id = id;
    this.transaction = kept.transaction;
    this.evse = kept.evse as EvseId;
    this.sinceWallMs = kept.sinceWallMs;
    this.connectedAtMs = connectedAtMs;
    this.remoteStartId = kept.remoteStartId;
    this.needs = kept.needs;
    this.mostMa = kept.mostMa;
    this.givenWh = kept.givenWh ?? 0;
    this.exportWh = kept.exportWh;
    if (kept.fromWh !== undefined && isRegister(kept.fromWh)) this.fromWh = kept.fromWh;
    if (kept.registerWh !== undefined && isRegister(kept.registerWh))
      this.register = { wh: kept.registerWh, atMs: undefined };
  }

  /** Less what it gave back and has to be given again for that, losses and all; below nothing: it has less than when it came. */
  get deliveredWh(): number {
    return this.takenWh - this.givenWh / CAR_EFFICIENCY ** 2;
  }

  /** In the car's battery, more than when it came, at the least. */
  get carWh(): number {
    return this.takenWh * CAR_EFFICIENCY - this.givenWh / CAR_EFFICIENCY;
  }

  /** What it can still give by its meter, down to what car and driver keep; `undefined`: it gives nothing, or nobody would count it. */
  get dischargeLeftWh(): number | undefined {
    const { dischargeWMax, keepsWh } = this.needs;
    if (dischargeWMax === undefined || keepsWh === undefined || this.exportWh === undefined) return undefined;
    return Math.max(0, (this.carWh - keepsWh) * CAR_EFFICIENCY);
  }

  /** What its terminals drew when they were seen last; nothing where that is long ago. */
  drawsMa(nowMs: number): readonly number[] {
    const { observed } = this;
    return observed !== undefined && nowMs - observed.atMs <= SEEN_LATELY_MS ? observed.terminalsMa : [];
  }

  private get takenWh(): number {
    if (this.register === undefined || this.fromWh === undefined) return 0;
    return Math.max(0, this.register.wh - this.fromWh);
  }

  kept(): KeptSession {
    const { transaction, evse, sinceWallMs, fromWh, mostMa, needs, register, remoteStartId } = this;
    const { givenWh, exportWh } = this;
    return {
      ...{ transaction, evse, sinceWallMs, fromWh, registerWh: register?.wh, needs, remoteStartId, mostMa },
      ...(givenWh > 0 && { givenWh }),
      ...(exportWh !== undefined && { exportWh }),
    };
  }

  startsAt(wh: number): void {
    if (!isRegister(wh)) return;
    this.fromWh = wh;
    this.register ??= { wh, atMs: undefined };
  }

  /** Takes in what the meter showed; each reading is as old as the station's clock says it is. */
  read(readings: readonly MeterReading[], time: StationTime, terminals: Terminals, nowMs: number): void {
    const stationNowMs = time.at(nowMs);
    for (const { atStationMs, terminalsMa, registerWh, exportWh } of readings) {
      if (exportWh !== undefined && terminals.givesBack === true) this.gave(exportWh);
      const ageMs =
        atStationMs === undefined || stationNowMs === undefined ? 0 : Math.max(0, stationNowMs - atStationMs);
      const atMs = nowMs - ageMs;
      const ma = terminalsMa ?? this.fromSteps(registerWh, atMs, terminals);
      if (registerWh !== undefined) this.registered(registerWh, atMs);
      if (
        ma?.every((each) => Math.abs(each) <= CURRENT_MA_MAX) &&
        (this.observed === undefined || atMs > this.observed.atMs)
      )
        this.observed = { atMs, terminalsMa: ma };
    }
  }

  /** A register that counts what is given back; one that falls begins anew. What no car holds, none has given. */
  private gave(wh: number): void {
    if (!isRegister(wh)) return;
    this.givenWh = Math.min(NEED_MAX, this.givenWh + Math.max(0, wh - (this.exportWh ?? wh)));
    this.exportWh = wh;
  }

  private registered(wh: number, atMs: number): void {
    if (!isRegister(wh) || (this.register !== undefined && wh < this.register.wh)) return;
    this.fromWh ??= wh;
    this.register = { wh, atMs };
  }

  private fromSteps(wh: number | undefined, atMs: number, terminals: Terminals): number[] | undefined {
    const from = this.stepFrom;
    if (wh === undefined || !isRegister(wh)) return undefined;
    const stepMs = atMs - (from?.atMs ?? Number.NEGATIVE_INFINITY);
    this.unitWh = unitOf(this.unitWh, wh);
    const leastMs = Math.max(
      REGISTER_STEP_MS_MIN,
      Math.min(REGISTER_STEP_MS_MAX, this.unitWh * REGISTER_MS_PER_WH),
    );
    if (stepMs < leastMs) return undefined;
    const { fallenWh } = this;
    this.fallenWh = from !== undefined && wh < from.wh ? wh : undefined;
    // One that has fallen for once may be back with the next; else it begins anew from there.
    if (this.fallenWh !== undefined && (fallenWh === undefined || wh < fallenWh)) return undefined;
    this.stepFrom = { wh, atMs };
    if (from === undefined || this.fallenWh !== undefined) return undefined;
    return spread(((wh - from.wh) * 3_600_000) / stepMs, terminals);
  }
}
