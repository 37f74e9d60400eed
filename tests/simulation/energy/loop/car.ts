/** A car at an outlet: what it wants, and what it draws now. Milliamperes per phase; below nothing it gives back. */
import type { Outlet } from "@wattward/energy";
import { VOLTAGE_V } from "@wattward/energy/testing";
import { STEP_MS } from "@wattward/simulator";
import { onceIn, oneOf } from "./dice.ts";
import type { Scene } from "./scene.ts";

/** What one that gives back keeps of what it has. */
export const KEEPS_WH = 10_000;
/** It stops somewhat later than whoever granted reckons with. */
const GIVES_DOWN_TO_WH = 9_000;
/** IEC 61851-1: no car charges with less. */
const LEAST_MA = 6_000;
const HOUR_MS = 3_600_000;

export class Car {
  /** It charges on as many of its station's terminals, if there are so many. */
  readonly terminals: number;
  readonly mostMa: number;
  /** Full with so much. */
  readonly needWh: number;
  readonly givesBack: boolean;
  /** What it can spare before it must charge without a pause, less the longer it waits; absent: nobody told. */
  laxityMs: number | undefined;
  /** Asleep, or paused by its driver, until then. */
  wakesAtMs: number;
  gotWh = 0;
  drawMa = 0;

  /** `tight`: it takes much, and for long. */
  constructor({ chance, nowMs }: Scene, outlet: Outlet, tight: boolean) {
    this.givesBack = outlet.dischargeMaMax !== undefined && !onceIn(chance, 3);
    this.terminals = onceIn(chance, 3) ? chance.int(1, 2) : 3;
    this.mostMa = (tight && onceIn(chance, 2) ? 32 : chance.int(6, 32)) * 1_000;
    const muchWh = tight ? oneOf(chance, [0, 100_000, 200_000]) : 0;
    this.needWh = muchWh + chance.int(200, 30_000) + (this.givesBack ? KEEPS_WH : 0);
    if (this.givesBack) this.gotWh = KEEPS_WH + chance.int(0, 3_000);
    this.wakesAtMs = nowMs + (onceIn(chance, 3) ? chance.int(0, 40) * 1_000 : 0);
    this.laxityMs = this.givesBack || onceIn(chance, 4) ? chance.int(1, 8) * HOUR_MS : undefined;
  }

  /** What it takes where it may take so much, or gives where it is told to. */
  wantsMa(told: { readonly mayMa: number; readonly dischargeMa: number }, nowMs: number): number {
    if (told.dischargeMa > 0 && this.givesBack && this.gotWh > GIVES_DOWN_TO_WH) return -told.dischargeMa;
    const charges = this.gotWh < this.needWh && nowMs >= this.wakesAtMs && told.mayMa >= LEAST_MA;
    return charges ? Math.min(told.mayMa, this.mostMa) : 0;
  }

  /** One step, on so many phases; what it got in it, Wh. */
  flow(phases: number): number {
    if (this.laxityMs !== undefined && this.drawMa <= 0) this.laxityMs -= STEP_MS;
    const wh = (this.drawMa * phases * VOLTAGE_V * STEP_MS) / 3.6e9;
    this.gotWh += wh;
    return wh;
  }
}
