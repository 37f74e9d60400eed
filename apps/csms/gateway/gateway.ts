/**
 * The gateway: one listener for direct stations and site links (security profile 3), two that are open while stations
 * have dispensations (password-ways.ts), and everything that lives on their sockets. Runs unchanged on simulated time
 * and network.
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
import { FailedAttempts, type Leave, type PasswordProfile } from "@wattward/ocpp/ways-in";
import { LiveEnergies } from "../energy/live.ts";
import { MessageLog } from "../message-log/message-log.ts";
import { Keeper } from "../retention/keeper.ts";
import { DeviationTally } from "./deviation-tally.ts";
import { DirectStation } from "./direct-station.ts";
import { Dispatch } from "./dispatch.ts";
import { Holders, holderKinds, type Seats } from "./holders.ts";
import { BUNDLE_GATHER_MS, CLOSING_MS_MAX, DENIALS_REFRESH_MS, TEND_EVERY_MS } from "./limits.ts";
import { Observer } from "./observer.ts";
import { OutboxCursor } from "./outbox-cursor.ts";
import { OverdueCommands } from "./overdue-commands.ts";
import { PasswordWays } from "./password-ways.ts";
import type { ConnectionPorts, GatewayPorts, ListenerDoors } from "./ports.ts";
import { Registry } from "./registry.ts";
import { SiteLink } from "./site-link.ts";
import type { StationLink } from "./station-link.ts";
import { StoreWatch } from "./store-watch.ts";
import { upgrades } from "./upgrade.ts";
import type { Doorkeeper } from "./verdicts.ts";

export type Gateway = {
  /** TCP port of the listener. */
  readonly port: number;
  /** TCP port of the listener of that security profile, while a dispensation keeps it open. */
  passwordPort(securityProfile: PasswordProfile): number | undefined;
  /** How many are connected now. */
  counts(): { readonly direct: number; readonly sites: number; readonly stations: number };
  /** Why no station or site can connect now; undefined while they can. */
  trouble(): string | undefined;
  /** What an operator should know though everything is served: that the message log was given up, for room. */
  warnings(): readonly string[];
  /** Stops listening, closes every socket with 1001, and waits until the core knows all that was going on. */
  close(): Promise<void>;
};

/** Entries of the outbox (core/observations.ts) after which a site's bundle may read differently. */
const bundleKinds = [
  "station.added",
  "station.changed",
  "station.handling",
  "token.set",
  "setting.set",
  "denial.added",
  "denial.removed",
  "dispensation.given",
  "dispensation.ended",
  "energy.set",
  "energy.prices-set",
  "energy.prices-dropped",
  "energy.limit-set",
];
const dispensationKinds = ["dispensation.given", "dispensation.ended"];
const denialKinds = ["denial.added", "denial.removed"];
const commandKinds = ["command.requested", "command.sent", "command.ended"];
const nodeKinds = [...holderKinds, "node.lost", "node.stopped", "station.disconnected"];

const GOING_AWAY = 1001;
const POLICY = 1008;
const TRY_AGAIN = 1013;

/** Resolves when it listens; rejects with what the core or the listener rejects with. */
export async function createGateway(ports: GatewayPorts): Promise<Gateway> {
  const { clock, chance, log, metrics, trust, signBundle, node, energies = new LiveEnergies() } = ports;
  const store = new StoreWatch({
    ...{ core: ports.core, clock, log },
    // What is told of their ends waits for the store; nobody here waits for that.
    silent: () => void endAll("nothing can be stored now: come again", TRY_AGAIN),
  });
  const { core } = store;
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
    ...(node && { node }),
  });
  const overdue = new OverdueCommands({ core, clock, log });
  const messages = new MessageLog({ core, clock, log, metrics });
  const keeper = new Keeper({ core, clock, log, metrics, storage: ports.storage });
  const shared: ConnectionPorts = {
    ...{ core, clock, log, metrics, deviated, messages },
    ...identifiers(chance),
    ...(node && { node }),
    ...(ports.rates && { rates: ports.rates }),
    storeBack: () => store.back(),
    tell: (seen) => observer.observe(seen),
  };
  let closing = false;
  const holders =
    node === undefined
      ? undefined
      : new Holders({ core, clock, chance, log, node }, seatsOf(stations, sites));

  const doorkeeper: Doorkeeper = {
    closing: () => closing || node?.stands() === false,
    storeSilent: () => store.isSilent,
    async decideStation(station, claim) {
      const here = await stations.decide(station, claim);
      if (here.kind !== "welcome" || holders === undefined) return here;
      return holders.claim({ kind: "station", station }, claim, here);
    },
    async decideSite(site, claim) {
      const here = await sites.decide(site, claim);
      if (here.kind !== "welcome" || holders === undefined) return here;
      return holders.claim({ kind: "site", site }, claim, here);
    },
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
          energies,
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
    const taken = !denied && !over && !fenced && !store.isSilent && seat();
    if (closing || fenced) opened.end(GOING_AWAY, "the central system stops");
    else if (denied) opened.end(POLICY, "the certificate is no longer accepted");
    else if (over) opened.end(POLICY, "the dispensation is over");
    else if (store.isSilent) opened.end(TRY_AGAIN, "nothing can be stored now: come again");
    else if (!taken) opened.end(TRY_AGAIN, "another connection of the same identity came first");
    return taken && !closing;
  }

  /** Stations that have come through a site while another node had them: those may be free now. */
  function freed(station: StationId | undefined): void {
    if (station !== undefined && stations.get(station) !== undefined) return;
    for (const [, site] of sites.all()) site.freed(station);
  }

  async function refreshDenials(): Promise<void> {
    if (!trust.deny(await core.query("denials.all", undefined))) return;
    for (const connection of live) {
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

  function sweepDispensations(over: (leave: Leave) => boolean): void {
    for (const connection of live) {
      if (!(connection instanceof DirectStation) || connection.leave === undefined) continue;
      // One that is being closed was told of already.
      if (!connection.open || !over(connection.leave)) continue;
      const { station, leave, claim } = connection;
      const detail = { securityProfile: leave.securityProfile };
      observer.observe({ kind: "gateway.dispensation-over", station, address: claim.address, detail });
      connection.end(POLICY, "the dispensation is over");
    }
  }

  function handled(station: StationId, { strict, pinged, closeDeaf }: JsonObject): void {
    const link = stations.get(station);
    if (link instanceof DirectStation) {
      link.handle({ strict: strict === true, pinged: pinged !== false, closeDeaf: closeDeaf === true });
    }
  }

  let bundlesDue: Cancel | undefined;
  const bundlesLater = () => {
    bundlesDue ??= clock.after(BUNDLE_GATHER_MS, () => {
      bundlesDue = undefined;
      for (const [, site] of sites.all()) site.refreshBundle();
    });
  };

  const kinds = [...bundleKinds, ...commandKinds, ...(node === undefined ? [] : nodeKinds)];
  const cursor = new OutboxCursor({ core, clock, log }, [...new Set(kinds)]);
  cursor.subscribe((entry) => {
    const { kind, station, data } = entry;
    if (holderKinds.includes(kind)) holders?.heard(entry);
    if (kind === "node.lost" || kind === "node.stopped") freed(undefined);
    if (kind === "station.disconnected" && station !== undefined) freed(station as StationId);
    if (denialKinds.includes(kind)) void denialsLater();
    if (dispensationKinds.includes(kind) || kind === "station.changed") void ways?.look();
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
  void keeper.measure();
  node?.follow({
    lost: () => endAll("this node has lost its lease"),
    joined: () => {
      overdue.wake();
      void denialsLater();
    },
  });
  const stopWatching = () => {
    cursor.stop();
    overdue.stop();
    stopRefreshing();
    stopTending();
    store.stop();
    keeper.stop();
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
    throw error;
  });
  // Its own doors open when there is somebody to let in, and a fault of theirs stops nobody else.
  await ways?.look();

  return {
    port: server.port,
    passwordPort: (securityProfile) => ways?.port(securityProfile),
    counts: () => {
      const direct = stations.all().filter(([, link]) => link instanceof DirectStation).length;
      return { direct, sites: sites.size, stations: stations.size };
    },
    warnings: () => [
      ...(keeper.low ? ["storage: little room is left; the message log was given up"] : []),
      ...[ways?.trouble() ?? []].flat(),
    ],
    trouble: () => (closing ? "closing" : server.trouble()),
    async close() {
      closing = true;
      stopWatching();
      const ended = endAll("the central system stops");
      const [stopped, cancel] = deadline();
      const logged = ended.then(() => messages.stop());
      await Promise.race([Promise.all([server.close(), ways?.stop(), logged]), stopped]);
      cancel();
    },
  };

  async function endAll(why: string, code = GOING_AWAY): Promise<void> {
    const ended = Promise.all([...live].map(({ gone }) => gone));
    for (const connection of [...live]) connection.end(code, why);
    await ended;
  }

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

/** A certificate that was not accepted, or none where one is required; a line that broke proves nothing against its source. */
const isFailedProof = (what: string, { fault }: JsonObject): boolean =>
  what === "peer-refused" ||
  (what === "handshake-failed" && !/^(E[A-Z]+|ERR_TLS_HANDSHAKE_TIMEOUT)$/.test(String(fault)));

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

/** What another node may ask this one for. */
function seatsOf(stations: Registry<StationId, StationLink>, sites: Registry<SiteId, SiteLink>): Seats {
  return {
    decide: (held, claim) =>
      held.kind === "site" ? sites.decide(held.site, claim) : stations.decide(held.station, claim),
    async giveAway(held, claim, against) {
      const old =
        held.kind === "site"
          ? sites.giveAway(held.site, claim, against)
          : stations.giveAway(held.station, claim, against);
      if (old instanceof SiteLink || old instanceof DirectStation) await old.gone;
    },
  };
}
