/** What the first page asks: what needs somebody, what is going on, and what today has brought. */
import { type Kysely, sql } from "kysely";
import type { FleetNow, SiteNow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Schema } from "../store/schema.ts";
import { needsOf } from "./needs.ts";
import { energyModesNow } from "./needs-energy.ts";
import { outboxHead } from "./outbox.ts";
import { atOneInstant } from "./read.ts";

/** A power told longer ago is not known any more, as in site-history.ts. */
const HOLD_MS = 16 * 60_000;

export const fleetNow: Query<"fleet.now"> = (db, { nowMs, todayMs, site }) =>
  atOneInstant(db, async (tx) => {
    const all = await sitesNow(tx, nowMs, todayMs);
    const sites = site === undefined ? all : all.filter(({ id }) => id === site);
    const { needs, counts } = await needsOf(tx, nowMs, site);
    return { seq: await outboxHead(tx, undefined), needs, counts, fleet: sumOf(sites), sites };
  });

async function sitesNow(db: Kysely<Schema>, nowMs: number, todayMs: number): Promise<readonly SiteNow[]> {
  const sites = await db.selectFrom("sites").selectAll().orderBy("id").execute();
  const stations = await stationsBySite(db);
  const sessions = await sessionsBySite(db, nowMs, todayMs);
  const modes = await energyModesNow(db);
  const nowOf = (id: string | null): FleetNow => ({
    ...(stations.get(id) ?? { stations: 0, stationsConnected: 0 }),
    ...(sessions.get(id) ?? noSessions),
  });
  const rows: SiteNow[] = sites.map((site) => ({
    ...{ id: site.id, connected: site.connected === 1, seenAtMs: site.seen_at_ms },
    ...nowOf(site.id),
    energy: modes.get(site.id) ?? null,
  }));
  if (stations.has(null))
    rows.push({ id: null, connected: null, seenAtMs: null, ...nowOf(null), energy: null });
  return rows;
}

async function stationsBySite(db: Kysely<Schema>) {
  const rows = await db
    .selectFrom("stations")
    .select((e) => [
      "site_id",
      e.fn.countAll<number>().as("stations"),
      e.fn.sum<number>("connected").as("connected"),
    ])
    .groupBy("site_id")
    .execute();
  return new Map(
    rows.map((row) => [
      row.site_id,
      { stations: Number(row.stations), stationsConnected: Number(row.connected) },
    ]),
  );
}

type Sessions = Omit<FleetNow, "stations" | "stationsConnected">;

const noSessions: Sessions = {
  sessionsOpen: 0,
  sessionsToday: 0,
  energyTodayWh: null,
  powerW: null,
  powerAtMs: null,
  sessionsDark: 0,
};

/**
 * Of transactions that are open or ended today, both by the index of their end. What one that began earlier had drawn
 * before today is the newest register of before, if it told one.
 */
async function sessionsBySite(
  db: Kysely<Schema>,
  nowMs: number,
  todayMs: number,
): Promise<Map<string | null, Sessions>> {
  const before = sql<number | null>`(select s.meter_wh from meter_samples s
    where s.station_id = transactions.station_id and s.transaction_id = transactions.id
      and s.at_ms < cast(${todayMs} as bigint) and s.meter_wh is not null
    order by s.at_ms desc limit 1)`;
  const fromWh = sql`case when started_at_ms < cast(${todayMs} as bigint)
    then coalesce(${before}, meter_start_wh) else meter_start_wh end`;
  const open = sql`ended_at_ms is null and state <> 'ended'`;
  const told = sql`power_w is not null and power_at_ms >= cast(${nowMs - HOLD_MS} as bigint)`;
  const rows = await db
    .selectFrom("transactions")
    .innerJoin("stations", "stations.id", "transactions.station_id")
    .select([
      "stations.site_id as site",
      sql<number>`sum(case when ${open} then 1 else 0 end)`.as("open"),
      sql<number>`sum(case when started_at_ms >= cast(${todayMs} as bigint) then 1 else 0 end)`.as("begun"),
      sql<number | null>`sum(coalesce(meter_stop_wh, meter_last_wh) - (${fromWh}))`.as("energyWh"),
      sql<number | null>`sum(case when ${open} and ${told} then power_w end)`.as("powerW"),
      sql<number | null>`max(case when ${open} and ${told} then power_at_ms end)`.as("powerAtMs"),
      sql<number>`sum(case when ${open} then (case when ${told} then 0 else 1 end) else 0 end)`.as("dark"),
    ])
    .where((e) => e.or([e("ended_at_ms", "is", null), e("ended_at_ms", ">=", todayMs)]))
    .groupBy("stations.site_id")
    .execute();
  return new Map(
    rows.map((row) => [
      row.site,
      {
        sessionsOpen: Number(row.open),
        sessionsToday: Number(row.begun),
        energyTodayWh: numberOrNull(row.energyWh),
        powerW: numberOrNull(row.powerW),
        powerAtMs: numberOrNull(row.powerAtMs),
        sessionsDark: Number(row.dark),
      },
    ]),
  );
}

/** What is unknown at one site leaves the sum of the others known. */
function sumOf(sites: readonly SiteNow[]): FleetNow {
  const sum = (of: (site: SiteNow) => number) => sites.reduce((total, site) => total + of(site), 0);
  const known = (of: (site: SiteNow) => number | null) =>
    sites.reduce<number | null>((total, site) => {
      const value = of(site);
      return value === null ? total : (total ?? 0) + value;
    }, null);
  return {
    stations: sum((site) => site.stations),
    stationsConnected: sum((site) => site.stationsConnected),
    sessionsOpen: sum((site) => site.sessionsOpen),
    sessionsToday: sum((site) => site.sessionsToday),
    energyTodayWh: known((site) => site.energyTodayWh),
    powerW: known((site) => site.powerW),
    powerAtMs: sites.reduce<number | null>(
      (newest, { powerAtMs }) => (powerAtMs === null ? newest : Math.max(newest ?? 0, powerAtMs)),
      null,
    ),
    sessionsDark: sum((site) => site.sessionsDark),
  };
}

const numberOrNull = (value: number | string | null): number | null =>
  value === null ? null : Number(value);
