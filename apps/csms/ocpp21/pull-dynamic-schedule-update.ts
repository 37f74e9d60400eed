/** PullDynamicScheduleUpdate (OCPP 2.1 K28): the values of a dynamic profile, once more. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { pullSchedule } from "../charging/profiles.ts";
import { type Handler, result } from "../core/call.ts";

export const pullDynamicScheduleUpdate: Handler<RequestOf<"2.1", "PullDynamicScheduleUpdate">> = async (
  tx,
  call,
) =>
  result<ResponseOf<"2.1", "PullDynamicScheduleUpdate">>(
    await pullSchedule(tx, call, call.payload.chargingProfileId),
  );
