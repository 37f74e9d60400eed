/**
 * What cars have lent to the site (V2X): a car that was fuller before than it is now is owed the difference, also where it had been full and
 * its driver wants no more than it once had.
 */
import type { PlannedSession, SessionId } from "@wattward/energy";
import type { Known } from "./local-link.ts";

/** Less is a meter's rounding. */
const OWED_WH_MIN = 100;

export class Lent {
  private mostWh = new Map<string, number>();
  /** As an earlier process kept it; who is there is told only after a while. */
  private readonly before: ReadonlyMap<string, number>;

  /** `kept`: as `state()` once told it, whatever has become of it since. */
  constructor(kept?: unknown) {
    this.before = new Map(Array.isArray(kept) ? kept.filter(isEntry) : []);
  }

  /** Those who are there; whoever left is forgotten. */
  follow(sessions: readonly Known[]): void {
    this.mostWh = new Map(
      sessions.map(({ id, deliveredWh }) => [id, Math.max(deliveredWh, this.mostOf(id) ?? deliveredWh)]),
    );
  }

  state(): readonly (readonly [id: string, mostWh: number])[] {
    return [...(this.mostWh.size > 0 ? this.mostWh : this.before)];
  }

  /** What a plan has to know of it instead of what was learnt; nothing where nothing is owed. */
  owedTo({ id, deliveredWh }: Known): Pick<PlannedSession, "idle" | "takesWh"> {
    const mostWh = this.mostOf(id) ?? deliveredWh;
    return mostWh - deliveredWh > OWED_WH_MIN ? { idle: false, takesWh: [mostWh] } : {};
  }

  private mostOf(id: SessionId): number | undefined {
    return this.mostWh.get(id) ?? this.before.get(id);
  }
}

const isEntry = (x: unknown): x is [id: string, mostWh: number] =>
  Array.isArray(x) && typeof x[0] === "string" && Number.isFinite(x[1]);
