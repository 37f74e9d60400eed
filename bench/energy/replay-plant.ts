/** The plant of the replay: what truly flows. Cars take what their station allows until they have what they need; energy is exact to the moment. */
import {
  type Battery,
  type Grant,
  type OutletId,
  type PerPhase,
  QUARTER_MS,
  type SessionId,
  type SourceId,
} from "@wattward/energy";
import { type Car, STEP_HOURS, STEP_MS } from "./cars.ts";
import { type Network, NetworkLoad } from "./network.ts";
import type { World } from "./replay.ts";

export type PlantCar = {
  readonly car: Car;
  readonly index: number;
  readonly id: SessionId;
  readonly outlet: OutletId;
  gotKwh: number;
  limitMa: number;
  drawMa: number;
  connectedAtMs: number;
};

/** A meter's last digits never stand still. */
const NOISE_MA = 7;
/** By the rating: rounding of a limit to whole milliamperes is no overload. */
const OVERLOAD = 1.0005;

export class Plant {
  readonly cars = new Map<OutletId, PlantCar>();
  readonly gotKwh: number[] = [];
  readonly battery: Battery | undefined;
  cent = 0;
  /** Of means over a quarter of an hour, and of any instant. */
  peakKw = 0;
  instantPeakKw = 0;
  chargeKwh: number;
  feedW = 0;
  overloads = 0;
  stepsAboveCap = 0;
  worstLoad = 0;
  private readonly world: World;
  private nowMs: number;
  private toldW = 0;
  private quarter = { number: 0, kwh: 0 };
  private step = { number: 0, kwh: 0 };
  private noise = 0;
  private solarLimitW = Number.POSITIVE_INFINITY;

  constructor(world: World, startMs: number) {
    this.world = world;
    this.nowMs = startMs;
    this.battery = world.site.sources.find((source): source is Battery => source.kind === "battery");
    this.chargeKwh = ((this.battery?.capacityWh ?? 0) * world.startPermille) / 1e6;
  }

  get hasSources(): boolean {
    return this.world.site.sources.length > 0;
  }

  get chargePermille(): number {
    return this.battery === undefined ? 0 : (1e6 * this.chargeKwh) / this.battery.capacityWh;
  }

  get solarW(): number {
    return Math.min(this.world.solarW(this.nowMs), this.solarLimitW);
  }

  /** Of all solar; renewed in each turn. */
  limitSolar(limits: readonly { readonly limitW: number }[]): void {
    this.solarLimitW =
      limits.length === 0 ? Number.POSITIVE_INFINITY : limits.reduce((w, { limitW }) => w + limitW, 0);
  }

  wantsMa(car: PlantCar): number {
    return (car.car.powerKw * 1e6) / (this.world.site.voltageV * this.wiringOf(car).length);
  }

  terminalsMa(car: PlantCar): number[] {
    return this.wiringOf(car).map(() => car.drawMa);
  }

  plug(car: PlantCar, nowMs: number): void {
    car.connectedAtMs = nowMs;
    this.cars.set(car.outlet, car);
  }

  unplug(car: PlantCar): void {
    this.cars.delete(car.outlet);
  }

  grant({ outlet, session, limitMa }: Grant): void {
    const car = this.cars.get(outlet);
    if (car?.id !== session) return;
    car.limitMa = limitMa;
    this.follow(car);
  }

  setBattery(source: SourceId, feedW: number): void {
    if (this.battery?.id === source) this.toldW = feedW;
  }

  /** A station knows whole amperes, and a car nothing below six. */
  private follow(car: PlantCar): void {
    const allowedMa = Math.floor(car.limitMa / 1000 + 1e-6) * 1000;
    const takes = car.car.needKwh - car.gotKwh > 1e-9 && allowedMa >= 6_000;
    car.drawMa = takes ? Math.min(allowedMa, this.wantsMa(car)) : 0;
  }

  /** When the first of the cars will be full, if nobody is told anything else; to the next second. */
  fullAtMs(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const car of this.cars.values()) {
      if (car.drawMa === 0) continue;
      const seconds = Math.ceil(((car.car.needKwh - car.gotKwh) / this.drawKw(car)) * 3_600);
      first = Math.min(first, this.nowMs + Math.max(1, seconds) * 1000);
    }
    return first;
  }

  /** To `untilMs`; whether a car became full on the way. */
  run(untilMs: number): boolean {
    const hours = (untilMs - this.nowMs) / 3_600_000;
    let full = false;
    let carsKw = 0;
    for (const car of this.cars.values()) {
      const kw = this.drawKw(car);
      const kwh = Math.min(kw * hours, car.car.needKwh - car.gotKwh);
      if (car.drawMa > 0 && kwh < kw * hours) full = true;
      car.gotKwh += kwh;
      this.gotKwh[car.index] = car.gotKwh;
      carsKw += hours > 0 ? kwh / hours : 0;
    }
    this.settle(carsKw, hours);
    this.check(untilMs);
    this.nowMs = untilMs;
    for (const car of this.cars.values()) this.follow(car);
    return full;
  }

  /** Nobody there and nothing that feeds: time passes. */
  skipTo(untilMs: number): void {
    this.nowMs = untilMs;
  }

  /** What the meter reads on each phase; into the site is positive. */
  meterMa(): PerPhase {
    const { voltageV } = this.world.site;
    this.noise = (this.noise + 1) % NOISE_MA;
    const sourcesMa = ((this.solarW + this.feedW) * 1000) / (3 * voltageV);
    const ma = (phase: "L1" | "L2" | "L3") =>
      [...this.cars.values()].reduce(
        (sum, car) => sum + (this.wiringOf(car).includes(phase) ? car.drawMa : 0),
        0,
      ) -
      sourcesMa +
      this.noise;
    return [ma("L1"), ma("L2"), ma("L3")];
  }

  private settle(carsKw: number, hours: number): void {
    this.moveBattery(hours);
    const gridKw = carsKw - (this.solarW + this.feedW) / 1000;
    const price = this.world.priceCent(this.nowMs);
    this.cent += gridKw * hours * (gridKw > 0 ? price : this.world.feedInCent);
    const number = Math.floor(this.nowMs / QUARTER_MS);
    if (number !== this.quarter.number) this.quarter = { number, kwh: 0 };
    this.quarter.kwh += Math.max(0, gridKw) * hours;
    const step = Math.floor(this.nowMs / STEP_MS);
    if (step !== this.step.number) this.step = { number: step, kwh: 0 };
    this.step.kwh += gridKw * hours;
    this.peakKw = Math.max(this.peakKw, (this.quarter.kwh * 3_600_000) / QUARTER_MS);
  }

  private moveBattery(hours: number): void {
    const { battery } = this;
    if (battery === undefined) return;
    const kwh = battery.capacityWh / 1000;
    const { efficiency } = this.world;
    const roomKw = hours > 0 ? (kwh - this.chargeKwh) / (efficiency * hours) : 0;
    const storedKw = hours > 0 ? (this.chargeKwh * efficiency) / hours : 0;
    this.feedW = Math.max(-roomKw * 1000, Math.min(storedKw * 1000, this.toldW));
    const kw = this.feedW / 1000;
    this.chargeKwh += kw > 0 ? (-kw * hours) / efficiency : -kw * hours * efficiency;
  }

  /** What flows, against the fuse of the cap; in a network against each constraint, as phasors. */
  private check(untilMs: number): void {
    const { network, capKw } = this.world;
    const load = network === undefined ? this.fuseLoad() : this.networkLoad(network);
    this.worstLoad = Math.max(this.worstLoad, load);
    if (load > OVERLOAD) this.overloads++;
    // There the cap is no fuse, but what may be imported: as the bound has it, in the mean of each step.
    if (untilMs % STEP_MS === 0 && this.step.kwh / STEP_HOURS > OVERLOAD * capKw) this.stepsAboveCap++;
    this.instantPeakKw = Math.max(this.instantPeakKw, this.gridKw());
  }

  private fuseLoad(): number {
    const root = this.world.site.fuses.find(({ parent }) => parent === undefined)!;
    return Math.max(...this.meterMa()) / root.ratedMa;
  }

  private networkLoad(network: Network): number {
    const load = new NetworkLoad(network);
    for (const car of this.cars.values()) load.add(car.car.session.station, this.drawKw(car));
    return load.fullest;
  }

  private gridKw(): number {
    const carsKw = [...this.cars.values()].reduce((kw, car) => kw + this.drawKw(car), 0);
    return carsKw - (this.solarW + this.feedW) / 1000;
  }

  private drawKw(car: PlantCar): number {
    return (car.drawMa * this.wiringOf(car).length * this.world.site.voltageV) / 1e6;
  }

  private wiringOf(car: PlantCar): readonly string[] {
    return this.wirings.get(car.outlet)!;
  }

  private get wirings(): ReadonlyMap<OutletId, readonly string[]> {
    this.known ??= new Map(this.world.site.outlets.map(({ id, wiring }) => [id, wiring]));
    return this.known;
  }
  private known: ReadonlyMap<OutletId, readonly string[]> | undefined;
}
