/**
 * VatNumberValidation (OCPP 2.1 C18.FR.09, C18.FR.10): no register of VAT numbers is asked from here, so none is called
 * valid. The number is echoed as the message demands, and kept nowhere.
 */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import { headOf } from "../transactions/record.ts";

export const vatNumberValidation: Handler<RequestOf<"2.1", "VatNumberValidation">> = async (tx, call) => {
  const { vatNumber, evseId } = call.payload;
  const data = { evse: evseId ?? null, answer: "Rejected" };
  observe(tx, { ...headOf(call), kind: "station.vat-wanted", data });
  return result<ResponseOf<"2.1", "VatNumberValidation">>({
    vatNumber,
    ...(evseId !== undefined && { evseId }),
    status: "Rejected",
    statusInfo: { reasonCode: "UnsupportedRequest", additionalInfo: "VAT numbers are not validated here" },
  });
};
