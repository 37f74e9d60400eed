/** What an answer of the CSMS says about the token of the call it answers, for the authorisation cache (C10, C12). */
import type { Instant, JsonObject } from "@wattward/kernel";
import { type Call, dateTimeMs } from "@wattward/ocpp";
import type { Authorisations } from "../state/authorisations.ts";
import { fieldsOf } from "../state/kept.ts";

export function learnFrom(call: Call, answer: JsonObject, cache: Authorisations, now: Instant): void {
  const token = tokenOf(call);
  const info = fieldsOf(answer.idTagInfo ?? answer.idTokenInfo);
  if (token === undefined || info.size === 0) return;
  const expiry = info.get("expiryDate") ?? info.get("cacheExpiryDateTime");
  const expiresAtMs = typeof expiry === "string" ? dateTimeMs(expiry) : undefined;
  cache.learn(token, { status: info.get("status"), expiresAtMs }, now);
}

/**
 * The token that a call is about: `idTag` in 1.6, `idToken` in 2.0.1, where "Central" and "NoAuthorization" name
 * nobody's card. Also of a remote start, which the CSMS would not have sent for a token it refuses.
 */
export function tokenOf({ payload }: Call): string | undefined {
  if (typeof payload.idTag === "string") return payload.idTag;
  const token = fieldsOf(payload.idToken);
  const text = token.get("idToken");
  return typeof text === "string" && token.get("type") !== "NoAuthorization" ? text : undefined;
}
