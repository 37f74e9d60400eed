/** SetChargingProfile (K01): the schedule counts from now; kinds, stacks and validity are not obeyed. */
import type { EvseId } from "@wattward/kernel";
import { limitInWatts } from "../../station/limits.ts";
import { answering201 } from "../answering.ts";

export const setChargingProfile = answering201(
  "SetChargingProfile",
  ({ chargingProfile, evseId }, station) => {
    const { chargingProfilePurpose: purpose, chargingSchedule, transactionId } = chargingProfile;
    const evse = evseId === 0 ? 0 : (evseId as EvseId);
    const running = purpose === "TxProfile";
    // A TxProfile needs a transaction to hold for (K01.FR.09, .33); the other purposes are no CSMS's to set, or need a total.
    if (!running && purpose !== "TxDefaultProfile") return { payload: { status: "Rejected" } };
    if (running && (evse === 0 || !station.hasTransaction(evse, transactionId))) {
      return { payload: { status: "Rejected" } };
    }
    if (evse !== 0 && !station.evses.includes(evse)) return { payload: { status: "Rejected" } };
    const [first] = chargingSchedule;
    if (first === undefined) return { payload: { status: "Rejected" } };
    const { chargingRateUnit: unit, chargingSchedulePeriod } = first;
    const schedule = chargingSchedulePeriod.map(({ limit, numberPhases, startPeriod }) => ({
      fromS: startPeriod,
      limitW: limitInWatts(unit, limit, numberPhases),
    }));
    station.limit(evse, running ? "transaction" : "default", schedule);
    return { payload: { status: "Accepted" } };
  },
);
