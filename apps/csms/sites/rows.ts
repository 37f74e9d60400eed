/** How sites, their journals' positions and their leases are stored. */
import type { Row, Schema } from "../store/schema.ts";
import { statement } from "../store/statement.ts";

export type Site = Row<"sites">;

export const findSite = statement((db, p: { id: string }) =>
  db.selectFrom("sites").selectAll().where("id", "=", p.id),
);
export const insertSite = statement((db, p: { id: string; atMs: number }) =>
  db.insertInto("sites").values({
    id: p.id,
    added_at_ms: p.atMs,
    connected: 0,
    seen_at_ms: null,
    clock_quality: null,
    bundle_version: 0,
    software: null,
    journal_epoch: null,
    node: null,
  }),
);
export const setHello = statement(
  (db, p: { id: string; epoch: string; bundleVersion: number; software: string; atMs: number }) =>
    db
      .updateTable("sites")
      .set({
        journal_epoch: p.epoch,
        bundle_version: p.bundleVersion,
        software: p.software,
        seen_at_ms: p.atMs,
      })
      .where("id", "=", p.id),
);
export const setSitePresence = statement(
  (db, p: Pick<Site, "id" | "connected" | "node"> & { clockQuality: string | null; atMs: number }) =>
    db
      .updateTable("sites")
      .set({
        connected: p.connected,
        node: p.node,
        clock_quality: p.clockQuality,
        seen_at_ms: p.atMs,
      })
      .where("id", "=", p.id),
);
export const setBundleVersion = statement((db, p: { id: string; version: number; atMs: number }) =>
  db.updateTable("sites").set({ bundle_version: p.version, seen_at_ms: p.atMs }).where("id", "=", p.id),
);
export const disconnectAllSites = statement((db, _: Record<never, never>) =>
  db.updateTable("sites").set({ connected: 0 }).where("connected", "=", 1),
);

type Journal = { site: string; epoch: string };
export const findJournal = statement((db, p: Journal) =>
  db
    .selectFrom("site_journals")
    .select(["acked_seq", "acked_trace"])
    .where("site_id", "=", p.site)
    .where("epoch", "=", p.epoch),
);
export const insertJournal = statement((db, p: Journal & { atMs: number }) =>
  db
    .insertInto("site_journals")
    .values({ site_id: p.site, epoch: p.epoch, acked_seq: 0, acked_trace: null, first_seen_ms: p.atMs }),
);
export const advanceJournal = statement((db, p: Journal & { seq: number; trace: string }) =>
  db
    .updateTable("site_journals")
    .set({ acked_seq: p.seq, acked_trace: p.trace })
    .where("site_id", "=", p.site)
    .where("epoch", "=", p.epoch),
);

export const insertLease = statement((db, p: Schema["leases"]) =>
  db.insertInto("leases").values({
    site_id: p.site_id,
    csms_epoch: p.csms_epoch,
    journal_epoch: p.journal_epoch,
    from_id: p.from_id,
    to_id: p.to_id,
    granted_at_ms: p.granted_at_ms,
  }),
);
/** What was granted to this journal of this site under this epoch of ours, newest first. */
export const leasesOf = statement(
  (db, p: { site: string; csmsEpoch: number; journalEpoch: string; most: number }) =>
    db
      .selectFrom("leases")
      .select(["from_id", "to_id"])
      .where("site_id", "=", p.site)
      .where("csms_epoch", "=", p.csmsEpoch)
      .where("journal_epoch", "=", p.journalEpoch)
      .orderBy("from_id", "desc")
      .limit(p.most),
);
/** Whether a 1.6 transaction id lies in any block that this site was ever given. */
export const isLeased = statement((db, p: { site: string; id: number }) =>
  db
    .selectFrom("leases")
    .select("from_id")
    .where("site_id", "=", p.site)
    .where("from_id", "<=", p.id)
    .where("to_id", ">=", p.id)
    .limit(1),
);
