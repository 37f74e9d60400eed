/**
 * Is each outlet wired as the document says? Somebody starts a load there, and the grid meter shows on which phases it comes. The order
 * of a three-phase outlet's terminals shows only by a load on one of them: the first.
 */
import { type EnergyConfig, type Outlet, PHASES } from "@wattward/energy";
import { type Clock, sleep } from "@wattward/kernel";
import type { PhaseReport } from "./report.ts";

/** A car's least is 6 A. */
const STEP_MA = 4_000;
const LOOK_EVERY_MS = 500;
const BASELINE_LOOKS = 6;
/** What is looked at after somebody says that the load is on. */
const LOOKS = 10;

export type PhasePorts = {
  readonly clock: Clock;
  /** Signed currents through the grid meter, now, import positive; undefined where it does not answer. */
  currentMa(): Promise<readonly number[] | undefined>;
  /** Asks somebody at the station; false: skip this one. */
  ask(sentence: string): Promise<boolean>;
  readonly signal: AbortSignal;
};

export async function checkPhases(
  { site }: EnergyConfig,
  ports: PhasePorts,
): Promise<readonly PhaseReport[]> {
  const reports: PhaseReport[] = [];
  for (const outlet of site.outlets) {
    const at = `${outlet.id} (station ${outlet.station}, EVSE ${outlet.evse})`;
    const ready = await ports.ask(`${at}: no load there now? (Enter; s to skip)`);
    const before = ready ? await mean(ports, BASELINE_LOOKS) : undefined;
    const loaded =
      before !== undefined && (await ports.ask(`${at}: start a load of 6 A or more, then Enter (s to skip)`));
    const after = loaded ? await mean(ports, LOOKS) : undefined;
    ports.signal.throwIfAborted();
    reports.push(reportOf(outlet, before, after));
  }
  return reports;
}

export const notChecked = ({ site }: EnergyConfig): readonly PhaseReport[] =>
  site.outlets.map((outlet) => reportOf(outlet, undefined, undefined));

function reportOf(
  outlet: Outlet,
  before: readonly number[] | undefined,
  after: readonly number[] | undefined,
): PhaseReport {
  const about = { outlet: outlet.id, expected: outlet.wiring };
  if (before === undefined || after === undefined) return { ...about, seen: "not-checked" };
  const seen = PHASES.filter((_phase, i) => after[i]! - before[i]! >= STEP_MA);
  const away = PHASES.filter((_phase, i) => before[i]! - after[i]! >= STEP_MA);
  return away.length > 0 && seen.length === 0 ? { ...about, seen: away, inverted: true } : { ...about, seen };
}

/** A load on other phases than the document's is a fault; on some of them it is a car with fewer. */
export const phasesAgree = ({ expected, seen, inverted }: PhaseReport): boolean =>
  inverted !== true && phasesFit({ expected, seen });

/** A load on one phase, as most are on the first terminal, came on another than the document's first. */
export const isTurned = ({ expected, seen }: PhaseReport): boolean =>
  seen.length === 1 && expected.length > 1 && seen[0] !== expected[0] && expected.includes(seen[0]!);

const phasesFit = ({ expected, seen }: Pick<PhaseReport, "expected" | "seen">): boolean =>
  seen === "not-checked" || (seen.length > 0 && seen.every((phase) => expected.includes(phase)));

async function mean({ clock, currentMa }: PhasePorts, looks: number): Promise<readonly number[] | undefined> {
  const all: (readonly number[])[] = [];
  for (let i = 0; i < looks; i++) {
    await sleep(clock, LOOK_EVERY_MS);
    const now = await currentMa();
    if (now?.every(Number.isFinite) === true) all.push(now);
  }
  if (all.length === 0) return undefined;
  return PHASES.map((_phase, i) => all.reduce((sum, ma) => sum + ma[i]!, 0) / all.length);
}
