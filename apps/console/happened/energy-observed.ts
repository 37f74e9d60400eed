/**
 * What a site's energy controller noticed of its devices, meters, outlets and fuses (`apps/site/energy-controller/observe-turn.ts`), in words.
 * Its detail is JSON as text; what is over says so by `over`. Pure.
 */
import type { Observation } from "../api/shapes.ts";
import { power, written } from "../display/quantity.ts";
import { numberOf, textOf } from "../live/reading.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import type { Told } from "./sentence.ts";

type Data = Observation["data"];
/** `name`: of the device, meter, outlet or fuse. */
type Tell = {
  readonly is: (detail: Data) => string;
  readonly over?: (name: string) => string;
};

const say = words.happened.energy;
const energy = words.energy;
const at = (detail: Data, key: string) => textOf(detail, key) ?? "";

const kinds: Readonly<Record<string, Tell>> = {
  "energy.device": {
    is: (detail) =>
      say.device(
        at(detail, "device"),
        named(energy.devices.state, at(detail, "state")) ?? "",
        at(detail, "say"),
      ),
    over: say.deviceOver,
  },
  "energy.meter": {
    is: (detail) =>
      say.meter(
        at(detail, "meter"),
        named(energy.meters.why, at(detail, "refused")) ?? at(detail, "refused"),
      ),
    over: say.meterOver,
  },
  "energy.battery": {
    is: (detail) =>
      say.battery(at(detail, "battery"), named(say.charge, at(detail, "charge")) ?? at(detail, "charge")),
    over: say.batteryOver,
  },
  "energy.outlet": {
    is: (detail) =>
      at(detail, "standing") === "deaf"
        ? say.outletDeaf(at(detail, "outlet"))
        : say.outlet(at(detail, "outlet")),
    over: say.outletOver,
  },
  "energy.beyond-declaration": { is: (detail) => say.beyond(at(detail, "fuse")), over: say.beyondOver },
  "energy.external": {
    is: (detail) => {
      const limitW = numberOf(detail, "limitW");
      return limitW === undefined ? say.externalOver() : say.external(written(power(limitW)));
    },
    over: say.externalOver,
  },
  "energy.contactor-opened": {
    is: (detail) => say.contactor(at(detail, "fuse"), Math.round((numberOf(detail, "load") ?? 0) * 100)),
  },
  "energy.document-refused": { is: (detail) => say.documentRefused(at(detail, "say")) },
  "energy.observations-lost": { is: (detail) => say.lost(numberOf(detail, "count") ?? 0) },
};

/** Told by the local controller, each with a sentence for people. */
const sentences = ["energy-controller-not-sound", "energy-document-refused"];

/** Undefined: it is none of these. `detail` as the central system keeps it. */
export function energyObserved(what: string, detail: Data): Told | undefined {
  const text = textOf(detail, "detail") ?? "";
  if (sentences.includes(what)) return { text: say.controller(text), tone: "danger" };
  const kind = Object.hasOwn(kinds, what) ? kinds[what] : undefined;
  if (kind === undefined) return undefined;
  const told = objectIn(text);
  if (told.over === true && kind.over !== undefined)
    return { text: kind.over(at(told, "about")), tone: "calm" };
  return { text: kind.is(told), tone: "care" };
}

/** What cannot be read says nothing. */
function objectIn(text: string): Data {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : {};
  } catch {
    return {};
  }
}
