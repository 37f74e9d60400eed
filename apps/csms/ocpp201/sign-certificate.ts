/** SignCertificate (OCPP 2.0.1 A02.FR.12): no certificates are issued over OCPP here. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { refuseSigning } from "../stations/certificate-wishes.ts";

export const signCertificate: Handler<RequestOf<"2.0.1", "SignCertificate">> = async (tx, call) =>
  result<ResponseOf<"2.0.1", "SignCertificate">>(refuseSigning(tx, call, call.payload.certificateType));
