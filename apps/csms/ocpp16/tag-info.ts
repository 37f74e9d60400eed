/** Our verdict on a token in the words of 1.6 (§7.2, §7.27). */
import { rfc3339 } from "@wattward/kernel";
import type { TokenStatus, Verdict } from "../authorisation/tokens.ts";

export const tagInfo = (verdict: Verdict): { status: TokenStatus; expiryDate?: string } => ({
  status: verdict.status,
  ...(verdict.expiresAtMs !== null && { expiryDate: rfc3339(verdict.expiresAtMs) }),
});
