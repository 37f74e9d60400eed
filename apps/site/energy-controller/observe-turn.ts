/** What a turn of the control loop shows that somebody should hear of: each as a state, told when it becomes another (`observer.ts`). */
import type { EnergyConfig, LoopOutput, MeterId } from "@wattward/energy";
import type { DeviceState } from "./devices/fleet.ts";
import type { Observer } from "./observer.ts";
import type { OutsideLimit } from "./ordered-limit.ts";

export type Beside = {
  readonly nowMs: number;
  readonly devices: EnergyConfig["devices"];
  readonly states: readonly DeviceState[];
  readonly outside: OutsideLimit | undefined;
};

export function observeTurn(observer: Observer, { setpoints, state }: LoopOutput, beside: Beside): void {
  const { nowMs, outside, states } = beside;
  for (const { id, kind, health } of states) {
    const ails = "trouble" in health && health.kind !== "asleep" ? health : undefined;
    const detail = ails && {
      ...{ device: id, kind, state: ails.kind },
      ...{ trouble: ails.trouble.kind, say: ails.trouble.sentence },
    };
    observer.is("energy.device", id, detail, nowMs);
  }
  for (const { id, refused } of state.meters) {
    // Just started: nobody has had the time to answer.
    const silent = refused === undefined || isUnheard(id, beside);
    observer.is("energy.meter", id, silent ? undefined : { meter: id, refused }, nowMs);
  }
  for (const { refused, source } of setpoints) {
    const detail = refused === undefined ? undefined : { battery: source, charge: refused };
    observer.is("energy.battery", source, detail, nowMs);
  }
  for (const { id, standing } of state.outlets) {
    const bad = standing === "disobeys" || standing === "deaf";
    observer.is("energy.outlet", id, bad ? { outlet: id, standing } : undefined, nowMs);
  }
  for (const { id, beyondDeclaration, baseMa } of state.fuses) {
    const detail = beyondDeclaration ? { fuse: id, baseMa: baseMa.map(Math.round) } : undefined;
    observer.is("energy.beyond-declaration", id, detail, nowMs);
  }
  const limited = outside && { state: outside.kind, limitW: outside.limitW };
  observer.is("energy.external", "limit", limited, nowMs);
}

function isUnheard(meter: MeterId, { devices, states }: Beside): boolean {
  const device = devices.find(({ is }) => is.kind === "meter" && is.meter === meter);
  return states.some(({ id, health }) => id === device?.id && health.kind === "unknown");
}
