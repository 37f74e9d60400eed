/** DataTransfer (OCPP 2.0.1 P02.FR.06): no vendor's own messages are known here. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { refuseData } from "../stations/data-transfer.ts";

export const dataTransfer: Handler<RequestOf<"2.0.1", "DataTransfer">> = async (tx, call) =>
  result<ResponseOf<"2.0.1", "DataTransfer">>(refuseData(tx, call));
