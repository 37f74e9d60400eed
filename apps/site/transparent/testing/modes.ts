/** Two sites to hold beside each other, an autonomous and a transparent one, and what a station says to both. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { energyDocument } from "../../testing/energy-document.ts";
import { World } from "../../testing/world.ts";
import { type Heard, TransparentWorld } from "./world.ts";

export const at = "2026-01-05T08:00:00.000Z";
export const call = (id: string, action: string, payload: object) => JSON.stringify([2, id, action, payload]);
export const boot = call("b", "BootNotification", { chargePointVendor: "V", chargePointModel: "M" });
export const start = call("s", "StartTransaction", {
  connectorId: 1,
  idTag: "T",
  timestamp: at,
  meterStart: 0,
});
export const heartbeat = call("h", "Heartbeat", {});
/** What QUIRKS 1 and 6 repair, and what nothing repairs. */
export const loose = `[2,"l","MeterValues",{"connectorId":1,"meterValue":{"timestamp":"2026-01-05T08:00:00","sampledValue":[{"value":5}]}}]`;
export const broken = call("x", "StatusNotification", { connectorId: "one" });
export const profile = call("p", "SetChargingProfile", {
  connectorId: 0,
  csChargingProfiles: {
    ...{ chargingProfileId: 1, stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile" },
    chargingProfileKind: "Absolute",
    chargingSchedule: { chargingRateUnit: "W", chargingSchedulePeriod: [{ startPeriod: 0, limit: 1000 }] },
  },
});
export const send =
  '[6,"n","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-01-05T08:00:00Z","data":[{"t":0,"v":"1"}]}]';

/** An autonomous site with its CSMS, and stations A and B known to both. */
export const autonomous = (): Promise<World> => new World(1).start();
export const transparent = (): Promise<TransparentWorld> => new TransparentWorld(1).start();

/** An autonomous one whose energy is managed. */
export async function managed(): Promise<World> {
  const world = new World(1);
  world.csms.bundle = { ...world.csms.bundle, energy: energyDocument(["A", "B"]) };
  await world.start();
  await world.time.until(() => world.dialEnergy !== undefined, 5_000);
  return world;
}

/** A raw connection to an autonomous site. */
export async function raw(
  world: World,
  id = "A",
  protocols: readonly string[] = ["ocpp1.6"],
): Promise<Heard> {
  let found: Heard | number | undefined;
  void world
    .dialStation(id)
    .dial(`/ocpp/${id}`, protocols)
    .then((dialled) => {
      if (!dialled.ok) {
        found = dialled.fault.status ?? -1;
        return;
      }
      const heard: Heard = { wire: dialled.value, texts: [], closed: undefined };
      dialled.value.listen({
        message: (text) => void heard.texts.push(text),
        closed: (code, reason) => (heard.closed = { code, reason }),
      });
      found = heard;
    });
  await world.time.until(() => found !== undefined, 30_000);
  assert(typeof found === "object", `refused with ${String(found)}`);
  return found;
}

/** Says something and waits for the next frame. */
export async function said(world: { time: World["time"] }, station: Heard, text: string): Promise<string> {
  const before = station.texts.length;
  station.wire.send(text);
  assert(await world.time.until(() => station.texts.length > before, 30_000), "no answer");
  return station.texts.at(-1) ?? "";
}

export async function away(world: World): Promise<void> {
  world.uplink.cut();
  assert(await world.time.until(() => !world.site.status().linkUp, 20_000));
}

/** One row: what each mode does, shown on a whole site. */
export type Row = { readonly autonomous: () => Promise<void>; readonly transparent: () => Promise<void> };

/** A test for each mode and row, named after both: docs/local-controller.md has the same rows. */
export function compare(rows: Readonly<Record<string, Row>>): void {
  for (const mode of ["autonomous", "transparent"] as const)
    for (const [row, of] of Object.entries(rows)) test(`${mode}: ${row}`, of[mode]);
}
