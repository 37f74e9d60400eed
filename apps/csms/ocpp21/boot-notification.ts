/** BootNotification (OCPP 2.1 B01 to B03). */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { answerBoot } from "../stations/boot-2x.ts";

export const bootNotification: Handler<RequestOf<"2.1", "BootNotification">> = async (tx, call) =>
  result<ResponseOf<"2.1", "BootNotification">>(await answerBoot(tx, call));
