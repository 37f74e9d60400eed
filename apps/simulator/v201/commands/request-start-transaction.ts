/** RequestStartTransaction (F01, F02): a charging profile in it is a TxProfile for the transaction that begins. */
import type { EvseId } from "@wattward/kernel";
import { answering201 } from "../answering.ts";
import { profileOf } from "../charging-profile.ts";

export const requestStartTransaction = answering201("RequestStartTransaction", (request, station) => {
  const { chargingProfile: wire, evseId, idToken, remoteStartId } = request;
  // F01.FR.10, .11: of no other purpose, and without a transaction's id.
  const wrong =
    wire !== undefined && (wire.chargingProfilePurpose !== "TxProfile" || wire.transactionId !== undefined);
  if (wrong) return { payload: { status: "Rejected", statusInfo: { reasonCode: "InvalidProfile" } } };
  const about = { evse: 0, receivedAtMs: station.nowMs(), transaction: undefined } as const;
  const profile = wire === undefined ? undefined : profileOf(wire, about);
  const agreed = station.remoteStart({
    evse: evseId === undefined ? undefined : (evseId as EvseId),
    token: { id: idToken.idToken, type: idToken.type },
    remoteStartId,
    ...(profile !== undefined && { profile }),
  });
  if (agreed === undefined) return { payload: { status: "Rejected" } };
  return { payload: { status: "Accepted" }, after: agreed };
});
