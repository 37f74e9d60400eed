/** ReserveNow (1.6 §5.13) and CancelReservation (§5.1). */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { maskedToken } from "../../core/observations.ts";
import { endReservation, keepReservation } from "../../stations/reservations.ts";
import { type Answered, type Check, firstOf } from "../route.ts";
import { knownKey } from "../rules/known.ts";
import { objectToPlace } from "../rules/places.ts";
import { objectToHoarding } from "../rules/quota.ts";
import { objectToCancelling, objectToReservation } from "../rules/reservation.ts";

type Request = RequestOf<"1.6", "ReserveNow">;

/** Connector 0, any of them, is for stations that say so (ReserveConnectorZeroSupported). */
export const checkReservation: Check<Request> = async (asking) => {
  const { connectorId, expiryDate, idTag, reservationId } = asking.payload;
  const from = { tx: asking.tx, station: asking.station.id };
  const any = (await knownKey(from, "ReserveConnectorZeroSupported"))?.toLowerCase() !== "false";
  return firstOf(
    asking,
    () => objectToPlace(asking, { evse: connectorId }, { whole: any }),
    () => objectToReservation(asking, { id: reservationId, expires: expiryDate }),
    () => objectToHoarding(asking, { id: reservationId, token: idTag }),
  );
};

export async function storeReservation(
  answered: Answered<Request, ResponseOf<"1.6", "ReserveNow">>,
): Promise<void> {
  const { tx, station, command, payload, answer, atMs } = answered;
  if (answer.status !== "Accepted") return;
  const { reservationId: id, connectorId: evse, idTag, expiryDate } = payload;
  const reservation = { id, evse, tokenShown: maskedToken(idTag), expiresAtMs: Date.parse(expiryDate) };
  await keepReservation(tx, station, reservation, { command, atMs });
}

export const checkCancelling: Check<{ readonly reservationId: number }> = (asking) =>
  objectToCancelling(asking, asking.payload.reservationId);

export async function storeCancelling({
  tx,
  station,
  payload,
  answer,
  atMs,
}: Answered<{ readonly reservationId: number }, { readonly status: string }>): Promise<void> {
  if (answer.status !== "Accepted") return;
  await endReservation(tx, station, payload.reservationId, { state: "cancelled", atMs });
}
