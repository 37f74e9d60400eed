/** StatusNotification (OCPP 2.0.1 G01): the state of one connector. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { storeConnectorStatus } from "../stations/status.ts";

export const statusNotification: Handler<RequestOf<"2.0.1", "StatusNotification">> = async (tx, call) =>
  (await storeConnectorStatus(tx, call)) ?? result<ResponseOf<"2.0.1", "StatusNotification">>({});
