/** What happened, a sentence per kind of event, in English. */
import { energy, written } from "../../display/quantity.ts";
import { commandEnds, named, plural, reviewWords, spaced, stopReason } from "../en-codes.ts";

export const happened = {
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
    priority: (activated: boolean) => (activated ? "a driver claimed priority" : "a driver gave up priority"),
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
    profileNotInForce: (after: string, before: string) =>
      `took a charging profile that does not hold: it shows ${after}, and ${before} before`,
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
    siteDisconnected: "link is down; what happens there is told when it is back",
    bundle: (version: number) => `runs on bundle ${version}`,
    bundleRefused: (reason: string) => `refused its new bundle: ${reason}`,
    bundleUnfit: (why: string) => `lives on its last bundle, for no site could take the new one: ${why}`,
    mode: (name: string, reason: string) => `energy mode is ${name.toLowerCase()} now: ${reason}`,
    guardRefused: (client: string, what: string, why: string) =>
      `the guard refused ${client}${what === "" ? "" : ` (${what})`}: ${why}`,
    guardNoticed: (kind: string | undefined, why: string) =>
      `the guard noticed${kind === undefined ? "" : ` (${kind})`}: ${why}`,
    energySet: (version: number) => `what is written of its energy is version ${version} now`,
    energyEnded: "its energy is no longer managed",
    limitSet: (kW: string, reason: string) => `may take ${kW} together for a time: ${reason}`,
    limitEnded: (reason: string) => `the limit of its power was taken back: ${reason}`,
    pricesSet: "prices of energy were told",
    pricesDropped: "has no prices of energy of its own any more",
    quartersRefused: (example: string) => `told energy that cannot have been: ${example}`,
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
  /** What a site's energy controller noticed; the site stands before it. */
  energy: {
    device: (id: string, state: string, why: string) =>
      `device ${id} ${state === "" ? "is not well" : state}${why === "" ? "" : `: ${why}`}`,
    deviceOver: (id: string) => `device ${id} is well again`,
    meter: (id: string, why: string) => `meter ${id} is not trusted${why === "" ? "" : `: ${why}`}`,
    meterOver: (id: string) => `meter ${id} is trusted again`,
    battery: (id: string, why: string) =>
      `the charge that battery ${id} tells is not believed${why === "" ? "" : `: ${why}`}`,
    batteryOver: (id: string) => `the charge that battery ${id} tells is believed again`,
    charge: {
      "no-number": "it is no number",
      jumps: "it jumps",
      "stands-still": "it stands still while power flows",
    } as Readonly<Record<string, string>>,
    outlet: (id: string) => `outlet ${id} draws more than it was granted`,
    outletDeaf: (id: string) => `outlet ${id} does not answer, and is budgeted at its full rating`,
    outletOver: (id: string) => `outlet ${id} obeys again`,
    beyond: (fuse: string) => `more base load than was declared at fuse ${fuse}`,
    beyondOver: (fuse: string) => `base load at fuse ${fuse} is as declared again`,
    external: (limit: string) => `its power is limited from outside to ${limit}`,
    externalOver: () => "its power is no longer limited from outside",
    contactor: (fuse: string, percent: number) =>
      `the contactor at fuse ${fuse} was opened at ${percent} % of its rating`,
    documentRefused: (why: string) => `its energy controller refused its document: ${why}`,
    lost: (count: number) =>
      `${plural(count, "thing", "things")} that its energy controller noticed ${count === 1 ? "was" : "were"} lost`,
    controller: (why: string) => `its energy controller is not heeded: ${why}`,
  },
};
