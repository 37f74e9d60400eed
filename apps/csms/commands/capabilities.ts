/**
 * What a station can do and how much it takes in one message: from its own variables and keys, and from what it showed
 * (learned.ts). Where it has said nothing, it is taken to be able, and asked.
 */

import type { Room } from "../core/port.ts";
import { placeOfKey } from "../stations/configuration-keys.ts";
import type { Station } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { learnedOf } from "./learned.ts";
import { type Feature, type Objection, unlessForced } from "./route.ts";
import { knownCount, knownList, knownText, place } from "./rules/known.ts";

/** 1.6 lists profiles (§9.1.29); 2.x has a controller for each, with Available and Enabled (Part 2, appendix 3). */
const features: Readonly<Record<Feature, { readonly profile?: string; readonly controller?: string }>> = {
  "smart-charging": { profile: "SmartCharging", controller: "SmartChargingCtrlr" },
  "local-list": { profile: "LocalAuthListManagement", controller: "LocalAuthListCtrlr" },
  reservation: { profile: "Reservation", controller: "ReservationCtrlr" },
  trigger: { profile: "RemoteTrigger" },
  cache: { controller: "AuthCacheCtrlr" },
};

export async function objectToFeature(
  tx: Pick<Tx, "all">,
  station: Station,
  feature: Feature,
): Promise<Objection | undefined> {
  const { profile, controller } = features[feature];
  const from = { tx, station: station.id };
  if (station.ocpp_version === "1.6") {
    if (profile === undefined) return undefined;
    const has = await knownList(from, placeOfKey("SupportedFeatureProfiles"));
    if (has === undefined || has.includes(profile.toLowerCase())) return undefined;
    return unlessForced(`${station.id} has no ${profile}: it lists ${has.join(", ")}`);
  }
  if (controller === undefined) return undefined;
  for (const variable of ["Available", "Enabled"]) {
    const told = await knownText(from, place(controller, variable));
    if (told?.toLowerCase() === "false") {
      return unlessForced(`${station.id} has ${controller}.${variable} = false`);
    }
  }
  return undefined;
}

/** `about`: the action, and what is asked of it in particular. */
export async function objectToUnsupported(
  tx: Pick<Tx, "all">,
  station: Station,
  about: readonly string[],
): Promise<Objection | undefined> {
  const known = (await learnedOf(tx, station)).find(
    (one) => one.kind === "unsupported" && about.includes(one.about),
  );
  if (known === undefined) return undefined;
  return unlessForced(`${station.id} does not do ${known.about}, with the firmware it has: ${known.because}`);
}

/** Where a station says so (1.6's keys stand there too, by configuration-keys.ts). */
const told: Readonly<Record<string, { readonly component: string; readonly instance?: string }>> = {
  GetConfiguration: { component: "DeviceDataCtrlr", instance: "GetVariables" },
  GetVariables: { component: "DeviceDataCtrlr", instance: "GetVariables" },
  SetVariables: { component: "DeviceDataCtrlr", instance: "SetVariables" },
  SendLocalList: { component: "LocalAuthListCtrlr" },
};

/** How much of this action one message may hold; empty where nothing is known. */
export async function roomFor(tx: Pick<Tx, "all">, station: Station, action: string): Promise<Room> {
  const where = told[action];
  if (where === undefined) return {};
  const from = { tx, station: station.id };
  const of = (name: string) => place(where.component, name, where.instance);
  const shown = (await learnedOf(tx, station)).filter(({ about }) => about === action);
  const most = (kind: "items" | "bytes") => shown.find((one) => one.kind === kind)?.most ?? undefined;
  const items = least(await knownCount(from, of("ItemsPerMessage")), most("items"));
  const bytes = least(await knownCount(from, of("BytesPerMessage")), most("bytes"));
  return { ...(items !== undefined && { items }), ...(bytes !== undefined && { bytes }) };
}

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
