/**
 * May this token charge? One answer for both versions, in words that both have: Accepted, Blocked, Expired, Invalid,
 * ConcurrentTx (1.6 §7.2, 2.0.1 §3.3; C01.FR). Tokens are compared without case (CiString), and nothing else is
 * folded: separators are part of a token (QUIRKS 20, 21).
 */
import { setting } from "../core/settings.ts";
import type { Row } from "../store/schema.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { openOfToken } from "../transactions/rows.ts";

export type TokenStatus = "Accepted" | "Blocked" | "Expired" | "Invalid" | "ConcurrentTx";
export type Verdict = { readonly status: TokenStatus; readonly expiresAtMs: number | null };
type Policy = { readonly acceptUnknown: boolean; readonly openMax: number };

/** 2.0.1 IdTokenType has up to 36 characters, 1.6 IdToken 20: longer is nobody's token (QUIRKS 20). */
export const TOKEN_CHARS_MAX = 36;

/** As it is kept and compared. */
export const tokenKey = (token: string): string => token.toLowerCase();

const findToken = statement((db, p: { token: string }) =>
  db.selectFrom("tokens").selectAll().where("token", "=", p.token),
);
export const upsertToken = statement((db, p: Row<"tokens">) =>
  db
    .insertInto("tokens")
    .values({
      token: p.token,
      shown: p.shown,
      status: p.status,
      expires_at_ms: p.expires_at_ms,
      changed_at_ms: p.changed_at_ms,
    })
    .onConflict((c) =>
      c.column("token").doUpdateSet({
        shown: p.shown,
        status: p.status,
        expires_at_ms: p.expires_at_ms,
        changed_at_ms: p.changed_at_ms,
      }),
    ),
);
/** Those that were changed last, in the order of the tokens. */
export const newestTokens = statement((db, p: { most: number }) =>
  db
    .selectFrom((e) =>
      e
        .selectFrom("tokens")
        .selectAll()
        .orderBy("changed_at_ms", "desc")
        .orderBy("token")
        .limit(p.most)
        .as("newest"),
    )
    .selectAll()
    .orderBy("token"),
);

/** Pure: what is known of the token, the time, how many other transactions it has open. */
export function verdict(
  known: Row<"tokens"> | undefined,
  atMs: number,
  openElsewhere: number,
  policy: Policy,
): Verdict {
  const expiresAtMs = known?.expires_at_ms ?? null;
  const told = (status: TokenStatus): Verdict => ({ status, expiresAtMs });
  if (known === undefined && !policy.acceptUnknown) return told("Invalid");
  if (known?.status === "Blocked") return told("Blocked");
  if (known?.status === "Expired" || (expiresAtMs !== null && expiresAtMs <= atMs)) return told("Expired");
  if (policy.openMax > 0 && openElsewhere >= policy.openMax) return told("ConcurrentTx");
  return told("Accepted");
}

/** For a start, `transaction` names the one that asks: only the others count as concurrent. */
export async function authorise(
  tx: Tx,
  token: string,
  { atMs, transaction }: { atMs: number; transaction?: string },
): Promise<Verdict> {
  // The empty token is nobody's: an over-long one was put out of the way so (QUIRKS 20), or none was read.
  if (token === "") return { status: "Invalid", expiresAtMs: null };
  const key = tokenKey(token);
  const known = await tx.first(findToken, { token: key });
  const openMax = transaction === undefined ? 0 : await setting(tx, "transactions_per_token");
  const asked = { token: key, except: transaction ?? "", most: openMax };
  const open = openMax === 0 ? 0 : (await tx.all(openOfToken, asked)).length;
  const acceptUnknown = known === undefined && (await setting(tx, "accept_unknown_tokens")) === 1;
  return verdict(known, atMs, open, { acceptUnknown, openMax });
}
