/**
 * The hardware of one EVSE: socket, contactor and meter. It knows nothing of OCPP; the firmware in `station/`
 * opens and closes the contactor and reads the meter.
 *
 * Energy is never made up: the register grows by ∫P dt over the time the contactor was closed with a car at the
 * cable, and the car's battery by the same. The register never falls and is kept by the meter through power cuts.
 * Power in W, energy in Wh, time in monotonic milliseconds.
 */
import { type Clock, type EvseId, type WattHours, wattHours } from "@wattward/kernel";
import type { Car, PhaseCount } from "../car/car.ts";

/** Longest step of the integration where power changes: the error of the taper over a second is far below a watt-hour. */
const STEP_MS = 1_000;
/** Most steps for one span; longer spans take longer steps. A day at one second. */
const STEPS_MAX = 86_400;

const MS_PER_HOUR = 3_600_000;
/** Phase to neutral. */
const PHASE_VOLTS = 230;
/** Less a pilot signal cannot say: a car with a charger of its own stops (IEC 61851-1). */
const PILOT_MA_MIN = 6_000;

/** How an EVSE is built; what is not said is as if it did not matter. */
export type EvseBuild = {
  /** Its terminals; three where it is not said. */
  readonly phases?: PhaseCount;
  /** It tells a car's charger whole multiples of this alone. */
  readonly stepMa?: number;
  /** From a lower limit to the lower current. A higher one is followed at once. */
  readonly respondsMs?: number;
};

/** Sums of fractions end beside the whole number that is meant: so near, in Wh, they are taken for it. */
const NEAR_WH = 1e-6;

export class Evse {
  readonly id: EvseId;
  readonly maxW: number;
  private readonly clock: Clock;
  private register: number;
  private delivered = 0;
  private exported = 0;
  private upToMs: number;
  private cable: Car | undefined;
  private closed = false;
  private limit = Number.POSITIVE_INFINITY;
  /** A lower limit that is not followed yet. */
  private lower: { readonly limit: number; readonly atMs: number } | undefined;
  private readonly build: EvseBuild;

  constructor(id: EvseId, maxW: number, clock: Clock, build: EvseBuild = {}) {
    this.id = id;
    this.maxW = maxW;
    this.clock = clock;
    this.build = build;
    this.register = 0;
    this.upToMs = clock.now().monotonicMs;
  }

  /** The meter's register, whole Wh, rounded down: a meter shows only what has passed it in full. */
  get registerWh(): WattHours {
    this.settle();
    return wattHours(Math.floor(this.register + NEAR_WH));
  }

  /** Of what was given back, whole Wh; of this process alone. */
  get exportWh(): WattHours {
    this.settle();
    return wattHours(Math.floor(this.exported + NEAR_WH));
  }

  /** Delivered since this process began, exact: the ground truth that messages are compared with. */
  get deliveredWh(): number {
    this.settle();
    return this.delivered;
  }

  get powerW(): number {
    this.settle();
    return this.flowW();
  }

  /** Milliamperes at its terminals, in their order. */
  get terminalsMa(): readonly number[] {
    const powerW = this.powerW;
    const drawing = this.phasesInUse ?? this.phases;
    const each = (powerW * 1000) / (PHASE_VOLTS * drawing);
    const terminals: number[] = [];
    for (let terminal = 0; terminal < this.phases; terminal++) terminals.push(terminal < drawing ? each : 0);
    return terminals;
  }

  get phases(): PhaseCount {
    return this.build.phases ?? 3;
  }

  /** On how many phases the car's own charger draws here; undefined where it has none, or nobody is there. */
  get phasesInUse(): PhaseCount | undefined {
    const own = this.cable?.facts.phases;
    return own === undefined ? undefined : (Math.min(own, this.phases) as PhaseCount);
  }

  get car(): Car | undefined {
    this.settle();
    return this.cable;
  }

  get contactorClosed(): boolean {
    return this.closed;
  }

  /** Our fault if a car is there already. */
  plug(car: Car): void {
    this.settle();
    if (this.cable !== undefined) throw new Error(`EVSE ${this.id} has a car already`);
    this.cable = car;
  }

  /** Opens the contactor first: a cable is locked while current flows. */
  unplug(): void {
    this.settle();
    this.closed = false;
    this.cable = undefined;
  }

  closeContactor(): void {
    this.settle();
    this.closed = true;
  }

  openContactor(): void {
    this.settle();
    this.closed = false;
    // So that years of sessions of whole watt-hours do not add up to one too few.
    const whole = Math.round(this.register);
    if (Math.abs(this.register - whole) < NEAR_WH) this.register = whole;
  }

  /**
   * The most that may flow from now on; infinity where nothing limits it but the hardware. Below nothing: so much is given back, by a car
   * that does, and nothing flows where it does not.
   */
  limitTo(limit: number): void {
    this.settle();
    const { respondsMs = 0 } = this.build;
    if (respondsMs > 0 && limit < this.limit) {
      this.lower = { limit, atMs: this.lower?.atMs ?? this.upToMs + respondsMs };
      return;
    }
    this.limit = limit;
    this.lower = undefined;
  }

  /** Sets the meter forward to what flash remembers, after a restart of the whole process. Never backwards. */
  restoreRegister(registerWh: number): void {
    this.settle();
    this.register = Math.max(this.register, registerWh);
  }

  private flowW(): number {
    if (!this.closed || this.cable === undefined) return 0;
    if (this.limit < 0) return 0 - Math.min(0 - this.limit, this.maxW, this.cable.givesW);
    const drawing = this.phasesInUse;
    if (drawing === undefined) return Math.min(this.maxW, this.limit, this.cable.wantsW);
    const mostW = Math.min((this.maxW * drawing) / this.phases, this.limit, this.cable.wantsW);
    const { stepMa = 1 } = this.build;
    // A rounding of binary fractions is no step less.
    const ma = Math.floor((mostW * 1000) / (PHASE_VOLTS * drawing * stepMa) + NEAR_WH) * stepMa;
    return ma < PILOT_MA_MIN ? 0 : (ma * PHASE_VOLTS * drawing) / 1000;
  }

  /** Brings register and battery up to now. */
  private settle(): void {
    const nowMs = this.clock.now().monotonicMs;
    let leftMs = nowMs - this.upToMs;
    this.upToMs = nowMs;
    const stepMs = Math.max(STEP_MS, leftMs / STEPS_MAX);
    while (leftMs > 0) {
      this.respond(nowMs - leftMs);
      const untilLowerMs = this.lower === undefined ? leftMs : this.lower.atMs - (nowMs - leftMs);
      const power = this.flowW();
      const idle = power === 0 || this.cable === undefined;
      const steadyMs = idle ? leftMs : power < 0 ? 0 : (this.cable!.steadyWh / power) * MS_PER_HOUR;
      const ms = Math.min(leftMs, untilLowerMs, Math.max(stepMs, steadyMs));
      leftMs -= ms;
      if (idle) continue;
      if (power < 0) {
        this.exported += this.cable!.give((0 - power * ms) / MS_PER_HOUR);
        continue;
      }
      const wh = this.cable!.take((power * ms) / MS_PER_HOUR);
      this.register += wh;
      this.delivered += wh;
    }
    this.respond(nowMs);
  }

  /** Follows the lower limit, if it is time. */
  private respond(nowMs: number): void {
    if (this.lower === undefined || this.lower.atMs > nowMs) return;
    this.limit = this.lower.limit;
    this.lower = undefined;
  }
}
