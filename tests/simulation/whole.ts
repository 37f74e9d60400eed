/**
 * The whole system in one process on simulated time, network and disks: sites with their stations, direct stations,
 * drivers and cars, one central system on a real database file. Everything follows from the seed.
 *
 *     station-N1-1 ┐                       ┌── station-D1
 *     station-N1-2 ┴─ site-n1 ──┐          │
 *     station-N2-1 ┬─ site-n2 ──┴── csms ──┘
 *     station-N2-2 ┘
 *
 * A test or a script of misfortunes does to it what it likes; {@link Whole.finish} heals everything, lets everybody
 * leave, waits until all is told, and recounts. Nothing here knows how the system keeps its promises.
 */
import assert from "node:assert/strict";
import { type Chance, type Log, type SiteId, type StationId, silentLog } from "@wattward/kernel";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import {
  type Link,
  SimulatedDisk,
  SimulatedNetwork,
  type SimulatedTime,
  seededChance,
  simulatedTime,
} from "@wattward/testing";
import type { StationOptions } from "../../apps/simulator/station/station.ts";
import { createWorld, type World } from "../../apps/simulator/world/world.ts";
import { Commits } from "./commit-watch.ts";
import { type Breakage, CSMS_HOST, CSMS_PORT, CsmsProcess } from "./csms-process.ts";
import { siteChain, stationChain } from "./identities.ts";
import { Ledger } from "./ledger.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { hostOfSite, SITE_PORT, SiteProcess } from "./site-process.ts";

export type WholeOptions = {
  readonly seed: number;
  readonly sites: number;
  readonly stationsPerSite: number;
  /** Stations that connect to the CSMS itself. */
  readonly direct: number;
  /** Path of the CSMS's database file, which does not exist yet. */
  readonly database: string;
  /** Seconds: between meter values, how long cars charge, how long an EVSE stays free. */
  readonly pace: Pace;
  /** Nobody comes: the test itself is the driver, see session.ts. */
  readonly withoutDrivers?: boolean;
  /** In turn over all stations; both by default. */
  readonly versions?: readonly OcppVersion[];
  readonly log?: Log;
  readonly broken?: {
    readonly core?: Breakage;
    readonly port?: Breakage;
    readonly disk?: ConstructorParameters<typeof SiteProcess>[0]["broken"];
  };
};
type Span = { readonly leastS: number; readonly mostS: number };
export type Pace = { readonly sampleS: number; readonly session: Span; readonly gap: Span };

/** What finishing may take, simulated: replacements of sockets are held for ten minutes, back-offs add to that. */
const FINISH_MS_MAX = 4 * 3_600_000;
const SETTLE_MS_MAX = 30 * 60_000;
const BOOT_MS_MAX = 5 * 60_000;

type Place = { readonly host: string; readonly port: number };

export class Whole {
  readonly time: SimulatedTime;
  readonly chance: Chance;
  readonly network: SimulatedNetwork;
  readonly csms: CsmsProcess;
  readonly sites: readonly SiteProcess[];
  readonly commits = new Commits();
  readonly ledger: Ledger;
  readonly options: WholeOptions;
  /** Errors that a program logged, by event: those that are its own fault fail the run. */
  readonly logged = new Map<string, number>();
  private readonly failures: unknown[] = [];
  private readonly places = new Map<StationId, Place>();
  private readonly stations: StationOptions[] = [];
  private world: World | undefined;

  private constructor(options: WholeOptions) {
    const { seed, broken = {} } = options;
    this.options = options;
    this.time = simulatedTime();
    this.chance = seededChance(seed);
    this.network = new SimulatedNetwork(this.time, this.chance);
    const { time, network, chance } = this;
    const log = countedErrors(options.log ?? silentLog, this.logged);
    const watch = this.commits;
    const { database } = options;
    this.csms = new CsmsProcess({ clock: time, network, chance, log, database, watch, broken });
    this.sites = Array.from(
      { length: options.sites },
      (_, i) =>
        new SiteProcess({ site: `n${i + 1}` as SiteId, time, network, chance, log, broken: broken.disk }),
    );
    for (const site of this.sites) this.addStations(site.id.toUpperCase(), options.stationsPerSite, site);
    this.addStations("D", options.direct);
    const direct = (station: string) => this.places.get(station as StationId)?.host === CSMS_HOST;
    this.ledger = new Ledger((station, id) => direct(station) && this.commits.answered(station, id));
  }

  /** Everything runs, every site has its link, its bundle and its ids, and the first drivers are on their way. */
  static async create(options: WholeOptions): Promise<Whole> {
    const whole = new Whole(options);
    await whole.begin();
    return whole;
  }

  get people(): World {
    assert(this.world !== undefined);
    return this.world;
  }

  uplink(site: SiteProcess): Link {
    return this.network.link(hostOfSite(site.id), CSMS_HOST);
  }

  /** Links between stations and where they connect: of one site's, or of all. */
  stationLinks(site?: SiteProcess): Link[] {
    return [...this.places]
      .filter(([, { host }]) => site === undefined || host === hostOfSite(site.id))
      .map(([station, { host }]) => this.network.link(hostOfStation(station), host));
  }

  get allLinks(): Link[] {
    return [...this.sites.map((site) => this.uplink(site)), ...this.stationLinks()];
  }

  advance(ms: number): Promise<void> {
    return this.time.advance(ms);
  }

  /** Heals every fault, lets everybody leave, waits until everything is told, and recounts. */
  async finish(): Promise<Outcome> {
    await this.heal();
    let finished: Awaited<ReturnType<World["finish"]>> | undefined;
    void this.people.finish(FINISH_MS_MAX).then((end) => (finished = end));
    await this.time.until(() => finished !== undefined, FINISH_MS_MAX + BOOT_MS_MAX);
    const settled = await this.time.until(() => this.settled, SETTLE_MS_MAX);
    const closed = await this.close();
    return outcomeOf(this, { finished, settled, closed, failures: this.failures });
  }

  /** Every record of every site is at the CSMS, and the site knows it. */
  get settled(): boolean {
    return this.sites.every(({ status }) => {
      if (status === undefined) return false;
      return status.linkUp && status.journal.ackedSeq === status.journal.lastSeq;
    });
  }

  /** Everything works again from now on; what was dead boots, what was doomed lives. */
  async heal(): Promise<void> {
    this.csms.process?.reprieve();
    await this.csms.start();
    for (const site of this.sites) {
      site.process?.reprieve();
      delete site.disk.options.capacityBytes;
      await site.start();
    }
    for (const site of this.sites) Object.assign(this.uplink(site), usual);
    for (const link of this.allLinks) link.heal();
    for (const { options } of this.people.stations) this.people.fault({ what: "restore" }, options.id);
  }

  /** Ends every process as operators do; false where one does not come to its end. */
  private async close(): Promise<boolean> {
    let closed = false;
    const all = [...this.sites.map((site) => site.close()), this.csms.close()];
    void Promise.all(all).then(() => (closed = true));
    await this.time.until(() => closed, BOOT_MS_MAX);
    for (const each of [...this.sites, this.csms]) each.kill();
    return closed;
  }

  private addStations(prefix: string, count: number, site?: SiteProcess): void {
    for (let i = 0; i < count; i++) {
      const id = `${prefix}-${i + 1}` as StationId;
      const place =
        site === undefined
          ? { host: CSMS_HOST, port: CSMS_PORT }
          : { host: hostOfSite(site.id), port: SITE_PORT };
      this.places.set(id, place);
      this.stations.push(this.stationOptions(id, this.stations.length));
    }
  }

  /** The versions in turn, and every way in which stations differ where it matters here. */
  private stationOptions(id: StationId, n: number): StationOptions {
    const { versions = ocppVersions, pace } = this.options;
    return {
      id,
      version: versions[n % versions.length]!,
      evses: 1 + (n % 3 === 2 ? 1 : 0),
      maxW: 11_000 * (1 + (n % 4)),
      pathPrefix: "/ocpp",
      settings: { sampleS: pace.sampleS, pingS: 30 },
      afterOutage: this.chance.int(0, 1) === 0 ? "end" : "resume",
      repeatUnder: this.chance.int(0, 1) === 0 ? "same-id" : "new-id",
      clockBattery: this.chance.int(0, 3) === 0 ? "dead" : "good",
    };
  }

  private async begin(): Promise<void> {
    // Made before anything runs: a world that waited for its keys would not be the one that found them made.
    for (const { id } of this.sites) await siteChain(id);
    for (const { id } of this.stations) await stationChain(id);
    await this.csms.start();
    const cards = Array.from({ length: 3 * this.stations.length }, (_, i) => cardOf(i));
    await this.enrol(cards);
    for (const site of this.sites) await site.start();
    for (const link of this.sites.map((site) => this.uplink(site))) Object.assign(link, usual);
    const ready = () =>
      this.sites.every(
        ({ status }) => (status?.transactionIdsLeft ?? 0) > 0 && (status?.bundleVersion ?? 0) > 0,
      );
    assert(await this.time.until(ready, BOOT_MS_MAX), `seed ${this.options.seed}: the sites did not come up`);
    this.world = await this.populate(this.options.withoutDrivers ? [] : cards);
    void this.world.start();
  }

  private async enrol(cards: readonly string[]): Promise<void> {
    const { desk } = this.csms;
    const about = { actor: "simulation", atMs: this.time.now().wallMs };
    for (const [station, { host }] of this.places) {
      const site = this.sites.find(({ id }) => hostOfSite(id) === host)?.id;
      const route = site === undefined ? ({ route: "direct" } as const) : ({ route: "site", site } as const);
      await desk.decide("station.add", { station, serial: station, ...route, ...about });
    }
    for (const token of cards) await desk.decide("token.set", { token, status: "Accepted", ...about });
  }

  private async populate(cards: readonly string[]): Promise<World> {
    const { seed, pace } = this.options;
    const chains = new Map<StationId, readonly Uint8Array[]>();
    for (const { id } of this.stations) chains.set(id, await stationChain(id));
    const flashes = new Map<StationId, SimulatedDisk>(
      this.stations.map(({ id }) => [id, new SimulatedDisk(this.chance)]),
    );
    return createWorld(
      {
        stations: this.stations,
        seed,
        drivers: {
          session: pace.session,
          gap: pace.gap,
          cards: cards.map((id) => ({ id, type: "ISO14443" as const })),
        },
      },
      {
        clock: this.time,
        ids: seededChance(seed + 1),
        recorder: this.ledger,
        log: silentLog,
        dialer: (id) => {
          const { host, port } = this.places.get(id)!;
          return this.network.host(hostOfStation(id)).dialer(host, port, chains.get(id)!);
        },
        flash: async (id, settled) => {
          await settled;
          return flashes.get(id)!.boot();
        },
        failed: (error) => void this.failures.push(error),
      },
    );
  }
}

/** Cards that the CSMS knows: 0 to three times the number of stations. */
export const cardOf = (n: number): string => `04C0FFEE${1000 + n}80`;
const hostOfStation = (station: string): string => `station-${station}`;

/** An ordinary mobile network between a site and its CSMS; between a station and its site the network's default holds. */
export const usual = { delayMsMin: 5, delayMsMax: 40, lossPercent: 0 };

function countedErrors(log: Log, counts: Map<string, number>): Log {
  return {
    debug: (event, fields) => log.debug(event, fields),
    info: (event, fields) => log.info(event, fields),
    warn: (event, fields) => log.warn(event, fields),
    error(event, fields) {
      counts.set(event, (counts.get(event) ?? 0) + 1);
      log.error(event, fields);
    },
    with: (fields) => countedErrors(log.with(fields), counts),
  };
}
