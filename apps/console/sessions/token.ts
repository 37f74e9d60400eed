/**
 * Tokens are keys: whoever reads a whole one can charge with it. The CSMS masks them in events; what comes whole is
 * masked here by the same rule, at most the last four characters and never more than half.
 */
const mask = "…";

export function maskedToken(token: string): string {
  if (token.startsWith(mask)) return token;
  const kept = Math.min(4, Math.floor(token.length / 2));
  return mask + (kept === 0 ? "" : token.slice(-kept));
}
