/** DataTransfer (OCPP 2.0.1 P02.FR.06): no vendor's own messages are known here, so each is answered UnknownVendorId. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import { headOf } from "../transactions/record.ts";

export const dataTransfer: Handler<RequestOf<"2.0.1", "DataTransfer">> = async (tx, call) => {
  const { vendorId, messageId, data } = call.payload;
  observe(tx, {
    ...headOf(call),
    kind: "station.data",
    data: {
      vendorId: clipped(vendorId),
      messageId: messageId === undefined ? null : clipped(messageId),
      chars: data === undefined ? 0 : JSON.stringify(data).length,
    },
  });
  return result<ResponseOf<"2.0.1", "DataTransfer">>({ status: "UnknownVendorId" });
};
