/**
 * Real sessions through the production code on simulated time: `createControlLoop`, `createPlanner`, `Forecasts`, around a plant of cars,
 * stations that know whole amperes, a battery and solar. What the code is told: that a car came, what its driver said, what
 * stations, meter and battery read. When a car leaves, and that it is full, it learns when it happens.
 *
 * Time. The loop's answers follow from its inputs, so where nothing changes nobody looks: after a change (somebody comes, goes, is full;
 * a new plan; a grant that was more than a refresh) it turns every `BUSY_MS` until an idle car would have been noticed (90 s), else
 * every `QUIET_MS`, which is less than half of a grant's life. Its own pace of raising and its dwell times are in seconds and hold at both
 * periods. Days on which nobody is there, and three days before anybody comes, pass at once: a battery has nobody to work for.
 */
import {
  type BatteryInput,
  type ControlLoop,
  createControlLoop,
  createPlanner,
  Forecasts,
  type Grant,
  type GrantOutcome,
  type LoopInput,
  type OutletId,
  type Plan,
  type PlannedSession,
  type PlannerInput,
  QUARTER_MS,
  type SessionId,
  type Site,
  type Solver,
  type SourceId,
} from "@wattward/energy";
import { type Fleet, STEP_MS } from "./cars.ts";
import type { Network } from "./network.ts";
import { nobodyFor } from "./offline.ts";
import { Plant, type PlantCar } from "./replay-plant.ts";
import type { RuleLaxity } from "./rules.ts";

const BUSY_MS = 5_000;
const BUSY_FOR_MS = 90_000;
const QUIET_MS = 30_000;
const HOUR_MS = 3_600_000;
const DAY_STEPS = 86_400_000 / STEP_MS;
const DEADLINE_MS = 20_000;

export type World = {
  readonly site: Site;
  readonly capKw: number;
  readonly network?: Network | undefined;
  readonly timeZone: string;
  readonly outletOf: ReadonlyMap<string, OutletId>;
  readonly solarW: (wallMs: number) => number;
  /** What is known at `wallMs` of prices from then on; thousandths of a cent. */
  readonly pricesAt: (wallMs: number) => PlannerInput["price"];
  readonly priceCent: (wallMs: number) => number;
  readonly feedInCent: number;
  readonly missedCent?: number | undefined;
  readonly priced: boolean;
  readonly startPermille: number;
  readonly efficiency: number;
};

export type Replayed = {
  readonly gotKwh: readonly number[];
  readonly cent: number;
  readonly peakKw: number;
  readonly instantPeakKw: number;
  readonly batteryEndKwh: number;
  readonly plans: number;
  readonly noPlans: number;
  readonly turns: number;
  readonly errors: Forecasts["errors"];
  readonly overloads: number;
  /** Steps of which more was imported, in the mean, than the cap: where it is no fuse. */
  readonly stepsAboveCap: number;
  readonly worstLoad: number;
};

type Replaying = {
  readonly solver: Solver;
  readonly say: (line: string) => void;
  /** What the forecasts once told as their state. */
  readonly history?: unknown;
  /** A simple rule instead of planner and forecasts. */
  readonly laxity?: RuleLaxity | undefined;
};

export async function replay(
  fleet: Fleet,
  world: World,
  { solver, say, history, laxity }: Replaying,
): Promise<Replayed> {
  const run = new Replay(fleet, world, { solver, history, laxity });
  for (let step = 0; step <= fleet.steps; step++) {
    await run.step(step);
    if (step % (288 * 10) === 0 && step > 0)
      say(
        `day ${step / 288} of ${Math.ceil(fleet.steps / 288)}: ${Math.round(run.gotKwh)} kWh, ${run.plans} plans, departures ± ${run.forecasts.errors.departureMin.toFixed(0)} min`,
      );
  }
  return run.result();
}

class Replay {
  readonly forecasts: Forecasts;
  plans = 0;
  private noPlans = 0;
  private turns = 0;
  private readonly fleet: Fleet;
  private readonly world: World;
  private readonly laxity: RuleLaxity | undefined;
  private readonly loop: ControlLoop;
  private readonly planner;
  private readonly plant: Plant;
  private readonly arriving: readonly PlantCar[];
  /** Nobody is there today, and nobody comes in the next days. */
  private asleep = false;
  private next = 0;
  private plan: Plan | undefined;
  private outcomes: GrantOutcome[] = [];
  /** Somebody was found full since the last plan. */
  private found = false;
  private busyUntilMs = 0;
  private nowMs: number;

  constructor(
    fleet: Fleet,
    world: World,
    { solver, history, laxity }: Pick<Replaying, "solver" | "history" | "laxity">,
  ) {
    this.laxity = laxity;
    this.fleet = fleet;
    this.world = world;
    this.forecasts = new Forecasts(world.timeZone, history);
    this.loop = createControlLoop(world.site);
    this.planner = createPlanner(solver);
    this.plant = new Plant(world, fleet.startMs);
    this.nowMs = fleet.startMs;
    this.arriving = fleet.cars
      .map((car, index) => ({
        car,
        index,
        id: `s${index}` as SessionId,
        outlet: world.outletOf.get(car.session.id)!,
        gotKwh: 0,
        limitMa: 0,
        drawMa: 0,
        connectedAtMs: 0,
      }))
      .sort((a, b) => a.car.from - b.car.from);
  }

  get gotKwh(): number {
    return this.plant.gotKwh.reduce((sum, kwh) => sum + kwh, 0);
  }

  /** One step of the grid: who goes, who comes, a plan, then the loop's turns. */
  async step(step: number): Promise<void> {
    const { plant } = this;
    const left = this.leave(step);
    const changed = this.arrive(step) || left;
    if (step % DAY_STEPS === 0) this.asleep = plant.cars.size === 0 && nobodyFor(this.fleet, step);
    const alone = plant.cars.size === 0 && (!plant.hasSources || this.asleep);
    if (!alone) await this.makePlan();
    if (changed || !alone) this.busyUntilMs = this.nowMs + BUSY_FOR_MS;
    const endMs = this.nowMs + STEP_MS;
    if (alone) {
      if (changed) this.turn();
      this.nowMs = endMs;
      plant.skipTo(endMs);
      this.seeSun();
      return;
    }
    while (this.nowMs < endMs) {
      if (this.found) await this.makePlan();
      const active = this.turn();
      if (active) this.busyUntilMs = this.nowMs + BUSY_FOR_MS;
      const period = this.nowMs < this.busyUntilMs ? BUSY_MS : QUIET_MS;
      const untilMs = Math.min(endMs, this.nowMs + period, plant.fullAtMs());
      if (plant.run(untilMs)) this.busyUntilMs = untilMs + BUSY_FOR_MS;
      this.nowMs = untilMs;
    }
    this.seeSun();
  }

  private seeSun(): void {
    if (this.plant.hasSources) this.forecasts.sawSolar(this.nowMs, this.world.solarW(this.nowMs));
  }

  private leave(step: number): boolean {
    let left = false;
    for (const car of this.plant.cars.values()) {
      if (car.car.to > step) continue;
      this.forecasts.departed(car.id, {
        leftWallMs: this.nowMs,
        takenWh: car.gotKwh * 1000,
      });
      this.plant.unplug(car);
      left = true;
    }
    return left;
  }

  private arrive(step: number): boolean {
    let came = false;
    for (; this.next < this.arriving.length && this.arriving[this.next]!.car.from <= step; this.next++) {
      const car = this.arriving[this.next]!;
      const { id, outlet } = car;
      this.forecasts.arrived({ id, outlet, arrivedWallMs: this.nowMs, ...car.car.told });
      this.plant.plug(car, this.nowMs);
      came = true;
    }
    return came;
  }

  /** A rule's order in the place of a plan, through the same loop and the same stations. */
  private planByRule(laxity: RuleLaxity): Plan {
    const { nowMs } = this;
    const step = (nowMs - this.fleet.startMs) / STEP_MS;
    const sessions = [...this.plant.cars.values()].map((car) => {
      const leftKwh = Math.max(0, car.car.needKwh - car.gotKwh);
      const laxityMs = laxity({ car: car.car, leftKwh }, step) * STEP_MS;
      return [car.id, { atLeastMa: 0, atMostMa: this.plant.wantsMa(car), laxityMs }] as const;
    });
    return {
      ...{ madeAtMs: nowMs, validUntilMs: nowMs + 2 * STEP_MS },
      ...{ sessions: new Map(sessions), batteries: new Map() },
    };
  }

  private async makePlan(): Promise<void> {
    const { world, plant, forecasts, nowMs } = this;
    if (this.laxity !== undefined) {
      this.plan = this.planByRule(this.laxity);
      this.found = false;
      return;
    }
    const steps = (36 * HOUR_MS) / QUARTER_MS;
    const none = { fromWallMs: nowMs, stepMs: QUARTER_MS, low: [0], likely: [0], high: [0] };
    const { battery } = plant;
    const planned = await this.planner.plan(
      {
        site: world.site,
        wallMs: nowMs,
        nowMs,
        strategy: "cost",
        sessions: [...plant.cars.values()].map((car) => this.sessionOf(car)),
        expected: forecasts.expected(nowMs, 24, this.powerW),
        loadW: none,
        solarW: plant.hasSources ? forecasts.solarW(nowMs, steps) : none,
        chargePermille: new Map(battery === undefined ? [] : [[battery.id, plant.chargePermille]]),
        price: world.pricesAt(nowMs),
        tariff: {
          feedInMilliCentPerKwh: world.feedInCent * 1000,
          demandMilliCentPerKw: 0,
          batteryWearMilliCentPerKwh: 0,
          ...(world.missedCent !== undefined && { missedMilliCentPerKwh: world.missedCent * 1000 }),
        },
      },
      DEADLINE_MS,
    );
    this.found = false;
    this.plans++;
    if (planned === undefined) this.noPlans++;
    else this.plan = planned.plan;
  }

  private get powerW(): number {
    return this.fleet.cars[0]!.powerKw * 1000;
  }

  private sessionOf(car: PlantCar): PlannedSession {
    const deliveredWh = car.gotKwh * 1000;
    return {
      id: car.id,
      outlet: car.outlet,
      arrivedWallMs: car.connectedAtMs,
      deliveredWh,
      wantsMa: this.plant.wantsMa(car),
      charging: car.drawMa > 0,
      ...car.car.told,
      ...this.forecasts.session(car.id, this.nowMs, deliveredWh),
    };
  }

  /** Whether anything but refreshing was told to anybody. */
  private turn(): boolean {
    this.turns++;
    const output = this.loop.turn(this.input());
    for (const car of this.plant.cars.values())
      if (this.forecasts.offered(car.id, this.nowMs, { offeredMa: car.limitMa, drawnMa: car.drawMa }))
        this.found = true;
    this.outcomes = output.grants.map(({ session, seq }) => ({
      session,
      seq,
      atMs: this.nowMs,
      outcome: "accepted" as const,
    }));
    for (const grant of output.grants) this.plant.grant(grant);
    for (const { source, feedW } of output.setpoints) this.plant.setBattery(source, feedW);
    this.plant.limitSolar(output.solarLimits ?? []);
    return output.grants.some(({ reason }: Grant) => reason !== "refreshed");
  }

  private input(): LoopInput {
    const { plant, nowMs } = this;
    const batteries: BatteryInput[] =
      plant.battery === undefined
        ? []
        : [
            {
              id: plant.battery.id,
              atMs: nowMs,
              feedW: plant.feedW,
              chargePermille: plant.chargePermille,
              temperatureC: 20,
            },
          ];
    return {
      nowMs,
      // Without the wall's time a peak is no mean of a quarter of an hour: it holds at every instant, as the bound has it.
      meters: new Map(
        this.world.site.meters.map(({ id }) => [id, { atMs: nowMs, currentMa: plant.meterMa() }]),
      ),
      sessions: [...plant.cars.values()].map((car) => ({
        id: car.id,
        outlet: car.outlet,
        connectedAtMs: car.connectedAtMs,
        wantsMa: plant.wantsMa(car),
        observed: { atMs: nowMs, terminalsMa: plant.terminalsMa(car) },
      })),
      outcomes: this.outcomes,
      batteries,
      solar: this.world.site.sources
        .filter(({ kind }) => kind === "solar")
        .map(({ id }) => ({ id: id as SourceId, atMs: nowMs, feedW: plant.solarW })),
      ...(this.plan === undefined ? {} : { plan: this.plan }),
    };
  }

  result(): Replayed {
    const { plant } = this;
    return {
      gotKwh: this.fleet.cars.map((_, i) => plant.gotKwh[i] ?? 0),
      cent: plant.cent,
      peakKw: plant.peakKw,
      instantPeakKw: plant.instantPeakKw,
      batteryEndKwh: plant.chargeKwh,
      plans: this.plans,
      noPlans: this.noPlans,
      turns: this.turns,
      errors: this.forecasts.errors,
      overloads: plant.overloads,
      stepsAboveCap: plant.stepsAboveCap,
      worstLoad: plant.worstLoad,
    };
  }
}
