/** Drivers' tokens as people see them: whole to those who decide who may charge, masked to everybody else. */
import { sql } from "kysely";
import { maskedToken } from "../core/observations.ts";
import type { Query } from "../core/queries.ts";
import { rowsWithin } from "./limits.ts";
import { containing, endingAsShown } from "./text.ts";

export const tokensList: Query<"tokens.list"> = async (db, { text, status, masked, skip, most }) => {
  // Both are by the index of lower(token), of the tokens of one page.
  const used = sql<
    number | null
  >`(select max(t.started_at_ms) from transactions t where lower(t.token) = tokens.token)`;
  const open = sql<number>`(select count(*) from transactions t where lower(t.token) = tokens.token and t.ended_at_ms is null)`;
  let page = db.selectFrom("tokens").selectAll();
  if (status !== undefined) page = page.where("status", "=", status);
  if (text !== undefined) {
    page = page.where(masked ? endingAsShown("shown", text) : containing(["shown"], text));
  }
  page = page.orderBy("changed_at_ms", "desc").orderBy("token").limit(rowsWithin(most)).offset(skip);
  const rows = await db
    .selectFrom(page.as("tokens"))
    .selectAll()
    .select([used.as("used"), open.as("open")])
    .orderBy("changed_at_ms", "desc")
    .orderBy("token")
    .execute();
  return rows.map((row) => ({
    token: masked ? maskedToken(row.shown) : row.shown,
    status: row.status,
    expiresAtMs: row.expires_at_ms,
    changedAtMs: row.changed_at_ms,
    open: Number(row.open),
    usedAtMs: row.used,
  }));
};
