/** The first page of a scripted world: what its sites and stations add up to, and what needs somebody in it. */
import type { NeedRow, Now } from "../api/shapes.ts";
import { needKinds } from "../now/search.ts";
import { evsesOf, stateOf } from "../stations/state.ts";
import type { FakeWorld } from "./world.ts";

type Weight = NeedRow["weight"];

export function need(kind: NeedRow["kind"], weight: Weight, more: Partial<NeedRow> = {}): NeedRow {
  const { station = null, site = null } = more;
  return {
    kind,
    weight,
    site,
    station,
    evse: null,
    sinceMs: null,
    concerned: 0,
    words: null,
    next: { place: station === null ? "site" : "station", id: station ?? site },
    ...more,
  };
}

/** What the world shows by itself, and `world.needs`, which a scenario adds. */
export function nowView(world: FakeWorld, only?: string): Now {
  const isMeant = (site: string | null) => only === undefined || site === only;
  const sites = [...world.sites.keys()].filter(isMeant).map((id) => siteNow(world, id));
  const needs = [...siteNeeds(world), ...stationNeeds(world), ...world.needs]
    .filter(({ site }) => isMeant(site))
    .sort((a, b) => needKinds.indexOf(a.kind) - needKinds.indexOf(b.kind));
  const kinds = [...new Set(needs.map(({ kind }) => kind))];
  const sum = (of: (site: Now["fleet"]) => number) => sites.reduce((total, site) => total + of(site), 0);
  const known = (of: (site: Now["fleet"]) => number | null) =>
    sites.some((site) => of(site) !== null) ? sum((site) => of(site) ?? 0) : null;
  return {
    seq: world.outbox.length,
    needs: needs.filter((row) => needs.filter(({ kind }) => kind === row.kind).indexOf(row) < 50),
    counts: kinds.map((kind) => ({ kind, count: needs.filter((row) => row.kind === kind).length })),
    fleet: {
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
    },
    sites,
    troubles: world.troubles,
  };
}

function siteNow(world: FakeWorld, id: string): Now["sites"][number] {
  const { site, transactions } = world.snapshot(id) ?? {};
  const all = transactions ?? [];
  const open = all.filter(({ state }) => state === "open");
  const told = open.filter(({ powerAtMs }) => powerAtMs !== null && powerAtMs >= world.nowMs() - 16 * 60_000);
  const energies = all.flatMap(({ energyWh }) => (energyWh === null ? [] : [energyWh]));
  return {
    id,
    connected: site?.connected ?? null,
    seenAtMs: site?.seenAtMs ?? null,
    stations: site?.stations ?? 0,
    stationsConnected: site?.stationsConnected ?? 0,
    sessionsOpen: open.length,
    sessionsToday: all.length,
    energyTodayWh: energies.length === 0 ? null : energies.reduce((sum, wh) => sum + wh, 0),
    powerW: told.length === 0 ? null : told.reduce((sum, { powerW }) => sum + (powerW ?? 0), 0),
    powerAtMs: told.length === 0 ? null : Math.max(...told.map(({ powerAtMs }) => powerAtMs ?? 0)),
    sessionsDark: open.length - told.length,
    energy: energyNow(world, id),
  };
}

function energyNow(world: FakeWorld, id: string): Now["sites"][number]["energy"] {
  const energy = world.energies.get(id);
  if (energy?.versions[0]?.managed !== true) return null;
  const [last] = energy.modes;
  return { mode: last?.mode ?? null, sinceMs: last?.atMs ?? null };
}

function siteNeeds(world: FakeWorld): NeedRow[] {
  return [...world.sites.values()].flatMap(({ id: site, connected, seenAtMs, clockQuality }) => {
    const concerned = [...world.stations.values()].filter((station) => station.site === site).length;
    if (!connected) {
      return seenAtMs === null
        ? [need("site-waiting", "waits", { site, concerned })]
        : [need("site-offline", "danger", { site, concerned, sinceMs: seenAtMs })];
    }
    return clockQuality === "unknown" ? [need("site-clock", "attention", { site })] : [];
  });
}

function stationNeeds(world: FakeWorld): NeedRow[] {
  const needs: NeedRow[] = [];
  for (const row of world.stations.values()) {
    const about = { site: row.site, station: row.id, sinceMs: row.seenAtMs };
    const evses = evsesOf(row, []);
    const state = stateOf(row, evses);
    const linked = row.site === null || world.sites.get(row.site)?.connected === true;
    const mine = [...world.sessions.values()].filter(({ station }) => station === row.id);
    if (state === "faulted") {
      const fault = evses.find((evse) => evse.state === "faulted");
      const more = { evse: fault?.evse ?? null, words: fault?.errorCode ?? null };
      needs.push(
        need("connector-faulted", "attention", { ...about, ...more, sinceMs: fault?.sinceMs ?? null }),
      );
    }
    if (state === "offline" && linked) {
      const concerned = mine.filter((session) => session.state === "open").length;
      needs.push(need("station-offline", "attention", { ...about, concerned }));
    }
    if (state === "pending") needs.push(need("station-pending", "waits", { ...about, words: row.serial }));
    const review = mine.filter((session) => session.review !== null);
    if (review.length > 0) {
      const next = { place: "sessions", id: row.id } as const;
      const words = review[0]?.review ?? null;
      const sinceMs = review[0]?.endedAtMs ?? null;
      const concerned = review.length;
      needs.push(need("session-review", "attention", { ...about, concerned, words, sinceMs, next }));
    }
  }
  return needs;
}
