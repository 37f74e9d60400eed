/**
 * StatusNotification (OCPP 1.6 §4.9, §6.47). Connector 0 is the station itself and says nothing of its connectors; a
 * number below 0 names nothing (QUIRKS 37). A 1.6 connector is kept as EVSE n, connector 1.
 */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { storeStatus } from "../stations/status.ts";

export const statusNotification: Handler<RequestOf<"1.6", "StatusNotification">> = async (tx, call) => {
  const { connectorId, status, errorCode, timestamp } = call.payload;
  const refused = await storeStatus(tx, call, {
    evse: connectorId,
    connector: connectorId === 0 ? 0 : 1,
    status,
    errorCode: errorCode === "NoError" ? null : errorCode,
    timestamp,
  });
  return refused ?? result<ResponseOf<"1.6", "StatusNotification">>({});
};
