/**
 * What cars have lent to the site (V2X): a car that was fuller before than it is now is owed the difference, also where it had been full and
 * its driver wants no more than it once had.
 */
import type { PlannedSession, SessionId } from "@wattward/energy";
import type { Known } from "./local-link.ts";

/** Less is a meter's rounding. */
const OWED_WH_MIN = 100;

export class Lent {
  private mostWh = new Map<SessionId, number>();

  /** Those who are there; whoever left is forgotten. */
  follow(sessions: readonly Known[]): void {
    this.mostWh = new Map(
      sessions.map(({ id, deliveredWh }) => [id, Math.max(deliveredWh, this.mostWh.get(id) ?? deliveredWh)]),
    );
  }

  /** What a plan has to know of it instead of what was learnt; nothing where nothing is owed. */
  owedTo({ id, deliveredWh }: Known): Pick<PlannedSession, "idle" | "takesWh"> {
    const mostWh = this.mostWh.get(id) ?? deliveredWh;
    return mostWh - deliveredWh > OWED_WH_MIN ? { idle: false, takesWh: [mostWh] } : {};
  }
}
