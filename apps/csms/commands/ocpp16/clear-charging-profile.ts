/** ClearChargingProfile (1.6 §5.5): by id, or all that fit what is given; nothing given clears all. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { forgetProfiles } from "../../stations/charging-profiles.ts";
import type { Answered } from "../route.ts";

export async function forgetCleared({
  tx,
  station,
  payload,
  answer,
}: Answered<
  RequestOf<"1.6", "ClearChargingProfile">,
  ResponseOf<"1.6", "ClearChargingProfile">
>): Promise<void> {
  const { id, connectorId, chargingProfilePurpose: purpose, stackLevel } = payload;
  // `Unknown`: it has none that fit, so neither have we.
  if (answer.status === "Accepted" || answer.status === "Unknown") {
    await forgetProfiles(tx, station, id === undefined ? { evse: connectorId, purpose, stackLevel } : { id });
  }
}
