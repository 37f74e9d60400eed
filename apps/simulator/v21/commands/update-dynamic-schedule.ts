/** UpdateDynamicSchedule (K28): a new limit for a dynamic profile, in force at once. */
import { answering21 } from "../answering.ts";

export const updateDynamicSchedule = answering21(
  "UpdateDynamicSchedule",
  async ({ chargingProfileId, scheduleUpdate }, station) => {
    // This station neither discharges nor follows a setpoint: an update without a limit is none for it.
    const { limit } = scheduleUpdate;
    const updated = limit !== undefined && (await station.profiles.update(chargingProfileId, limit));
    if (updated) return { payload: { status: "Accepted" } };
    return { payload: { status: "Rejected", statusInfo: { reasonCode: "InvalidProfile" } } };
  },
);
