/** RemoteStartTransaction (1.6 §5.11): a charging profile in it is a TxProfile for the transaction that begins. */
import type { EvseId } from "@wattward/kernel";
import { answering16 } from "../answering.ts";
import { profileOf } from "../charging-profile.ts";

export const remoteStartTransaction = answering16(
  "RemoteStartTransaction",
  ({ chargingProfile, connectorId, idTag }, station) => {
    const wrong = chargingProfile !== undefined && chargingProfile.chargingProfilePurpose !== "TxProfile";
    if (wrong) return { payload: { status: "Rejected" } };
    const about = { evse: 0, receivedAtMs: station.nowMs(), transaction: undefined } as const;
    const agreed = station.remoteStart({
      evse: connectorId === undefined ? undefined : (connectorId as EvseId),
      token: { id: idTag, type: "ISO14443" },
      remoteStartId: undefined,
      ...(chargingProfile !== undefined && { profile: profileOf(chargingProfile, about) }),
    });
    if (agreed === undefined) return { payload: { status: "Rejected" } };
    return { payload: { status: "Accepted" }, after: agreed };
  },
);
