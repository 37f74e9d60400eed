/**
 * The stations that a site holds connected, as the gateway knows them through the site's link: their presence, and the
 * way of our CALLs to them (`down`) and of their answers back (`up`).
 *
 * A site speaks only for its own stations (ADR 7): those of its bundle. What it says of another is observed and has no
 * effect. The site decides between sockets of one station by itself; what is decided here is only between routes.
 */
import type { JsonObject, SiteId, StationId } from "@wattward/kernel";
import {
  type CallOutcome,
  CallsInFlight,
  type Claim,
  type Handling,
  type OcppVersion,
  parseFrame,
  usualHandling,
} from "@wattward/ocpp";
import type { SecurityProfile } from "@wattward/ocpp/ways-in";
import type { SiteMessage } from "@wattward/sitelink";
import type { Route } from "../core/port.ts";
import { STATIONS_PER_LINK_MAX } from "./limits.ts";
import { type ConnectionPorts, nodeOf } from "./ports.ts";
import { storePresence } from "./presence.ts";
import type { LinkHandle } from "./record-intake.ts";
import type { Registry } from "./registry.ts";
import type { StationLink } from "./station-link.ts";

type Presence = Extract<SiteMessage, { t: "presence" }>;

export type SiteStationsPorts = ConnectionPorts & {
  readonly registry: Registry<StationId, StationLink>;
  /** A station can be reached now. */
  readonly arrived: (station: StationId) => void;
  readonly observe: (what: string, station: StationId, detail: JsonObject) => void;
};

export class SiteStations {
  private readonly link: LinkHandle;
  private readonly ports: SiteStationsPorts;
  private readonly present = new Map<StationId, SiteStation>();
  /** Stations that the site says it has, and that are live by another route: they are placed when that one ends. */
  private readonly elsewhere = new Map<StationId, Presence>();
  private members: ReadonlyMap<StationId, Handling> = new Map();
  private readonly telling = new Set<Promise<void>>();

  constructor(link: LinkHandle, ports: SiteStationsPorts) {
    this.link = link;
    this.ports = ports;
  }

  /** The stations of the site's bundle; whoever is no longer among them leaves. */
  setMembers(members: ReadonlyMap<StationId, Handling>): void {
    this.members = members;
    for (const station of this.present.keys()) if (!members.has(station)) this.leave(station);
    for (const station of this.elsewhere.keys()) if (!members.has(station)) this.elsewhere.delete(station);
  }

  /** Repairs are on unless the station is held strictly; one that was moved away is handled as usual. */
  tolerates(station: StationId): boolean {
    return !(this.members.get(station) ?? usualHandling).strict;
  }

  /** True where the site may speak for this station; otherwise it is observed. */
  owns(station: StationId, said: SiteMessage["t"]): boolean {
    if (this.members.has(station)) return true;
    this.ports.observe("gateway.foreign-station", station, { said });
    return false;
  }

  presence(message: Presence): void {
    const { station, connected, generation } = message;
    const known = this.present.get(station);
    if (!connected) {
      if (this.elsewhere.get(station)?.generation === generation) this.elsewhere.delete(station);
      if (known?.siteGeneration === generation) this.leave(station);
      return;
    }
    if (known?.siteGeneration === generation) return;
    if (known === undefined && this.present.size + this.elsewhere.size >= STATIONS_PER_LINK_MAX) return;
    const arrived = new SiteStation(message, this.link, this.ports);
    if (!this.ports.registry.place(station, arrived)) {
      this.waits(message, arrived);
      return;
    }
    this.present.set(station, arrived);
    this.tell(arrived, true, () => {
      // Live at another node by another route: it waits here until that one ends.
      if (this.present.get(station) !== arrived) return;
      this.present.delete(station);
      arrived.end();
      this.ports.registry.leave(station, arrived.generation);
      this.waits(message, arrived);
    });
    this.ports.arrived(station);
  }

  /** Live directly, or at another site: two sockets claim one identity over two routes. */
  private waits(message: Presence, { claim: { route } }: SiteStation): void {
    this.elsewhere.set(message.station, message);
    this.ports.observe("gateway.takeover-refused", message.station, { why: "other-route", route });
  }

  /** The station's connection by another route has ended; undefined: that of any may have. */
  freed(station: StationId | undefined): void {
    if (station === undefined) {
      for (const waiting of [...this.elsewhere.keys()]) this.freed(waiting);
      return;
    }
    const message = this.elsewhere.get(station);
    if (message === undefined) return;
    this.elsewhere.delete(station);
    this.presence(message);
  }

  /** The station's answer to one of our CALLs. */
  up(station: StationId, frame: string): void {
    this.present.get(station)?.answered(frame);
  }

  /** The link has ended; resolves when the core knows. */
  async end(): Promise<void> {
    this.elsewhere.clear();
    for (const station of [...this.present.keys()]) this.leave(station);
    await Promise.all(this.telling);
  }

  private leave(station: StationId): void {
    const left = this.present.get(station);
    if (left === undefined) return;
    this.present.delete(station);
    left.end();
    if (this.ports.registry.leave(station, left.generation)) this.tell(left, false);
  }

  private tell(told: SiteStation, connected: boolean, elsewhere = () => {}): void {
    const { station, version, generation, claim } = told;
    const route: Route = { kind: "site", site: this.link.site };
    const securityProfile: SecurityProfile = claim.securityProfile ?? 3;
    const at = { address: claim.address, securityProfile, atMs: this.ports.clock.now().wallMs };
    const input = { station, route, connected, generation, version, ...at, ...nodeOf(this.ports) };
    const still = () => !connected || told.open;
    const telling = storePresence({ name: "station.presence", input, still }, this.ports)
      .then((where) => (where === undefined ? undefined : elsewhere()))
      .finally(() => this.telling.delete(telling));
    this.telling.add(telling);
  }
}

/** One socket of a station at a site. */
class SiteStation implements StationLink {
  readonly station: StationId;
  readonly version: OcppVersion;
  readonly claim: Claim;
  readonly generation: number;
  readonly siteGeneration: number;
  readonly route: Route;
  /** The site keeps the boot-quiet time by itself: it knows what it has answered. */
  readonly ready = Promise.resolve();
  open = true;
  private readonly calls: CallsInFlight;
  private readonly link: LinkHandle;
  private readonly ports: Pick<SiteStationsPorts, "messages" | "clock">;

  constructor(
    { station, version, address, generation, securityProfile }: Presence,
    link: LinkHandle,
    ports: SiteStationsPorts,
  ) {
    this.station = station;
    this.version = version;
    this.link = link;
    this.ports = ports;
    this.route = { kind: "site", site: link.site };
    const by = securityProfile === undefined ? {} : { securityProfile };
    this.claim = { route: routeOf(link.site), key: undefined, notBeforeMs: 0, address, ...by };
    this.generation = ports.registry.nextGeneration();
    this.siteGeneration = generation;
    this.calls = new CallsInFlight({
      version,
      peer: "station",
      send: (frame) => {
        this.show("csms", frame);
        link.send({ t: "down", station, frame });
      },
      clock: ports.clock,
      log: ports.log.with({ station }),
      newId: ports.newMessageId,
      tolerant: () => this.tolerant,
    });
  }

  /** To the message log. */
  private show(sender: "station" | "csms", text: string): void {
    const { station, version, claim, ports } = this;
    const receivedAtMs = ports.clock.now().wallMs;
    ports.messages.seen({ station, version, sender, route: claim.route, text, receivedAtMs });
  }

  get tolerant(): boolean {
    return this.link.tolerates(this.station);
  }

  /** The site has the socket. */
  readonly closeDeaf = false;

  answered(text: string): void {
    this.show("station", text);
    const parsed = parseFrame(text, this.version);
    if (parsed.kind === "fault") this.calls.settleFault(parsed, text);
    else if (parsed.frame.kind === "result" || parsed.frame.kind === "error")
      this.calls.settle(parsed.frame, text, parsed.deviations);
  }

  call(action: string, payload: JsonObject, options: { timeoutMs: number }): Promise<CallOutcome> {
    return this.calls.call(action, payload, options);
  }

  /** The site alone has the socket; what ends here is our way to it. */
  end(): void {
    this.open = false;
    this.calls.close();
  }

  pongAgoMs(): undefined {
    return undefined;
  }

  ping(): void {}
}

const routeOf = (site: SiteId): string => `site ${site}`;
