/** FirmwareStatusNotification (OCPP 2.0.1 L01, L02): how an update of the firmware goes on. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeProgress } from "../stations/progress.ts";

export const firmwareStatusNotification: Handler<RequestOf<"2.0.1", "FirmwareStatusNotification">> = async (
  tx,
  call,
) => {
  await takeProgress(tx, call, "firmware-update", call.payload);
  return result<ResponseOf<"2.0.1", "FirmwareStatusNotification">>({});
};
