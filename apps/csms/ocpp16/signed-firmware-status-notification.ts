/** SignedFirmwareStatusNotification (Improved security for OCPP 1.6-J, L01): how an update of signed firmware goes on. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeProgress } from "../stations/progress.ts";

export const signedFirmwareStatusNotification: Handler<
  RequestOf<"1.6", "SignedFirmwareStatusNotification">
> = async (tx, call) => {
  await takeProgress(tx, call, "firmware-update", call.payload);
  return result<ResponseOf<"1.6", "SignedFirmwareStatusNotification">>({});
};
