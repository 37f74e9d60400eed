/** TransactionEvent (OCPP 2.0.1 E01 to E15): the whole life of a transaction. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeEvent } from "../transactions/event.ts";

export const transactionEvent: Handler<RequestOf<"2.0.1", "TransactionEvent">> = async (tx, call, world) =>
  result<ResponseOf<"2.0.1", "TransactionEvent">>(await takeEvent(tx, call, world));
