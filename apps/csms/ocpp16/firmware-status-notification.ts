/** FirmwareStatusNotification (OCPP 1.6 §4.5): how an update of the firmware goes on. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeProgress } from "../stations/progress.ts";

export const firmwareStatusNotification: Handler<RequestOf<"1.6", "FirmwareStatusNotification">> = async (
  tx,
  call,
) => {
  await takeProgress(tx, call, "firmware-update", call.payload);
  return result<ResponseOf<"1.6", "FirmwareStatusNotification">>({});
};
