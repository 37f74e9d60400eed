/** DataTransfer (OCPP 1.6 §4.3): no vendor's own messages are known here. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { refuseData } from "../stations/data-transfer.ts";

export const dataTransfer: Handler<RequestOf<"1.6", "DataTransfer">> = async (tx, call) =>
  result<ResponseOf<"1.6", "DataTransfer">>(refuseData(tx, call));
