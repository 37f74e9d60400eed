/** SetChargingProfile (1.6 §5.16): what the shelf refuses is Rejected; a TxProfile needs its transaction (§5.16.4). */
import type { EvseId } from "@wattward/kernel";
import { answering16 } from "../answering.ts";
import { profileOf } from "../charging-profile.ts";

export const setChargingProfile = answering16("SetChargingProfile", async (request, station) => {
  const { connectorId, csChargingProfiles: wire } = request;
  const evse = connectorId === 0 ? 0 : (connectorId as EvseId);
  const transaction =
    wire.chargingProfilePurpose === "TxProfile" && evse !== 0
      ? station.transactionAt(evse, wire.transactionId)
      : undefined;
  const profile = profileOf(wire, { evse, receivedAtMs: station.nowMs(), transaction });
  const result = await station.profiles.set(profile);
  return { payload: { status: result === "accepted" ? "Accepted" : "Rejected" } };
});
