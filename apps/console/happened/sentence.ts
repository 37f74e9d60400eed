/**
 * Observations in words. Each kind that a person at a site cares about has its sentence in strings/; meter values,
 * leases and the like have none and are left out. A kind that is new here is shown by its own name.
 */
import type { Observation } from "../api/shapes.ts";
import { power, written } from "../display/quantity.ts";
import { kindOf, refusalOf } from "../energy/refusal.ts";
import { numberOf, textOf, textsOf } from "../live/reading.ts";
import { connectorState, type Tone } from "../stations/state.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import { energyObserved } from "./energy-observed.ts";

export type Told = { readonly text: string; readonly tone: Tone };

/** Kinds that say nothing to a person who watches a site. */
const untold: ReadonlySet<string> = new Set([
  "csms.started",
  "node.started",
  "node.stopped",
  "node.lost",
  "holder.asked",
  "holder.answered",
  "journal.begun",
  "transaction.updated",
  "station.meter",
  "station.data",
  "station.report",
  "station.monitors",
  "station.display-messages",
  "station.charging-profiles",
  "station.der-controls",
  "station.ev-needs",
  "station.ev-schedule",
  "station.stream-opened",
  "station.stream-closed",
  "station.stream",
  "station.schedule-wanted",
  "site.leased",
  "site.hello",
  "bundle.issued",
  "session.opened",
  "session.closed",
  "person.invited",
  "person.joined",
  "token.set",
]);

/** The sentence without its station, which stands beside it; undefined for what is left out. */
export function toldOf(seen: Observation): Told | undefined {
  if (untold.has(seen.kind)) return undefined;
  const tell = Object.hasOwn(told, seen.kind) ? told[seen.kind] : undefined;
  return tell === undefined ? { text: seen.kind, tone: "calm" } : tell(seen.data);
}

type Tell = (data: Observation["data"]) => Told | undefined;
const say = words.happened.say;
const calm = (text: string): Told => ({ text, tone: "calm" });
const energyOf = (data: Observation["data"]) => numberOf(data, "energyWh");

const told: Readonly<Record<string, Tell>> = {
  "station.added": () => calm(say.added),
  "station.changed": () => calm(say.changed),
  "station.unknown": () => ({ text: say.unknownStation, tone: "care" }),
  "station.refused": (data) => ({ text: say.refused(textOf(data, "reason") ?? ""), tone: "danger" }),
  "station.connected": () => calm(say.connected),
  "station.disconnected": () => ({ text: say.disconnected, tone: "care" }),
  "station.booted": (data) => calm(say.booted(textOf(data, "reason"))),
  "station.status": (data) => status(data),
  "station.deviates": (data) => ({ text: say.deviates(textOf(data, "rule") ?? ""), tone: "care" }),
  "station.deaf": (data) => ({ text: say.deaf(textOf(data, "action") ?? ""), tone: "danger" }),
  "station.hears": () => calm(say.hears),
  "station.learned": (data) => calm(say.learned(textOf(data, "about") ?? "", numberOf(data, "most"))),
  "station.handling": (data) => calm(data.strict === true ? say.heldStrictly : say.handled),
  "dispensation.given": (data) => ({
    text: say.dispensed(numberOf(data, "securityProfile") ?? 2),
    tone: "care",
  }),
  "dispensation.ended": () => calm(say.dispensationOver),
  "station.set-aside": (data) => ({ text: say.setAside(textOf(data, "action") ?? ""), tone: "care" }),
  "station.boot-loop": (data) => ({ text: say.bootLoop(numberOf(data, "boots") ?? 0), tone: "danger" }),
  "station.event": (data) =>
    calm(
      say.event(textOf(data, "component") ?? "", textOf(data, "variable") ?? "", textOf(data, "value") ?? ""),
    ),
  "station.progress": (data) => calm(say.progress(textOf(data, "of") ?? "", textOf(data, "status") ?? "")),
  "station.identity-changed": (data) => ({
    text: say.identityChanged(textsOf(data, "fields")),
    tone: "care",
  }),
  "station.charging-limit": (data) => calm(say.limited(textOf(data, "source") ?? "", data.cleared === true)),
  "station.reservation": (data) => calm(say.reservation(textOf(data, "state") ?? "")),
  "station.customer-information": () => calm(say.customerInformation),
  "station.priority-charging": (data) => calm(say.priority(data.activated === true)),
  "station.certificate-wanted": (data) => calm(say.certificateWanted(textOf(data, "answer") ?? "")),
  "station.vat-wanted": () => calm(say.vatWanted),
  "station.der-alarm": (data) => ({
    text: say.derAlarm(textOf(data, "control") ?? "", data.ended === true),
    tone: data.ended === true ? "calm" : "care",
  }),
  "station.der-control": (data) => calm(say.derControl(textOf(data, "control") ?? "", data.started === true)),
  "station.battery-swap": (data) => calm(say.batterySwap(textOf(data, "event") ?? "")),
  "payment.settled": (data) => calm(say.settled(textOf(data, "status") ?? "", textOf(data, "amount") ?? "")),
  "security.foreign-reservation": (data) => ({
    text: say.foreignReservation(textOf(data, "action") ?? ""),
    tone: "danger",
  }),
  "security.event": (data) => ({ text: say.securityEvent(textOf(data, "type") ?? ""), tone: "care" }),
  "security.foreign-transaction": (data) => ({
    text: say.foreignTransaction(textOf(data, "action") ?? ""),
    tone: "danger",
  }),
  "security.foreign-station": (data) => ({
    text: say.foreignStation(textOf(data, "action") ?? ""),
    tone: "danger",
  }),
  "authorisation.decided": (data) => authorisation(data),
  "transaction.started": (data) => ({ text: say.started(textOf(data, "token")), tone: "well" }),
  "transaction.ended": (data) => calm(say.ended(energyOf(data), textOf(data, "reason"))),
  "transaction.uncertain": () => ({ text: say.uncertain, tone: "care" }),
  "transaction.unmetered": (data) => ({
    text: say.unmetered(numberOf(data, "minutes") ?? 0),
    tone: "danger",
  }),
  "transaction.silent": (data) => ({ text: say.silentMeter(numberOf(data, "minutes") ?? 0), tone: "danger" }),
  "transaction.frozen": (data) => ({ text: say.frozenMeter(numberOf(data, "minutes") ?? 0), tone: "danger" }),
  "transaction.review": (data) => ({ text: say.review(textsOf(data, "codes")), tone: "care" }),
  "site.added": () => calm(say.siteAdded),
  "site.connected": () => ({ text: say.siteConnected, tone: "well" }),
  "site.disconnected": () => ({ text: say.siteDisconnected, tone: "care" }),
  "site.bundle": (data) =>
    data.accepted === false
      ? { text: say.bundleRefused(textOf(data, "reason") ?? ""), tone: "danger" }
      : calm(say.bundle(numberOf(data, "version") ?? 0)),
  "site.mode": (data) => modeChanged(data),
  "site.guard": (data) => guardTold(data),
  "energy.set": (data) =>
    calm(data.managed === false ? say.energyEnded : say.energySet(numberOf(data, "version") ?? 0)),
  "energy.limit-set": (data) => {
    const limitW = numberOf(data, "limitW");
    const reason = textOf(data, "reason") ?? "";
    return limitW === undefined
      ? calm(say.limitEnded(reason))
      : { text: say.limitSet(written(power(limitW)), reason), tone: "care" };
  },
  "energy.prices-set": () => calm(say.pricesSet),
  "energy.prices-dropped": () => calm(say.pricesDropped),
  "energy.quarters-refused": (data) => ({
    text: say.quartersRefused(textOf(data, "example") ?? ""),
    tone: "care",
  }),
  "journal.gap": (data) => ({
    text: say.gap(numberOf(data, "count") ?? 0, textOf(data, "action") ?? ""),
    tone: "care",
  }),
  "journal.quarantined": () => ({ text: say.quarantined, tone: "care" }),
  "journal.rewound": () => ({ text: say.rewound, tone: "danger" }),
  "command.requested": (data) => calm(say.commandRequested(commandName(data), textOf(data, "reason") ?? "")),
  "command.sent": (data) => calm(say.commandSent(commandName(data))),
  "command.ended": (data) => commandEnded(data),
  observed: (data) => {
    const what = textOf(data, "what") ?? "";
    const ofEnergy = energyObserved(what, detailOf(data));
    if (ofEnergy !== undefined) return ofEnergy;
    const tell = Object.hasOwn(seenByGateway, what) ? seenByGateway[what] : undefined;
    return tell === undefined ? calm(say.observed(what)) : { text: tell(detailOf(data)), tone: "care" };
  },
};

/** What a station's socket or a site's link shows over time, by the gateway's word for it. */
const seenByGateway: Readonly<Record<string, (detail: Observation["data"]) => string>> = {
  "gateway.message-id-reused": () => say.messageIdReused,
  "gateway.heartbeat-flood": () => say.heartbeatFlood,
  "gateway.invalid-messages": () => say.invalidMessages,
  "gateway.clock-stepped": (detail) =>
    say.clockStepped(Math.round((numberOf(detail, "steppedMs") ?? 0) / 1_000)),
  "gateway.bundle-unfit": (detail) => say.bundleUnfit(textOf(detail, "say") ?? ""),
  "gateway.profile-not-in-force": (detail) => {
    const shown = (name: "after" | "before") =>
      `${numberOf(detail, name) ?? 0} ${textOf(detail, "unit") ?? ""}`.trim();
    return say.profileNotInForce(shown("after"), shown("before"));
  },
};
const detailOf = ({ detail }: Observation["data"]): Observation["data"] =>
  typeof detail === "object" && detail !== null && !Array.isArray(detail)
    ? (detail as Observation["data"])
    : {};

function status(data: Observation["data"]): Told {
  const evse = numberOf(data, "evse") ?? 0;
  const word = textOf(data, "status") ?? "";
  const code = textOf(data, "errorCode");
  const meant = words.stations.state[connectorState(word, undefined)];
  const text = say.status(evse, meant, code === "NoError" ? undefined : code);
  return { text, tone: word === "Faulted" ? "danger" : "calm" };
}

/** As grave as the mode's own alert. */
function modeChanged(data: Observation["data"]): Told {
  const mode = textOf(data, "mode") ?? "";
  const alert = textOf(data, "alert");
  const text = say.mode(named(words.energy.mode.name, mode) ?? mode, textOf(data, "reason") ?? "");
  return { text, tone: alert === "alarm" ? "danger" : alert === "notice" ? "care" : "calm" };
}

function guardTold(data: Observation["data"]): Told {
  const refusal = refusalOf({ seq: 0, atMs: 0, what: textOf(data, "what") ?? "", detail: detailOf(data) });
  const { client, device, register, value, why } = refusal;
  const what = [device, register, value === undefined ? undefined : `= ${value}`].filter(Boolean).join(" ");
  const text =
    client === undefined ? say.guardNoticed(kindOf(refusal), why) : say.guardRefused(client, what, why);
  return { text, tone: refusal.writes ? "danger" : "care" };
}

/** A token that was accepted is told by the session that it starts. */
function authorisation(data: Observation["data"]): Told | undefined {
  const verdict = textOf(data, "status") ?? "";
  if (verdict === "Accepted") return undefined;
  return { text: say.notAuthorised(textOf(data, "token"), verdict), tone: "care" };
}

function commandEnded(data: Observation["data"]): Told {
  const state = textOf(data, "state") ?? "";
  const text = say.commandEnded(commandName(data), state);
  return { text, tone: state === "accepted" ? "well" : "care" };
}

function commandName(data: Observation["data"]): string {
  const action = textOf(data, "action") ?? "";
  return named(words.commands.actions, action) ?? action;
}
