/**
 * Who grants at this site: the energy controller while it is sound, else the fallback allocator of this process. Grants go to their stations,
 * outcomes back to whoever granted; the mode is told, and what the energy controller has for the CSMS is passed up.
 */
import {
  type EnergyConfig,
  type EnergySnapshot,
  FALLBACK_PERIOD_MS,
  Fallback,
  type Grant,
  type GrantOutcome,
  type LeftGrant,
  type OutletId,
  type SessionInput,
  type Site,
} from "@wattward/energy";
import { type Cancel, type Clock, every, type Log } from "@wattward/kernel";
import { type EnergyLimit, MODE_OBSERVED, type ModeTold, type SiteMessage } from "@wattward/sitelink";
import type { LineLink } from "../energy-link/line-link.ts";
import {
  ENERGY_KINDS,
  type FromEnergy,
  type FromLocal,
  QUARTERS_MS_MIN,
  STATE_EVERY_MS,
  type ToldSession,
} from "../energy-link/messages.ts";
import { Witness } from "../link/witness.ts";
import type { GrantNumbers } from "./grant-numbers.ts";
import { LOOK_EVERY_MS, NEWS_WITHIN_MS, OUTCOMES_MAX, QUARTERS_CHARS_MAX, SNAPSHOT_CHARS } from "./limits.ts";
import { OutsideLimit } from "./outside-limit.ts";
import type { Granted } from "./sound-turn.ts";
import { type Mode, Watch } from "./watch.ts";

export type AllocationPorts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly numbers: GrantNumbers;
  /** The document in force. */
  config(): EnergyConfig;
  /** What a person ordered at the central system. */
  ordered(): EnergyLimit | undefined;
  bundleVersion(): number;
  linkUp(): boolean;
  csmsEpoch(): number;
  /** Another process led this site before: nobody did until now. */
  readonly succeeds: boolean;
  told(nowMs: number): readonly ToldSession[];
  unlimited(): readonly OutletId[];
  /** What every outlet with a session was granted last, and what may still be in force there. */
  granted(): Granted;
  left(): readonly LeftGrant[];
  grant(grant: Grant): void;
  /** Whoever granted is gone. */
  drop(): void;
  /** While the link has room. */
  tell(message: SiteMessage): void;
  /** False where there was too much of it: it is told to nobody. */
  observe(kind: string, detail: string): boolean;
};

/** Only whoever comes after can say it. */
const LEADERLESS = "There was no local controller: stations lived on the charging profiles in them.";

type Falling = {
  readonly allocator: Fallback;
  readonly site: Site;
  readonly unlimited: string;
  readonly outcomes: GrantOutcome[];
};

export class Allocation {
  private readonly ports: AllocationPorts;
  private readonly watch: Watch;
  private readonly witness: Witness;
  private readonly outside: OutsideLimit;
  private readonly stops: Cancel[] = [];
  private outcomes: GrantOutcome[] = [];
  private fallback: Falling | undefined;
  private turnAtMs = Number.NEGATIVE_INFINITY;
  private news: Cancel | undefined;
  private modeTold: ModeTold | undefined;
  private snapshotAtMs = Number.NEGATIVE_INFINITY;
  private quartersAtMs = Number.NEGATIVE_INFINITY;

  constructor(ports: AllocationPorts) {
    this.ports = ports;
    const { clock, log, granted, linkUp, observe } = ports;
    this.outside = new OutsideLimit(clock.now().monotonicMs);
    this.witness = new Witness({
      ...{ clock, observe },
      name: "energy controller",
      owns: (kind) => ENERGY_KINDS.some((one) => one === kind),
    });
    this.watch = new Watch({
      ...{ clock, log, granted, linkUp, observe },
      site: () => this.site,
      siteSeq: () => ports.numbers.last,
      turned: (turn, grants) => this.turned(turn, grants),
      ignored: (outcomes) => this.note(this.outcomes, outcomes),
    });
    if (ports.succeeds) this.tellMode({ mode: "default", islanded: true, reason: LEADERLESS });
    this.stops.push(every(clock, LOOK_EVERY_MS, () => this.look()));
    this.stops.push(every(clock, STATE_EVERY_MS, () => this.tellState()));
  }

  accept(link: LineLink): void {
    this.watch.accept(link);
    this.tellState();
  }

  /** Of a grant of whoever grants now. */
  outcome(outcome: GrantOutcome): void {
    this.note(this.fallback?.outcomes ?? this.outcomes, [outcome]);
    this.changed();
  }

  /** Sessions or what they want are others: the energy controller hears it soon, the fallback decides anew. */
  changed(): void {
    this.news ??= this.ports.clock.after(NEWS_WITHIN_MS, () => {
      this.news = undefined;
      this.tellState();
      this.turnAtMs = Number.NEGATIVE_INFINITY;
      this.look();
    });
  }

  /** Said on at once, and once: where the line is down, the energy controller tells its quarters again. */
  acked(untilWallMs: number): void {
    this.tellState(untilWallMs);
  }

  get mode(): Mode {
    return this.watch.mode;
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.news?.();
    this.watch.close();
  }

  private get site(): Site {
    return this.ports.config().site;
  }

  private look(): void {
    const mode = this.watch.look();
    this.tellMode(mode);
    const falls = this.watch.fallback;
    const unlimited = this.ports.unlimited().join();
    const sameSite = this.fallback?.site === this.site && this.fallback.unlimited === unlimited;
    if (falls && !sameSite) this.enterFallback(unlimited);
    if (!falls && this.fallback !== undefined) this.leaveFallback();
    if (this.fallback !== undefined) this.fallbackTurn();
  }

  /** `unlimited`: ids of the outlets that nothing limits. */
  private enterFallback(unlimited: string): void {
    const { drop, left, numbers } = this.ports;
    const { site } = this;
    drop();
    const nothingLimits = new Set(this.ports.unlimited());
    // Of a site whose stations are as they have shown themselves, not as they were declared.
    const outlets = site.outlets.map((one) =>
      nothingLimits.has(one.id) ? { ...one, limiting: "none" as const } : one,
    );
    const allocator = new Fallback({ ...site, outlets }, left(), numbers.last);
    this.fallback = { allocator, site, unlimited, outcomes: [] };
    this.turnAtMs = Number.NEGATIVE_INFINITY;
  }

  /** The energy controller goes on from what the stations live on (`inForceMa`). */
  private leaveFallback(): void {
    this.fallback = undefined;
    this.ports.drop();
    this.tellState();
  }

  private fallbackTurn(): void {
    const { clock, grant, left, told } = this.ports;
    const nowMs = clock.now().monotonicMs;
    const { fallback } = this;
    if (fallback === undefined) return;
    const sessions = told(nowMs).map((session) => inputOf(session, nowMs));
    const due = nowMs - this.turnAtMs >= FALLBACK_PERIOD_MS || fallback.allocator.exceeded(sessions);
    if (!due) return;
    this.turnAtMs = nowMs;
    const outcomes = fallback.outcomes.splice(0);
    const externalW = this.standing()?.limitW;
    const live = new Set(left().map(({ outlet }) => outlet));
    const input = { nowMs, sessions, outcomes, live, ...(externalW !== undefined && { externalW }) };
    for (const one of fallback.allocator.turn(input)) {
      this.ports.numbers.used(one.seq);
      grant(one);
    }
    this.tellOwnSnapshot(fallback.allocator, nowMs);
  }

  /** The limit from outside that holds while the fallback grants. */
  private standing(): ReturnType<OutsideLimit["standing"]> {
    const { clock, config, ordered } = this.ports;
    return this.outside.standing({ now: clock.now(), settings: config().external, ordered: ordered() });
  }

  private turned(turn: FromEnergy, grants: readonly Grant[]): void {
    for (const grant of grants) {
      this.ports.numbers.used(grant.seq);
      this.ports.grant(grant);
    }
    if (turn.external !== undefined) this.outside.told(turn.external, this.ports.clock.now().monotonicMs);
    if (turn.snapshot !== undefined) this.passSnapshot(turn.snapshot);
    if (turn.quarters !== undefined && turn.quarters.length > 0) this.passQuarters(turn.quarters);
    for (const { kind, detail } of turn.observations ?? []) this.witness.tell(kind, detail);
  }

  private passQuarters(finished: NonNullable<FromEnergy["quarters"]>): void {
    const nowMs = this.ports.clock.now().monotonicMs;
    if (nowMs - this.quartersAtMs < QUARTERS_MS_MIN) return;
    this.quartersAtMs = nowMs;
    const quarters = JSON.stringify(finished);
    if (quarters.length <= QUARTERS_CHARS_MAX) this.ports.tell({ t: "energy-quarters", quarters });
    else this.ports.log.error("quarters-too-long", { chars: quarters.length });
  }

  /** With the mode of this side, which may be another than the energy controller thinks. */
  private passSnapshot(snapshot: EnergySnapshot): void {
    const nowMs = this.ports.clock.now().monotonicMs;
    if (nowMs - this.snapshotAtMs < STATE_EVERY_MS - LOOK_EVERY_MS) return;
    this.snapshotAtMs = nowMs;
    const whole = { ...snapshot, ...this.modeFields(nowMs) };
    const text = JSON.stringify(whole);
    const { plan: _, ...withoutPlan } = whole;
    const shorter = text.length <= SNAPSHOT_CHARS ? text : JSON.stringify(withoutPlan);
    if (shorter.length <= SNAPSHOT_CHARS) this.ports.tell({ t: "energy", snapshot: shorter });
  }

  /** Nobody measures anything: what is known is who lives on what, and may draw what at most. */
  private tellOwnSnapshot({ outlets }: Fallback, nowMs: number): void {
    if (this.watch.connected && nowMs - this.snapshotAtMs < 2 * STATE_EVERY_MS) return;
    const snapshot: EnergySnapshot = {
      atWallMs: Math.round(this.ports.clock.now().wallMs),
      ...this.modeFields(nowMs),
      ...{ flows: {}, fuses: [], batteries: [], meters: [] },
      externalLimit: this.standing(),
      outlets,
    };
    const text = JSON.stringify(snapshot);
    this.snapshotAtMs = nowMs;
    if (text.length <= SNAPSHOT_CHARS) this.ports.tell({ t: "energy", snapshot: text });
  }

  private modeFields(
    nowMs: number,
  ): Pick<EnergySnapshot, "mode" | "islanded" | "reason" | "modeSinceWallMs"> {
    const { islanded, mode, reason, sinceMs } = this.watch.mode;
    const modeSinceWallMs = Math.round(this.ports.clock.now().wallMs - (nowMs - sinceMs));
    return { mode, islanded, reason, modeSinceWallMs };
  }

  private tellMode({ islanded, mode, reason }: Omit<Mode, "sinceMs">): void {
    const before = this.modeTold;
    if (before?.mode === mode && before.islanded === islanded) return;
    const told = { mode, islanded, reason, ...(before !== undefined && { before: before.mode }) };
    // One that cannot be told now is told at the next look, if it still holds.
    if (!this.ports.observe(MODE_OBSERVED, JSON.stringify(told))) return;
    this.modeTold = told;
    this.ports.log.info("mode", { mode, islanded, say: reason });
  }

  private tellState(quartersAckedWallMs?: number): void {
    if (!this.watch.connected) return;
    const { bundleVersion, clock, csmsEpoch, linkUp, numbers, told, unlimited } = this.ports;
    const { monotonicMs, quality, wallMs } = clock.now();
    const nothingLimits = unlimited();
    const state: FromLocal = {
      t: "state",
      bundleVersion: bundleVersion(),
      linkUp: linkUp(),
      ...(quality !== "unknown" && { wallMs: Math.round(wallMs) }),
      grantSeq: numbers.last,
      sessions: told(monotonicMs),
      ...(nothingLimits.length > 0 && { unlimited: nothingLimits }),
      outcomes: this.outcomes.splice(0).map(({ atMs, outcome, seq, session }) => ({
        session,
        seq,
        outcome,
        agoMs: Math.max(0, monotonicMs - atMs),
      })),
      csmsEpoch: csmsEpoch(),
      ...(quartersAckedWallMs !== undefined && { quartersAckedWallMs }),
    };
    this.watch.send(state);
  }

  private note(into: GrantOutcome[], outcomes: readonly GrantOutcome[]): void {
    into.push(...outcomes);
    if (into.length > OUTCOMES_MAX) into.splice(0, into.length - OUTCOMES_MAX);
  }
}

/** With what a predecessor left: a car that still draws it has disobeyed nobody. */
function inputOf(
  { connectedAgoMs, id, inForceMa, observed, outlet, wantsMa }: ToldSession,
  nowMs: number,
): SessionInput {
  return {
    ...{ id, outlet, wantsMa, connectedAtMs: nowMs - connectedAgoMs },
    ...(inForceMa !== undefined && { inForceMa }),
    ...(observed && { observed: { atMs: nowMs - observed.agoMs, terminalsMa: observed.terminalsMa } }),
  };
}
