/**
 * Tokens of 2.x: what is asked of us, and our verdict in its words (IdTokenType, IdTokenInfoType; C01, C02, C07). The
 * type of a token is a list in 2.0.1 and free text in 2.1, where a token may be longer too; it decides nothing here but
 * whether there is a token at all.
 */
import { rfc3339 } from "@wattward/kernel";
import type { RequestOf } from "@wattward/ocpp";
import type { Call, Version2 } from "../core/call.ts";
import { maskedToken, observe } from "../core/observations.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";
import { authorise, type TokenStatus, type Verdict } from "./tokens.ts";

type Payload = RequestOf<Version2, "Authorize">;
export type IdToken = Payload["idToken"];
export type IdTokenInfo = { readonly status: TokenStatus; readonly cacheExpiryDateTime?: string };

export const tokenInfo = (verdict: Verdict): IdTokenInfo => ({
  status: verdict.status,
  ...(verdict.expiresAtMs !== null && { cacheExpiryDateTime: rfc3339(verdict.expiresAtMs) }),
});

/** A start button has no token, and none is asked of it (C02.FR.01, NoAuthorization). */
export const isAnonymous = (idToken: IdToken | undefined): boolean =>
  idToken === undefined || idToken.type === "NoAuthorization" || idToken.idToken === "";

export async function authoriseIdToken(
  tx: Tx,
  idToken: IdToken,
  asked: { atMs: number; transaction?: string },
): Promise<Verdict> {
  if (idToken.type === "NoAuthorization") return { status: "Accepted", expiresAtMs: null };
  return authorise(tx, idToken.idToken, asked);
}

/** The body of an Authorize answer, in either version. */
export async function answerAuthorize(
  tx: Tx,
  call: Call<Payload>,
): Promise<{ readonly idTokenInfo: IdTokenInfo; readonly certificateStatus?: "CertChainError" }> {
  const { idToken, certificate, iso15118CertificateHashData } = call.payload;
  const contract = certificate !== undefined || iso15118CertificateHashData !== undefined;
  // A contract that cannot be verified is worth nothing, whosever number it names (C07.FR.17).
  const verdict: Verdict = contract
    ? { status: "Invalid", expiresAtMs: null }
    : await authoriseIdToken(tx, idToken, { atMs: call.arrivedAtMs });
  const data = { token: maskedToken(idToken.idToken), status: verdict.status };
  observe(tx, { ...headOf(call), kind: "authorisation.decided", data });
  return { idTokenInfo: tokenInfo(verdict), ...(contract && { certificateStatus: "CertChainError" }) };
}
