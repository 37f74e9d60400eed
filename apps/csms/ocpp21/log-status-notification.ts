/** LogStatusNotification (OCPP 2.1 N01): how the upload of a log goes on. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeProgress } from "../stations/progress.ts";

export const logStatusNotification: Handler<RequestOf<"2.1", "LogStatusNotification">> = async (tx, call) => {
  await takeProgress(tx, call, "log-upload", call.payload);
  return result<ResponseOf<"2.1", "LogStatusNotification">>({});
};
