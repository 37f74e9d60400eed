/** SetChargingProfile (1.6 §5.16): the schedule counts from now; kinds, stacks and validity are not obeyed. */
import type { EvseId } from "@wattward/kernel";
import { limitInWatts } from "../../station/limits.ts";
import { answering16 } from "../answering.ts";

export const setChargingProfile = answering16("SetChargingProfile", (request, station) => {
  const { chargingProfilePurpose: purpose, chargingSchedule, transactionId } = request.csChargingProfiles;
  const evse = request.connectorId === 0 ? 0 : (request.connectorId as EvseId);
  // TxProfile needs a transaction to hold for (§5.16.4); ChargePointMaxProfile would need a total over connectors.
  const running = purpose === "TxProfile";
  if (purpose === "ChargePointMaxProfile") return { payload: { status: "Rejected" } };
  if (running && (evse === 0 || !station.hasTransaction(evse, transactionId))) {
    return { payload: { status: "Rejected" } };
  }
  if (evse !== 0 && !station.evses.includes(evse)) return { payload: { status: "Rejected" } };
  const { chargingRateUnit: unit, chargingSchedulePeriod } = chargingSchedule;
  const schedule = chargingSchedulePeriod.map(({ limit, numberPhases, startPeriod }) => ({
    fromS: startPeriod,
    limitW: limitInWatts(unit, limit, numberPhases),
  }));
  station.limit(evse, running ? "transaction" : "default", schedule);
  return { payload: { status: "Accepted" } };
});
