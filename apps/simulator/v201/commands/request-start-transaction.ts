/** RequestStartTransaction (F01, F02). A charging profile in it is not obeyed: this station takes SetChargingProfile. */
import type { EvseId } from "@wattward/kernel";
import { answering201 } from "../answering.ts";

export const requestStartTransaction = answering201("RequestStartTransaction", (request, station) => {
  const { evseId, idToken, remoteStartId } = request;
  const agreed = station.remoteStart({
    evse: evseId === undefined ? undefined : (evseId as EvseId),
    token: { id: idToken.idToken, type: idToken.type },
    remoteStartId,
  });
  if (agreed === undefined) return { payload: { status: "Rejected" } };
  return { payload: { status: "Accepted" }, after: agreed };
});
