/**
 * A simulated site around the production loop: cars, stations that answer late or never, meters that read late or lie, building load,
 * a battery. It knows the true current of every fuse and phase, and what each grant's death would leave. Steps of
 * 100 ms, so that no overload hides between two turns.
 */
import type { Chance } from "@wattward/kernel";
import { createControlLoop } from "../control-loop.ts";
import { fuseTree } from "../fuse-tree.ts";
import type { Grant, GrantOutcome, LoopInput, LoopOutput, Plan, RawReading, SessionId } from "../inputs.ts";
import { CONTROL_PERIOD_MS, OBEYS_WITHIN_MA } from "../limits.ts";
import { everyWired, NO_CURRENT, onSite, type PerPhase, plus, sum } from "../phases.ts";
import type { Battery, FuseId, MeterId, Outlet, OutletId, Site } from "../site.ts";
import { VOLTAGE_V } from "./small-site.ts";

const STEP_MS = 100;

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
  /** Below nothing: it gives back. */
  drawMa: number;
  /** It gives back (V2X), and keeps so much of what it got. */
  gives?: { readonly wMax: number; readonly keepsWh: number } | undefined;
  laxityMs?: number;
};

/**
 * `reboots`: it charges nobody, hears nothing and tells nothing. `refuses`: it takes no order to give back. `boasts`: it says that its car
 * gives back, and it does not. `exceeds`: its car takes somewhat more than it is told, as much as meters differ by.
 */
export type StationFault = "none" | "deaf" | "reboots" | "disobeys" | "exceeds" | "refuses" | "boasts";

type StationState = {
  outlet: Outlet;
  fault: StationFault;
  limitMa: number;
  dischargeMa: number;
  limitUntilMs: number;
  loweredAtMs: number;
  arriving: (Grant & { atMs: number })[];
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
  /** Disconnected, and deaf to every setpoint. */
  batteryTripped = false;
  /** From the true current to a meter's reading; may change while it runs. */
  meterDelayMs: number;
  readonly battery = {
    feedW: 0,
    toldW: 0,
    chargeWh: 0,
    temperatureC: 20,
    toldFault: "none" as "none" | "soc",
  };
  plan: Plan | undefined;
  /** Nobody grants any more. */
  dead = false;
  nowMs = 0;
  last: LoopOutput | undefined;
  /** Every limit that was sent: [time, outlet, mA]. */
  readonly sent: { atMs: number; outlet: OutletId; limitMa: number; reason: string }[] = [];
  private readonly loop;
  private readonly tree;
  private readonly options: Required<PlantOptions>;
  private outcomes: GrantOutcome[] = [];
  private readonly told = new Map<SessionId, { readonly atMs: number; readonly terminalsMa: number[] }>();
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
    this.meterDelayMs = this.options.meterDelayMs;
    this.loop = createControlLoop(site);
    this.tree = fuseTree(site);
    this.baseMa = site.loads.map(() => NO_CURRENT);
    this.stations = new Map(
      site.outlets.map((outlet) => [
        outlet.id,
        {
          outlet,
          fault: "none",
          limitMa: outlet.safeMa,
          dischargeMa: 0,
          limitUntilMs: Infinity,
          loweredAtMs: -Infinity,
          arriving: [],
        },
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
    station.dischargeMa = 0;
    station.limitUntilMs = Infinity;
    station.arriving = [];
  }

  /** Runs for `ms`; `each` sees the plant after every step. */
  run(ms: number, each: (plant: Plant) => void = () => {}): void {
    const endMs = this.nowMs + ms;
    while (this.nowMs < endMs) {
      this.nowMs += STEP_MS;
      this.move();
      if (!this.dead && this.nowMs % CONTROL_PERIOD_MS === 0) this.turn();
      each(this);
    }
  }

  /** The true current through a fuse. */
  trueMa(fuse: FuseId): PerPhase {
    return this.flows()[this.tree.indexOf(fuse)]!;
  }

  /** The worst fuse and phase now, as a part of its rating. */
  get worstLoad(): number {
    return Math.max(
      ...this.flows().map((ma, i) => Math.max(...ma.map(Math.abs)) / this.site.fuses[i]!.ratedMa),
    );
  }

  get gridW(): number {
    return (sum(this.flows()[this.tree.upwards.at(-1)!]!) * VOLTAGE_V) / 1000;
  }

  private move(): void {
    for (const station of this.stations.values()) this.moveStation(station);
    const { batteryDelayMs } = this.options;
    const due = this.setpoints.findLast(({ atMs }) => atMs <= this.nowMs - batteryDelayMs);
    this.battery.feedW = this.batteryTripped ? 0 : (due?.w ?? 0);
    this.battery.chargeWh -= (this.battery.feedW * STEP_MS) / 3_600_000;
    this.history.push({
      atMs: this.nowMs,
      meters: this.flows(),
      draws: new Map([...this.stations.values()].map((station) => [station.outlet.id, this.says(station)])),
      feedW: this.battery.feedW,
    });
    if (this.history.length > 400) this.history.shift();
  }

  private moveStation(station: StationState): void {
    const { commandDelayMs, carDelayMs } = this.options;
    for (const grant of station.arriving.filter(({ atMs }) => this.nowMs - atMs >= commandDelayMs)) {
      station.arriving = station.arriving.filter((g) => g !== grant);
      if (station.fault === "deaf" || station.fault === "reboots") continue;
      const { seq, limitMa, dischargeMa = 0, session } = grant;
      if (station.fault === "refuses" && dischargeMa > 0) {
        this.outcomes.push({ session, seq, atMs: this.nowMs, outcome: "rejected" });
        continue;
      }
      this.outcomes.push({ session, seq, atMs: this.nowMs, outcome: "accepted" });
      if (limitMa < station.limitMa) station.loweredAtMs = this.nowMs;
      station.limitMa = limitMa;
      station.dischargeMa = dischargeMa;
      station.limitUntilMs = this.nowMs + grant.ttlMs;
    }
    if (this.nowMs > station.limitUntilMs) {
      station.limitMa = station.outlet.safeMa;
      station.dischargeMa = 0;
    }
    const car = this.cars.get(station.outlet.id);
    if (car === undefined) return;
    const allowedMa = station.fault === "disobeys" ? station.outlet.ratedMa : station.limitMa;
    const charges = station.fault !== "reboots" && car.gotWh < car.needWh && allowedMa >= 6_000;
    const moreMa = station.fault === "exceeds" ? OBEYS_WITHIN_MA : 0;
    const wantsMa = charges ? Math.min(allowedMa + moreMa, car.mostMa) : 0;
    // Up at once, down at the end of its time: the worst order for whoever raises before others have lowered.
    if (wantsMa >= car.drawMa || this.nowMs - station.loweredAtMs >= carDelayMs)
      car.drawMa = car.gives === undefined || station.dischargeMa === 0 ? wantsMa : 0 - station.dischargeMa;
    car.gotWh += (car.drawMa * car.terminals * VOLTAGE_V * STEP_MS) / 3.6e9;
  }

  private says({ fault, outlet }: StationState): number[] {
    const drawn = this.terminals(outlet.id);
    return fault === "boasts" ? drawn.map(() => -2 * (outlet.dischargeMaMax ?? 0)) : drawn;
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
    const { stationDelayMs } = this.options;
    const seen = this.ago(stationDelayMs);
    const metered = this.ago(this.meterDelayMs);
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
        ...(car.gives && { discharge: { wMax: car.gives.wMax, leftWh: car.gotWh - car.gives.keepsWh } }),
        ...(car.laxityMs !== undefined && { laxityMs: car.laxityMs }),
        ...this.observed(car, seen),
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

  private observed({ connectedAtMs, id, outlet }: Car, seen: ReturnType<Plant["ago"]>) {
    const tells = this.stations.get(outlet)!.fault !== "reboots";
    if (tells && seen !== undefined && seen.atMs >= connectedAtMs)
      this.told.set(id, { atMs: seen.atMs, terminalsMa: [...seen.draws.get(outlet)!] });
    const observed = this.told.get(id);
    return observed === undefined ? {} : { observed };
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
