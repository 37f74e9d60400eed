/** StatusNotification (OCPP 2.0.1 G01): the state of one connector. EVSE 0 is the station itself (QUIRKS 37). */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { storeStatus } from "../stations/status.ts";

export const statusNotification: Handler<RequestOf<"2.0.1", "StatusNotification">> = async (tx, call) => {
  const { evseId, connectorId, connectorStatus, timestamp } = call.payload;
  const refused = await storeStatus(tx, call, {
    evse: evseId,
    connector: evseId === 0 ? 0 : connectorId,
    status: connectorStatus,
    errorCode: null,
    timestamp,
  });
  return refused ?? result<ResponseOf<"2.0.1", "StatusNotification">>({});
};
