/**
 * A seeded world: stations, the people who use them, and the faults that befall them. Runs on real time and network,
 * or on simulated ones, by its ports.
 */
import type { Chance, Clock, Dialer, Disk, Log, StationId } from "@wattward/kernel";
import { sleep } from "@wattward/kernel";
import type { Draw } from "../plant/plant.ts";
import type { Recorder } from "../station/recorder.ts";
import { createStation, type Station, type StationOptions, type StationView } from "../station/station.ts";
import { type Summary, summarise } from "../truth/summary.ts";
import { Cards, Closing, type DriverOptions, drivers } from "./drivers.ts";
import { type Fault, type FaultTruth, inflict } from "./fault.ts";
import { seeded } from "./seeded.ts";
import { receive, type Visit, type VisitTruth } from "./visits.ts";

export type WorldOptions = {
  readonly stations: readonly StationOptions[];
  /** People by chance, at every EVSE; nobody where it is absent. */
  readonly drivers?: DriverOptions;
  /** People at known times. */
  readonly visits?: readonly Visit[];
  readonly seed: number;
};

export type WorldPorts = {
  readonly clock: Clock;
  /** Measures how long finishing may take, where that is another time than the world's. */
  readonly patience?: Clock;
  /** Makes ids that no other run makes. */
  readonly ids: Chance;
  readonly recorder: Recorder;
  readonly log: Log;
  dialer(station: StationId): Dialer;
  /** The station's flash chip; see `StationPorts.flash`. */
  flash(station: StationId, settled: Promise<void>): Promise<Disk>;
  failed(error: unknown): void;
};

export type WorldView = {
  readonly stations: readonly StationView[];
  readonly transactions: { readonly started: number; readonly ended: number };
  readonly powerW: number;
  readonly deliveredWh: number;
  /** Transaction messages that wait for their answer. */
  readonly queued: number;
};

export type Finished = { readonly kind: "emptied" | "deadline"; readonly summary: Summary };

/** How often a finishing world looks whether everything has been told. */
const LOOK_MS = 100;

/** Makes a world in which nothing happens yet. */
export function createWorld(options: WorldOptions, ports: WorldPorts): World {
  return new World(options, ports);
}

export class World {
  readonly stations: readonly Station[];
  readonly visits: readonly VisitTruth[];
  private readonly options: WorldOptions;
  private readonly ports: WorldPorts;
  private readonly closing = new Closing();
  private readonly faults: FaultTruth[] = [];
  private people: Promise<unknown> = Promise.resolve();
  /** Monotonic; when finishing gives up. */
  private endMs = Number.POSITIVE_INFINITY;
  private readonly chance: Chance;

  constructor(options: WorldOptions, ports: WorldPorts) {
    this.options = options;
    this.ports = ports;
    this.chance = seeded(options.seed, "faults");
    this.stations = options.stations.map((station) => this.station(station));
    this.visits = (options.visits ?? []).map((visit) => ({ visit, outcome: "to-come", takenWh: 0 }));
  }

  /** Switches the stations on and lets people come. Resolves when every station's firmware runs. */
  async start(): Promise<void> {
    await this.switchOn();
    this.open();
  }

  /** Resolves when every station's firmware runs. */
  async switchOn(): Promise<void> {
    await Promise.all(this.stations.map((station) => station.powerOn()));
  }

  /** Lets people come. */
  open(): void {
    const drivers = this.options.drivers === undefined ? [] : this.drivers(this.options.drivers);
    this.people = Promise.all([...drivers, ...this.visitors()]).catch(this.ports.failed);
  }

  /** Resolves when the last of those who were to come has left; with people by chance only after {@link finish}. */
  async emptied(): Promise<void> {
    await this.people;
  }

  private drivers(options: DriverOptions): Promise<void>[] {
    const { clock } = this.ports;
    const cards = new Cards(options.cards);
    return this.stations.flatMap((station) =>
      station.evses.map(({ id }) => {
        const chance = seeded(this.options.seed, `${station.options.id}/${id}`);
        return drivers(station, id, { clock, chance, cards, closing: this.closing }, options);
      }),
    );
  }

  private visitors(): Promise<void>[] {
    const { clock } = this.ports;
    const byEvse = Map.groupBy(this.visits, ({ visit }) => `${visit.station}/${visit.evse}`);
    return this.stations.flatMap((station) =>
      station.evses.map(({ id }) => {
        const visits = byEvse.get(`${station.options.id}/${id}`) ?? [];
        const inOrder = visits.toSorted((a, b) => a.visit.arriveAtMs - b.visit.arriveAtMs);
        return receive(station, inOrder, { clock, closing: this.closing });
      }),
    );
  }

  /** Inflicts a fault on a station, one by chance where none is named; undefined where there is none of that name. */
  fault(fault: Fault, station?: string): FaultTruth | undefined {
    const named = this.stations.find(({ options }) => options.id === station);
    const victim =
      station === undefined ? this.stations[this.chance.int(0, this.stations.length - 1)] : named;
    if (victim === undefined) return undefined;
    const atMs = this.ports.clock.now().wallMs;
    const truth: FaultTruth = {
      what: fault.what,
      station: victim.options.id,
      atMs,
      ...("forMs" in fault ? { untilMs: atMs + fault.forMs } : {}),
    };
    this.faults.push(truth);
    const victims = fault.what === "site-power-cut" ? this.stations : [victim];
    for (const each of victims) inflict(each, fault, this.ports.clock);
    return truth;
  }

  /** What flows at every EVSE now, and what might. */
  draws(): Draw[] {
    return this.stations.flatMap((station) =>
      station.draws().map((draw) => ({ station: station.options.id, ...draw })),
    );
  }

  view(): WorldView {
    const stations = this.stations.map((station) => station.view());
    const evses = stations.flatMap((station) => station.evses);
    const transactions = this.stations.flatMap(({ notebook }) => notebook.transactions);
    const sum = (of: readonly number[]) => of.reduce((total, each) => total + each, 0);
    return {
      stations,
      transactions: {
        started: transactions.length,
        ended: transactions.filter(({ endedAtMs }) => endedAtMs !== undefined).length,
      },
      powerW: sum(evses.map(({ powerW }) => powerW)),
      deliveredWh: sum(evses.map(({ deliveredWh }) => deliveredWh)),
      queued: sum(stations.map(({ queued }) => queued)),
    };
  }

  /** Everybody leaves; when every message has been answered, or after `deadlineMs`, the stations are switched off. */
  async finish(deadlineMs: number): Promise<Finished> {
    const { clock } = this.ports;
    this.hurry(deadlineMs);
    this.closing.close();
    let gone = false;
    void this.people.then(() => (gone = true));
    const done = () => gone && this.quiet;
    while (!done() && this.patience.now().monotonicMs < this.endMs) await sleep(clock, LOOK_MS);
    const kind = done() ? "emptied" : "deadline";
    await Promise.all(this.stations.map((station) => station.shutDown()));
    return { kind, summary: summarise(this.stations, this.faults) };
  }

  /** Finishing, once it has begun, may take at most `ms` from now, whatever was said before. */
  hurry(ms: number): void {
    this.endMs = Math.min(this.endMs, this.patience.now().monotonicMs + ms);
  }

  private get patience(): Clock {
    return this.ports.patience ?? this.ports.clock;
  }

  /** Nothing runs and nothing waits. */
  private get quiet(): boolean {
    return this.stations.every(
      (station) => station.queued === 0 && station.evses.every(({ id }) => !station.charging(id)),
    );
  }

  private station(options: StationOptions): Station {
    const { clock, dialer, failed, flash, ids, log, recorder } = this.ports;
    return createStation(options, {
      clock,
      ids,
      recorder,
      failed,
      chance: seeded(this.options.seed, options.id),
      dialer: dialer(options.id),
      flash: (settled) => flash(options.id, settled),
      log: log.with({ station: options.id }),
    });
  }
}
