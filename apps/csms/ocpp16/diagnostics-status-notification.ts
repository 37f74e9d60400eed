/** DiagnosticsStatusNotification (OCPP 1.6 §4.4): how the upload of diagnostics goes on. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeProgress } from "../stations/progress.ts";

export const diagnosticsStatusNotification: Handler<
  RequestOf<"1.6", "DiagnosticsStatusNotification">
> = async (tx, call) => {
  await takeProgress(tx, call, "log-upload", call.payload);
  return result<ResponseOf<"1.6", "DiagnosticsStatusNotification">>({});
};
