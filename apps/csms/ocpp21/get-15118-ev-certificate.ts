/** Get15118EVCertificate (OCPP 2.1 M01, M02): no contract certificates are handed out here. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { refuseContract } from "../stations/certificate-wishes.ts";

export const get15118EVCertificate: Handler<RequestOf<"2.1", "Get15118EVCertificate">> = async (tx, call) =>
  result<ResponseOf<"2.1", "Get15118EVCertificate">>(refuseContract(tx, call));
