/** Certificates that are no longer accepted (ADR 8): read by gateways at every upgrade, and sent to sites in the bundle. */
import type { Decision } from "../core/decision.ts";
import { clipped, observe } from "../core/observations.ts";
import { statement } from "../store/statement.ts";

type Denial = { kind: string; issuer: string; value: string };
const insertDenial = statement((db, p: Denial & { reason: string; atMs: number }) =>
  db
    .insertInto("denials")
    .values({ kind: p.kind, issuer: p.issuer, value: p.value, reason: p.reason, added_at_ms: p.atMs })
    .onConflict((c) => c.columns(["kind", "issuer", "value"]).doNothing()),
);
export const allDenials = statement((db, _: Record<never, never>) =>
  db.selectFrom("denials").selectAll().orderBy("kind").orderBy("issuer").orderBy("value"),
);

/** The same again changes nothing. */
export const deny: Decision<"denial.add"> = async (tx, { kind, issuer, value, reason, atMs, actor }) => {
  const added = await tx.run(insertDenial, { kind, issuer, value, reason, atMs });
  if (added === 0) return;
  const data = { kind, issuer: clipped(issuer), value: clipped(value), reason: clipped(reason), actor };
  observe(tx, { kind: "denial.added", source: "person", atMs, data });
};
