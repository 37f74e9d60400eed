/** One site as it is at one instant of the outbox: what a page shows before events bring it up to date. */
import type { Query } from "../core/queries.ts";
import { queryLimits } from "./limits.ts";
import { outboxEntry, outboxHead } from "./outbox.ts";
import { atOneInstant } from "./read.ts";
import { siteRow, siteTotals } from "./sites.ts";
import { withDetails } from "./stations.ts";
import { transactionRow } from "./transactions.ts";

export const siteSnapshot: Query<"site.snapshot"> = (db, { site, nowMs }) =>
  atOneInstant(db, async (tx) => {
    const row = await tx.selectFrom("sites").selectAll().where("id", "=", site).executeTakeFirst();
    if (row === undefined) return undefined;
    const stations = await tx
      .selectFrom("stations")
      .selectAll()
      .where("site_id", "=", site)
      .orderBy("id")
      .limit(queryLimits.rowsMax)
      .execute();
    const transactions = await tx
      .selectFrom("transactions")
      .selectAll()
      .where("station_id", "in", (e) => e.selectFrom("stations").select("id").where("site_id", "=", site))
      .where((e) =>
        e.or([e("ended_at_ms", "is", null), e("ended_at_ms", ">=", nowMs - queryLimits.snapshotEndedMs)]),
      )
      .orderBy("id", "desc")
      .limit(queryLimits.snapshotTransactionsMax)
      .execute();
    const recent = await tx
      .selectFrom("outbox")
      .selectAll()
      .where("site_id", "=", site)
      .orderBy("seq", "desc")
      .limit(queryLimits.snapshotObservationsMax)
      .execute();
    const totals = await siteTotals(tx, site);
    return {
      seq: await outboxHead(tx, undefined),
      site: {
        ...siteRow(row, totals.get(site)),
        clockQuality: row.clock_quality,
        bundleVersion: row.bundle_version,
      },
      stations: await withDetails(tx, stations),
      transactions: transactions.map((it) => transactionRow(it, site)),
      recent: recent.map(outboxEntry),
    };
  });
