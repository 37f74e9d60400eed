/** GetCompositeSchedule (K08): what all profiles come to from now on; EVSE 0 is the whole station. */
import type { EvseId } from "@wattward/kernel";
import { wattsAs } from "../../charging/profile.ts";
import { answering201 } from "../answering.ts";

export const getCompositeSchedule = answering201("GetCompositeSchedule", (request, station) => {
  const { chargingRateUnit = "W", duration, evseId } = request;
  const evse = evseId === 0 ? 0 : (evseId as EvseId);
  const composite = station.profiles.composite(evse, duration);
  if (composite === undefined) {
    return { payload: { status: "Rejected", statusInfo: { reasonCode: "UnknownEvse" } } };
  }
  const [first, ...rest] = composite.map(({ fromS, limitW }) => ({
    ...{ startPeriod: fromS, limit: Math.max(0, wattsAs(chargingRateUnit, limitW)) },
  }));
  if (first === undefined) return { payload: { status: "Rejected" } };
  return {
    payload: {
      status: "Accepted",
      schedule: {
        ...{ evseId, duration, chargingRateUnit, scheduleStart: station.timestamp() },
        chargingSchedulePeriod: [first, ...rest],
      },
    },
  };
});
