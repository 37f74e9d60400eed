/**
 * Charging profiles as a station reports them (2.0.1, 2.1 K09), and its wish for new values of a dynamic one (2.1 K28).
 * One for a transaction that is not this station's is observed, and not kept.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import type { Call, Version2 } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import type { StationAnswer } from "../core/port.ts";
import { keepProfile, knownProfile, PROFILES_MAX } from "../stations/charging-profiles.ts";
import { belowZero } from "../stations/told.ts";
import type { Tx } from "../store/writer.ts";
import { checkTransactions } from "../transactions/foreign.ts";
import { headOf } from "../transactions/record.ts";

/** The refusal to answer with, or undefined where it was taken. */
export async function takeProfiles(
  tx: Tx,
  call: Call<RequestOf<Version2, "ReportChargingProfiles">>,
): Promise<StationAnswer | undefined> {
  const { evseId: evse, requestId, tbc, chargingLimitSource, chargingProfile } = call.payload;
  const refused = belowZero(evse);
  if (refused !== undefined) return refused;
  const profiles = chargingProfile.slice(0, PROFILES_MAX);
  const named = profiles.flatMap(({ transactionId }) => transactionId ?? []);
  const foreign = await checkTransactions(tx, call, named);
  for (const profile of call.live ? profiles : []) {
    const { id, stackLevel, transactionId: transaction } = profile;
    if (transaction !== undefined && foreign.has(transaction)) continue;
    const { chargingProfilePurpose: purpose, chargingProfileKind: kind } = profile;
    await keepProfile(
      tx,
      call.station.id,
      { ...{ id, evse, purpose, stackLevel, kind, transaction }, body: profile },
      { source: "told", atMs: call.arrivedAtMs },
    );
  }
  const source = clipped(chargingLimitSource, 40);
  const data = { requestId, evse, source, more: tbc ?? false, profiles: chargingProfile.length };
  observe(tx, { ...headOf(call), kind: "station.charging-profiles", data });
  return undefined;
}

type Pulled = ResponseOf<"2.1", "PullDynamicScheduleUpdate">;

/** What we set stands as long as nobody has changed it: the values of the profile's one period (K28.FR.01, K28.FR.12). */
export async function pullSchedule(tx: Tx, call: Call<object>, profile: number): Promise<Pulled> {
  const known = await knownProfile(tx, call.station.id, profile);
  const dynamic = known?.kind === "Dynamic" && known.source === "set";
  const scheduleUpdate = dynamic ? valuesIn(JSON.parse(known.body) as JsonObject) : undefined;
  const answer = scheduleUpdate === undefined ? "Rejected" : "Accepted";
  observe(tx, { ...headOf(call), kind: "station.schedule-wanted", data: { profile, answer } });
  if (scheduleUpdate !== undefined) return { status: "Accepted", scheduleUpdate };
  const additionalInfo = "no dynamic charging profile of this id was set from here";
  return { status: "Rejected", statusInfo: { reasonCode: "InvalidProfile", additionalInfo } };
}

type Values = NonNullable<Pulled["scheduleUpdate"]>;
/** Fields of ChargingScheduleUpdateType. */
const fields = [
  "limit",
  "limit_L2",
  "limit_L3",
  "dischargeLimit",
  "dischargeLimit_L2",
  "dischargeLimit_L3",
  "setpoint",
  "setpoint_L2",
  "setpoint_L3",
  "setpointReactive",
  "setpointReactive_L2",
  "setpointReactive_L3",
] as const satisfies readonly (keyof Values)[];

function valuesIn({ chargingSchedule }: JsonObject): Values | undefined {
  const [schedule] = listOf(chargingSchedule);
  const [period] = listOf(schedule?.["chargingSchedulePeriod"]);
  const values = fields.flatMap((field) => {
    const value = period?.[field];
    return typeof value === "number" ? [[field, value]] : [];
  });
  return values.length === 0 ? undefined : Object.fromEntries(values);
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).filter(
    (item): item is JsonObject => typeof item === "object" && item !== null && !Array.isArray(item),
  );
}
