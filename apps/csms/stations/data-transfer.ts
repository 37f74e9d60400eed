/**
 * DataTransfer, in every version (1.6 §4.3; 2.x P02.FR.06): no vendor's own messages are known here, so each is answered
 * UnknownVendorId. That one came is told, never what it says (AT-O19).
 */
import type { Json } from "@wattward/kernel";
import type { Call } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";

type Data = { readonly vendorId: string; readonly messageId?: string; readonly data?: Json };

export function refuseData(tx: Tx, call: Call<Data>): { readonly status: "UnknownVendorId" } {
  const { vendorId, messageId, data } = call.payload;
  const text = typeof data === "string" ? data : data === undefined ? "" : JSON.stringify(data);
  observe(tx, {
    ...headOf(call),
    kind: "station.data",
    data: {
      vendorId: clipped(vendorId),
      messageId: messageId === undefined ? null : clipped(messageId),
      chars: text.length,
    },
  });
  return { status: "UnknownVendorId" };
}
