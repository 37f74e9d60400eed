/**
 * The hardware of one EVSE: socket, contactor and meter. It knows nothing of OCPP; the firmware in `station/`
 * opens and closes the contactor and reads the meter.
 *
 * Energy is never made up: the register grows by ∫P dt over the time the contactor was closed with a car at the
 * cable, and the car's battery by the same. The register never falls and is kept by the meter through power cuts.
 * Power in W, energy in Wh, time in monotonic milliseconds.
 */
import { type Clock, type EvseId, type WattHours, wattHours } from "@wattward/kernel";
import type { Car } from "../car/car.ts";

/** Longest step of the integration where power changes: the error of the taper over a second is far below a watt-hour. */
const STEP_MS = 1_000;
/** Most steps for one span; longer spans take longer steps. A day at one second. */
const STEPS_MAX = 86_400;

const MS_PER_HOUR = 3_600_000;
/** Sums of fractions end beside the whole number that is meant: so near, in Wh, they are taken for it. */
const NEAR_WH = 1e-6;

export class Evse {
  readonly id: EvseId;
  readonly maxW: number;
  private readonly clock: Clock;
  private register: number;
  private delivered = 0;
  private upToMs: number;
  private cable: Car | undefined;
  private closed = false;
  private limit = Number.POSITIVE_INFINITY;

  /** `registerWh`: where the meter stood when this process took it over. */
  constructor(id: EvseId, maxW: number, clock: Clock, registerWh = 0) {
    this.id = id;
    this.maxW = maxW;
    this.clock = clock;
    this.register = registerWh;
    this.upToMs = clock.now().monotonicMs;
  }

  /** The meter's register, whole Wh, rounded down: a meter shows only what has passed it in full. */
  get registerWh(): WattHours {
    this.settle();
    return wattHours(Math.floor(this.register + NEAR_WH));
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

  /** The most that may flow from now on; infinity where nothing limits it but the hardware. */
  limitTo(watts: number): void {
    this.settle();
    this.limit = Math.max(0, watts);
  }

  /** Sets the meter forward to what flash remembers, after a restart of the whole process. Never backwards. */
  restoreRegister(registerWh: number): void {
    this.settle();
    this.register = Math.max(this.register, registerWh);
  }

  private flowW(): number {
    if (!this.closed || this.cable === undefined) return 0;
    return Math.min(this.maxW, this.limit, this.cable.wantsW);
  }

  /** Brings register and battery up to now. */
  private settle(): void {
    const nowMs = this.clock.now().monotonicMs;
    let leftMs = nowMs - this.upToMs;
    this.upToMs = nowMs;
    const stepMs = Math.max(STEP_MS, leftMs / STEPS_MAX);
    while (leftMs > 0) {
      const power = this.flowW();
      if (power === 0 || this.cable === undefined) return;
      const steadyMs = (this.cable.steadyWh / power) * MS_PER_HOUR;
      const ms = Math.min(leftMs, Math.max(stepMs, steadyMs));
      leftMs -= ms;
      const wh = this.cable.take((power * ms) / MS_PER_HOUR);
      this.register += wh;
      this.delivered += wh;
    }
  }
}
