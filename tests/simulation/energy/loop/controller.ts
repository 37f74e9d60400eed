/**
 * The control loop under test between what it is told and what becomes of its answers, with the local controller's part: grants are
 * written to stations, outcomes and what is in force come back, setpoints go to the battery; a plan by chance now and then.
 */
import type {
  BatteryInput,
  ControlLoop,
  Grant,
  GrantOutcome,
  LoopInput,
  LoopOutput,
  Plan,
  SessionInput,
  Site,
  SolarInput,
} from "@wattward/energy";
import type { StationId } from "@wattward/kernel";
import { KEEPS_WH } from "./car.ts";
import { GrantWriting } from "./grant-writing.ts";
import type { Plant } from "./plant.ts";
import { randomPlan } from "./random-plan.ts";
import type { Scene } from "./scene.ts";
import type { Evse } from "./stations.ts";

const GIVES_W_MAX = 11_000;

export type MakesLoop = (site: Site) => ControlLoop;

export class Controller {
  /** Of the latest turn. */
  last: LoopOutput | undefined;
  plan: Plan | undefined;
  /** Somebody plans here at all. */
  readonly plans: boolean;
  private readonly scene: Scene;
  private readonly plant: Plant;
  private readonly makesLoop: MakesLoop;
  private readonly writings: ReadonlyMap<StationId, GrantWriting>;
  private loop: ControlLoop;
  private seq = 0;
  private outcomes: GrantOutcome[] = [];

  constructor(scene: Scene, plant: Plant, makesLoop: MakesLoop) {
    const { chance } = scene;
    this.scene = scene;
    this.plant = plant;
    this.makesLoop = makesLoop;
    this.loop = makesLoop(plant.site);
    this.plans = plant.givesBack || chance.int(0, 2) === 0;
    // No longer: two EVSEs on one line, and a session at zero that begins anew, would take more than the second of bound (a).
    const line = { commandMs: chance.int(1, 2) * 100, answerMs: chance.int(0, 1) * 100 };
    const outcome = (one: GrantOutcome) => void this.outcomes.push(one);
    this.writings = new Map(
      plant.stations.map((station) => [station.id, new GrantWriting(scene, station, { line, outcome })]),
    );
  }

  writingOf(station: StationId): GrantWriting {
    return this.writings.get(station)!;
  }

  /** What stood still for a while is tried again; called once a second. */
  work(): void {
    for (const writing of this.writings.values()) writing.work();
  }

  /** Another process, with nothing but what the local controller says. */
  restart(): void {
    this.loop = this.makesLoop(this.plant.site);
    this.loop.numberFrom(this.seq);
    this.outcomes = [];
  }

  planAnew(): void {
    this.plan = randomPlan(this.scene, this.plant);
  }

  turn(): LoopOutput {
    const output = this.loop.turn(this.input());
    this.outcomes = [];
    this.last = output;
    for (const grant of output.grants) {
      this.seq = Math.max(this.seq, grant.seq);
      const evse = this.plant.evseOf(grant.outlet);
      if (grant.reason !== "refreshed") this.scene.say(wordOf(grant));
      this.writingOf(evse.station.id).grant(evse, grant);
    }
    for (const { feedW, source } of output.setpoints) this.plant.batteryOf(source).set(feedW);
    return output;
  }

  private input(): LoopInput {
    const { batteries, evses, meters, solars } = this.plant;
    const told = <Input extends BatteryInput | SolarInput>(all: readonly { told: Input | undefined }[]) =>
      all.flatMap((one) => (one.told === undefined ? [] : [one.told]));
    return {
      nowMs: this.scene.nowMs,
      meters: new Map(meters.flatMap(({ meter, raw }) => (raw === undefined ? [] : [[meter.id, raw]]))),
      sessions: evses.flatMap((evse) => this.sessionOf(evse)),
      outcomes: this.outcomes,
      batteries: told(batteries),
      solar: told(solars),
      ...(this.plan !== undefined && { plan: this.plan }),
    };
  }

  private sessionOf(evse: Evse): SessionInput[] {
    const { car, outlet, session, station, told } = evse;
    if (session === undefined || car === undefined) return [];
    const { givesBack, laxityMs } = car;
    const leftWh = (told?.wh ?? 0) - KEEPS_WH;
    return [
      {
        ...{ id: session.id, outlet: outlet.id, connectedAtMs: session.atMs },
        wantsMa: Math.min(outlet.ratedMa, car.mostMa),
        ...this.writingOf(station.id).left(evse),
        ...(laxityMs !== undefined && this.plans && { laxityMs }),
        ...(givesBack && { discharge: { wMax: GIVES_W_MAX, leftWh } }),
        ...(told !== undefined && { observed: { atMs: told.atMs, terminalsMa: told.terminalsMa } }),
      },
    ];
  }
}

const wordOf = ({ dischargeMa = 0, limitMa, reason, session }: Grant): string =>
  `grant ${session} ${limitMa}${dischargeMa > 0 ? `, gives ${dischargeMa}` : ""}: ${reason}`;
