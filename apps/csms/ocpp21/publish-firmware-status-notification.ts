/** PublishFirmwareStatusNotification (OCPP 2.1 L03): how firmware is published to the neighbours. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeProgress } from "../stations/progress.ts";

export const publishFirmwareStatusNotification: Handler<
  RequestOf<"2.1", "PublishFirmwareStatusNotification">
> = async (tx, call) => {
  await takeProgress(tx, call, "firmware-publication", call.payload);
  return result<ResponseOf<"2.1", "PublishFirmwareStatusNotification">>({});
};
