/**
 * A station that was moved leaves something behind: what its former site answered for it while the link was down, and
 * still has in its journal. That is billed, so it is taken, for as long as an outage may last, and as history alone. What
 * comes later is set aside for a person: by a clock that jumped, everything is late.
 */
import type { SiteRecord } from "../core/port.ts";
import type { Station } from "../stations/rows.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";

/** From the move on; what a site tells of the station later than this is set aside. */
export const FORMER_SITE_MS_MAX = 30 * 86_400_000;

/** What transactions consist of. Of all else a former site has nothing to tell. */
const billed: ReadonlySet<string> = new Set([
  "MeterValues",
  "StartTransaction",
  "StopTransaction",
  "TransactionEvent",
]);

type Membership = { station: string; site: string };

export const leaveSite = statement((db, p: Membership & { atMs: number }) =>
  db
    .insertInto("former_sites")
    .values({ station_id: p.station, site_id: p.site, left_at_ms: p.atMs })
    .onConflict((c) => c.columns(["station_id", "site_id"]).doUpdateSet({ left_at_ms: p.atMs })),
);

const findLeft = statement((db, p: Membership) =>
  db
    .selectFrom("former_sites")
    .select("left_at_ms")
    .where("station_id", "=", p.station)
    .where("site_id", "=", p.site),
);

/** May this site, which no longer has the station, still tell this of it? `late`: it might have. */
export async function wasOf(
  tx: Tx,
  station: Station,
  { site, record, call, atMs }: SiteRecord,
): Promise<"yes" | "late" | "no"> {
  if (record.kind === "frame" && !billed.has(call?.action ?? "")) return "no";
  const left = await tx.first(findLeft, { station: station.id, site });
  if (left === undefined) return "no";
  return atMs - left.left_at_ms <= FORMER_SITE_MS_MAX ? "yes" : "late";
}
