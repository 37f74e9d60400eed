/**
 * In which mode each managed site has its energy (ADR 16), by its last word; and those of which somebody is told, as long as they are
 * linked. Of a site without link nobody knows its mode; that it has none is told by itself.
 */
import { type Kysely, sql } from "kysely";
import type { EnergyModeNow, NeedKind, NeedRow } from "../core/port.ts";
import type { Schema } from "../store/schema.ts";

type Found = {
  readonly site: string;
  readonly since: number;
  readonly data: string;
  readonly stations: number;
};
type Counted = {
  readonly needs: readonly NeedRow[];
  readonly counts: readonly { kind: NeedKind; count: number }[];
};

/** The kind of an alert, and how much it weighs; none for a mode of which nobody is told. */
const kinds: Readonly<Record<string, Pick<NeedRow, "kind" | "weight">>> = {
  alarm: { kind: "site-fallback", weight: "danger" },
  notice: { kind: "site-conservative", weight: "attention" },
};

/** The kind as it is, so that its own index serves. */
const lastWord = sql`(select max(m.seq) from outbox m where m.site_id = s.id and m.kind = 'site.mode')`;
const isManaged = sql`exists (select 1 from energy_documents d where d.site_id = s.id and d.energy is not null
  and d.version = (select max(n.version) from energy_documents n where n.site_id = s.id))`;

/** Of every site that is managed, linked or not. */
export async function energyModesNow(db: Kysely<Schema>): Promise<ReadonlyMap<string, EnergyModeNow>> {
  const { rows } = await sql<{ site: string; since: number | null; data: string | null }>`
    select s.id as site, o.at_ms as since, o.data as data from sites s left join outbox o on o.seq = ${lastWord}
    where ${isManaged}`.execute(db);
  return new Map(
    rows.map(({ site, since, data }): [string, EnergyModeNow] => {
      if (since === null || data === null) return [site, { mode: null, sinceMs: null }];
      // Written by energy/told.ts alone.
      const { mode } = JSON.parse(data) as { mode: string };
      return [site, { mode, sinceMs: Number(since) }];
    }),
  );
}

export async function energyNeeds(db: Kysely<Schema>, most: number, site?: string): Promise<Counted> {
  const { rows } = await sql<Found>`
    select s.id as site, o.at_ms as since, o.data as data,
      (select count(*) from stations st where st.site_id = s.id) as stations
    from sites s join outbox o on o.seq = ${lastWord}
    where s.connected = 1 ${site === undefined ? sql`` : sql`and s.id = ${site}`} and ${isManaged}
    order by since, site`.execute(db);
  const needs = rows.flatMap((row) => needOf(row));
  const counts = Map.groupBy(needs, ({ kind }) => kind);
  return {
    needs: [...counts.values()].flatMap((of) => of.slice(0, most)),
    counts: [...counts].map(([kind, of]) => ({ kind, count: of.length })),
  };
}

function needOf({ site, since, data, stations }: Found): NeedRow[] {
  // Written by energy/told.ts alone.
  const { mode, alert } = JSON.parse(data) as { mode: string; alert: string };
  const found = kinds[alert];
  if (found === undefined) return [];
  const next = { place: "site", id: site } as const;
  return [
    {
      ...found,
      site,
      station: null,
      evse: null,
      sinceMs: Number(since),
      concerned: Number(stations),
      words: mode,
      next,
    },
  ];
}
