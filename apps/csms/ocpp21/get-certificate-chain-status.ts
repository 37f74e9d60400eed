/** GetCertificateChainStatus (OCPP 2.1 M07.FR.02, M07.FR.05): neither OCSP nor CRLs are asked from here. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { refuseChain } from "../stations/certificate-wishes.ts";

export const getCertificateChainStatus: Handler<RequestOf<"2.1", "GetCertificateChainStatus">> = async (
  tx,
  call,
) => result<ResponseOf<"2.1", "GetCertificateChainStatus">>(refuseChain(tx, call));
