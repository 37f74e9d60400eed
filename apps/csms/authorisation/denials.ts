/** Certificates that are no longer accepted (ADR 8): read by gateways at every upgrade, and sent to sites in the bundle. */
import assert from "node:assert/strict";
import { BUNDLE_DENIALS_MAX } from "@wattward/sitelink";
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
const countDenials = statement((db, _: Record<never, never>) =>
  db.selectFrom("denials").select((e) => e.fn.countAll<number>().as("denials")),
);

/** What the parser of bundles takes (packages/sitelink): one row of another form, and no site would take a bundle again. */
const forms = { key: /^[0-9a-f]{64}$/, serial: /^[0-9a-f]{1,64}$/ } as const;

/** The same again changes nothing. */
export const deny: Decision<"denial.add"> = async (tx, { kind, issuer, value, reason, atMs, actor }) => {
  assert(
    forms[kind].test(value) && (kind === "key") === (issuer === ""),
    "a denial that no bundle could carry",
  );
  const held = Number((await tx.first(countDenials, {}))?.denials ?? 0);
  if (held >= BUNDLE_DENIALS_MAX) {
    const sentence = `${held} certificates are denied already, and sites can hold no more: replace the issuing authority.`;
    return { kind: "refused", sentence };
  }
  const added = await tx.run(insertDenial, { kind, issuer, value, reason, atMs });
  if (added === 0) return { kind: "known" };
  const data = { kind, issuer: clipped(issuer), value: clipped(value), reason: clipped(reason), actor };
  observe(tx, { kind: "denial.added", source: "person", atMs, data });
  return { kind: "added" };
};
