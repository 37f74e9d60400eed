/**
 * One word for a station, and one for each of its EVSEs, out of what OCPP's two versions say: 1.6 §7.7
 * ChargePointStatus has nine words, 2.0.1 Part 2 §3.30 ConnectorStatusEnumType five, where `Occupied` tells by its
 * transaction whether a car charges. What is not known stays unknown; nothing is guessed to be well.
 */
import type { Connector, Session, Station } from "../api/shapes.ts";

export const stationStates = [
  "blocked",
  "pending",
  "offline",
  "faulted",
  "charging",
  "paused",
  "finishing",
  "plugged",
  "reserved",
  "ready",
  "unavailable",
  "unknown",
] as const;
/** In order of precedence: a station's word is the first that one of its EVSEs has. */
export type StationState = (typeof stationStates)[number];

/** What a state means to the eye; the word and the shape always stand beside it. */
export type Tone = "well" | "care" | "danger" | "calm" | "off";

export const toneOf: Readonly<Record<StationState, Tone>> = {
  blocked: "danger",
  pending: "care",
  offline: "care",
  faulted: "danger",
  charging: "well",
  paused: "calm",
  finishing: "calm",
  plugged: "calm",
  reserved: "calm",
  ready: "calm",
  unavailable: "off",
  unknown: "off",
};

/** Below this a car takes nothing: chargers' meters show a few watts of their own. */
export const FLOWING_W_MIN = 50;

export type EvseView = {
  readonly evse: number;
  readonly state: StationState;
  /** Since when it is so, by the station's report; null where nothing was reported. */
  readonly sinceMs: number | null;
  readonly errorCode: string | null;
  readonly session: Session | undefined;
};

/** The EVSEs of a station by number; `sessions` are its open ones. */
export function evsesOf(station: Station, sessions: readonly Session[]): readonly EvseView[] {
  const numbers = new Set<number>();
  for (const { evse } of station.connectors) if (evse > 0) numbers.add(evse);
  for (const { evse } of sessions) if (evse > 0) numbers.add(evse);
  return [...numbers]
    .sort((a, b) => a - b)
    .map((evse) => {
      const connectors = station.connectors.filter((connector) => connector.evse === evse);
      return evseView(
        evse,
        connectors,
        sessions.find((session) => session.evse === evse),
      );
    });
}

/** The station's word. Offline comes before what it last said of itself; admission comes before all. */
export function stateOf(station: Station, evses: readonly EvseView[]): StationState {
  if (station.admission === "blocked") return "blocked";
  if (station.admission === "pending") return "pending";
  if (!station.connected) return "offline";
  const whole = station.connectors.find((connector) => connector.evse === 0);
  const wholeState = whole === undefined ? "unknown" : connectorState(whole.status, undefined);
  if (wholeState === "faulted" || wholeState === "unavailable") return wholeState;
  const states = new Set(evses.map((evse) => evse.state));
  return stationStates.find((state) => states.has(state)) ?? wholeState;
}

function evseView(evse: number, connectors: readonly Connector[], session: Session | undefined): EvseView {
  const views = connectors.map((connector) => ({
    connector,
    state: connectorState(connector.status, session),
  }));
  const foremost = stationStates
    .map((state) => views.find((view) => view.state === state))
    .find((view) => view !== undefined);
  return {
    evse,
    session,
    state: foremost?.state ?? (session === undefined ? "unknown" : occupied(session)),
    sinceMs: foremost?.connector.statusAtMs ?? null,
    errorCode: foremost?.connector.errorCode ?? null,
  };
}

/** The state that a status of either version means; with its session where it has one. */
export function connectorState(status: string, session: Session | undefined): StationState {
  switch (status) {
    case "Available":
      return "ready";
    case "Preparing":
      return "plugged";
    case "Occupied":
      return session === undefined ? "plugged" : occupied(session);
    case "Charging":
      return "charging";
    case "SuspendedEV":
    case "SuspendedEVSE":
      return "paused";
    case "Finishing":
      return "finishing";
    case "Reserved":
      return "reserved";
    case "Unavailable":
      return "unavailable";
    case "Faulted":
      return "faulted";
    default:
      return "unknown";
  }
}

/** An open transaction whose power is not reported yet is taken to charge: that is what it was started for. */
function occupied(session: Session): StationState {
  return session.powerW !== null && session.powerW < FLOWING_W_MIN ? "paused" : "charging";
}
