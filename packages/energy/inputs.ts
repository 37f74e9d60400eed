/**
 * What the control loop is told at each of its turns, and what it answers: the data flow of the package.
 *
 *     meters ─▶ trust ─▶ base load per fuse ─┐                            ┌─▶ grants ─▶ (adapter) ─▶ stations
 *     stations ─▶ may draw per outlet ───────┼─▶ room per row ─▶ shares ──┤
 *     plan, peak, external limit ────────────┘                            └─▶ battery setpoints ─▶ (guard) ─▶ batteries
 *
 * All instants are monotonic milliseconds of this machine (ADR 20), stamped when the fact arrived; wall time appears only where a
 * contract names it (quarter of an hour). A reading that is absent is absent: nothing here stands for "0".
 */
import type { Brand } from "@wattward/kernel";
import type { QuarterSoFar } from "./peak-budget.ts";
import type { PerPhase } from "./phases.ts";
import type { FuseId, MeterId, OutletId, SourceId } from "./site.ts";
import type { ChargeDoubt } from "./trust.ts";

export type SessionId = Brand<string, "SessionId">;

/** As the device told it, before anybody trusted it; every number may be absurd. */
export type RawReading = {
  readonly atMs: number;
  /** Amperes' size as milliamperes; signed or not, as the meter has it. */
  readonly currentMa: PerPhase;
  /** Signed, import positive; absent where the meter tells only currents. */
  readonly powerW?: PerPhase;
  readonly voltageMv?: PerPhase;
};

/** Signed current per phase of the site, import positive, that passed every check of trust. */
export type Reading = { readonly atMs: number; readonly currentMa: PerPhase };

export type SessionInput = {
  readonly id: SessionId;
  readonly outlet: OutletId;
  readonly connectedAtMs: number;
  /** Most that car and cable take, per phase. */
  readonly wantsMa: number;
  /**
   * The highest grant that the station may still live on, by a predecessor of this loop (another process, another document of the
   * site); absent: its safe default. It is budgeted, or the safe default where that is more, until a grant of this loop is in effect.
   */
  readonly inForceMa?: number;
  /** Of that, what it surely has, and goes on with when the loop first sees the session; absent: all of it. */
  readonly goesOnMa?: number;
  /** Time that it can still spare before it must charge without a pause to get what it needs; a plan's word goes before it. */
  readonly laxityMs?: number;
  /**
   * Car, driver and station would give back (V2X): so many watts at most, as long as energy is left above what car and driver keep.
   * Absent: they would not.
   */
  readonly discharge?: { readonly wMax: number; readonly leftWh: number };
  /** At the station's own terminals, in their order; the loop turns it. Below nothing: it gives back. */
  readonly observed?: { readonly atMs: number; readonly terminalsMa: readonly number[] };
};

/** What became of a grant that was sent. */
export type GrantOutcome = {
  readonly session: SessionId;
  readonly seq: number;
  readonly atMs: number;
  readonly outcome: "accepted" | "rejected" | "unanswered";
};

export type BatteryInput = {
  readonly id: SourceId;
  readonly atMs: number;
  /** Discharge positive. */
  readonly feedW: number;
  readonly chargePermille: number;
  readonly temperatureC: number;
};

export type SolarInput = { readonly id: SourceId; readonly atMs: number; readonly feedW: number };

/**
 * What of a battery's planned power gives way where the site draws other than planned. Without any, it is held as it is, but nothing is
 * fed into the grid that was not planned to be.
 */
export type BatteryLeeway = {
  /** Gives what the site draws, also beyond the plan: energy was planned to be worth less in the battery than bought now. */
  readonly covers: boolean;
  /** Stores what the site has to spare, also beyond the plan. */
  readonly absorbs: boolean;
  /** Feeding in from the battery was meant. */
  readonly exports: boolean;
};

export type SessionPlan = {
  readonly atLeastMa: number;
  readonly atMostMa: number;
  /** As of a session's input. Where sessions have one, the least goes first, also into what nobody was promised. */
  readonly laxityMs?: number;
  /** Gives back so much per phase, as far as the site itself draws it; with `atMostMa` 0. */
  readonly dischargeMa?: number;
};

/** The planner's advice, clamped by the loop. What it says of a session that has ended, or not of one that began, is harmless. */
export type Plan = {
  readonly madeAtMs: number;
  readonly validUntilMs: number;
  readonly sessions: ReadonlyMap<SessionId, SessionPlan>;
  /** Discharge positive. */
  readonly batteries: ReadonlyMap<SourceId, number>;
  /** Absent: a battery covers and absorbs nothing beyond its plan. */
  readonly leeway?: ReadonlyMap<SourceId, BatteryLeeway>;
  /** Watts that solar feeds at most, where less sun is worth more; a source that is not named feeds what there is. */
  readonly solar?: ReadonlyMap<SourceId, number>;
};

export type LoopInput = {
  readonly nowMs: number;
  /** Absent where the clock is not synced. */
  readonly wallMs?: number;
  /** What is kept of the quarter under way: a loop that begins in the middle of one has not seen what was used of its budget. */
  readonly quarter?: QuarterSoFar;
  readonly meters: ReadonlyMap<MeterId, RawReading>;
  readonly sessions: readonly SessionInput[];
  readonly outcomes: readonly GrantOutcome[];
  /** Outlets that nothing limits now, whatever the site's document says of them: each may draw its rating. Absent: none. */
  readonly unlimited?: readonly OutletId[];
  readonly batteries: readonly BatteryInput[];
  readonly solar: readonly SolarInput[];
  readonly plan?: Plan;
  /** Watts for everything controlled, from outside (§ 14a EnWG and the like), already judged by `externalW`. */
  readonly externalW?: number;
};

/** Why a grant is as it is; shown to users, so each has a sentence in the console. */
export type GrantReason =
  | "raised"
  | "lowered-for-limit"
  | "shared-anew"
  | "waits-in-queue"
  | "not-obeying"
  | "refreshed"
  | "gives-back"
  | "gives-back-no-more";

/** To be written to the station at once: never above `limitMa` per phase until its life ends, then the safe default. */
export type Grant = {
  readonly session: SessionId;
  readonly outlet: OutletId;
  readonly seq: number;
  readonly limitMa: number;
  readonly ttlMs: number;
  readonly reason: GrantReason;
  /** With `limitMa` 0: the car gives back so much per phase (V2X), and no more after that life than it draws: nothing. */
  readonly dischargeMa?: number;
};

export type Setpoint = {
  readonly source: SourceId;
  readonly feedW: number;
  readonly why: string;
  /** Why its state of charge is not believed; absent: it is. */
  readonly refused?: ChargeDoubt;
};

/** Solar that feeds no more than this until it is no longer named. */
export type SolarLimit = { readonly source: SourceId; readonly limitW: number };

export type LoopOutput = {
  readonly mode: "planned" | "reactive" | "conservative";
  readonly reason: string;
  readonly grants: readonly Grant[];
  readonly setpoints: readonly Setpoint[];
  /** To be renewed in each turn, like a battery's setpoint; absent: none. */
  readonly solarLimits?: readonly SolarLimit[];
  /** Everything that a page, an observation or a test wants to see. */
  readonly state: LoopState;
};

export type LoopState = {
  readonly fuses: readonly {
    readonly id: FuseId;
    readonly baseMa: PerPhase;
    readonly mayMa: PerPhase;
    readonly capacityMa: PerPhase;
    /** From a meter that is trusted, or declared. */
    readonly known: "metered" | "declared";
    /** More base load than was declared: no software bounds that (bound (d)). */
    readonly beyondDeclaration: boolean;
    /** What its own meter shows now, import positive; absent: it has none, or it is not trusted. */
    readonly measuredMa?: PerPhase;
  }[];
  readonly outlets: readonly {
    readonly id: OutletId;
    readonly limitMa: number;
    readonly mayMa: PerPhase;
    readonly standing: Standing;
    /** Told to give back so much per phase. */
    readonly dischargeMa?: number;
  }[];
  readonly meters: readonly { readonly id: MeterId; readonly refused?: string }[];
};

/**
 * `obeys`: may draw what it was granted. `disobeys`, `deaf` and `unlimited` may draw their rating. `empty`: nobody is
 * plugged in, so it may draw its safe default at any instant.
 */
export type Standing = "obeys" | "disobeys" | "deaf" | "unlimited" | "empty";
