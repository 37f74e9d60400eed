/**
 * The local controller of a site, whole, on ports: unchanged on a real machine and in simulated time, network and disk.
 *
 *     stations ─▶ door ─▶ session ─▶ call desk ─▶ journal ─▶ link ─▶ CSMS
 *
 * Order of opening: what the disk holds first (clock floor, ids, journal, bundle), then the link, then the listener; so
 * a station that connects finds everything it is answered from. Refuses to open on a damaged journal (JournalDamaged).
 */
import {
  type Cancel,
  type Chance,
  type Clock,
  type Dialer,
  type Disk,
  every,
  hex,
  type Log,
  type SiteId,
  type TraceId,
  type WireServer,
} from "@wattward/kernel";
import { usualHandling, writeFrame } from "@wattward/ocpp";
import type { PasswordProfile } from "@wattward/ocpp/ways-in";
import { DEVIATION_OBSERVED } from "@wattward/sitelink";
import { CallDesk, HEARTBEAT_INTERVAL_S } from "./calls/call-desk.ts";
import { tokenOf } from "./calls/learn.ts";
import { Charging } from "./charging/charging.ts";
import type { Mode } from "./charging/watch.ts";
import { SiteClock } from "./clock/site-clock.ts";
import type { LineLink } from "./energy-link/line-link.ts";
import { type Journal, openJournal } from "./journal/journal.ts";
import { type JournalLimits, journalLimits } from "./journal/limits.ts";
import { Pressure } from "./journal/pressure.ts";
import type { LinkDesk } from "./link/ports.ts";
import { SiteLink } from "./link/site-link.ts";
import { Authorisations } from "./state/authorisations.ts";
import { BundleShelf, type BundleTrust } from "./state/bundle-shelf.ts";
import { NewestCertificates } from "./state/newest-certificates.ts";
import { LEASE_LOW_WATER, TransactionIds } from "./state/transaction-ids.ts";
import { readWallFloorMs, saveWallFloorMs, WALL_SAVED_EVERY_MS } from "./state/wall-floor.ts";
import type { StationTrust } from "./stations/door.ts";
import type { PasswordPorts } from "./stations/password-ways.ts";
import { downIn } from "./stations/station-socket.ts";
import { Stations } from "./stations/stations.ts";

export type SiteTrust = StationTrust & BundleTrust;

export type SitePorts = {
  readonly site: SiteId;
  readonly software: string;
  /** The machine's; the site makes its own of it. */
  readonly clock: Clock;
  readonly chance: Chance;
  readonly disk: Disk;
  readonly log: Log;
  /** Both judge certificates by the site's own clock, which exists only once its floor was read. */
  dialer(clock: Clock): Dialer;
  trust(clock: Clock): SiteTrust;
  listen(door: StationDoor): Promise<WireServer>;
  /** Security profiles 1 and 2, while stations have dispensations; without it the site knows profile 3 alone. */
  readonly passwords?: PasswordPorts | undefined;
  /** What one station may say in the long run, where it is more or less than usual (ocpp/session-options.ts). */
  readonly stationFramesPerSecond?: number | undefined;
  /** Opens `state/energy.sock`, once this site is managed; absent: there is no energy controller. */
  listenEnergy?(accept: (link: LineLink) => void): Promise<{ close(): Promise<void> }>;
  /** Only a fresh start helps: the process must end. Told at most once with a cause. */
  fatal(error: Error): void;
  readonly journalLimits?: Partial<JournalLimits>;
};

/** What a listener asks: first of the certificate alone, before a byte of HTTP, then of the whole request. */
export type StationDoor = Pick<Stations, "vet" | "uncertified" | "upgrade"> &
  Partial<Pick<Stations, "admits" | "failedProof">>;

export type Site = {
  /** TCP port for stations. */
  readonly port: number;
  /** Of the listener of that security profile, while a dispensation keeps it open. */
  passwordPort(profile: PasswordProfile): number | undefined;
  status(): SiteStatus;
  /** Tells the CSMS of something seen at the site by another of its processes; bounded by the link. */
  observe(kind: string, detail: string): void;
  /** Stops listening, closes sockets, keeps what is to be kept. */
  close(): Promise<void>;
};
export type SiteStatus = {
  readonly linkUp: boolean;
  readonly stationsConnected: number;
  readonly journal: { readonly epoch: string; readonly lastSeq: number; readonly ackedSeq: number };
  readonly bundleVersion: number;
  readonly transactionIdsLeft: number;
  readonly clock: ReturnType<Clock["now"]>;
  /** Of its energy, where that is managed. */
  readonly mode: Mode | undefined;
};

export async function createSite(ports: SitePorts): Promise<Site> {
  const parts = await openParts(ports);
  parts.link.start();
  const server = await ports.listen(parts.stations);
  await parts.stations.open();
  const stops = housekeeping(ports, parts);
  const { link, stations, journal, shelf, ids, clock, charging } = parts;
  return {
    port: server.port,
    passwordPort: (profile) => stations.passwordPort(profile),
    status: () => ({
      linkUp: link.isUp,
      stationsConnected: stations.connected,
      journal: { epoch: journal.epoch, lastSeq: journal.lastSeq, ackedSeq: journal.ackedSeq },
      bundleVersion: shelf.inForce?.version ?? 0,
      transactionIdsLeft: ids.remaining,
      clock: clock.now(),
      mode: charging.mode,
    }),
    observe: (kind, detail) => void link.observe(kind, detail),
    async close() {
      for (const stop of stops) stop();
      const shut = stations.closeAll();
      link.stop();
      await shut;
      await charging.close();
      await server.close();
      await keepAll(ports, parts);
      await journal.close();
    },
  };
}

type Parts = {
  readonly clock: SiteClock;
  readonly ids: TransactionIds;
  readonly journal: Journal;
  readonly shelf: BundleShelf;
  readonly authorisations: Authorisations;
  readonly newest: NewestCertificates;
  readonly pressure: Pressure;
  readonly link: SiteLink;
  readonly stations: Stations;
  readonly charging: Charging;
};

async function openParts(ports: SitePorts): Promise<Parts> {
  const { disk, log, chance, site, software } = ports;
  const clock = new SiteClock(ports.clock, await readWallFloorMs(disk, log));
  const ids = await TransactionIds.open(disk, log);
  const limits = { ...journalLimits, ...ports.journalLimits };
  const journal = await openJournal(
    { disk, chance, log, limits, fatal: ports.fatal },
    { ...ids.foldFrom, record: (record) => ids.fold(record) },
  );
  const trust = ports.trust(clock);
  const dialer = ports.dialer(clock);
  const shelf = await BundleShelf.open({ disk, log, trust, site, software }, clock.now());
  const authorisations = await Authorisations.open(disk, log, chance);
  const newest = await NewestCertificates.open(disk, log);
  const pressure = new Pressure(journal);

  const hello = () => {
    const { wallMs, quality: clockQuality } = clock.now();
    const { version: bundleVersion = 0, csmsEpoch: bundleEpoch = 0 } = shelf.inForce ?? {};
    const { epoch, lastSeq } = journal;
    const bundle = { bundleVersion, bundleEpoch };
    return { t: "hello", site, epoch, lastSeq, ...bundle, wallMs, clockQuality, software } as const;
  };
  const fatal = (error: unknown) => ports.fatal(error instanceof Error ? error : new Error(String(error)));
  const linkDesk = deskOf(ports, () => parts);
  const link = new SiteLink({ site, clock, chance, log, dialer, journal, hello, fatal }, linkDesk);
  const bundle = () => shelf.inForce;
  const desk = new CallDesk({
    clock,
    chance,
    log,
    journal,
    pressure,
    uplink: link,
    ids,
    authorisations,
    bundle,
    unsent: (station, frames) => link.observe(SENDS_GIVEN_UP, `${frames} frames`, station),
  });
  const charging = await Charging.open({
    ...{ clock, chance, disk, log, bundle, fatal },
    linkUp: () => link.isUp,
    csmsEpoch: () => ids.csmsEpoch,
    tell: (message) => link.tellIfRoom(message),
    observe: (kind, detail, station) => link.observe(kind, detail, station),
    inItsName: (from, call) => void desk.answer(from, call, writeFrame(call)),
    ...(ports.listenEnergy && { listenEnergy: ports.listenEnergy }),
  });
  const stations = new Stations({
    ...{ charging, site, clock, chance, log, desk, trust, newest, bundle, passwords: ports.passwords },
    framesPerSecond: ports.stationFramesPerSecond,
    now: () => clock.now(),
    handling: (station) => bundle()?.stations.find(({ id }) => id === station)?.handling ?? usualHandling,
    heartbeatIntervalS: () => bundle()?.policy.heartbeatIntervalS ?? HEARTBEAT_INTERVAL_S,
    deviated: (station, { rule, was }) => link.observe(`${DEVIATION_OBSERVED}${rule}`, was, station),
    tell: (message) => link.tell(message),
    observe: (kind, detail, station) => link.observe(kind, detail, station),
  });
  const held = { authorisations, newest, pressure };
  const parts: Parts = { clock, ids, journal, shelf, ...held, link, stations, charging };
  return parts;
}

/** What the CSMS asks over the link, as one table. */
function deskOf(ports: SitePorts, parts: () => Parts): LinkDesk {
  const { log } = ports;
  return {
    fence: (csmsEpoch) => parts().ids.fence(csmsEpoch),
    async newEpoch(lost) {
      const { ids, journal, link } = parts();
      const forked = lost === undefined;
      if (forked) await ids.forfeit();
      else link.observe("site.journal-gap", gapSentence(journal.epoch, lost));
      log.error("journal-new-epoch", { forked, owed: journal.lastSeq - journal.ackedSeq });
      if (await ids.save(journal.generation, journal.lastSeq)) await journal.renew();
    },
    async lease(lease) {
      const taken = await parts().ids.take(lease);
      log.info("lease", { from: lease.from, to: lease.to, csmsEpoch: lease.csmsEpoch, taken });
    },
    async bundle(signed) {
      const { shelf, stations, clock, charging } = parts();
      const taken = await shelf.take(signed, clock.now());
      if (taken.kind === "refused") {
        log.error("bundle-refused", { version: taken.version, say: taken.sentence });
        return {
          t: "bundle-state",
          version: taken.version,
          accepted: false,
          reason: taken.sentence.slice(0, 1_000),
        };
      }
      log.info("bundle-in-force", { version: taken.bundle.version, stations: taken.bundle.stations.length });
      stations.sweep();
      void charging.adopt();
      return { t: "bundle-state", version: taken.bundle.version, accepted: true, reason: "" };
    },
    down(station, frame, reply) {
      const { stations, authorisations, charging, clock } = parts();
      const call = downIn(frame, "2.1");
      const token = call?.kind === "call" && remoteStarts.has(call.action) ? tokenOf(call) : undefined;
      if (token !== undefined) authorisations.learn(token, { status: "Accepted" }, clock.now());
      // At a managed site only the site writes charging profiles (ADR 13).
      if (call?.kind === "call" && charging.takes(station, call, reply)) return;
      // As it was read here: a name that stands twice, or in other letters, may be another's reading of it.
      const read = call?.kind === "call" && charging.manages(station) ? writeFrame(call) : frame;
      stations.down(station, read, reply);
    },
    quartersAcked: (untilWallMs) => parts().charging.quartersAcked(untilWallMs),
    news() {
      const { stations, ids } = parts();
      const wanted = ids.remaining < LEASE_LOW_WATER ? [{ t: "lease-wanted" } as const] : [];
      return [...stations.presences(), ...wanted];
    },
  };
}

/** What the CSMS hears when frames that nobody answers (2.1's SEND) could not be passed up for a while. */
const SENDS_GIVEN_UP = "sends-given-up";

/** What a CSMS that was restored cannot be told any more. */
const gapSentence = (epoch: string, { from, to }: { from: number; to: number }): string =>
  `records ${from} to ${to} of journal ${epoch} were acknowledged by a CSMS that has lost them, and are no longer kept here`;

/** The CSMS would not have sent these for a token that it refuses, so the site lets it charge if the link dies next. */
const remoteStarts: ReadonlySet<string> = new Set(["RemoteStartTransaction", "RequestStartTransaction"]);

const HOUSEKEEPING_MS = 5_000;

function housekeeping(ports: SitePorts, parts: Parts): Cancel[] {
  const { clock, pressure, link, ids } = parts;
  const often = every(clock, HOUSEKEEPING_MS, async () => {
    await pressure.report(clock.now(), () => hex(ports.chance, 8) as TraceId);
    link.journaled();
    if (ids.remaining < LEASE_LOW_WATER) link.wantLease();
  });
  return [often, every(clock, WALL_SAVED_EVERY_MS, () => keepAll(ports, parts))];
}

async function keepAll({ disk, log, fatal }: SitePorts, parts: Parts): Promise<void> {
  const { clock, ids, journal, authorisations, newest } = parts;
  try {
    await saveWallFloorMs(disk, log, clock.now().wallMs);
    await authorisations.save(disk, log);
    await newest.save(disk, log);
    const covered = journal.lastSeq;
    if (await ids.save(journal.generation, covered)) await journal.prune(covered);
  } catch (error) {
    fatal(error instanceof Error ? error : new Error(String(error)));
  }
}
