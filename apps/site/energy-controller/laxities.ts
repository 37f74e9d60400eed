/**
 * How long each session can wait, where no plan says so: its own word (2.x NotifyEVChargingNeeds, the CSMS) and what was learnt at this
 * site, as a plan would weigh them. With it the loop serves whoever can wait least also in *reactive*. Nothing is said of anybody where
 * nobody said anything and nothing was learnt, or where everybody is meant to get alike: then slots go round.
 */
import {
  laxityMs,
  type PlannedSession,
  type SessionId,
  type Site,
  STRATEGIES,
  type Strategy,
} from "@wattward/energy";

/** Learnt visits below this are chance. */
const VISITS_MIN = 20;

export type LaxityFacts = {
  readonly site: Site;
  readonly strategy: Strategy;
  readonly wallMs: number;
};

/** Milliseconds from now by session; below nothing: it leaves without what it wants. */
export function laxitiesOf(
  sessions: readonly PlannedSession[],
  { site, strategy, wallMs }: LaxityFacts,
): ReadonlyMap<SessionId, number> {
  const { driversWord } = STRATEGIES[strategy].weights;
  const known = sessions.filter(
    ({ energyWh, departureWallMs, learntVisits = 0 }) =>
      learntVisits >= VISITS_MIN || energyWh !== undefined || departureWallMs !== undefined,
  );
  if (strategy === "fairness") return new Map();
  return new Map(
    known.map((session) => {
      const outlet = site.outlets.find(({ id }) => id === session.outlet);
      const phases = outlet?.wiring.length ?? 3;
      const powerKw = (Math.min(session.wantsMa, outlet?.ratedMa ?? 0) * phases * site.voltageV) / 1e6;
      return [session.id, laxityMs(session, { wallMs, powerKw, driversWord })];
    }),
  );
}
