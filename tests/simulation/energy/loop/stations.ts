/**
 * Stations and their EVSEs as the wires know them: what each lets flow by what it was told last, until that ends by itself, and what it
 * tells of it. A car that may draw more does so at once, one that may draw less at the end of its station's time: the worst order for
 * whoever raises before others have lowered. Milliamperes.
 */
import type { Grant, Outlet, SessionId } from "@wattward/energy";
import type { StationId } from "@wattward/kernel";
import type { Terminal } from "../bounds.ts";
import { Car } from "./car.ts";
import type { Scene } from "./scene.ts";

/**
 * `deaf` answers nothing, `refuses` everything with no, `refuses-giving` what is to give back; `ignores` and `exceeds` (half as much again)
 * do not obey; `boasts` tells that its cars give back.
 */
export type StationFault = "none" | "deaf" | "refuses" | "refuses-giving" | "ignores" | "exceeds" | "boasts";

/** How its readings come: each so late, or so seldom, or none. */
export type Telling =
  | { readonly kind: "prompt" }
  | { readonly kind: "late"; readonly byMs: number }
  | { readonly kind: "slow"; readonly everyMs: number }
  | { readonly kind: "nothing" };

/** What was told last of a session. */
export type Told = { readonly atMs: number; readonly terminalsMa: readonly number[]; readonly wh: number };

const EXCEEDS = 1.5;
const TOLD_AFTER_MS = 300;
/** Limited ones are asked by the site every 5 s; the others tell by themselves. */
const LIMITED_TELL_MS = 5_000;
/** From a session's begin to its first reading. */
const FIRST_TELLING_MS_MAX = 3_000;

export class Station {
  readonly id: StationId;
  readonly evses: Evse[] = [];
  /** From a lower limit to the lower draw. */
  readonly carMs: number;
  readonly tellsEveryMs: number;
  fault: StationFault = "none";
  telling: Telling = { kind: "prompt" };
  /** Without power: it charges nobody, hears and tells nothing. */
  off = false;
  boots = 0;

  constructor(id: StationId, times: { readonly carMs: number; readonly tellsEveryMs: number }) {
    this.id = id;
    this.carMs = times.carMs;
    this.tellsEveryMs = times.tellsEveryMs;
  }

  get healthy(): boolean {
    return this.fault === "none" && this.telling.kind === "prompt" && !this.off;
  }
}

type Session = { readonly id: SessionId; readonly atMs: number };
type Reading = Omit<Told, "atMs"> & { readonly dueMs: number };

export class Evse {
  readonly outlet: Outlet;
  readonly station: Station;
  car: Car | undefined;
  session: Session | undefined;
  limitMa: number;
  dischargeMa = 0;
  /** When it was told less last, or something else to give back: its car follows within its station's time. */
  loweredAtMs = Number.NEGATIVE_INFINITY;
  told: Told | undefined;
  /** What flows at its terminals. */
  terminalsMa: readonly number[] = [];
  /** What all its cars got, less what they gave back. */
  chargedWh = 0;
  private readonly scene: Scene;
  private endsAtMs = Number.POSITIVE_INFINITY;
  private tellsAtMs = 0;
  private readings: Reading[] = [];
  private sessions = 0;

  constructor(scene: Scene, outlet: Outlet, station: Station) {
    this.scene = scene;
    this.outlet = outlet;
    this.station = station;
    this.limitMa = outlet.safeMa;
  }

  plugIn(tight: boolean): void {
    this.car = new Car(this.scene, this.outlet, tight);
    this.begin();
  }

  /** A session, the car's first or another. */
  begin(): void {
    const { chance, nowMs } = this.scene;
    this.session = { id: `${this.outlet.id}-${++this.sessions}` as SessionId, atMs: nowMs };
    this.told = undefined;
    this.readings = [];
    this.tellsAtMs = nowMs + chance.int(0, FIRST_TELLING_MS_MAX);
    this.fallBack();
    this.scene.say(
      `${this.session.id} begins: ${this.car?.terminals} phases, ${this.car?.mostMa} mA at most`,
    );
  }

  unplug(): void {
    this.scene.say(`${this.outlet.id} is unplugged`);
    this.car = undefined;
    this.session = undefined;
    this.fallBack();
  }

  /** Heeded by the station. */
  set({ dischargeMa = 0, limitMa, ttlMs }: Grant): void {
    const { nowMs } = this.scene;
    if (limitMa < this.limitMa || dischargeMa !== this.dischargeMa) this.loweredAtMs = nowMs;
    this.limitMa = limitMa;
    this.dischargeMa = dischargeMa;
    this.endsAtMs = nowMs + ttlMs;
    this.scene.say(`   ${this.outlet.id} has ${limitMa}${dischargeMa > 0 ? `, gives ${dischargeMa}` : ""}`);
  }

  /** The power goes: what was not told yet is lost. */
  darken(): void {
    this.readings = [];
  }

  /** After a boot it tells nothing for so long; some keep their profiles. */
  boot({ keeps, quietMs }: { readonly keeps: boolean; readonly quietMs: number }): void {
    if (!keeps || this.scene.nowMs > this.endsAtMs) this.fallBack();
    this.tellsAtMs = this.scene.nowMs + quietMs;
  }

  /** What it would let flow. */
  get mayMa(): number {
    const { fault, off } = this.station;
    if (off) return 0;
    if (fault === "ignores") return this.outlet.ratedMa;
    return fault === "exceeds" ? Math.min(this.outlet.ratedMa, EXCEEDS * this.limitMa) : this.limitMa;
  }

  /** On which its car draws. */
  get phases(): number {
    return Math.min(this.car?.terminals ?? 0, this.outlet.wiring.length);
  }

  get terminal(): Terminal {
    const { car, limitMa, mayMa, outlet, phases, station, terminalsMa } = this;
    const toldMa = station.off ? 0 : limitMa;
    const { evse } = outlet;
    return {
      ...{ station: station.id, evse, terminalsMa, mayMa, toldMa },
      phases: car === undefined ? undefined : phases,
    };
  }

  move(): void {
    const { nowMs } = this.scene;
    if (nowMs > this.endsAtMs) {
      this.scene.say(`   ${this.outlet.id} falls back to ${this.outlet.safeMa}`);
      this.fallBack();
      this.loweredAtMs = nowMs;
    }
    if (this.car !== undefined) this.charge(this.car);
    const { phases } = this;
    const drawMa = this.car?.drawMa ?? 0;
    this.terminalsMa = this.outlet.wiring.map((_, terminal) => (terminal < phases ? drawMa : 0));
  }

  tell(): void {
    const { nowMs } = this.scene;
    const { car, session, station } = this;
    if (station.off || session === undefined || car === undefined) return;
    const { telling } = station;
    if (nowMs >= this.tellsAtMs && telling.kind !== "nothing") {
      this.tellsAtMs = nowMs + this.tellsEveryMs;
      const dueMs = nowMs + (telling.kind === "late" ? telling.byMs : TOLD_AFTER_MS);
      this.readings.push({ dueMs, terminalsMa: this.says, wh: car.gotWh });
    }
    for (let next = this.readings[0]; next !== undefined && next.dueMs <= nowMs; next = this.readings[0]) {
      this.told = { atMs: nowMs, terminalsMa: next.terminalsMa, wh: next.wh };
      this.readings.shift();
    }
  }

  private charge(car: Car): void {
    const { nowMs } = this.scene;
    const { carMs, off } = this.station;
    const wantsMa = off ? 0 : car.wantsMa(this, nowMs);
    const more = wantsMa >= Math.max(0, car.drawMa);
    if (off || more || nowMs - this.loweredAtMs >= carMs) car.drawMa = wantsMa;
    this.chargedWh += car.flow(this.phases);
  }

  private get says(): readonly number[] {
    const { dischargeMaMax = 0 } = this.outlet;
    return this.station.fault === "boasts" && dischargeMaMax > 0
      ? this.terminalsMa.map(() => -2 * dischargeMaMax)
      : this.terminalsMa;
  }

  private get tellsEveryMs(): number {
    const { fault, telling, tellsEveryMs } = this.station;
    if (telling.kind === "slow") return telling.everyMs;
    const limited = this.mayMa < this.outlet.ratedMa || fault === "ignores";
    return limited ? Math.min(LIMITED_TELL_MS, tellsEveryMs) : tellsEveryMs;
  }

  private fallBack(): void {
    this.limitMa = this.outlet.safeMa;
    this.dischargeMa = 0;
    this.endsAtMs = Number.POSITIVE_INFINITY;
  }
}
