/**
 * A site that stands between its stations and another's CSMS, and adds nothing to what they say (ADR 10; OCPP 2.0.1 and
 * 2.1 Part 4 §6). On ports, like the autonomous one.
 *
 *     stations ─▶ door ─▶ CSMS asked, one socket per station ─▶ relay
 *
 * It keeps no journal, answers nothing and gives no ids: without the CSMS its stations are on their own, as they would be
 * without a site (§6.3). What it keeps is whom it has let in. There is no site link, so nobody sends it bundles, and the
 * time is the machine's own.
 */
import {
  type Cancel,
  type Chance,
  type Clock,
  type Dialer,
  type Disk,
  every,
  type JsonObject,
  type Log,
  type SiteId,
  type StationId,
  type WireServer,
} from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import { SiteClock } from "../clock/site-clock.ts";
import type { SiteTrust, StationDoor } from "../site.ts";
import { BundleShelf } from "../state/bundle-shelf.ts";
import { NewestCertificates } from "../state/newest-certificates.ts";
import { readWallFloorMs, saveWallFloorMs, WALL_SAVED_EVERY_MS } from "../state/wall-floor.ts";
import { type Roster, readRoster } from "./roster.ts";
import { TransparentStations } from "./transparent-stations.ts";
import { type UpstreamState, Upstreams } from "./upstreams.ts";

export type TransparentPorts = {
  readonly site: SiteId;
  readonly software: string;
  /** The machine's. */
  readonly clock: Clock;
  readonly chance: Chance;
  readonly disk: Disk;
  readonly log: Log;
  /** When the site's own certificate was issued: a machine whose clock says less does not know the time. */
  readonly issuedAtMs: number;
  /** PEM of the issuing CA of stations, where the identity has it. */
  readonly stationCa: string | undefined;
  /** The URL of the CSMS has a path of its own. */
  readonly hasEndpoint: boolean;
  trust(clock: Clock): SiteTrust;
  /** A way to the CSMS in this station's name; `password` where one is kept for it. */
  upstream(station: StationId, password: Uint8Array | undefined): Dialer;
  listen(door: StationDoor): Promise<WireServer>;
  /** Only a fresh start helps. */
  fatal(error: Error): void;
};

/** Stations, their passwords and denials, where an operator gives them by hand. */
export const STATIONS_FILE = "upstream/stations.json";
/** How often the machine's clock is believed anew. */
const TIME_EVERY_MS = 30_000;

/** The environment's fault: a person must mend a file; starting again changes nothing. */
export class NoRoster extends Error {
  override readonly name = "NoRoster";
}

export type TransparentSite = {
  readonly port: number;
  status(): TransparentStatus;
  /** The site's own CALL to a station (§6.4): its answer never reaches the CSMS. `closed` where it is not connected. */
  call(
    station: StationId,
    action: string,
    payload: JsonObject,
    options: { timeoutMs: number },
  ): Promise<CallOutcome>;
  close(): Promise<void>;
};
export type TransparentStatus = {
  readonly stationsConnected: number;
  /** By whom stations are known. */
  readonly roster: Roster["kind"];
  readonly stations: ReadonlyMap<StationId, UpstreamState>;
  readonly clock: ReturnType<Clock["now"]>;
};

/** Rejects with {@link NoRoster} where nothing says whom to let in, or what says so cannot be read. */
export async function createTransparentSite(ports: TransparentPorts): Promise<TransparentSite> {
  const { disk, log, chance, site } = ports;
  const floorMs = await readWallFloorMs(disk, log);
  const clock = new SiteClock(ports.clock, floorMs);
  const believed = believing(ports, clock, Math.max(ports.issuedAtMs, floorMs));
  const trust = ports.trust(clock);
  const roster = await rosterOf(ports, trust, clock);
  const newest = await NewestCertificates.open(disk, log);
  const upstreams = new Upstreams({
    ...{ clock, chance },
    dialer: (station) => ports.upstream(station, roster.password(station)),
  });
  const { hasEndpoint } = ports;
  const stations = new TransparentStations({
    site,
    clock,
    chance,
    log,
    trust,
    newest,
    roster,
    upstreams,
    hasEndpoint,
  });
  const server = await ports.listen(stations);
  const keep = () => keepAll(ports, clock, newest);
  const stops = [believed, every(clock, WALL_SAVED_EVERY_MS, keep)];
  return {
    port: server.port,
    status: () => ({
      stationsConnected: stations.connected,
      roster: roster.kind,
      stations: upstreams.states,
      clock: clock.now(),
    }),
    call: (station, action, payload, options) => stations.call(station, action, payload, options),
    async close() {
      for (const stop of stops) stop();
      stations.closeAll();
      await server.close();
      await keep();
    },
  };
}

async function rosterOf(
  { disk, log, site, software, stationCa }: TransparentPorts,
  trust: SiteTrust,
  clock: Clock,
): Promise<Roster> {
  const bytes = await disk.read(STATIONS_FILE);
  const shelf = await BundleShelf.open({ disk, log, trust, site, software }, clock.now());
  const file = bytes && new TextDecoder().decode(bytes);
  const read = readRoster({ site, file, bundle: shelf.inForce, stationCa });
  if (!read.ok) throw new NoRoster(read.fault.sentence);
  const { kind, stations } = read.value;
  log.info("roster", { by: kind, stations, bundleVersion: shelf.inForce?.version });
  return read.value;
}

/** The machine's clock counts as told as long as it is not plainly wrong (ADR 20): nobody else tells this site the time. */
function believing({ clock: machine, log }: TransparentPorts, clock: SiteClock, leastMs: number): Cancel {
  const believe = () => {
    const { wallMs } = machine.now();
    if (wallMs >= leastMs) clock.tell(wallMs);
    return wallMs >= leastMs;
  };
  if (!believe()) {
    const say =
      "the machine's clock is behind the site's own certificate or its last run: no certificate's dates decide";
    log.warn("clock-unknown", { say });
  }
  return every(machine, TIME_EVERY_MS, () => void believe());
}

async function keepAll(
  { disk, log, fatal }: TransparentPorts,
  clock: Clock,
  newest: NewestCertificates,
): Promise<void> {
  try {
    await saveWallFloorMs(disk, log, clock.now().wallMs);
    await newest.save(disk, log);
  } catch (error) {
    fatal(error instanceof Error ? error : new Error(String(error)));
  }
}
