/**
 * A simulated site around the production loop: cars, stations that answer late or never, meters that read late or lie, building load,
 * a battery. It knows the true current of every fuse and phase, and what each grant's death would leave. Steps of
 * 100 ms, so that no overload hides between two turns.
 */
import type { Chance, EvseId, StationId } from "@wattward/kernel";
import { createControlLoop } from "../control-loop.ts";
import { fuseTree } from "../fuse-tree.ts";
import type { GrantOutcome, LoopInput, LoopOutput, Plan, RawReading, SessionId } from "../inputs.ts";
import { CONTROL_PERIOD_MS } from "../limits.ts";
import { everyWired, NO_CURRENT, onSite, type PerPhase, plus, sum } from "../phases.ts";
import type { Battery, FuseId, LoadId, MeterId, Outlet, OutletId, Site, SourceId } from "../site.ts";

const STEP_MS = 100;
export const VOLTAGE_V = 230;

export type Car = {
  id: SessionId;
  outlet: OutletId;
  connectedAtMs: number;
  /** On how many of the station's terminals it charges. */
  terminals: number;
  mostMa: number;
  /** Full: it draws nothing more. */
  needWh: number;
  gotWh: number;
  drawMa: number;
};

export type StationFault = "none" | "deaf" | "disobeys";

type StationState = {
  outlet: Outlet;
  fault: StationFault;
  limitMa: number;
  limitUntilMs: number;
  arriving: { seq: number; limitMa: number; ttlMs: number; atMs: number; session: SessionId }[];
};

export type PlantOptions = {
  readonly site: Site;
  /** From the true current to a meter's reading, and from the draw to the station's. */
  readonly meterDelayMs?: number;
  readonly stationDelayMs?: number;
  /** From the grant to the station, and from there to the car. */
  readonly commandDelayMs?: number;
  readonly carDelayMs?: number;
  readonly batteryDelayMs?: number;
  readonly chance: Chance;
};

export class Plant {
  readonly site: Site;
  readonly cars = new Map<OutletId, Car>();
  readonly stations: Map<OutletId, StationState>;
  /** Base load by load's index. */
  readonly baseMa: PerPhase[];
  meterFault: "none" | "lost" | "frozen" | "nan" | "turned" = "none";
  solarW = 0;
  readonly battery = {
    feedW: 0,
    toldW: 0,
    chargeWh: 0,
    temperatureC: 20,
    toldFault: "none" as "none" | "soc",
  };
  plan: Plan | undefined;
  nowMs = 0;
  last: LoopOutput | undefined;
  /** Every limit that was sent: [time, outlet, mA]. */
  readonly sent: { atMs: number; outlet: OutletId; limitMa: number; reason: string }[] = [];
  private readonly loop;
  private readonly tree;
  private readonly options: Required<PlantOptions>;
  private outcomes: GrantOutcome[] = [];
  private readonly history: {
    atMs: number;
    meters: readonly PerPhase[];
    draws: ReadonlyMap<OutletId, readonly number[]>;
    feedW: number;
  }[] = [];
  private readonly frozen = new Map<MeterId, RawReading>();
  private readonly setpoints: { atMs: number; w: number }[] = [];

  constructor(options: PlantOptions) {
    const { site } = options;
    this.options = {
      meterDelayMs: 300,
      stationDelayMs: 1_000,
      commandDelayMs: 300,
      carDelayMs: 1_500,
      batteryDelayMs: 500,
      ...options,
    };
    this.site = site;
    this.loop = createControlLoop(site);
    this.tree = fuseTree(site);
    this.baseMa = site.loads.map(() => NO_CURRENT);
    this.stations = new Map(
      site.outlets.map((outlet) => [
        outlet.id,
        { outlet, fault: "none", limitMa: outlet.safeMa, limitUntilMs: Infinity, arriving: [] },
      ]),
    );
    const battery = site.sources.find((source): source is Battery => source.kind === "battery");
    if (battery !== undefined) this.battery.chargeWh = battery.capacityWh / 2;
  }

  plugIn(outlet: OutletId, car: Partial<Car> = {}): Car {
    const made: Car = {
      id: `s-${outlet}-${this.nowMs}` as SessionId,
      outlet,
      connectedAtMs: this.nowMs,
      terminals: 3,
      mostMa: 32_000,
      needWh: Infinity,
      gotWh: 0,
      drawMa: 0,
      ...car,
    };
    this.cars.set(outlet, made);
    return made;
  }

  unplug(outlet: OutletId): void {
    this.cars.delete(outlet);
    const station = this.stations.get(outlet)!;
    station.limitMa = station.outlet.safeMa;
    station.limitUntilMs = Infinity;
    station.arriving = [];
  }

  /** Runs for `ms`; `each` sees the plant after every step. */
  run(ms: number, each: (plant: Plant) => void = () => {}): void {
    const endMs = this.nowMs + ms;
    while (this.nowMs < endMs) {
      this.nowMs += STEP_MS;
      this.move();
      if (this.nowMs % CONTROL_PERIOD_MS === 0) this.turn();
      each(this);
    }
  }

  /** The true current through a fuse. */
  trueMa(fuse: FuseId): PerPhase {
    return this.flows()[this.tree.indexOf(fuse)]!;
  }

  /** The worst fuse and phase now, as a part of its rating. */
  get worstLoad(): number {
    return Math.max(...this.flows().map((ma, i) => Math.max(...ma) / this.site.fuses[i]!.ratedMa));
  }

  get gridW(): number {
    return (sum(this.flows()[this.tree.upwards.at(-1)!]!) * VOLTAGE_V) / 1000;
  }

  private move(): void {
    for (const station of this.stations.values()) this.moveStation(station);
    const { batteryDelayMs } = this.options;
    const due = this.setpoints.findLast(({ atMs }) => atMs <= this.nowMs - batteryDelayMs);
    this.battery.feedW = due?.w ?? 0;
    this.battery.chargeWh -= (this.battery.feedW * STEP_MS) / 3_600_000;
    this.history.push({
      atMs: this.nowMs,
      meters: this.flows(),
      draws: new Map([...this.stations.keys()].map((id) => [id, this.terminals(id)])),
      feedW: this.battery.feedW,
    });
    if (this.history.length > 400) this.history.shift();
  }

  private moveStation(station: StationState): void {
    const { commandDelayMs, carDelayMs } = this.options;
    for (const grant of station.arriving.filter(({ atMs }) => this.nowMs - atMs >= commandDelayMs)) {
      station.arriving = station.arriving.filter((g) => g !== grant);
      if (station.fault === "deaf") continue;
      const { seq, limitMa, session } = grant;
      this.outcomes.push({ session, seq, atMs: this.nowMs, outcome: "accepted" });
      station.limitMa = limitMa;
      station.limitUntilMs = this.nowMs + grant.ttlMs;
    }
    if (this.nowMs > station.limitUntilMs) station.limitMa = station.outlet.safeMa;
    const car = this.cars.get(station.outlet.id);
    if (car === undefined) return;
    const allowedMa = station.fault === "disobeys" ? station.outlet.ratedMa : station.limitMa;
    const wantsMa = car.gotWh >= car.needWh || allowedMa < 6_000 ? 0 : Math.min(allowedMa, car.mostMa);
    // Down and up in a straight line, the whole way within the car's delay.
    const stepMa = (32_000 * STEP_MS) / carDelayMs;
    car.drawMa += Math.min(Math.max(wantsMa - car.drawMa, -stepMa), stepMa);
    car.gotWh += (car.drawMa * car.terminals * VOLTAGE_V * STEP_MS) / 3.6e9;
  }

  private terminals(outlet: OutletId): number[] {
    const car = this.cars.get(outlet);
    return [0, 1, 2].map((i) => (car !== undefined && i < car.terminals ? car.drawMa : 0));
  }

  private flows(): readonly PerPhase[] {
    const out: PerPhase[] = this.site.fuses.map(() => NO_CURRENT);
    const add = (fuse: FuseId, ma: PerPhase) => {
      for (const node of this.tree.pathOf(this.tree.indexOf(fuse))) out[node] = plus(out[node]!, ma);
    };
    this.site.loads.forEach((load, i) => {
      add(load.fuse, this.baseMa[i]!);
    });
    for (const { outlet } of this.stations.values())
      add(outlet.fuse, onSite(outlet.wiring, this.terminals(outlet.id)));
    for (const source of this.site.sources) {
      const w = source.kind === "battery" ? this.battery.feedW : this.solarW;
      add(source.fuse, everyWired(source.wiring, (-w * 1000) / (VOLTAGE_V * source.wiring.length)));
    }
    return out;
  }

  private turn(): void {
    const output = this.loop.turn(this.input());
    this.outcomes = [];
    for (const grant of output.grants) {
      this.stations.get(grant.outlet)!.arriving.push({ ...grant, atMs: this.nowMs });
      this.sent.push({
        atMs: this.nowMs,
        outlet: grant.outlet,
        limitMa: grant.limitMa,
        reason: grant.reason,
      });
    }
    const told = output.setpoints[0];
    if (told !== undefined) this.setpoints.push({ atMs: this.nowMs, w: told.feedW });
    if (this.setpoints.length > 100) this.setpoints.shift();
    this.last = output;
  }

  private input(): LoopInput {
    const { meterDelayMs, stationDelayMs } = this.options;
    const seen = this.ago(stationDelayMs);
    const metered = this.ago(meterDelayMs);
    const meters = new Map<MeterId, RawReading>();
    for (const meter of this.site.meters) {
      const reading = this.meterReading(meter.id, metered?.meters[this.tree.indexOf(meter.fuse)]);
      if (reading !== undefined) meters.set(meter.id, reading);
    }
    const battery = this.site.sources.find((source): source is Battery => source.kind === "battery");
    const solar = this.site.sources.find(({ kind }) => kind === "solar");
    return {
      nowMs: this.nowMs,
      meters,
      sessions: [...this.cars.values()].map((car) => ({
        id: car.id,
        outlet: car.outlet,
        connectedAtMs: car.connectedAtMs,
        wantsMa: car.mostMa,
        ...(seen === undefined || seen.atMs < car.connectedAtMs
          ? {}
          : { observed: { atMs: seen.atMs, terminalsMa: seen.draws.get(car.outlet)! } }),
      })),
      outcomes: this.outcomes,
      batteries:
        battery === undefined || seen === undefined
          ? []
          : [
              {
                id: battery.id,
                atMs: this.nowMs,
                feedW: seen.feedW,
                chargePermille:
                  this.battery.toldFault === "soc" && this.options.chance.int(0, 1) === 1
                    ? 1_000
                    : (this.battery.chargeWh * 1000) / battery.capacityWh,
                temperatureC: this.battery.temperatureC,
              },
            ],
      solar: solar === undefined ? [] : [{ id: solar.id, atMs: this.nowMs, feedW: this.solarW }],
      ...(this.plan === undefined ? {} : { plan: this.plan }),
    };
  }

  /** A meter's last digits never stand still; a frozen one's do. */
  private meterReading(id: MeterId, trueMa: PerPhase | undefined): RawReading | undefined {
    if (this.meterFault === "lost" || trueMa === undefined) return undefined;
    const noisy = trueMa.map((ma) => ma + this.options.chance.int(-30, 30));
    const currentMa: PerPhase = [noisy[0]!, noisy[1]!, noisy[2]!];
    const reading = { atMs: this.nowMs, currentMa };
    if (this.meterFault === "frozen") return { ...(this.frozen.get(id) ?? reading), atMs: this.nowMs };
    this.frozen.set(id, reading);
    if (this.meterFault === "nan") return { atMs: this.nowMs, currentMa: [Number.NaN, 0, 0] };
    if (this.meterFault === "turned")
      return { atMs: this.nowMs, currentMa: [-currentMa[0], -currentMa[1], -currentMa[2]] };
    return reading;
  }

  private ago(ms: number) {
    return this.history.findLast(({ atMs }) => atMs <= this.nowMs - ms);
  }
}

/** Builders: a site that a person can hold in the head. Rotated wiring as installers do it: each next station by one phase. */
const rotations = [
  ["L1", "L2", "L3"],
  ["L2", "L3", "L1"],
  ["L3", "L1", "L2"],
] as const;

export const outletId = (i: number): OutletId => `o${i}` as OutletId;
export const MAIN = "main" as FuseId;

export function smallSite(options: {
  readonly outlets: number;
  readonly mainA: number;
  readonly baseA?: number;
  readonly riseA?: number;
  /** One more fuse over the first half of the outlets. */
  readonly subA?: number;
  readonly carriesPermille?: number;
  readonly outlet?: Partial<Outlet>;
  readonly battery?: Partial<Battery>;
  readonly solarW?: number;
}): Site {
  const { outlets, mainA, baseA = 0, subA } = options;
  const sub = "sub" as FuseId;
  const flat = (a: number): PerPhase => [a * 1000, a * 1000, a * 1000];
  return {
    voltageV: VOLTAGE_V,
    fuses: [
      { id: MAIN, ratedMa: mainA * 1000, carriesPermille: options.carriesPermille ?? 1_300 },
      ...(subA === undefined
        ? []
        : [
            {
              id: sub,
              parent: MAIN,
              ratedMa: subA * 1000,
              carriesPermille: options.carriesPermille ?? 1_300,
            },
          ]),
    ],
    outlets: Array.from({ length: outlets }, (_, i) => ({
      id: outletId(i),
      station: `st${i}` as StationId,
      evse: 1 as EvseId,
      fuse: subA !== undefined && i < outlets / 2 ? sub : MAIN,
      wiring: rotations[i % 3]!,
      ratedMa: 32_000,
      minMa: 6_000,
      steps: { kind: "every", stepMa: 1_000 },
      safeMa: 0,
      limiting: "proven",
      ttlMs: 120_000,
      expiry: "proven",
      respondsMs: 5_000,
      switchesPhases: false,
      ...options.outlet,
    })),
    loads:
      baseA === 0
        ? []
        : [
            {
              id: "building" as LoadId,
              fuse: MAIN,
              highestMa: flat(baseA),
              ...(options.riseA === undefined ? {} : { riseMa: flat(options.riseA) }),
            },
          ],
    sources: [
      ...(options.battery === undefined
        ? []
        : [
            {
              kind: "battery" as const,
              id: "battery" as SourceId,
              fuse: MAIN,
              wiring: rotations[0],
              chargeWMax: 20_000,
              dischargeWMax: 20_000,
              capacityWh: 100_000,
              reservePermille: 100,
              fullPermille: 950,
              temperatureC: { min: 0, max: 45 },
              rampWPerS: 5_000,
              deadbandW: 200,
              revert: { kind: "proven" as const, afterMs: 60_000 },
              ...options.battery,
            },
          ]),
      ...(options.solarW === undefined
        ? []
        : [
            {
              kind: "solar" as const,
              id: "solar" as SourceId,
              fuse: MAIN,
              wiring: rotations[0],
              feedWMax: options.solarW,
            },
          ]),
    ],
    meters: [{ id: "grid" as MeterId, fuse: MAIN, staleMs: 3_000, frozenMs: 10_000 }],
  };
}
