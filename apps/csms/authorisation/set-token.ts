/** A token is made known, or its status changed. Kept as it was written; compared without case (QUIRKS 20). */
import type { Decision } from "../core/decision.ts";
import { maskedToken, observe } from "../core/observations.ts";
import { tokenKey, upsertToken } from "./tokens.ts";

export const setToken: Decision<"token.set"> = async (tx, input) => {
  const { token, status, atMs, actor } = input;
  await tx.run(upsertToken, {
    token: tokenKey(token),
    shown: token,
    status,
    expires_at_ms: input.expiresAtMs ?? null,
    changed_at_ms: atMs,
  });
  const data = { token: maskedToken(token), status, actor };
  observe(tx, { kind: "token.set", source: "person", atMs, data });
};
