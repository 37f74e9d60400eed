/** GetCertificateStatus (OCPP 2.1 M06.FR.04): no OCSP responder is asked from here. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { refuseStatus } from "../stations/certificate-wishes.ts";

export const getCertificateStatus: Handler<RequestOf<"2.1", "GetCertificateStatus">> = async (tx, call) =>
  result<ResponseOf<"2.1", "GetCertificateStatus">>(refuseStatus(tx, call));
