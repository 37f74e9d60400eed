/**
 * What stations did beside their CALLs that is to be counted: gathered per station and rule for a moment, then told to
 * the core in one decision, so that a station that does nothing else costs one row in a while.
 */
import type { Clock, Log, StationId } from "@wattward/kernel";
import type { Deviation } from "@wattward/ocpp";
import type { Core, Route } from "../core/port.ts";
import { DEVIATIONS_GATHER_MS } from "./limits.ts";

/** Rules of one station that are gathered at a time; there are not as many. */
const RULES_MAX = 64;

type Gathered = { readonly route: Route; readonly byRule: Map<string, Deviation> };

export class DeviationTally {
  private readonly ports: { core: Pick<Core, "decide">; clock: Clock; log: Log };
  private readonly gathered = new Map<StationId, Gathered>();

  constructor(ports: { core: Pick<Core, "decide">; clock: Clock; log: Log }) {
    this.ports = ports;
  }

  /** Returns at once. The last example of a rule is the one that is told. */
  add(station: StationId, route: Route, deviations: readonly Deviation[]): void {
    if (deviations.length === 0) return;
    let known = this.gathered.get(station);
    if (known === undefined) {
      known = { route, byRule: new Map() };
      this.gathered.set(station, known);
      this.ports.clock.after(DEVIATIONS_GATHER_MS, () => this.tell(station));
    }
    for (const deviation of deviations) {
      const { rule, places } = deviation;
      const before = known.byRule.get(rule);
      if (before === undefined && known.byRule.size >= RULES_MAX) continue;
      known.byRule.set(rule, { ...deviation, places: places + (before?.places ?? 0) });
    }
  }

  private tell(station: StationId): void {
    const { core, clock, log } = this.ports;
    const told = this.gathered.get(station);
    this.gathered.delete(station);
    if (told === undefined) return;
    const input = {
      station,
      route: told.route,
      deviations: [...told.byRule.values()],
      atMs: clock.now().wallMs,
    };
    core.decide("station.deviations", input).catch((error: unknown) => {
      log.error("deviations-not-stored", { station, error: String(error) });
    });
  }
}
