/**
 * A transparent site in a world to break: simulated time and network, another's CSMS that says what a test wants, and
 * stations that send raw frames. Certificates are fakes that name themselves, as in `../../testing/world.ts`.
 */
import assert from "node:assert/strict";
import {
  type Chance,
  type Dialer,
  type Log,
  type LogFields,
  type SiteId,
  type StationId,
  silentLog,
  type UpgradeRequest,
  type UpgradeVerdict,
  type Wire,
} from "@wattward/kernel";
import {
  type Host,
  SimulatedDisk,
  SimulatedNetwork,
  type SimulatedTime,
  seededChance,
  simulatedTime,
} from "@wattward/testing";
import type { SiteTrust } from "../../site.ts";
import type { StationFacts } from "../../stations/door.ts";
import { createTransparentSite, STATIONS_FILE, type TransparentSite } from "../transparent-site.ts";

export const SITE = "north" as SiteId;
const LISTEN = 9444;
const CSMS = 443;
/** When the site's own certificate was issued; the simulation begins later. */
export const ISSUED_AT_MS = Date.UTC(2026, 0, 1);

/** What an open or ended connection has brought. */
export type Heard = {
  readonly wire: Wire;
  readonly texts: string[];
  closed: { readonly code: number; readonly reason: string } | undefined;
};

/** A station's connection as the CSMS has it. */
export type AtCsms = Heard & {
  readonly station: string;
  readonly path: string;
  readonly protocols: readonly string[];
  readonly certificate: string;
};

/** Another's CSMS. */
export class ForeignCsms {
  readonly sockets: AtCsms[] = [];
  /** Attempts of each station, refused ones too. */
  readonly asked: string[] = [];
  /** HTTP status for a station, where it is refused. */
  readonly refused = new Map<string, 401 | 403 | 404 | 503>();
  choose: (offered: readonly string[]) => string = ([first = ""]) => first;
  /** What it says to a frame, if anything. */
  answer: (text: string, station: string) => string | undefined = answerPlainly;

  upgrade = async ({ path, protocols, peer }: UpgradeRequest): Promise<UpgradeVerdict> => {
    const station = path.split("/").at(-1) ?? "";
    this.asked.push(station);
    const status = this.refused.get(station);
    if (status !== undefined) return { kind: "refuse", status, reason: "not here" };
    const certificate = new TextDecoder().decode(peer.certificateChain?.[0]);
    return {
      kind: "accept",
      protocol: this.choose(protocols),
      opened: (wire) => {
        const socket = { ...hearing(wire), station, path, protocols, certificate };
        this.sockets.push(socket);
        wire.listen({
          message: (text) => {
            socket.texts.push(text);
            const said = this.answer(text, station);
            if (said !== undefined) wire.send(said);
          },
          closed: (code, reason) => (socket.closed = { code, reason }),
        });
      },
    };
  };

  /** The open connection of a station. */
  of(station: string): AtCsms {
    const open = this.sockets.filter((socket) => socket.station === station && socket.closed === undefined);
    assert.equal(open.length, 1, `${station} has ${open.length} connections at the CSMS`);
    return open[0]!;
  }
  texts(station: string): string[] {
    return this.sockets.filter((socket) => socket.station === station).flatMap(({ texts }) => texts);
  }
}

/** A CSMS that takes everything: an empty result to each CALL. */
export function answerPlainly(text: string): string | undefined {
  const call = /^\[2,"([^"]+)"/.exec(text);
  return call === null ? undefined : `[3,"${call[1]}",{}]`;
}

const hearing = (wire: Wire): Heard => ({ wire, texts: [], closed: undefined });

export type Knock = {
  readonly path?: string;
  readonly protocols?: readonly string[];
  readonly from?: string;
  readonly facts?: Partial<StationFacts> | "none";
};

export class TransparentWorld {
  readonly time: SimulatedTime = simulatedTime();
  readonly chance: Chance;
  readonly network: SimulatedNetwork;
  readonly disk: SimulatedDisk;
  readonly csms = new ForeignCsms();
  /** The site machine's own clock. */
  machine: SimulatedTime;
  log: Log = silentLog;
  hasEndpoint = false;
  stationCa: string | undefined = fakePem;
  readonly fatal: Error[] = [];
  /** Passwords shown upstream, by station. */
  readonly passwords = new Map<string, string>();
  private running: { host: Host; site: TransparentSite } | undefined;
  private csmsHost: Host | undefined;

  constructor(seed: number) {
    this.chance = seededChance(seed);
    this.network = new SimulatedNetwork(this.time, this.chance);
    this.disk = new SimulatedDisk(this.chance);
    this.machine = this.time.machine();
  }

  get uplink() {
    return this.network.link("site", "csms");
  }
  get site(): TransparentSite {
    assert(this.running !== undefined, "the site is not running");
    return this.running.site;
  }
  state(station: string): Record<string, unknown> | undefined {
    return this.site.status().stations.get(station as StationId);
  }

  /** Lays stations.json into the site's folder, before it starts. */
  async stationsFile(content: object | string): Promise<this> {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await this.disk.boot().replace(STATIONS_FILE, new TextEncoder().encode(text));
    return this;
  }

  async startCsms(): Promise<void> {
    this.csmsHost = this.network.host("csms");
    await this.csmsHost.listen(CSMS, (request) => this.csms.upgrade(request));
  }
  killCsms(): void {
    this.csmsHost?.kill();
  }

  async startSite(): Promise<void> {
    const host = this.network.host("site");
    const link = [new TextEncoder().encode("the site's own")];
    const site = await createTransparentSite({
      ...{ site: SITE, software: "0.1.0", clock: this.machine, chance: this.chance, log: this.log },
      ...{ disk: this.disk.boot(), issuedAtMs: ISSUED_AT_MS, stationCa: this.stationCa },
      hasEndpoint: this.hasEndpoint,
      trust: () => fakeTrust,
      upstream: (station, password) => {
        if (password !== undefined) this.passwords.set(station, new TextDecoder().decode(password));
        return host.dialer("csms", CSMS, link);
      },
      listen: (door) => host.listen(LISTEN, (request) => door.upgrade(request)),
      fatal: (error) => this.fatal.push(error),
    });
    this.running = { host, site };
  }
  /** Power cut. */
  killSite(): void {
    this.running?.host.kill();
    this.running = undefined;
  }

  async start(): Promise<this> {
    await this.startCsms();
    await this.startSite();
    return this;
  }

  dialer(id: string, { facts, from = `station-${id}` }: Knock = {}): Dialer {
    const shown = {
      cn: id,
      issuer: "CA",
      serial: "01",
      spkiSha256: keyOf(id),
      notBeforeMs: 1_000,
      ...(facts !== "none" && facts),
    };
    const chain = facts === "none" ? undefined : [new TextEncoder().encode(JSON.stringify(shown))];
    return this.network.host(from).dialer("site", LISTEN, chain);
  }

  /** Dials as a station; its connection, or the status it was refused with (-1 where there was no answer at all). */
  async knock(id: string, how: Knock = {}): Promise<Heard | number> {
    let found: Heard | number | undefined;
    const { path = `/ocpp/${id}`, protocols = ["ocpp1.6"] } = how;
    void this.dialer(id, how)
      .dial(path, protocols)
      .then((dialled) => {
        if (!dialled.ok) {
          found = dialled.fault.status ?? -1;
          return;
        }
        const heard = hearing(dialled.value);
        heard.wire.listen({
          message: (text) => void heard.texts.push(text),
          closed: (code, reason) => (heard.closed = { code, reason }),
        });
        found = heard;
      });
    await this.time.until(() => found !== undefined, 60_000);
    assert(found !== undefined, "neither in nor refused");
    return found;
  }

  async connect(id: string, how: Knock = {}): Promise<Heard> {
    const found = await this.knock(id, how);
    assert(typeof found !== "number", `${id} was refused with ${String(found)}`);
    return found;
  }

  /** Connects as a real one does: again and again, until it is in. */
  async reconnect(id: string, how: Knock = {}): Promise<Heard> {
    for (let attempt = 0; attempt < 60; attempt++) {
      const found = await this.knock(id, how);
      if (typeof found !== "number") return found;
      await this.time.advance(2_000);
    }
    return assert.fail(`${id} never came in`);
  }

  /** Waits until something is so, in simulated time. */
  async eventually(what: string, done: () => boolean, limitMs = 30_000): Promise<void> {
    assert(await this.time.until(done, limitMs), `not in time: ${what}`);
  }
}

/** The key of a station's certificate, unless told otherwise. */
export const keyOf = (station: string): string => Buffer.from(station).toString("hex").padStart(64, "0");

/** No certificate: what stands for one where the fake trust looks at nothing. */
export const fakePem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

const fakeTrust: SiteTrust = {
  checkStation: ([leaf], bundle) => {
    if (leaf === undefined) return { kind: "refused", reason: "missing", sentence: "no certificate" };
    const facts = JSON.parse(new TextDecoder().decode(leaf)) as StationFacts;
    if (facts.issuer !== "CA") return { kind: "refused", reason: "unknown-issuer", sentence: "a foreign CA" };
    if (fakeTrust.denied(facts, bundle)) return { kind: "refused", reason: "denied", sentence: "denied" };
    return { kind: "trusted", facts };
  },
  denied: ({ spkiSha256 }, bundle) =>
    bundle.deny.some((entry) => entry.kind === "key" && entry.spkiSha256 === spkiSha256),
  verifyBundle: () => ({ kind: "valid" }),
};

export type Line = { readonly event: string; readonly fields: LogFields };

/** A log that keeps its lines. */
export function kept(): { log: Log; lines: Line[] } {
  const lines: Line[] = [];
  const make = (common: LogFields): Log => {
    const keep = (event: string, fields: LogFields = {}) =>
      void lines.push({ event, fields: { ...common, ...fields } });
    return { debug: keep, info: keep, warn: keep, error: keep, with: (more) => make({ ...common, ...more }) };
  };
  return { log: make({}), lines };
}
