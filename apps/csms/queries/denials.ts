/** Certificates that are no longer accepted: as gateways compare them, and as people read them. */
import type { Query } from "../core/queries.ts";

export const denialsAll: Query<"denials.all"> = async (db) =>
  (await db.selectFrom("denials").select(["kind", "issuer", "value"]).execute()).map((row) => ({
    ...row,
    kind: kindOf(row.kind),
  }));

/** All of them: their number is bounded by what a bundle holds. */
export const denialsList: Query<"denials.list"> = async (db) => {
  const rows = await db
    .selectFrom("denials")
    .selectAll()
    .orderBy("added_at_ms", "desc")
    .orderBy("value")
    .execute();
  return rows.map(({ kind, issuer, value, reason, added_at_ms: addedAtMs }) => ({
    kind: kindOf(kind),
    issuer,
    value,
    reason,
    addedAtMs,
  }));
};

const kindOf = (text: string): "serial" | "key" => (text === "serial" ? "serial" : "key");
