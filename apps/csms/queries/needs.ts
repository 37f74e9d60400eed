/**
 * What needs somebody, in order of consequence: each kind is one question to the database, bounded to
 * {@link NEEDS_PER_KIND} rows and their number, the gravest first.
 */
import { type Kysely, type RawBuilder, sql } from "kysely";
import { firstIdAt } from "../core/decision.ts";
import type { NeedKind, NeedPlace, NeedRow } from "../core/port.ts";
import type { Schema } from "../store/schema.ts";
import { queryLimits } from "./limits.ts";
import { energyNeeds } from "./needs-energy.ts";

export const NEEDS_PER_KIND = 50;

/** Shorter is no news: stations come back by themselves. */
const OFFLINE_MS_MIN = 60_000;
/** A site takes up a new bundle at once; the message is on its way for a moment. */
const BEHIND_MS_MIN = 5 * 60_000;
/** Several times the longest heartbeat that stations usually have, and the lag of `seen_at_ms`. */
const SILENT_MS_MIN = 60 * 60_000;
const DAY_MS = 86_400_000;
const REVIEW_MS = 7 * DAY_MS;
const SET_ASIDE_MS = 30 * DAY_MS;
const FAILED_MS = DAY_MS;
const ENDING_MS = 7 * DAY_MS;
const LOST_MS = 7 * DAY_MS;

type Need = { readonly kind: NeedKind; readonly weight: NeedRow["weight"]; readonly place: NeedPlace };

/** What a question gives: the columns of a {@link NeedRow}, and `total`, how many there are. */
type Found = {
  site?: string | null;
  station?: string | null;
  evse?: number | null;
  since?: number | null;
  concerned?: number | string | null;
  words?: string | null;
  /** Of the place; else it is the station, or the site. */
  about?: string | null;
  total: number | string;
};
/** Nothing where all sites are meant; else `and` that the column names this site. */
type Here = (column: "s.id" | "st.site_id") => RawBuilder<unknown>;
type Question = Need & {
  /** About the central system itself, which is no site's. */
  readonly central?: true;
  readonly ask: (nowMs: number, here: Here) => RawBuilder<Found>;
};

const total = sql`count(*) over () as total`;
const first = sql.lit(NEEDS_PER_KIND);
const int8 = (value: number) => sql`cast(${value} as bigint)`;
const openSessions = sql`(select count(*) from transactions t
  where t.station_id = st.id and t.ended_at_ms is null and t.state <> 'ended')`;

/** In order of consequence. */
const questions: readonly Question[] = [
  {
    ...{ kind: "storage-low", weight: "danger", place: "settings", central: true },
    ask: () => sql`select count(*) over () as total from meta where key = 'storage_low' and value = '1'`,
  },
  {
    ...{ kind: "site-offline", weight: "danger", place: "site" },
    // At once: while it lasts nothing of all that stands there is known.
    ask: (_nowMs, here) => sql`
      select s.id as site, s.seen_at_ms as since,
        (select count(*) from stations st where st.site_id = s.id) as concerned, ${total}
      from sites s where s.connected = 0 and s.seen_at_ms is not null ${here("s.id")}
      order by concerned desc, since, site limit ${first}`,
  },
  {
    ...{ kind: "connector-faulted", weight: "attention", place: "station" },
    ask: (_nowMs, here) => sql`
      select st.site_id as site, st.id as station, c.evse_id as evse, c.status_at_ms as since,
        c.error_code as words, ${total}
      from connectors c join stations st on st.id = c.station_id
      where c.status = 'Faulted' and st.connected = 1 and st.admission = 'accepted' ${here("st.site_id")}
      order by since, station, evse limit ${first}`,
  },
  {
    ...{ kind: "station-offline", weight: "attention", place: "station" },
    ask: (nowMs, here) => sql`
      select st.site_id as site, st.id as station, st.seen_at_ms as since, ${openSessions} as concerned, ${total}
      from stations st left join sites s on s.id = st.site_id
      where st.connected = 0 and st.admission = 'accepted' and st.seen_at_ms < ${int8(nowMs - OFFLINE_MS_MIN)}
        and (st.site_id is null or st.route = 'direct' or s.connected = 1) ${here("st.site_id")}
      order by concerned desc, since, station limit ${first}`,
  },
  {
    ...{ kind: "station-deaf", weight: "attention", place: "station" },
    ask: (_nowMs, here) => sql`
      select st.site_id as site, st.id as station, d.since_ms as since, d.action as words,
        (select count(*) from commands c where c.station_id = st.id and c.state = 'requested') as concerned, ${total}
      from deaf_stations d join stations st on st.id = d.station_id
      where st.connected = 1 ${here("st.site_id")} order by concerned desc, since, station limit ${first}`,
  },
  {
    // Of those at a site its controller knows more: it answers heartbeats itself.
    ...{ kind: "station-silent", weight: "attention", place: "station" },
    ask: (nowMs, here) => sql`
      select st.id as station, st.seen_at_ms as since, ${openSessions} as concerned, ${total}
      from stations st
      where st.connected = 1 and st.site_id is null and st.seen_at_ms < ${int8(nowMs - SILENT_MS_MIN)}
        ${here("st.site_id")}
      order by concerned desc, since, station limit ${first}`,
  },
  {
    ...{ kind: "message-set-aside", weight: "attention", place: "station" },
    ask: (nowMs, here) => sql`
      select st.site_id as site, st.id as station, min(a.received_at_ms) as since, max(a.action) as words,
        count(*) as concerned, ${total}
      from set_aside a join stations st on st.id = a.station_id
      where a.received_at_ms >= ${int8(nowMs - SET_ASIDE_MS)} ${here("st.site_id")}
      group by st.site_id, st.id order by concerned desc, since, station limit ${first}`,
  },
  {
    ...{ kind: "session-review", weight: "attention", place: "sessions" },
    ask: (nowMs, here) => sql`
      select st.site_id as site, st.id as station, min(t.changed_at_ms) as since, max(t.review) as words,
        count(*) as concerned, ${total}
      from transactions t join stations st on st.id = t.station_id
      where t.id >= ${firstIdAt(nowMs - REVIEW_MS)} and t.review is not null ${here("st.site_id")}
      group by st.site_id, st.id order by concerned desc, since, station limit ${first}`,
  },
  {
    ...{ kind: "command-failed", weight: "attention", place: "command" },
    ask: (nowMs, here) => sql`
      select st.site_id as site, st.id as station, c.ended_at_ms as since, c.action || ' ' || c.state as words,
        c.id as about, ${total}
      from commands c join stations st on st.id = c.station_id
      where c.ended_at_ms >= ${int8(nowMs - FAILED_MS)} and c.state in ('failed', 'expired', 'unknown', 'refused')
        and not exists (select 1 from commands n
          where n.station_id = c.station_id and n.action = c.action and n.ended_at_ms is not null and n.id > c.id)
        ${here("st.site_id")}
      order by since desc, about desc limit ${first}`,
  },
  {
    ...{ kind: "dispensation-ending", weight: "attention", place: "dispensations" },
    ask: (nowMs, here) => sql`
      select st.site_id as site, st.id as station, d.until_ms as since, ${total}
      from dispensations d join stations st on st.id = d.station_id
      where d.until_ms < ${int8(nowMs + ENDING_MS)} ${here("st.site_id")} order by since, station limit ${first}`,
  },
  {
    ...{ kind: "site-behind", weight: "attention", place: "site" },
    ask: (nowMs, here) => sql`
      select s.id as site, min(b.issued_at_ms) as since, count(*) as concerned, ${total}
      from sites s join bundles b on b.site_id = s.id and b.version > s.bundle_version
      where s.connected = 1 and b.issued_at_ms < ${int8(nowMs - BEHIND_MS_MIN)} ${here("s.id")}
      group by s.id order by since, site limit ${first}`,
  },
  {
    ...{ kind: "site-clock", weight: "attention", place: "site" },
    ask: (_nowMs, here) => sql`
      select s.id as site, s.clock_quality as words, ${total}
      from sites s where s.connected = 1 and s.clock_quality = 'unknown' ${here("s.id")} order by site limit ${first}`,
  },
  {
    ...{ kind: "station-pending", weight: "waits", place: "station" },
    ask: (_nowMs, here) => sql`
      select st.site_id as site, st.id as station, st.added_at_ms as since, st.serial as words, ${total}
      from stations st where st.admission = 'pending' ${here("st.site_id")} order by since, station limit ${first}`,
  },
  {
    ...{ kind: "site-waiting", weight: "waits", place: "site" },
    ask: (_nowMs, here) => sql`
      select s.id as site, s.added_at_ms as since,
        (select count(*) from stations st where st.site_id = s.id) as concerned, ${total}
      from sites s where s.seen_at_ms is null ${here("s.id")} order by since, site limit ${first}`,
  },
];

type Needs = {
  readonly needs: readonly NeedRow[];
  readonly counts: readonly { readonly kind: NeedKind; readonly count: number }[];
};

/** Of all, or of one site and its stations. */
export async function needsOf(db: Kysely<Schema>, nowMs: number, site?: string): Promise<Needs> {
  const here: Here = (column) => (site === undefined ? sql`` : sql`and ${sql.ref(column)} = ${site}`);
  const needs: NeedRow[] = [];
  const counts: { kind: NeedKind; count: number }[] = [];
  for (const question of questions) {
    if (site !== undefined && question.central === true) continue;
    const { rows } = await question.ask(nowMs, here).execute(db);
    needs.push(...rows.map((row) => needRow(question, row)));
    if (rows[0] !== undefined) counts.push({ kind: question.kind, count: Number(rows[0].total) });
    // Nodes are few, and beside the sites in consequence.
    if (question.kind === "storage-low") {
      const lost = await nodesLost(db, nowMs);
      needs.push(...lost);
      if (lost.length > 0) counts.push({ kind: "node-lost", count: lost.length });
    }
    if (question.kind === "site-offline") {
      const energy = await energyNeeds(db, NEEDS_PER_KIND, site);
      needs.push(...energy.needs.toSorted((a, b) => rank(a) - rank(b)));
      counts.push(...energy.counts);
    }
  }
  return { needs, counts };
}

const rank = ({ weight }: NeedRow): number => (weight === "danger" ? 0 : 1);

const needRow = ({ kind, weight, place }: Need, found: Found): NeedRow => ({
  kind,
  weight,
  site: found.site ?? null,
  station: found.station ?? null,
  evse: found.evse ?? null,
  sinceMs: found.since ?? null,
  concerned: Number(found.concerned ?? 0),
  words: found.words ?? null,
  next: { place, id: found.about ?? found.station ?? found.site ?? null },
});

/** Dead by the last word on them: one that its operator stopped has said so itself. */
async function nodesLost(db: Kysely<Schema>, nowMs: number): Promise<NeedRow[]> {
  const dead = await db
    .selectFrom("nodes")
    .select(["id", "changed_at_ms"])
    .where("alive", "=", 0)
    .where("changed_at_ms", ">=", nowMs - LOST_MS)
    .limit(NEEDS_PER_KIND)
    .execute();
  if (dead.length === 0) return [];
  const head = await db
    .selectFrom("outbox")
    .select((e) => e.fn.max<number | null>("seq").as("seq"))
    .executeTakeFirst();
  const told = await db
    .selectFrom("outbox")
    .select(["kind", "at_ms", "data"])
    .where("seq", ">", (head?.seq ?? 0) - queryLimits.observationsSearched)
    .where("kind", "in", ["node.lost", "node.stopped", "node.started"])
    .orderBy("seq", "desc")
    .limit(queryLimits.rowsMax)
    .execute();
  const need: Need = { kind: "node-lost", weight: "danger", place: "nodes" };
  return dead.flatMap(({ id }) => {
    const last = told.find(({ data }) => (JSON.parse(data) as { node?: unknown }).node === id);
    if (last?.kind !== "node.lost") return [];
    const { stations } = JSON.parse(last.data) as { stations?: unknown };
    const concerned = typeof stations === "number" ? stations : 0;
    return [needRow(need, { since: last.at_ms, concerned, words: id, about: id, total: 1 })];
  });
}
