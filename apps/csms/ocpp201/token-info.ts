/** Our verdict on a token in the words of 2.0.1 (§3.3, IdTokenInfoType). */
import { rfc3339 } from "@wattward/kernel";
import type { RequestOf } from "@wattward/ocpp";
import { authorise, type TokenStatus, type Verdict } from "../authorisation/tokens.ts";
import type { Tx } from "../store/writer.ts";

export type IdToken = RequestOf<"2.0.1", "Authorize">["idToken"];

export const tokenInfo = (verdict: Verdict): { status: TokenStatus; cacheExpiryDateTime?: string } => ({
  status: verdict.status,
  ...(verdict.expiresAtMs !== null && { cacheExpiryDateTime: rfc3339(verdict.expiresAtMs) }),
});

/** A start button has no token, and none is asked of it (C02.FR.01, NoAuthorization). */
export async function authoriseIdToken(
  tx: Tx,
  idToken: IdToken,
  asked: { atMs: number; transaction?: string },
): Promise<Verdict> {
  if (idToken.type === "NoAuthorization") return { status: "Accepted", expiresAtMs: null };
  return authorise(tx, idToken.idToken, asked);
}
