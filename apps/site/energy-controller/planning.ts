/**
 * Forecasts and plans (ADR 18), beside the control loop and never in its way: what is measured teaches the forecasts, every two minutes or
 * when a session comes or goes the planner is asked, and its answer holds until it is out of date. Without a planner, or without an
 * answer, the loop goes on without a plan.
 *
 *     energy/forecasts.json   what was learnt, and what is owed to cars, every FORECAST_KEEP_EVERY_MS
 */
import {
  type BatteryInput,
  DRAWS_MA_MIN,
  type EnergyConfig,
  type EnergyQuarter,
  type Flows,
  Forecasts,
  HORIZON_MS,
  type OutletId,
  type Planned,
  type PlannedSession,
  type Planner,
  type PlannerInput,
  Prices,
  planViewRule,
  QUARTER_MS,
  type SessionId,
} from "@wattward/energy";
import type { Clock, Disk, Log } from "@wattward/kernel";
import { keep, orNothing, readKept } from "../state/kept.ts";
import { laxitiesOf } from "./laxities.ts";
import { Lent } from "./lent.ts";
import {
  FORECAST_KEEP_EVERY_MS,
  PLAN_AGAIN_MS_MIN,
  PLAN_DEADLINE_MS,
  PLAN_EVERY_MS,
  PLAN_LATE_MS,
  PLAN_LIVES_MS_MAX,
} from "./limits.ts";
import type { Known } from "./local-link.ts";

const KEPT = "energy/forecasts.json";
const HOUR_MS = 3_600_000;
const PLAN_HOURS = HORIZON_MS / HOUR_MS;
/** Absurd beyond this: a site has fewer outlets. */
const PLAN_SESSIONS_MAX = 2_000;
/** Wall time that moves by more than this against the durations was set. */
const CLOCK_SET_MS = 60_000;
/** How often the forecasts look: finer than they learn. */
const LEARN_EVERY_MS = 10_000;

export type PlanningPorts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly disk: Disk;
  /** Absent: nobody plans, and the mode stays reactive. */
  readonly planner?: Planner;
};

export type Facts = {
  readonly nowMs: number;
  readonly wallMs: number;
  readonly flows: Flows;
  readonly sessions: readonly Known[];
  readonly batteries: readonly BatteryInput[];
  /** What each outlet was last granted, per phase. */
  readonly offeredMa: ReadonlyMap<OutletId, number>;
  readonly externalW?: number;
  /** Highest mean import of a quarter of this month so far, W. */
  readonly peakSoFarW?: number;
  /** Solar feeds less than there is sun, by our own order: nothing is learnt from that. */
  readonly solarHeldBack?: boolean;
};

export class Planning {
  /** The plan in force. */
  planned: Planned | undefined;
  prices: Prices;
  private readonly ports: PlanningPorts;
  private config: EnergyConfig;
  private forecasts: Forecasts;
  private present = new Map<SessionId, Known>();
  /** What the wall shows when the durations begin. */
  private wallBeganMs: number | undefined;
  private changed = true;
  /** What the devices told when a plan was last thought of: with more, another plan is due. */
  private heard = "";
  private askedAtMs = Number.NEGATIVE_INFINITY;
  private asking = false;
  /** Why there was no plan when one was asked for last. */
  private missing: string | undefined;
  private keptAtMs: number;
  private learntAtMs = Number.NEGATIVE_INFINITY;
  private readonly lent: Lent;
  private waits: ReadonlyMap<SessionId, number> = new Map();
  private waitsAtMs = Number.NEGATIVE_INFINITY;

  private constructor(ports: PlanningPorts, config: EnergyConfig, state: unknown) {
    this.ports = ports;
    this.config = config;
    this.prices = new Prices(config.tariff, config.timeZone);
    this.forecasts = new Forecasts(config.timeZone, state);
    this.lent = new Lent((state as { readonly lent?: unknown } | undefined)?.lent);
    this.keptAtMs = ports.clock.now().monotonicMs;
  }

  static async open(ports: PlanningPorts, config: EnergyConfig): Promise<Planning> {
    const kept = readKept<object>(ports.disk, ports.log, {
      path: KEPT,
      parse: (value) => (typeof value === "object" && value !== null ? value : undefined),
    });
    const state = await orNothing(ports.log, KEPT, kept);
    return new Planning(ports, config, state);
  }

  /** Why there is none, for the log and for people; `undefined`: there is one, or none was asked for yet. */
  get missingBecause(): string | undefined {
    return this.missing;
  }

  /** How long a session can wait, without any plan; `undefined`: nobody knows, or it does not count. */
  laxityOf(id: SessionId): number | undefined {
    return this.waits.get(id);
  }

  /** Another document of the same site: what was learnt stays, the plan does not. */
  reconfigure(config: EnergyConfig): void {
    if (config.timeZone !== this.config.timeZone) {
      this.forecasts = new Forecasts(config.timeZone, this.forecasts.state());
      // Whoever is there is told to these in the next turn.
      this.present.clear();
    }
    this.config = config;
    this.prices = new Prices(config.tariff, config.timeZone);
    this.planned = undefined;
    this.changed = true;
  }

  get errors(): Forecasts["errors"] {
    return this.forecasts.errors;
  }

  /** To be called in each turn; costs nothing where nothing is due. */
  turn(facts: Facts): void {
    const { nowMs } = facts;
    if (nowMs > (this.planned?.plan.validUntilMs ?? nowMs)) this.planned = undefined;
    this.follow(facts);
    this.watchOffers(facts);
    this.watchDevices(facts);
    this.reckonWaits(facts);
    if (nowMs - this.learntAtMs >= LEARN_EVERY_MS) {
      this.learntAtMs = nowMs;
      if (facts.flows.buildingW !== undefined) this.forecasts.sawLoad(facts.wallMs, facts.flows.buildingW);
      if (facts.flows.solarW !== undefined && facts.solarHeldBack !== true)
        this.forecasts.sawSolar(facts.wallMs, facts.flows.solarW);
      this.forecasts.passed(facts.wallMs);
    }
    if (nowMs - this.keptAtMs >= FORECAST_KEEP_EVERY_MS) {
      this.keptAtMs = nowMs;
      void this.keep();
    }
    const sinceMs = nowMs - this.askedAtMs;
    const due = sinceMs >= PLAN_EVERY_MS || (this.changed && sinceMs >= PLAN_AGAIN_MS_MIN);
    if (due && !this.asking && this.ports.planner !== undefined) void this.ask(this.ports.planner, facts);
  }

  /** A fault of the disk costs what was learnt lately, and is said. */
  async keep(): Promise<void> {
    try {
      const state = { ...this.forecasts.state(), lent: this.lent.state() };
      await keep(this.ports.disk, this.ports.log, KEPT, state);
    } catch (error) {
      this.ports.log.error("forecasts-not-kept", { say: String(error) });
    }
  }

  /** What the plan in force means by a quarter. */
  meant(fromWallMs: number): EnergyQuarter["planned"] {
    const { planned } = this;
    if (planned === undefined) return undefined;
    const { view } = planned;
    const first = Math.max(0, Math.floor((fromWallMs - view.fromWallMs) / view.stepMs));
    const steps = Math.max(1, Math.round(QUARTER_MS / view.stepMs));
    const wh = (values: readonly number[]) => {
      const part = values.slice(first, first + steps);
      return part.length === 0
        ? undefined
        : (part.reduce((a, b) => a + b, 0) / part.length) * (QUARTER_MS / HOUR_MS);
    };
    const [gridWh, carsWh, batteryWh] = [wh(view.gridW), wh(view.carsW), wh(view.batteryW)];
    return gridWh === undefined || carsWh === undefined || batteryWh === undefined
      ? undefined
      : { gridWh, carsWh, batteryWh };
  }

  /** Who came and who went, and of whom more is known. */
  private follow({ sessions, nowMs, wallMs }: Facts): void {
    const now = new Map(sessions.map((known) => [known.id, known]));
    const wasSet = this.wasSet(wallMs - nowMs);
    for (const known of sessions) {
      const before = this.present.get(known.id);
      const same = before?.energyWh === known.energyWh && before?.departureWallMs === known.departureWallMs;
      if (before !== undefined && same && !wasSet) continue;
      this.waitsAtMs = Number.NEGATIVE_INFINITY;
      this.changed = true;
      const { id, outlet, energyWh, departureWallMs } = known;
      this.forecasts.arrived({
        ...{ id, outlet, arrivedWallMs: arrivalOf(known, nowMs, wallMs) },
        ...(energyWh !== undefined && { energyWh }),
        ...(departureWallMs !== undefined && { departureWallMs }),
      });
    }
    for (const [id, known] of this.present) {
      if (now.has(id)) continue;
      this.changed = true;
      this.forecasts.departed(id, { leftWallMs: wallMs, takenWh: known.deliveredWh });
    }
    this.present = now;
    this.lent.follow(sessions);
  }

  private wasSet(wallBeganMs: number): boolean {
    const before = (this.wallBeganMs ??= wallBeganMs);
    if (Math.abs(wallBeganMs - before) <= CLOCK_SET_MS) return false;
    this.wallBeganMs = wallBeganMs;
    return true;
  }

  /** Who leaves what he is offered is full: his part is worth a new plan. */
  private watchOffers({ sessions, offeredMa, wallMs }: Facts): void {
    for (const { id, outlet, input } of sessions) {
      if (input.observed === undefined) continue;
      const drawnMa = Math.max(0, ...input.observed.terminalsMa);
      const found = this.forecasts.offered(id, wallMs, { offeredMa: offeredMa.get(outlet) ?? 0, drawnMa });
      this.changed ||= found;
    }
  }

  /** A plan made before the first reading, or without a battery, knows too little to be kept for two minutes. */
  private watchDevices({ batteries, flows }: Facts): void {
    const heard = [...batteries.map(({ id }) => id), flows.buildingW !== undefined].join(" ");
    this.changed ||= heard !== this.heard;
    this.heard = heard;
  }

  /** As often as the forecasts look, and at once for whoever comes. */
  private reckonWaits({ sessions, nowMs, wallMs }: Facts): void {
    if (nowMs - this.waitsAtMs < LEARN_EVERY_MS) return;
    this.waitsAtMs = nowMs;
    const { site, strategy } = this.config;
    this.waits = laxitiesOf(
      sessions.map((known) => this.sessionOf(known, nowMs, wallMs)),
      { site, strategy, wallMs },
    );
  }

  private async ask(planner: Planner, facts: Facts): Promise<void> {
    this.asking = true;
    this.askedAtMs = facts.nowMs;
    this.changed = false;
    const { config } = this;
    let why = "the planner gave no reason";
    try {
      const asked = planner.plan(this.inputOf(facts), PLAN_DEADLINE_MS, (sentence) => (why = sentence));
      const planned = await this.inTime(asked);
      if (planned === "late") why = `no answer within ${PLAN_DEADLINE_MS / 1000} s, and none after that`;
      const fault = planned === undefined || planned === "late" ? why : faultOfPlanned(planned, facts.nowMs);
      if (fault !== undefined) this.missed(fault);
      // One for another document is for another site.
      else if (this.config === config && typeof planned === "object") this.take(planned);
    } catch (error) {
      this.missed(error instanceof Error ? error.message : String(error));
    } finally {
      this.asking = false;
    }
  }

  private take(planned: Planned): void {
    this.planned = planned;
    if (this.missing !== undefined) this.ports.log.info("planned-again", { missed: this.missing });
    this.missing = undefined;
  }

  /** Said when it begins and when its reason becomes another: a planner that is dead for a day fills no log. */
  private missed(why: string): void {
    if (this.missing !== why) this.ports.log.warn("no-plan", { why, say: "the loop goes on without one" });
    this.missing = why;
  }

  /** A planner keeps its deadline by itself; one that does not is waited for no longer. */
  private inTime(asked: Promise<Planned | undefined>): Promise<Planned | undefined | "late"> {
    return new Promise((resolve, reject) => {
      const late = this.ports.clock.after(PLAN_DEADLINE_MS + PLAN_LATE_MS, () => resolve("late"));
      asked.finally(late).then(resolve, reject);
    });
  }

  private inputOf(facts: Facts): PlannerInput {
    const { site, strategy, tariff } = this.config;
    const { currency: _, energy: __, ...costs } = tariff;
    const { nowMs, wallMs, externalW, peakSoFarW } = facts;
    const steps = (PLAN_HOURS * HOUR_MS) / QUARTER_MS + 1;
    const powerW = Math.max(
      ...site.outlets.map(({ ratedMa, wiring }) => (ratedMa * wiring.length * site.voltageV) / 1000),
      0,
    );
    return {
      ...{ site, wallMs, nowMs, strategy },
      // The numbers alone: what energy costs is told by the step.
      tariff: costs,
      sessions: facts.sessions.map((known) => this.sessionOf(known, nowMs, wallMs)),
      expected: this.forecasts.expected(wallMs, PLAN_HOURS, powerW),
      loadW: this.forecasts.loadW(wallMs, steps),
      solarW: this.forecasts.solarW(wallMs, steps),
      chargePermille: new Map(facts.batteries.map(({ id, chargePermille }) => [id, chargePermille])),
      price: this.prices.series(wallMs, PLAN_HOURS + 1),
      ...(externalW !== undefined && { externalW }),
      ...(peakSoFarW !== undefined && { peakSoFarW }),
    };
  }

  private sessionOf(known: Known, nowMs: number, wallMs: number): PlannedSession {
    const { id, outlet, deliveredWh, wantsMa, energyWh, departureWallMs } = known;
    const { dischargeWMax, dischargeLeftWh } = known;
    return {
      ...{ id, outlet, deliveredWh, wantsMa, arrivedWallMs: arrivalOf(known, nowMs, wallMs) },
      ...this.forecasts.session(id, wallMs, deliveredWh),
      charging: Math.max(0, ...(known.input.observed?.terminalsMa ?? [])) >= DRAWS_MA_MIN,
      ...(energyWh !== undefined && { energyWh }),
      ...(departureWallMs !== undefined && { departureWallMs }),
      ...(dischargeWMax !== undefined && { dischargeWMax }),
      ...(dischargeLeftWh !== undefined && { dischargeLeftWh }),
      ...this.lent.owedTo(known),
    };
  }
}

/** What the loop does not look at itself: a life without end, and figures for pages that no page could show. */
function faultOfPlanned({ plan, view }: Planned, nowMs: number): string | undefined {
  if (!(plan.validUntilMs - nowMs <= PLAN_LIVES_MS_MAX)) return "the plan would hold for ever";
  if (plan.sessions.size > PLAN_SESSIONS_MAX || plan.batteries.size > PLAN_SESSIONS_MAX)
    return `the plan is for more than ${PLAN_SESSIONS_MAX} sessions or batteries`;
  const wrong = planViewRule(view);
  return wrong === undefined ? undefined : `the plan as it would be shown${wrong}`;
}

const arrivalOf = ({ input }: Known, nowMs: number, wallMs: number): number =>
  Math.max(0, Math.round(wallMs - (nowMs - input.connectedAtMs)));
