/** DataTransfer (OCPP 1.6 §4.3): no vendor's own messages are known here, so each is answered UnknownVendorId. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import { headOf } from "../transactions/record.ts";

export const dataTransfer: Handler<RequestOf<"1.6", "DataTransfer">> = async (tx, call) => {
  const { vendorId, messageId, data } = call.payload;
  observe(tx, {
    ...headOf(call),
    kind: "station.data",
    data: {
      vendorId: clipped(vendorId),
      messageId: messageId === undefined ? null : clipped(messageId),
      chars: data?.length ?? 0,
    },
  });
  return result<ResponseOf<"1.6", "DataTransfer">>({ status: "UnknownVendorId" });
};
