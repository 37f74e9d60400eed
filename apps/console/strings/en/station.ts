/** A station, its sessions and the commands to it, in English. */
import type { CommandState } from "../../commands/life.ts";
import type { TriggerMessage } from "../../commands/plan.ts";
import type { StationState } from "../../stations/state.ts";
import { commandActions, plural } from "../en-codes.ts";

export const stations = {
  title: "Stations",
  all: "All",
  filterLabel: "Show stations by state",
  empty: "No station yet",
  emptyHelp: "Add one on the machine that runs the central system:",
  emptyCommand: (site: string) => `npx wattward station add ID --site ${site}`,
  noneInFilter: "No station is in this state now.",
  state: {
    blocked: "Blocked",
    pending: "To accept",
    offline: "Offline",
    faulted: "Faulted",
    charging: "Charging",
    paused: "Paused",
    finishing: "Finishing",
    plugged: "Plugged in",
    reserved: "Reserved",
    ready: "Ready",
    unavailable: "Out of service",
    unknown: "Unknown",
  } satisfies Record<StationState, string>,
  why: {
    blocked: "Refused at the gateway",
    pending: "Waits to be accepted",
    faulted: "Fault reported",
    paused: "The car takes nothing now",
    finishing: "Session over, still plugged in",
    plugged: "Car connected, not charging",
    reserved: "Kept for a reservation",
    ready: "Free",
    unavailable: "Taken out of service",
    unknown: "Has not reported its state",
    charging: "Charging",
    offline: "Not connected",
  } satisfies Record<StationState, string>,
  last: "last",
  lastSeen: "last seen",
  neverSeen: "never seen",
  evse: (number: number) => `EVSE ${number}`,
  evses: (count: number) => plural(count, "EVSE", "EVSEs"),
  sessions: (count: number) => plural(count, "session", "sessions"),
  since: "for",
};

export const station = {
  unknown: (station: string) => `No station ${station} at this site.`,
  details: "Details",
  facts: {
    model: "Model",
    firmware: "Firmware",
    version: "OCPP",
    securityProfile: "Security",
    dispensation: "Dispensation",
    serial: "Serial number",
    route: "Route",
    seen: "Last seen",
    booted: "Last boot",
  },
  securityProfile: (profile: number) =>
    profile === 3
      ? "Profile 3: its certificate"
      : profile === 2
        ? "Profile 2: a password, encrypted"
        : "Profile 1: a password in the clear",
  dispensation: (profile: number) => `Profile ${profile} until`,
  manner: {
    title: "What it gets wrong",
    none: "Nothing that had to be repaired or passed over.",
    times: (count: number) => plural(count, "time", "times"),
    strict: "Held strictly: nothing is repaired.",
    pinned: (version: string) => `Only OCPP ${version} is spoken with it.`,
    assumed: (version: string) => `OCPP ${version} is assumed where it names no version.`,
    unpinged: "Never pinged.",
  },
  evses: "EVSEs",
  sessions: "Sessions",
  noSession: "No session in the last hour.",
  happened: "What happened",
  nothing: "Nothing in the latest events of this site.",
  routes: { site: "through its site", direct: "direct", either: "through its site, or direct" } as Record<
    string,
    string
  >,
};

export const commands = {
  title: "Commands",
  lead: "What should this station do?",
  choose: {
    start: "Start session",
    stop: "Stop session",
    reset: "Restart",
    outOfService: "Take out of service",
    intoService: "Put into service",
    trigger: "Ask for a report",
  },
  noVersion: "This station has not connected yet, so its language is unknown. Commands wait until it has.",
  offlineNote: "The station is offline. The command waits for it and expires by itself.",
  nothingToStop: "No session runs.",
  fields: {
    evse: "EVSE",
    wholeStation: "Whole station",
    token: "Token",
    tokenHint: (most: number) => `The card or account that pays, at most ${most} characters.`,
    tokenMissing: "Write the token that pays for the session.",
    tokenLong: (most: number) => `This station takes at most ${most} characters.`,
    session: "Session",
    manner: "When",
    calm: {
      "1.6": "After its sessions were ended",
      "2.0.1": "When no session runs",
      "2.1": "When no session runs",
    },
    hard: "At once",
    message: "Report",
    messages: {
      StatusNotification: "State of an EVSE",
      MeterValues: "Meter values",
      Heartbeat: "Sign of life",
      BootNotification: "Start-up report",
    } satisfies Record<TriggerMessage, string>,
    reason: "Reason",
    reasonHint: "Kept with the command, for those who read it later.",
    reasonMissing: "Write why: it is kept with the command.",
    expires: "Give up after",
    expiresOption: { 60: "1 minute", 300: "5 minutes", 3600: "1 hour" } as Record<number, string>,
  },
  effect: {
    start: (station: string, evse: number, token: string) =>
      `EVSE ${evse} of ${station} starts a session${token === "" ? "" : ` for token ${token}`} and charges the car that is plugged in, or will be.`,
    stop: (station: string, evse: number) =>
      `The session on EVSE ${evse} of ${station} ends and its car stops charging.`,
    resetCalm16: (station: string, open: number) =>
      open === 0
        ? `${station} restarts. It is away for a minute or two.`
        : `${station} ends ${plural(open, "running session", "running sessions")} in order, then restarts. It is away for a minute or two.`,
    resetCalm201: (station: string, open: number) =>
      open === 0
        ? `${station} restarts. It is away for a minute or two.`
        : `${station} restarts as soon as ${open === 1 ? "its running session has" : `its ${open} running sessions have`} ended. No car is cut off.`,
    resetHard: (station: string, open: number) =>
      open === 0
        ? `${station} restarts at once. It is away for a minute or two.`
        : `${station} restarts at once and cuts off ${plural(open, "running session", "running sessions")}. It is away for a minute or two.`,
    outOfService: (what: string, open: number) =>
      open === 0
        ? `${what} takes no new sessions until it is put into service again.`
        : `${what} takes no new sessions until it is put into service again. ${plural(open, "running session goes", "running sessions go")} on to the end first.`,
    intoService: (what: string) => `${what} takes sessions again.`,
    trigger: (station: string, report: string) =>
      `${station} sends this report now: ${report}. Nothing else changes.`,
  },
  send: {
    start: "Start session",
    stop: "Stop session",
    reset: "Restart station",
    outOfService: "Take out of service",
    intoService: "Put into service",
    trigger: "Ask now",
  },
  sending: "Recording…",
  cancel: "Cancel",
  recent: "Recent commands",
  noRecent: "No command was given to this station yet.",
  state: {
    requested: "Requested",
    sent: "Sent",
    accepted: "Accepted",
    refused: "Refused",
    failed: "Failed",
    expired: "Expired",
    unknown: "Outcome unknown",
  } satisfies Record<CommandState, string>,
  waiting: "Waiting for an answer",
  expiresIn: "gives up in",
  stationSays: "Station says",
  expiredHelp: "It could not be sent in time. The station never got it.",
  unknownHelp: "It was sent, and no answer came. Look at the station's state before you repeat it.",
  actions: commandActions,
};
