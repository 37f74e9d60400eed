/**
 * The local controller's part for one station, as `apps/site/charging/grant-writer.ts` does it, but for profiles and messages: grants are
 * written one after the other, what lowers first; what was not heeded is written again; what may be in force is remembered.
 */
import type { Grant, GrantOutcome, SessionId, SessionInput } from "@wattward/energy";
import type { Scene } from "./scene.ts";
import type { Evse, Station } from "./stations.ts";

/** To a station, and back from it; a step at least. */
export type Line = { readonly commandMs: number; readonly answerMs: number };

export type WritingPorts = { readonly line: Line; outcome(outcome: GrantOutcome): void };

type Outcome = GrantOutcome["outcome"];
type Answer = "accepted" | "rejected" | "silent";
type Wanted = { readonly grant: Grant; againAtMs: number; written: boolean; told?: Outcome };
type InForce = {
  readonly session: SessionId;
  readonly limitMa: number;
  readonly untilMs: number;
  readonly lifeMs: number;
  /** It may have less: it did not say yes. */
  readonly atMost: boolean;
};
type Due = {
  readonly evse: Evse;
  readonly wanted: Wanted;
  readonly rises: boolean;
  readonly lowers: boolean;
};

const AGAIN_MS = 5_000;
/** Until no answer is none: of a station whose line is cut, and of one that does not answer. */
const CUT_MS = 500;
const SILENT_MS = 10_000;

export class GrantWriting {
  private readonly scene: Scene;
  private readonly station: Station;
  private readonly line: Line;
  private readonly outcome: (outcome: GrantOutcome) => void;
  private readonly wanted = new Map<Evse, Wanted>();
  private readonly inForce = new Map<Evse, InForce>();
  private busy = false;
  private held = false;

  constructor(scene: Scene, station: Station, { line, outcome }: WritingPorts) {
    this.scene = scene;
    this.station = station;
    this.line = line;
    this.outcome = outcome;
  }

  /** Replaces what was wanted there before. */
  grant(evse: Evse, grant: Grant): void {
    const before = this.wanted.get(evse);
    if (before !== undefined) this.tell(before, "unanswered");
    this.wanted.set(evse, { grant, againAtMs: Number.NEGATIVE_INFINITY, written: false });
    this.work();
  }

  /** It boots: what lowers goes on. */
  hold(): void {
    this.held = true;
  }

  /** It may have lost its profiles. */
  release(): void {
    this.held = false;
    for (const wanted of this.wanted.values()) {
      wanted.written = false;
      wanted.againAtMs = Number.NEGATIVE_INFINITY;
    }
    this.work();
  }

  /** What the station may still live on, for a loop that does not know it. */
  left(evse: Evse): Pick<SessionInput, "inForceMa" | "goesOnMa"> {
    const { outlet, session, told } = evse;
    const force = this.inForce.get(evse);
    const { nowMs } = this.scene;
    if (force === undefined || force.session !== session?.id) return {};
    if (!this.station.off && force.untilMs + force.lifeMs <= nowMs) return {};
    const { atMost, limitMa: inForceMa } = force;
    const drawsMa = Math.max(outlet.safeMa, ...(told?.terminalsMa ?? []));
    return { inForceMa, ...(atMost && drawsMa < inForceMa && { goesOnMa: drawsMa }) };
  }

  /** Writes what is due. */
  work(): void {
    if (this.station.off) {
      for (const wanted of this.wanted.values()) this.tell(wanted, "unanswered");
      return;
    }
    if (this.busy) return;
    const all = this.due();
    const due = this.held ? all.filter(({ lowers }) => lowers) : all;
    const next = due.find(({ rises }) => !rises) ?? due[0];
    if (next !== undefined) this.write(next);
  }

  private due(): Due[] {
    const due: Due[] = [];
    for (const evse of this.station.evses) {
      const wanted = this.wanted.get(evse);
      if (wanted === undefined) continue;
      const { limitMa, session } = wanted.grant;
      if (evse.session?.id !== session) {
        this.tell(wanted, "rejected");
        this.wanted.delete(evse);
      } else if (!wanted.written && wanted.againAtMs <= this.scene.nowMs) {
        const hasMa = this.living(evse, session)?.limitMa ?? evse.outlet.safeMa;
        due.push({ evse, wanted, rises: limitMa > hasMa, lowers: limitMa < hasMa });
      }
    }
    return due;
  }

  private write({ evse, wanted }: Due): void {
    const { scene, station } = this;
    const writtenAtMs = scene.nowMs;
    const { boots } = station;
    this.busy = true;
    const settle = (ms: number, answer: () => Answer) =>
      scene.after(ms, () => {
        this.busy = false;
        this.settled({ evse, wanted, writtenAtMs }, answer());
        this.work();
      });
    scene.after(this.line.commandMs, () => {
      const gone = () => station.off || station.boots !== boots;
      if (gone()) return settle(CUT_MS, () => "silent");
      if (station.fault === "deaf") return settle(SILENT_MS, () => "silent");
      if (refused(evse, wanted.grant)) return settle(this.line.answerMs, () => "rejected");
      evse.set(wanted.grant);
      settle(this.line.answerMs, () => (gone() ? "silent" : "accepted"));
    });
  }

  private settled(
    { evse, wanted, writtenAtMs }: Pick<Due, "evse" | "wanted"> & { writtenAtMs: number },
    answer: Answer,
  ): void {
    const { limitMa, session, ttlMs, dischargeMa = 0 } = wanted.grant;
    const before = this.living(evse, session);
    const yes = answer === "accepted";
    if (answer !== "rejected")
      this.inForce.set(evse, {
        session,
        limitMa: yes ? limitMa : Math.max(before?.limitMa ?? 0, limitMa),
        ...{ untilMs: writtenAtMs + ttlMs, lifeMs: ttlMs, atMost: !yes },
      });
    if (yes) {
      wanted.written = true;
      this.tell(wanted, "accepted");
    } else if (answer === "rejected" && dischargeMa > 0) {
      if (this.wanted.get(evse) === wanted) this.wanted.delete(evse);
      this.tell(wanted, "rejected");
    } else {
      wanted.againAtMs = this.scene.nowMs + AGAIN_MS;
      this.tell(wanted, "unanswered");
    }
  }

  private living(evse: Evse, session: SessionId): InForce | undefined {
    const force = this.inForce.get(evse);
    return force?.session === session && force.untilMs > this.scene.nowMs ? force : undefined;
  }

  private tell(wanted: Wanted, outcome: Outcome): void {
    if (wanted.told === outcome || (wanted.told !== undefined && wanted.told !== "unanswered")) return;
    wanted.told = outcome;
    const { seq, session } = wanted.grant;
    this.outcome({ session, seq, outcome, atMs: this.scene.nowMs });
  }
}

function refused({ session, station: { fault } }: Evse, grant: Grant): boolean {
  if (fault === "refuses" || session?.id !== grant.session) return true;
  return fault === "refuses-giving" && (grant.dischargeMa ?? 0) > 0;
}
