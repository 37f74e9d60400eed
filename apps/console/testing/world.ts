/**
 * A scripted world behind the fake CSMS: sites, stations, sessions and commands as the API shows them, and an outbox
 * of observations. A test says what happens; nothing happens by itself. Not the CSMS: no rules, no store, no OCPP.
 */
import type {
  Card,
  Command,
  Data,
  NeedRow,
  Observation,
  PowerPoint,
  Session,
  SessionCurve,
  SessionDetail,
  SiteSnapshot,
  Station,
  StationDetail,
  StationHolds,
} from "../api/shapes.ts";

import type { FakeEnergy } from "./fake-energy.ts";
import { FakeStation } from "./fake-station.ts";

export const RECENT = 50;

type Site = Omit<SiteSnapshot["site"], "stations" | "stationsConnected" | "charging" | "powerW">;
export type Happening = {
  readonly kind: string;
  readonly station?: string;
  readonly source?: string;
  readonly live?: boolean;
  readonly atMs?: number;
  readonly data?: Data;
};

export class FakeWorld {
  readonly sites = new Map<string, Site>();
  readonly stations = new Map<string, Station>();
  /** How stations are handled and what they get wrong; as usual and nothing, where none is set. */
  readonly manners = new Map<string, Pick<StationDetail, "handling" | "deviations">>();
  readonly #known = new Map<string, FakeStation>();
  readonly sessions = new Map<string, Session>();
  readonly commands = new Map<string, Command>();
  /** What is known of a session beyond its row; the usual, where none is set. */
  readonly details = new Map<string, Partial<SessionDetail>>();
  readonly curves = new Map<string, SessionCurve>();
  readonly profiles = new Map<string, StationHolds["profiles"]>();
  /** By their token in lower case. */
  readonly cards = new Map<string, Card>();
  /** Of sites whose energy is managed. */
  readonly energies = new Map<string, FakeEnergy>();
  readonly outbox: Observation[] = [];
  /** What needs somebody beyond what the world shows by itself; see fake-now.ts. */
  needs: readonly NeedRow[] = [];
  /** What does not work in the CSMS itself. */
  troubles: string[] = [];
  readonly nowMs: () => number;
  /** Mean power of a site at an instant, for its past. */
  past: (atMs: number, site: string) => number | null = () => null;
  readonly #listeners = new Set<(seen: Observation) => void>();

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  addSite(id: string, more: Partial<Site> = {}): void {
    const seenAtMs = this.nowMs() - 2_000;
    this.sites.set(id, { id, connected: true, seenAtMs, clockQuality: "synced", bundleVersion: 4, ...more });
  }

  /** What is known of a station beside its row; empty until something is written into it. */
  known(id: string): FakeStation {
    const known = this.#known.get(id) ?? new FakeStation(id);
    this.#known.set(id, known);
    return known;
  }

  detail(id: string): StationDetail | undefined {
    const station = this.stations.get(id);
    const usual = { strict: false, pinned: null, assumed: null, pinged: true, closeDeaf: false };
    const manner = { handling: usual, deafSinceMs: null, learned: [], deviations: [] };
    return station && { ...station, ...manner, ...this.manners.get(id) };
  }

  addStation(site: string, id: string, more: Partial<Station> = {}): Station {
    const station: Station = {
      id,
      site,
      serial: id,
      route: "site",
      admission: "accepted",
      connected: true,
      version: "2.0.1",
      securityProfile: 3,
      dispensation: null,
      seenAtMs: this.nowMs() - 3_000,
      bootedAtMs: this.nowMs() - 86_400_000 * 3,
      vendor: "Voltline",
      model: "V22",
      firmware: "4.1.7",
      powerW: null,
      powerAtMs: null,
      connectors: [this.connector(1, "Available", 40 * 60_000)],
      ...more,
    };
    this.stations.set(id, station);
    return station;
  }

  connector(evse: number, status: string, agoMs: number, errorCode: string | null = null) {
    return { evse, connector: evse === 0 ? 0 : 1, status, errorCode, statusAtMs: this.nowMs() - agoMs };
  }

  addSession(station: string, more: Partial<Session> = {}): Session {
    const id = `01J${String(this.sessions.size + 1).padStart(23, "0")}`;
    const session: Session = {
      id,
      site: this.stations.get(station)?.site ?? null,
      station,
      wireId: String(4700 + this.sessions.size),
      evse: 1,
      token: "…4F21",
      state: "open",
      startedAtMs: this.nowMs() - 72 * 60_000,
      endedAtMs: null,
      energyWh: 18_400,
      powerW: null,
      powerAtMs: null,
      stopReason: null,
      offline: false,
      review: null,
      ...more,
    };
    this.sessions.set(id, session);
    return session;
  }

  sessionDetail(id: string): SessionDetail | undefined {
    const row = this.sessions.get(id);
    const meters = { meterStartWh: 100_000, meterLastWh: null, meterStopWh: null };
    const usual = { connector: 1, version: "2.0.1", ...meters, firstSeqNo: 0, lastSeqNo: 0 };
    const said = {
      missingSeqNos: "",
      reviews: [],
      details: null,
      settlements: [],
      events: [],
      eventCount: 0,
    };
    return row && { ...row, ...usual, changedAtMs: this.nowMs(), ...said, ...this.details.get(id) };
  }

  holds(station: string): StationHolds {
    const profiles = this.profiles.get(station) ?? [];
    return { localListVersion: null, profiles, reservations: [], availability: [], reports: [] };
  }

  addCard(token: string, more: Partial<Card> = {}): void {
    const usual = {
      status: "Accepted",
      expiresAtMs: null,
      changedAtMs: this.nowMs(),
      open: 0,
      usedAtMs: null,
    };
    this.cards.set(token.toLowerCase(), { ...usual, ...more, token });
  }

  /** Writes it to the outbox and tells every stream. */
  happen(site: string, { source = "station", live = true, ...seen }: Happening): Observation {
    const observation: Observation = {
      seq: this.outbox.length + 1,
      atMs: seen.atMs ?? this.nowMs(),
      source,
      kind: seen.kind,
      site,
      live,
      data: { ...seen.data },
      ...(seen.station === undefined ? {} : { station: seen.station }),
    };
    this.outbox.push(observation);
    for (const listener of this.#listeners) listener(observation);
    return observation;
  }

  /** A meter value of an open session: the rows change as the CSMS's would, and the world is told. */
  meter(session: Session, powerW: number, energyWh: number): void {
    const changed = { ...session, powerW, energyWh, powerAtMs: this.nowMs() };
    this.sessions.set(session.id, changed);
    const station = this.stations.get(session.station);
    if (station === undefined) throw new Error(`no station ${session.station} in this world`);
    const { id } = station;
    const open = [...this.sessions.values()].filter((it) => it.station === id && it.state === "open");
    const sum = open.reduce((total, it) => total + (it.powerW ?? 0), 0);
    this.stations.set(id, { ...station, powerW: sum, powerAtMs: this.nowMs() });
    const { wireId, evse, state } = session;
    this.happen(station.site ?? "", {
      kind: "transaction.updated",
      station: id,
      data: { transaction: session.id, wireId, evse, state, meterWh: energyWh, energyWh, powerW },
    });
  }

  onHappened(listener: (seen: Observation) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  snapshot(id: string): SiteSnapshot | undefined {
    const site = this.sites.get(id);
    if (site === undefined) return undefined;
    const stations = [...this.stations.values()].filter((station) => station.site === id);
    const ids = new Set(stations.map((station) => station.id));
    const transactions = [...this.sessions.values()].filter((session) => ids.has(session.station));
    const powers = stations.flatMap(({ powerW }) => (powerW === null ? [] : [powerW]));
    return {
      seq: this.outbox.length,
      site: {
        ...site,
        stations: stations.length,
        stationsConnected: stations.filter((station) => station.connected).length,
        charging: transactions.filter((session) => session.state === "open").length,
        powerW: powers.length === 0 ? null : powers.reduce((sum, powerW) => sum + powerW, 0),
      },
      stations,
      transactions: transactions.reverse(),
      recent: this.outbox
        .filter((seen) => seen.site === id)
        .slice(-RECENT)
        .reverse(),
    };
  }

  /** What happened, newest first, as the API filters it. */
  told(query: URLSearchParams): Observation[] {
    const kinds = query.get("kinds")?.split(",");
    const station = query.get("station");
    return this.outbox
      .filter(
        (seen) => (kinds?.includes(seen.kind) ?? true) && (station === null || seen.station === station),
      )
      .slice(-Number(query.get("most") ?? RECENT))
      .reverse();
  }

  history(
    site: string,
    { fromMs, toMs, stepMs }: Record<"fromMs" | "toMs" | "stepMs", number>,
  ): PowerPoint[] {
    const points: PowerPoint[] = [];
    for (let atMs = fromMs; atMs < toMs && points.length < 2_000; atMs += stepMs) {
      points.push({ atMs, powerW: atMs > this.nowMs() ? null : this.past(atMs, site) });
    }
    return points;
  }
}
