/** RemoteStartTransaction (1.6 §5.11). A charging profile in it is not obeyed: this station takes SetChargingProfile. */
import type { EvseId } from "@wattward/kernel";
import { answering16 } from "../answering.ts";

export const remoteStartTransaction = answering16(
  "RemoteStartTransaction",
  ({ connectorId, idTag }, station) => {
    const agreed = station.remoteStart({
      evse: connectorId === undefined ? undefined : (connectorId as EvseId),
      token: { id: idTag, type: "ISO14443" },
      remoteStartId: undefined,
    });
    if (agreed === undefined) return { payload: { status: "Rejected" } };
    return { payload: { status: "Accepted" }, after: agreed };
  },
);
