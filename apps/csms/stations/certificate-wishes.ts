/**
 * What stations want of certificates, and what they are told as long as none are issued or checked here over OCPP:
 * the answer that each use case has for it (2.0.1, 2.1 A02.FR.12, M01, M06.FR.04, M07.FR.02; 1.6 Improved security
 * A02), so that the station goes on without. This file is where serving them begins.
 */

import { rfc3339 } from "@wattward/kernel";
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import type { Call, Version2 } from "../core/call.ts";
import { type ObservationData, observe } from "../core/observations.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";

type Wanted = ObservationData["station.certificate-wanted"];
const observeWish = (tx: Tx, call: Call<object>, data: Wanted): void =>
  observe(tx, { ...headOf(call), kind: "station.certificate-wanted", data });

/** Reason codes are those of 2.x (Part 2, appendix 5). */
const notEnabled = (additionalInfo: string) => ({ reasonCode: "NotEnabled", additionalInfo });

/** After Rejected a station does not ask again by itself (A02.FR.20). 1.6 has no room for the reason. */
export function refuseSigning(tx: Tx, call: Call<object>, type: string | undefined) {
  observeWish(tx, call, { what: "sign", type: type ?? null, answer: "Rejected" });
  return {
    status: "Rejected",
    statusInfo: notEnabled("certificates are issued by the operator's own tools"),
  } as const;
}

export function refuseContract(tx: Tx, call: Call<RequestOf<Version2, "Get15118EVCertificate">>) {
  observeWish(tx, call, { what: "contract", type: call.payload.action, answer: "Failed" });
  const statusInfo = notEnabled("no contract certificates are handed out here");
  return { status: "Failed", statusInfo, exiResponse: "" } as const;
}

export function refuseStatus(tx: Tx, call: Call<RequestOf<Version2, "GetCertificateStatus">>) {
  const { hashAlgorithm } = call.payload.ocspRequestData;
  observeWish(tx, call, { what: "status", type: hashAlgorithm, answer: "Failed" });
  return { status: "Failed", statusInfo: notEnabled("no OCSP responder is asked from here") } as const;
}

/** Nothing may be cached of it: the next update is due at once. */
export function refuseChain(
  tx: Tx,
  call: Call<RequestOf<"2.1", "GetCertificateChainStatus">>,
): ResponseOf<"2.1", "GetCertificateChainStatus"> {
  const wanted = call.payload.certificateStatusRequests;
  observeWish(tx, call, { what: "chain", type: wanted[0]?.source ?? null, answer: "Failed" });
  const nextUpdate = rfc3339(call.receivedAtMs);
  const certificateStatus = wanted.map(
    ({ certificateHashData, source }) =>
      ({ certificateHashData, source, status: "Failed", nextUpdate }) as const,
  );
  return { certificateStatus };
}
