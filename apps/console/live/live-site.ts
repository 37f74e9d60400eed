/**
 * A site as the page knows it: a snapshot, brought up to date by observations. Pure: the same snapshot and events give
 * the same picture. The kinds are those of the CSMS's core/observations.ts.
 *
 * Where an observation says that something changed but not what it is now, the picture is not whole any more and a
 * new snapshot is needed; nothing is guessed. What was replayed changes sessions, never the live state of a station.
 */
import type { Observation, Session, SiteSnapshot, Station } from "../api/shapes.ts";
import { numberOf, textOf, textsOf } from "./reading.ts";

export const RECENT_MAX = 200;
export const SESSIONS_MAX = 400;

export type LiveSite = {
  readonly seq: number;
  readonly site: SiteSnapshot["site"];
  readonly stations: ReadonlyMap<string, Station>;
  /** By id, newest first. */
  readonly sessions: ReadonlyMap<string, Session>;
  /** Newest first. */
  readonly recent: readonly Observation[];
  /** By station: the sequence at which one of its commands last changed. */
  readonly commandSeq: ReadonlyMap<string, number>;
};

export type Applied = {
  readonly site: LiveSite;
  /** False: only a new snapshot tells the rest. */
  readonly whole: boolean;
};

export function liveSite(snapshot: SiteSnapshot): LiveSite {
  return {
    seq: snapshot.seq,
    site: snapshot.site,
    stations: new Map(snapshot.stations.map((station) => [station.id, station])),
    sessions: new Map(snapshot.transactions.map((session) => [session.id, session])),
    recent: snapshot.recent,
    commandSeq: new Map(),
  };
}

/** An observation that is already included (its sequence is not above the picture's) changes nothing. */
export function applyObservation(site: LiveSite, seen: Observation): Applied {
  if (seen.seq <= site.seq) return { site, whole: true };
  const heard = seen.live && seen.source === "station" ? withStation(site, seen, (it) => it) : site;
  const applied = change(heard, seen);
  return {
    whole: applied.whole,
    site: {
      ...applied.site,
      seq: seen.seq,
      site: heardSite(applied.site.site, seen),
      recent: [seen, ...applied.site.recent].slice(0, RECENT_MAX),
    },
  };
}

function change(site: LiveSite, seen: Observation): Applied {
  switch (seen.kind) {
    case "station.connected":
    case "station.disconnected":
    case "station.booted":
    case "station.status":
    case "station.meter":
      // Replayed: what the station's live state is after it, only the CSMS knows.
      if (!seen.live) return { site, whole: false };
      if (seen.station === undefined || !site.stations.has(seen.station)) return { site, whole: false };
      return whole(withStation(site, seen, (station) => changedStation(station, seen)));
    case "transaction.started":
    case "transaction.updated":
    case "transaction.ended":
      return withSession(site, seen);
    case "transaction.review":
      return withReview(site, seen);
    case "station.added":
    case "station.changed":
    case "station.unknown":
    case "dispensation.given":
    case "dispensation.ended":
    case "site.connected":
    case "site.disconnected":
    case "site.clock":
    case "site.hello":
    case "site.bundle":
      return { site, whole: false };
    case "command.requested":
    case "command.sent":
    case "command.ended":
      return whole(
        seen.station === undefined
          ? site
          : { ...site, commandSeq: new Map(site.commandSeq).set(seen.station, seen.seq) },
      );
    default:
      return whole(site);
  }
}

const whole = (site: LiveSite): Applied => ({ site, whole: true });

function withStation(site: LiveSite, seen: Observation, next: (station: Station) => Station): LiveSite {
  const station = seen.station === undefined ? undefined : site.stations.get(seen.station);
  if (station === undefined) return site;
  const changed = { ...next(station), seenAtMs: Math.max(station.seenAtMs ?? 0, seen.atMs) };
  return { ...site, stations: new Map(site.stations).set(station.id, changed) };
}

function changedStation(station: Station, seen: Observation): Station {
  switch (seen.kind) {
    case "station.connected":
      return {
        ...station,
        connected: true,
        version: textOf(seen.data, "version") ?? station.version,
        securityProfile: numberOf(seen.data, "securityProfile") ?? station.securityProfile,
      };
    case "station.disconnected":
      return { ...station, connected: false };
    case "station.booted":
      return {
        ...station,
        bootedAtMs: seen.atMs,
        vendor: textOf(seen.data, "vendor") ?? station.vendor,
        model: textOf(seen.data, "model") ?? station.model,
        firmware: textOf(seen.data, "firmware") ?? station.firmware,
      };
    case "station.status":
      return { ...station, connectors: withConnector(station, seen) };
    case "station.meter": {
      const powerW = numberOf(seen.data, "powerW");
      return powerW === undefined ? station : { ...station, powerW, powerAtMs: seen.atMs };
    }
    default:
      return station;
  }
}

function withConnector(station: Station, seen: Observation): Station["connectors"] {
  const evse = numberOf(seen.data, "evse") ?? 0;
  const connector = numberOf(seen.data, "connector") ?? 0;
  const status = textOf(seen.data, "status") ?? "";
  const errorCode = textOf(seen.data, "errorCode") ?? null;
  const others = station.connectors.filter((it) => it.evse !== evse || it.connector !== connector);
  const before = station.connectors.find((it) => it.evse === evse && it.connector === connector);
  // A report that changes nothing keeps its "since".
  const same = before !== undefined && before.status === status && before.errorCode === errorCode;
  return [
    ...others,
    { evse, connector, status, errorCode, statusAtMs: same ? before.statusAtMs : seen.atMs },
  ];
}

function withSession(site: LiveSite, seen: Observation): Applied {
  const id = textOf(seen.data, "transaction");
  const station = seen.station;
  if (id === undefined || station === undefined) return { site, whole: false };
  const before = site.sessions.get(id);
  // Its beginning is older than this page: the snapshot knows it.
  if (before === undefined && seen.kind !== "transaction.started") return { site, whole: false };
  const after = changedSession(before ?? newSession(id, station, seen), seen);
  const sessions = before === undefined ? newestFirst(site.sessions, after) : site.sessions;
  const changed = { ...site, sessions: new Map(sessions).set(id, after) };
  return whole(seen.live ? withPowerOf(changed, station, seen.atMs) : changed);
}

function newSession(id: string, station: string, seen: Observation): Session {
  return {
    id,
    site: seen.site ?? null,
    station,
    wireId: textOf(seen.data, "wireId") ?? "",
    evse: numberOf(seen.data, "evse") ?? 0,
    token: textOf(seen.data, "token") ?? null,
    state: "open",
    startedAtMs: seen.atMs,
    endedAtMs: null,
    energyWh: null,
    powerW: null,
    powerAtMs: null,
    stopReason: null,
    offline: !seen.live,
    review: null,
  };
}

function changedSession(session: Session, seen: Observation): Session {
  const powerW = numberOf(seen.data, "powerW");
  const ended = seen.kind === "transaction.ended";
  return {
    ...session,
    state: textOf(seen.data, "state") ?? (ended ? "ended" : session.state),
    energyWh: numberOf(seen.data, "energyWh") ?? session.energyWh,
    ...(powerW === undefined ? {} : { powerW, powerAtMs: seen.atMs }),
    ...(ended ? { endedAtMs: seen.atMs, stopReason: textOf(seen.data, "reason") ?? null } : {}),
    offline: session.offline || !seen.live,
  };
}

/** A station's power is that of its open sessions, as far as they reported one; none after the last has ended. */
function withPowerOf(site: LiveSite, id: string, atMs: number): LiveSite {
  const station = site.stations.get(id);
  if (station === undefined) return site;
  let powerW: number | null = null;
  let powerAtMs: number | null = null;
  for (const session of site.sessions.values()) {
    if (session.station !== id || session.state === "ended" || session.powerW === null) continue;
    powerW = (powerW ?? 0) + session.powerW;
    powerAtMs = Math.max(powerAtMs ?? 0, session.powerAtMs ?? atMs);
  }
  return { ...site, stations: new Map(site.stations).set(id, { ...station, powerW, powerAtMs }) };
}

function withReview(site: LiveSite, seen: Observation): Applied {
  const session = site.sessions.get(textOf(seen.data, "transaction") ?? "");
  if (session === undefined) return { site, whole: false };
  const known = session.review === null ? [] : session.review.split(",");
  const review = [...new Set([...known, ...textsOf(seen.data, "codes")])].join(",");
  return whole({ ...site, sessions: new Map(site.sessions).set(session.id, { ...session, review }) });
}

function newestFirst(sessions: ReadonlyMap<string, Session>, newest: Session): ReadonlyMap<string, Session> {
  const all = [[newest.id, newest] as const, ...sessions];
  if (all.length <= SESSIONS_MAX) return new Map(all);
  const open = all.filter(([, session]) => session.state !== "ended");
  const ended = all.filter(([, session]) => session.state === "ended");
  return new Map([...open, ...ended.slice(0, Math.max(0, SESSIONS_MAX - open.length))]);
}

/** The link carried something just now. */
function heardSite(site: LiveSite["site"], seen: Observation): LiveSite["site"] {
  const fromSite = seen.source === "station" || seen.source === "site";
  return fromSite ? { ...site, seenAtMs: Math.max(site.seenAtMs ?? 0, seen.atMs) } : site;
}
