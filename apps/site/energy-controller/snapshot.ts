/** What a page shows of this moment, from the loop's last turn and what was measured. */
import type {
  BatteryInput,
  EnergySnapshot,
  Flows,
  GrantReason,
  LoopOutput,
  OutletId,
  SessionInput,
} from "@wattward/energy";
import type { DeviceState } from "./devices/fleet.ts";
import type { Planning } from "./planning.ts";

export type Shown = {
  readonly nowMs: number;
  readonly wallMs: number;
  readonly output: LoopOutput;
  readonly modeSinceMs: number;
  readonly flows: Flows;
  readonly external: EnergySnapshot["externalLimit"];
  readonly linkUp: boolean;
  readonly sessions: readonly SessionInput[];
  readonly batteries: readonly BatteryInput[];
  /** Why each outlet has what it has. */
  readonly reasons: ReadonlyMap<OutletId, GrantReason>;
  readonly devices: readonly DeviceState[];
  readonly planning: Planning | undefined;
};

export function snapshotOf(shown: Shown): EnergySnapshot {
  const { nowMs, output, external, planning } = shown;
  // Clocks that jump must not make a time before all times.
  const wallAt = (atMs: number) => Math.max(0, Math.round(shown.wallMs - (nowMs - atMs)));
  const observed = new Map(shown.sessions.map((session) => [session.outlet, session.observed]));
  const view = planning?.planned?.view;
  return {
    atWallMs: Math.round(shown.wallMs),
    mode: output.mode,
    islanded: !shown.linkUp,
    reason: output.reason,
    modeSinceWallMs: wallAt(shown.modeSinceMs),
    flows: shown.flows,
    externalLimit: external,
    fuses: output.state.fuses,
    outlets: output.state.outlets.map((outlet) => {
      const terminalsMa = observed.get(outlet.id)?.terminalsMa;
      const reason = shown.reasons.get(outlet.id);
      return {
        ...outlet,
        ...(terminalsMa !== undefined && { observedMa: terminalsMa.reduce(farther, 0) }),
        ...(reason !== undefined && { reason }),
      };
    }),
    batteries: shown.batteries.filter(isTold).map(({ id, feedW, chargePermille }) => {
      const set = output.setpoints.find(({ source }) => source === id);
      return { id, feedW, chargePermille, ...(set && { setW: set.feedW }), why: set?.why ?? "" };
    }),
    meters: output.state.meters,
    devices: shown.devices.map(({ id, kind, health, writes }) => ({
      ...{ id, kind, state: health.kind, sinceWallMs: wallAt(health.sinceMs) },
      ...("trouble" in health && { detail: health.trouble.sentence.slice(0, DETAIL_CHARS_MAX) }),
      ...(writes !== undefined && { writes }),
    })),
    ...(view !== undefined && { plan: view }),
    ...(planning !== undefined && isProven(planning.errors) && { forecastError: planning.errors }),
  };
}

const DETAIL_CHARS_MAX = 300;

/** Until a forecast was held against what came of it nothing is known of its error: that is not 0. */
const isProven = (errors: Planning["errors"]): boolean => Object.values(errors).some((mean) => mean > 0);

/** Of what is drawn and what is given back, the phase with the most of it. */
const farther = (most: number, ma: number): number => (Math.abs(ma) > Math.abs(most) ? ma : most);

/** A battery that tells absurd figures is shown by its refusal, not by them. */
const isTold = ({ feedW, chargePermille }: BatteryInput): boolean =>
  Number.isFinite(feedW) && chargePermille >= 0 && chargePermille <= 1_000;
