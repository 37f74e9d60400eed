/** A day of the written site by the quarter of an hour: what is planned, and what was measured. */
import type { EnergyQuarter, PlanView } from "../api/energy-shapes.ts";
import { QUARTER_MS } from "../energy/plan-series.ts";

/** The site's day by the hour: what the sun gives, what the building takes, what cars take. */
function course(atMs: number): { solarW: number; buildingW: number; carsW: number } {
  const date = new Date(atMs);
  const weekend = date.getDay() === 0 || date.getDay() === 6;
  const sky = 0.75 + 0.5 * Math.abs(Math.sin(date.getDate() * 1.7));
  const visitors = (weekend ? 0.55 : 1) * (0.85 + 0.3 * Math.abs(Math.sin(date.getDate() * 2.3)));
  const hour = date.getHours() + date.getMinutes() / 60;
  const bell = (middle: number, width: number) => Math.exp(-(((hour - middle) / width) ** 2));
  return {
    solarW: Math.max(0, sky * 58_000 * bell(13, 3.1) - 900),
    buildingW: 9_000 + (weekend ? 4_000 : 14_000) * bell(11, 4) + 6_000 * bell(18, 2),
    carsW: 3_000 + visitors * (44_000 * bell(9.5, 1.8) + 30_000 * bell(14, 2.4) + 38_000 * bell(19, 2.2)),
  };
}

function batteryW(atMs: number): number {
  const hour = new Date(atMs).getHours() + new Date(atMs).getMinutes() / 60;
  return hour > 10.5 && hour < 15.5 ? -14_000 : hour > 17 && hour < 22 ? 16_000 : hour < 5 ? -3_000 : 0;
}

const chargeAt = (atMs: number): number => {
  const hour = new Date(atMs).getHours() + new Date(atMs).getMinutes() / 60;
  return Math.round(520 + 260 * Math.sin(((hour - 9.5) / 24) * 2 * Math.PI) ** 3 + 60 * Math.sin(hour));
};

/** What chance adds, the same each time. */
const wobble = (atMs: number, seed: number): number =>
  1 + 0.16 * Math.sin(atMs / 1_900_000 + seed) + 0.08 * Math.sin(atMs / 700_000 + 2 * seed);

/** Begins when it was made, as a site's does. */
export function planFrom(nowMs: number): PlanView {
  const fromWallMs = nowMs - 100_000;
  const steps = Array.from({ length: 96 }, (_, i) => fromWallMs + i * QUARTER_MS);
  const at = steps.map((ms) => ({ ...course(ms), batteryW: batteryW(ms) }));
  return {
    madeAtWallMs: fromWallMs,
    fromWallMs,
    stepMs: QUARTER_MS,
    gridW: at.map((it) => Math.round(it.buildingW + it.carsW - it.solarW - it.batteryW)),
    carsW: at.map(({ carsW }) => Math.round(carsW)),
    batteryW: at.map((it) => it.batteryW),
    solarW: at.map(({ solarW }) => Math.round(solarW)),
    buildingW: at.map(({ buildingW }) => Math.round(buildingW)),
    chargePermille: steps.map((ms) => chargeAt(ms + QUARTER_MS)),
  };
}

function quarterAt(fromWallMs: number): EnergyQuarter {
  const plan = course(fromWallMs);
  const solarW = plan.solarW * wobble(fromWallMs, 1);
  const carsW = plan.carsW * wobble(fromWallMs, 4);
  const buildingW = plan.buildingW * wobble(fromWallMs, 7);
  const feedW = batteryW(fromWallMs);
  const gridW = buildingW + carsW - solarW - feedW;
  const wh = (w: number) => Math.round(Math.max(0, w) / 4);
  const plannedW = plan.buildingW + plan.carsW - plan.solarW - feedW;
  return {
    fromMs: fromWallMs,
    importWh: wh(gridW),
    exportWh: wh(-gridW),
    solarWh: wh(solarW),
    batteryInWh: wh(-feedW),
    batteryOutWh: wh(feedW),
    buildingWh: wh(buildingW),
    carsWh: wh(carsW),
    carsWhByMode: { planned: wh(carsW) },
    costMilliCent: Math.round((wh(gridW) / 1000) * 24_000 - (wh(-gridW) / 1000) * 7_000),
    planned: { gridWh: Math.round(plannedW / 4), carsWh: wh(plan.carsW), batteryWh: Math.round(feedW / 4) },
    measuredS: 900,
    chargePermille: chargeAt(fromWallMs + QUARTER_MS),
  };
}

export function quartersOf(
  nowMs: number,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): EnergyQuarter[] {
  const quarters: EnergyQuarter[] = [];
  const first = Math.ceil(fromMs / QUARTER_MS) * QUARTER_MS;
  for (let at = first; at < toMs && at + QUARTER_MS <= nowMs; at += QUARTER_MS) {
    const hour = new Date(at).getHours() + new Date(at).getMinutes() / 60;
    // The grid meter was away for half an hour.
    const measured = hour >= 6 && hour < 6.5 ? { measuredS: 0 } : {};
    quarters.push({ ...quarterAt(at), ...measured });
  }
  return quarters;
}
