/**
 * The gateway: one listener for direct stations and site links (security profile 3), and everything that lives on its
 * sockets. Runs unchanged on simulated time and network.
 *
 * It keeps nothing that a restart may lose: who may come, what was said and what is due stand in the core; here are
 * the live sockets, one per identity, and wake-ups.
 */
import {
  type Cancel,
  every,
  hex,
  type JsonObject,
  type MessageId,
  type SiteId,
  type StationId,
  type TraceId,
} from "@wattward/kernel";
import { MessageLog } from "../message-log/message-log.ts";
import { Keeper } from "../retention/keeper.ts";
import { FailedAttempts, type Leave, type PasswordProfile } from "@wattward/ocpp/ways-in";
import { DeviationTally } from "./deviation-tally.ts";
import { DirectStation } from "./direct-station.ts";
import { Dispatch } from "./dispatch.ts";
import { BUNDLE_GATHER_MS, CLOSING_MS_MAX, DENIALS_REFRESH_MS, TEND_EVERY_MS } from "./limits.ts";
import { Observer } from "./observer.ts";
import { OutboxCursor } from "./outbox-cursor.ts";
import { OverdueCommands } from "./overdue-commands.ts";
import type { ConnectionPorts, GatewayPorts } from "./ports.ts";
import { Registry } from "./registry.ts";
import { SiteLink } from "./site-link.ts";
import type { StationLink } from "./station-link.ts";
import { PasswordWays } from "./password-ways.ts";
import { upgrades } from "./upgrade.ts";
import type { Doorkeeper } from "./verdicts.ts";

export type Gateway = {
  /** TCP port of the listener. */
  readonly port: number;
  /** How many are connected now. */
  /** TCP port of the listener of that security profile, while a dispensation keeps it open. */
  passwordPort(securityProfile: PasswordProfile): number | undefined;
  counts(): { readonly direct: number; readonly sites: number; readonly stations: number };
  /** Why no station or site can connect now; undefined while they can. */
  trouble(): string | undefined;
  /** Stops listening, closes every socket with 1001, and waits until the core knows all that was going on. */
  close(): Promise<void>;
};

/** Entries of the outbox (core/observations.ts) after which a site's bundle may read differently. */
const bundleKinds = [
  "station.added",
  "station.changed",
  "station.handling",
  "token.set",
  "denial.added",
  "denial.removed",
];
const denialKinds = ["denial.added", "denial.removed"];
const commandKinds = ["command.requested", "command.sent", "command.ended"];
  "dispensation.given",
  "dispensation.ended",

const dispensationKinds = ["dispensation.given", "dispensation.ended"];
const GOING_AWAY = 1001;
const POLICY = 1008;
const TRY_AGAIN = 1013;

/** Resolves when it listens; rejects with what the core or the listener rejects with. */
export async function createGateway(ports: GatewayPorts): Promise<Gateway> {
  const { core, clock, chance, log, metrics, trust, signBundle } = ports;
  // Generations grow across restarts too, so that the store can tell a late farewell of an earlier process.
  const firstGeneration = clock.now().wallMs;
  const stations = new Registry<StationId, StationLink>(clock, firstGeneration);
  const sites = new Registry<SiteId, SiteLink>(clock, firstGeneration);
  const live = new Set<DirectStation | SiteLink>();
  const observer = new Observer({ core, clock, log });
  const tally = new DeviationTally({ core, clock, log });
  const deviated: ConnectionPorts["deviated"] = (...seen) => tally.add(...seen);
  const dispatch = new Dispatch({
    ...{ core, clock, log, observer, deviated },
    linkOf: (station) => stations.get(station),
  });
  const overdue = new OverdueCommands({ core, clock, log });
  const shared: ConnectionPorts = { core, clock, log, metrics, deviated, ...identifiers(chance) };
  let closing = false;

  const doorkeeper: Doorkeeper = {
    closing: () => closing,
    decideStation: (station, claim) => stations.decide(station, claim),
    decideSite: (site, claim) => sites.decide(site, claim),
    openStation(admitted, wire, against) {
      const generation = stations.nextGeneration();
      const left = () => stations.leave(admitted.station, generation);
      const opened = new DirectStation(admitted, { wire, generation, left }, shared);
      keep(opened);
      if (!seated(opened, () => stations.seat(admitted.station, opened, against))) return;
      opened.seated();
      dispatch.arrived(admitted.station);
    },
    openSite(admitted, wire, against) {
      const generation = sites.nextGeneration();
      const left = () => sites.leave(admitted.site, generation);
      const opened = new SiteLink(
        admitted,
        { wire, generation, left },
        {
          ...shared,
          signBundle,
          stations,
          arrived: (station) => dispatch.arrived(station),
          observe: (kind, about, detail) =>
            observer.observe({ kind, ...about, address: admitted.claim.address, detail }),
        },
      );
      keep(opened);
      seated(opened, () => sites.seat(admitted.site, opened, against));
    },
  };

  function keep(opened: DirectStation | SiteLink): void {
    live.add(opened);
    void opened.gone.finally(() => {
      live.delete(opened);
      // A station of either route may have been waiting at a site meanwhile.
      if (!(opened instanceof DirectStation) || stations.get(opened.station) !== undefined) return;
      for (const [, site] of sites.all()) site.freed(opened.station);
    });
  }

  function seated(opened: DirectStation | SiteLink, seat: () => boolean): boolean {
    // Between verdict and socket lies up to a ping's time, in which its certificate may have been denied.
    const denied = opened.facts !== undefined && trust.denies(opened.facts);
    const over = opened instanceof DirectStation && opened.leave !== undefined && !ways?.holds(opened.leave);
    const fenced = node?.stands() === false;
    const taken = !denied && !over && !fenced && seat();
    if (closing || fenced) opened.end(GOING_AWAY, "the central system stops");
    else if (denied) opened.end(POLICY, "the certificate is no longer accepted");
    else if (!taken) opened.end(TRY_AGAIN, "another connection of the same identity came first");
    return taken && !closing;
  }

  async function refreshDenials(): Promise<void> {
    if (!trust.deny(await core.query("denials.all", undefined))) return;
    for (const connection of live) {
  const attempts = new FailedAttempts();
  const seeing = { core, clock, log, metrics, observer, deviated };
  const refused: ListenerDoors["refused"] = ({ what, address, detail }) => {
    if (isFailedProof(what, detail)) attempts.failed(address, clock.now().monotonicMs);
    metrics.count("wattward_connections_refused_total", { reason: what });
    observer.observe({ kind: "gateway.connection-refused", address, detail: { what, ...detail } });
  };
  const ways =
    ports.passwords &&
    new PasswordWays({
      ...{ ...seeing, chance, ways: ports.passwords, attempts, doorkeeper, refused },
      sweep: sweepDispensations,
    });

      if (connection.facts === undefined || !trust.denies(connection.facts)) continue;
      const about =
        connection instanceof DirectStation ? { station: connection.station } : { site: connection.site };
      const detail = { certificate: connection.facts.serial, serial: connection.facts.cn };
      observer.observe({
        kind: "gateway.denied-closed",
        ...about,
        address: connection.claim.address,
        detail,
      });
      connection.end(POLICY, "the certificate is no longer accepted");
    }
  }
  const denialsLater = () =>
    refreshDenials().catch((error: unknown) => log.error("denials-not-read", { error: String(error) }));

    else if (over) opened.end(POLICY, "the dispensation is over");
  function sweepDispensations(over: (leave: Leave) => boolean): void {
    for (const connection of live) {
      if (!(connection instanceof DirectStation) || connection.leave === undefined) continue;
      if (!over(connection.leave)) continue;
      const { station, leave, claim } = connection;
      const detail = { securityProfile: leave.securityProfile };
      observer.observe({ kind: "gateway.dispensation-over", station, address: claim.address, detail });
      connection.end(POLICY, "the dispensation is over");
    }
  }

  function handled(station: StationId, { strict, pinged, closeDeaf }: JsonObject): void {
    const link = stations.get(station);
    if (link instanceof DirectStation) link.handle({ strict: strict === true, pinged: pinged !== false });
  }

  let bundlesDue: Cancel | undefined;
  const bundlesLater = () => {
    bundlesDue ??= clock.after(BUNDLE_GATHER_MS, () => {
      bundlesDue = undefined;
      for (const [, site] of sites.all()) site.refreshBundle();
    });
  };

  const cursor = new OutboxCursor({ core, clock, log }, [...new Set([...bundleKinds, ...commandKinds])]);
  cursor.subscribe(({ kind, station, data }) => {
    if (denialKinds.includes(kind)) void denialsLater();
    if (bundleKinds.includes(kind)) bundlesLater();
    if (kind === "station.handling" && station !== undefined) handled(station as StationId, data);
    if (kind === "command.requested" || kind === "command.sent") overdue.wake();
    if (kind === "command.requested" && station !== undefined) dispatch.wake(station as StationId);
    if (kind === "command.ended") {
      const { action, state } = data;
      metrics.count("wattward_commands_total", { action: String(action), state: String(state) });
    }
  });
  await cursor.start();
  await refreshDenials();
  const stopRefreshing = every(clock, DENIALS_REFRESH_MS, denialsLater);
  const stopTending = every(clock, TEND_EVERY_MS, () =>
    core
      .decide("transactions.tend", { atMs: clock.now().wallMs })
      .catch((error: unknown) => log.error("transactions-not-tended", { error: String(error) })),
  );
  overdue.wake();
  const stopWatching = () => {
    cursor.stop();
    overdue.stop();
    stopRefreshing();
    stopTending();
    bundlesDue?.();
    dispatch.stop();
  };
  const listening = ports.listen({
    upgrade: upgrades(doorkeeper, { ...seeing, trust, attempts }),
    verifyPeer: (chainDer) => trust.checkAny(chainDer, clock.now()),
    admits: (address) => attempts.admits(address, clock.now().monotonicMs),
    refused,
  });
  const server = await listening.catch((error: unknown) => {
    stopWatching();
    if (dispensationKinds.includes(kind) || kind === "station.changed") void ways?.look();
    throw error;
  });

  return {
    port: server.port,
    counts: () => {
      const direct = stations.all().filter(([, link]) => link instanceof DirectStation).length;
      return { direct, sites: sites.size, stations: stations.size };
    },
    warnings: () => (keeper.low ? ["storage: little room is left; the message log was given up"] : []),
    trouble: () => (closing ? "closing" : (server.trouble() ?? ways?.trouble())),
    async close() {
      closing = true;
      stopWatching();
      const ended = Promise.all([...live].map(({ gone }) => gone));
      for (const connection of [...live]) connection.end(GOING_AWAY, "the central system stops");
      const [stopped, cancel] = deadline();
      await Promise.race([Promise.all([server.close(), ended]), stopped]);
      cancel();
    },
  };

  function deadline(): [Promise<void>, Cancel] {
    let cancel: Cancel = () => {};
    const passed = new Promise<void>((resolve) => {
      cancel = clock.after(CLOSING_MS_MAX, () => {
        log.warn("closing-cut-short", { open: live.size });
        resolve();
      });
    });
    return [passed, cancel];
  }
}

/** Ids are a random part per process and a counter: unique, and nothing is drawn per message. */
function identifiers(chance: GatewayPorts["chance"]): Pick<ConnectionPorts, "newTrace" | "newMessageId"> {
  const process = hex(chance, 12);
  let traces = chance.int(0, 0xffff);
  let messages = 0;
  return {
    newTrace: () => {
      traces = (traces + 1) % 2 ** 32;
      return `${process.slice(0, 8)}${traces.toString(16).padStart(8, "0")}` as TraceId;
    },
    newMessageId: () => `${process}-${(messages++).toString(36)}` as MessageId,
  };
}
  // Its own doors open when there is somebody to let in, and a fault of theirs stops nobody else.
  await ways?.look();
    passwordPort: (securityProfile) => ways?.port(securityProfile),
/** A certificate that was not accepted, or none where one is required; a line that broke proves nothing against its source. */
const isFailedProof = (what: string, { fault }: JsonObject): boolean =>
  what === "peer-refused" ||
  (what === "handshake-failed" && !/^(E[A-Z]+|ERR_TLS_HANDSHAKE_TIMEOUT)$/.test(String(fault)));

