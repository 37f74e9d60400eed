/** GetCompositeSchedule (1.6 §5.7): what all profiles come to from now on; connector 0 is the whole charge point. */
import type { EvseId } from "@wattward/kernel";
import { wattsAs } from "../../charging/profile.ts";
import { answering16 } from "../answering.ts";

export const getCompositeSchedule = answering16("GetCompositeSchedule", (request, station) => {
  const { chargingRateUnit = "W", connectorId, duration } = request;
  const evse = connectorId === 0 ? 0 : (connectorId as EvseId);
  const periods = station.profiles.composite(evse, duration);
  if (periods === undefined || periods.length === 0) return { payload: { status: "Rejected" } };
  return {
    payload: {
      status: "Accepted",
      connectorId,
      scheduleStart: station.timestamp(),
      chargingSchedule: {
        ...{ duration, chargingRateUnit },
        chargingSchedulePeriod: periods.map(({ fromS, limitW }) => ({
          ...{ startPeriod: fromS, limit: wattsAs(chargingRateUnit, limitW) },
        })),
      },
    },
  };
});
