/** SignCertificate (Improved security for OCPP 1.6-J, A02): no certificates are issued over OCPP here. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { refuseSigning } from "../stations/certificate-wishes.ts";

export const signCertificate: Handler<RequestOf<"1.6", "SignCertificate">> = async (tx, call) => {
  const { status } = refuseSigning(tx, call, undefined);
  return result<ResponseOf<"1.6", "SignCertificate">>({ status });
};
