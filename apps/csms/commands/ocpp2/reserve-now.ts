/** ReserveNow (2.0.1 H01): at an EVSE, or at any. */
import { maskedToken } from "../../core/observations.ts";
import { keepReservation } from "../../stations/reservations.ts";
import { type Answer2, type Answered, type Asked2, type Check, firstOf } from "../route.ts";
import { objectToPlace } from "../rules/places.ts";
import { objectToHoarding } from "../rules/quota.ts";
import { objectToReservation } from "../rules/reservation.ts";

type Request = Asked2<"ReserveNow">;

export const checkReservation: Check<Request> = async (asking) => {
  const { evseId: evse, id, idToken, expiryDateTime: expires } = asking.payload;
  return firstOf(
    asking,
    () => (evse === undefined ? undefined : objectToPlace(asking, { evse }, { whole: false })),
    () => objectToReservation(asking, { id, expires }),
    () => objectToHoarding(asking, { id, token: idToken.idToken }),
  );
};

export async function storeReservation(answered: Answered<Request, Answer2<"ReserveNow">>): Promise<void> {
  const { tx, station, command, payload, answer, atMs } = answered;
  if (answer.status !== "Accepted") return;
  const { id, evseId: evse = 0, idToken, expiryDateTime } = payload;
  const tokenShown = maskedToken(idToken.idToken);
  const reservation = { id, evse, tokenShown, expiresAtMs: Date.parse(expiryDateTime) };
  await keepReservation(tx, station, reservation, { command, atMs });
}
