/**
 * Every word of the console in English: one file per language, the same keys in each. Sentences say what is so and
 * what to do next; a function takes what differs.
 */
import type { CommandState } from "../commands/life.ts";
import type { TriggerMessage } from "../commands/plan.ts";
import { energy, written } from "../display/quantity.ts";
import type { StationState } from "../stations/state.ts";
import { commandActions, commandEnds, named, plural, reviewWords, spaced, stopReason } from "./en-codes.ts";

export const en = {
  product: "Wattward",
  skipToContent: "Skip to content",
  loading: "Loading…",
  tryAgain: "Try again",
  close: "Close",
  ago: "ago",

  theme: { label: "Theme", auto: "Auto", light: "Light", dark: "Dark" },
  account: { menu: (name: string) => `Account of ${name}`, signOut: "Sign out" },

  problem: {
    noAnswer: "The central system does not answer. Check that it runs and that this device reaches it.",
    status: (status: number) => `The central system answered with status ${status}. Try again in a moment.`,
    pageBroke: "This page broke. That is our fault. Reload it; what you were watching goes on without it.",
    forbidden: "Your role does not allow this. Ask an administrator for it.",
    notFound: "There is nothing at this address.",
    toSites: "Go to the sites",
  },

  signIn: {
    title: "Sign in",
    lead: "With the passkey of this device, your phone or your security key.",
    button: "Sign in with passkey",
    busy: "Waiting for your passkey…",
    help: "No passkey yet? Ask an administrator for a one-time link.",
    join: {
      title: "Join Wattward",
      lead: "This one-time link makes you a member. Your name and a passkey are all it takes; there is no password.",
      name: "Your name",
      nameHint: "Others see it beside what you do.",
      nameMissing: "Write your name: it stands beside every command you give.",
      button: "Create passkey",
      noSecret:
        "This link is not complete. Open it again exactly as you were given it, with all that follows the #.",
    },
    failure: {
      cancelled: "The passkey was not used: the request was cancelled or took too long. Try again.",
      unsupported: "This browser has no passkeys here. Open the page over https, or by the name localhost.",
      already: "This device already holds a passkey for you. Sign in with it instead.",
      unknownPasskey:
        "This passkey is not known here. Use the one you made for Wattward, or ask for a new link.",
      fault: (message: string) => `The passkey could not be used: ${message}`,
    },
  },

  sites: {
    title: "Sites",
    empty: "No site yet",
    emptyHelp: "Add a station with its site on the machine that runs the central system:",
    emptyCommand: "npx wattward station add ID --site SITE",
    linkUp: "Link up",
    linkDown: "Link down",
    neverLinked: "Never linked",
    stations: (connected: number, all: number) =>
      `${connected} of ${plural(all, "station", "stations")} connected`,
    charging: (count: number) => (count === 0 ? "None charging" : `${count} charging`),
  },

  site: {
    stations: (count: number) => plural(count, "station", "stations"),
    connected: (connected: number, all: number) =>
      connected === all
        ? "all connected"
        : connected === 0
          ? "none connected"
          : `${connected} of ${all} connected`,
    linkUp: "Site link up",
    linkDown: "Site link down",
    linkNever: "Site link never opened",
    heard: "heard",
    clock: { synced: "Clock synced", holdover: "Clock in holdover", unknown: "Clock unknown" },
    clockHelp: {
      synced: "The site compared its clock with a trusted source since it started, and recently.",
      holdover: "The site's trusted time source is gone; it goes on with what it had.",
      unknown:
        "The site has not compared its clock since it started. Charging goes on; check its time source.",
    },
    unknown: "No site has this id.",
    unknownHelp: "It may have been renamed or removed.",
    well: "All well. Nothing needs you.",
    needs: (count: number) => (count === 1 ? "1 thing needs you" : `${count} things need you`),
  },

  attention: {
    linkDown: "The site link is down. The site goes on charging by itself and reports later.",
    linkNever: "This site has never opened its link. Start its controller, or check its certificate.",
    clock: "The site's clock is not known to be right. Check its time source.",
    offline: (station: string) => `${station} is offline`,
    faulted: (station: string, code: string | null) =>
      code === null
        ? `${station} reports a fault`
        : `${station} reports a fault: ${spaced(code).toLowerCase()}`,
    pending: (station: string) => `${station} waits to be accepted`,
    blocked: (station: string) => `${station} is blocked`,
    silent: (station: string) => `${station} charges but sends no meter values`,
    review: (station: string) => `A session on ${station} needs review`,
    more: (count: number) => `and ${count} more`,
    fewer: "Show fewer",
  },

  stream: {
    lost: "Live updates stopped. This is how things stood",
    lostAgo: "ago",
    trying: "Trying again by itself.",
    now: "Try now",
  },

  power: {
    now: "Power now",
    drawnBy: (stations: number) => `to ${plural(stations, "station", "stations")}`,
    old: (age: string) => `${age} old`,
    idle: "No car draws power now",
    none: "No power is reported now",
    others: (count: number) => plural(count, "other station", "other stations"),
    /** `aged` values are counted though late, `lost` ones no more. */
    counted: (aged: number, lost: number) =>
      [
        aged > 0 ? `${plural(aged, "late value", "late values")} counted as last reported` : "",
        lost > 0 ? `${plural(lost, "value", "values")} too old to count` : "",
      ]
        .filter((part) => part !== "")
        .join("; "),
    over: "Power, kW",
    spanLabel: "Time span",
    spanOption: (minutes: number) => `${minutes} min`,
    chartLabel: (minutes: number, now: string, most: string) =>
      `Power of the site over the last ${minutes} minutes: now ${now}, at most ${most}.`,
    noHistory: "No power was reported in this span.",
    historyFailed: "The past could not be loaded; what follows is live.",
    most: "Peak",
    energy: "Energy",
    scale: (mostKw: number) => `bars to ${mostKw} kW`,
  },

  stations: {
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
    since: "since",
  },

  station: {
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
  },

  sessions: {
    title: "Sessions",
    note: "open, and ended in the last hour",
    empty: "No session in the last hour",
    emptyHelp: "One appears here as soon as a car starts to charge.",
    columns: {
      station: "Station",
      token: "Token",
      started: "Started",
      duration: "Duration",
      energy: "Energy",
      power: "Power",
      state: "State",
    },
    state: { open: "Open", ended: "Ended", partial: "Incomplete" } as Record<string, string>,
    partialHelp: "Its start never arrived.",
    endedFor: (reason: string) => `Ended: ${stopReason(reason)}`,
    offline: "Answered offline",
    offlineHelp: "Part of it was answered by the site or kept by the station while the link was down.",
    review: "Needs review",
    reviewHelp: (review: string) =>
      review
        .split(",")
        .map((code) => named(reviewWords, code) ?? code)
        .join("; "),
    noToken: "No token",
    more: (count: number) => `Show ${count} more`,
    fewer: "Show fewer",
  },

  happened: {
    title: "What happened",
    empty: "Nothing yet",
    emptyHelp: "Connections, sessions, faults and commands appear here as they happen.",
    later: "reported later",
    laterHelp: "It happened while the link was down and was reported afterwards.",
    more: "Show earlier",
    fewer: "Show fewer",
    site: "Site",
    say: {
      added: "was added",
      changed: "was changed in the inventory",
      unknownStation: "connected but is not in the inventory",
      refused: (reason: string) => `was refused at the gateway: ${spaced(reason)}`,
      connected: "connected",
      disconnected: "lost its connection",
      booted: (reason: string | undefined) =>
        reason === undefined ? "started up" : `started up: ${spaced(reason).toLowerCase()}`,
      status: (evse: number, state: string, code: string | undefined) =>
        `${evse === 0 ? "is" : `EVSE ${evse} is`} ${state.toLowerCase()}${code === undefined ? "" : `: ${spaced(code).toLowerCase()}`}`,
      event: (component: string, variable: string, value: string) =>
        `reports ${component} ${variable}: ${value}`,
      progress: (of: string, status: string) =>
        `${spaced(of.replaceAll("-", " ")).toLowerCase()}: ${spaced(status).toLowerCase()}`,
      identityChanged: (fields: readonly string[]) =>
        `came back with other hardware: ${fields.map((field) => spaced(field).toLowerCase()).join(", ")}`,
      limited: (source: string, cleared: boolean) =>
        cleared ? `a limit set by ${source} is gone` : `is limited by ${source}`,
      reservation: (state: string) => `a reservation has ended: ${state.replaceAll("-", " ")}`,
      customerInformation: "sent what it has stored about a person; it was not kept",
      priority: (activated: boolean) =>
        activated ? "a driver claimed priority" : "a driver gave up priority",
      certificateWanted: (answer: string) => `asked about a certificate: ${answer.toLowerCase()}`,
      vatWanted: "asked whether a VAT number is valid: that is not known here",
      derAlarm: (control: string, ended: boolean) =>
        ended ? `the grid lets go: ${control}` : `the grid makes it deviate: ${control}`,
      derControl: (control: string, started: boolean) =>
        `grid control ${control} has ${started ? "started" : "stopped"}`,
      batterySwap: (event: string) => `battery swap: ${spaced(event).toLowerCase()}`,
      settled: (status: string, amount: string) => `a payment of ${amount}: ${spaced(status).toLowerCase()}`,
      foreignReservation: (action: string) =>
        `named a reservation that is not its own in ${action}; nothing was changed`,
      securityEvent: (type: string) => `security event: ${spaced(type).toLowerCase()}`,
      deaf: (action: string) => `answers no call while it is connected; the last was ${action}`,
      hears: "answers calls again",
      learned: (about: string, most: number | undefined) =>
        most === undefined ? `does not do ${about}` : `takes less of ${about} in one message: ${most}`,
      deviates: (rule: string) => `gets something wrong that is understood all the same: ${rule}`,
      dispensed: (profile: number) => `may use security profile ${profile} for a time`,
      dispensationOver: "its dispensation is over",
      heldStrictly: "is held strictly from now on",
      handled: "is handled otherwise from now on",
      setAside: (action: string) => `sent a ${action} that cannot be read: kept for review, and acknowledged`,
      bootLoop: (boots: number) => `restarts again and again: ${boots} boots in ten minutes`,
      uncertain: "restarted in a session: nobody knows whether it goes on",
      unmetered: (minutes: number) => `tells no meter value in a session of ${minutes} minutes`,
      silentMeter: (minutes: number) => `charges, and has told no meter value for ${minutes} minutes`,
      frozenMeter: (minutes: number) => `charges, and its meter has stood still for ${minutes} minutes`,
      messageIdReused: "used one message id for two different messages",
      heartbeatFlood: "sends far more heartbeats than it was asked for",
      invalidMessages: "sends one message after the other that cannot be read",
      clockStepped: (seconds: number) =>
        `its clock was set ${seconds < 0 ? "back" : "forward"} by ${plural(Math.abs(seconds), "second", "seconds")}`,
      foreignTransaction: (action: string) =>
        `named a session that is not its own in ${action}; nothing was changed`,
      foreignStation: (action: string) =>
        `spoke for a station that is not its own in ${action}; nothing was applied`,
      notAuthorised: (token: string | undefined, verdict: string) =>
        `did not accept token ${token ?? ""}: ${spaced(verdict).toLowerCase()}`,
      started: (token: string | undefined) =>
        token === undefined ? "session started" : `session started with token ${token}`,
      ended: (energyWh: number | undefined, reason: string | undefined) =>
        `session ended${energyWh === undefined ? "" : ` after ${written(energy(energyWh))}`}${
          reason === undefined ? "" : `: ${stopReason(reason)}`
        }`,
      review: (codes: readonly string[]) =>
        `a session needs review: ${codes.map((code) => named(reviewWords, code) ?? code).join("; ")}`,
      siteAdded: "was added",
      siteConnected: "link is up",
      siteDisconnected: "link is down; charging goes on at the site",
      bundle: (version: number) => `runs on bundle ${version}`,
      bundleRefused: (reason: string) => `refused its new bundle: ${reason}`,
      gap: (count: number, action: string) =>
        `gave up ${plural(count, "message", "messages")} (${action}): its queue was full`,
      quarantined: "sent a record that cannot be read; it was set aside",
      rewound: "journal went back in time: its disk was restored",
      commandRequested: (command: string, reason: string) =>
        `${command.toLowerCase()} was requested${reason === "" ? "" : `: “${reason}”`}`,
      commandSent: (command: string) => `${command.toLowerCase()} was sent`,
      commandEnded: (command: string, state: string) =>
        `${command.toLowerCase()} ${named(commandEnds, state) ?? `ended: ${state}`}`,
      observed: (what: string) => spaced(what).toLowerCase(),
    },
  },

  commands: {
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
    nothingToStop: "No session is open.",
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
      heading: "What it will do",
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
  },
};
export type Strings = typeof en;
/** The language shown; the others join here. */
export const words: Strings = en;
