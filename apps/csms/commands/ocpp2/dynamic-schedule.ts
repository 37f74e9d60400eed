/** UpdateDynamicSchedule (2.1 K28) and UsePriorityCharging (2.1 K21, K22). */

import type { Json, JsonObject } from "@wattward/kernel";
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { keepProfile, knownProfile } from "../../stations/charging-profiles.ts";
import { type Answered, type Check, never, unlessForced } from "../route.ts";

type Update = RequestOf<"2.1", "UpdateDynamicSchedule">;

export const checkUpdate: Check<Update> = async ({ tx, station, payload }) => {
  const { chargingProfileId: id, scheduleUpdate } = payload;
  if (Object.keys(scheduleUpdate).length === 0) return never("scheduleUpdate changes nothing: give a limit");
  const known = await knownProfile(tx, station.id, id);
  if (known === undefined) return unlessForced(`no charging profile ${id} of ${station.id} is known here`);
  return known.kind === "Dynamic" ? undefined : never(`charging profile ${id} is ${known.kind}, not Dynamic`);
};

/** The one period of a Dynamic profile takes the new values at once (K28.FR.06). */
export async function storeUpdate(
  answered: Answered<Update, ResponseOf<"2.1", "UpdateDynamicSchedule">>,
): Promise<void> {
  const { tx, station, command, payload, answer, atMs } = answered;
  const known = await knownProfile(tx, station, payload.chargingProfileId);
  if (known === undefined || answer.status !== "Accepted") return;
  // What keepProfile wrote.
  const body = JSON.parse(known.body) as JsonObject;
  const [schedule, ...schedules] = listIn(body["chargingSchedule"]);
  const [period, ...periods] = listIn(schedule?.["chargingSchedulePeriod"]);
  const changed = {
    ...schedule,
    chargingSchedulePeriod: [{ ...period, ...payload.scheduleUpdate }, ...periods],
  };
  await keepProfile(
    tx,
    station,
    {
      id: known.profile_id,
      evse: known.evse_id,
      purpose: known.purpose,
      stackLevel: known.stack_level,
      kind: known.kind,
      transaction: known.wire_id ?? undefined,
      body: { ...body, chargingSchedule: [changed, ...schedules] },
    },
    { source: "set", command, atMs },
  );
}

const listIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly JsonObject[]) : [];
