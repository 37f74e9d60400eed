/** What sites tell of their energy: now, by the quarter of an hour, by the day, in which mode, and what their guards refused. */
import { type Clock, type Log, type SiteId, siteId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { daysOf } from "../../energy/days.ts";
import type { LiveEnergies } from "../../energy/live.ts";
import { EnergyDays, GuardRow, LiveEnergy, ModeChangeRow, QuarterRow } from "../energy-shapes.ts";
import { EnergyStream } from "../events/energy-stream.ts";
import type { OpenStreams } from "../events/open-streams.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf, ref } from "../shape.ts";
import type { Sessions } from "../sign-in/sessions.ts";
import { closed, InstantMs, Most, SiteIdText } from "./fields.ts";

export type EnergyPorts = {
  readonly core: Core;
  readonly clock: Clock;
  readonly log: Log;
  /** Snapshots of the sites whose links this process has. */
  readonly energies: LiveEnergies;
  readonly sessions: Sessions;
  readonly streams: OpenStreams;
};

const url = "/api/v1/sites/:site/energy";
const params = Type.Object({ site: SiteIdText }, closed);
const span = Type.Object({ fromMs: InstantMs, toMs: InstantMs }, closed);
const rows = Type.Object(
  { beforeSeq: Type.Optional(Type.Integer({ minimum: 1 })), most: Type.Optional(Most) },
  closed,
);

export function energyRoutes(app: FastifyInstance, ports: EnergyPorts): void {
  const { core, energies, sessions, streams } = ports;
  route(
    app,
    {
      method: "GET",
      url: `${url}/live`,
      access: { action: "read a site's energy as it is now", resource: "energy", class: "read" },
      summary:
        "The newest snapshot, however old: of a site without link the last; null where it told none yet",
      params,
      answer: Type.Union([ref(LiveEnergy), Type.Null()]),
    },
    async ({ params }) => {
      const site = await known(core, params.site);
      if (site === undefined) return problem("unknown-site");
      return answer(asJson(energies.now(site)));
    },
  );

  route(
    app,
    {
      method: "GET",
      url: `${url}/events`,
      access: { action: "watch a site's energy", resource: "energy", class: "read" },
      summary:
        "Server-sent events: event = energy, data = LiveEnergy, at most one a second. Without id: a snapshot is kept nowhere, whoever was away takes the next",
      params,
      answer: "text/event-stream",
    },
    async ({ params, actor, session }) => {
      const site = await known(core, params.site);
      if (site === undefined) return problem("unknown-site");
      if (!streams.hasRoom(actor.person)) return problem("too-many-streams", { retryAfterS: 10 });
      const stream = new EnergyStream(ports, site, () => sessions.alive(session));
      return streams.carry(stream, actor.person);
    },
  );

  route(
    app,
    {
      method: "GET",
      url: `${url}/quarters`,
      access: { action: "read a site's energy by the quarter of an hour", resource: "energy", class: "read" },
      summary: "Quarters of an hour that begin within a span, in order",
      params,
      query: span,
      answer: listOf(QuarterRow),
    },
    async ({ params, query }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const wrong = tooLong(query, apiLimits.energyQuartersDaysMax);
      if (wrong !== undefined) return wrong;
      const quarters = await core.query("energy.quarters", { site: site.value, ...query });
      return quarters === undefined ? problem("unknown-site") : answer(quarters);
    },
  );

  route(
    app,
    {
      method: "GET",
      url: `${url}/days`,
      access: { action: "read a site's energy by the day", resource: "energy", class: "read" },
      summary: "Energy, cost, self-consumption and autarky by days of the site's own calendar",
      params,
      query: span,
      answer: ref(EnergyDays),
    },
    async ({ params, query }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const wrong = tooLong(query, apiLimits.energyDaysMax);
      if (wrong !== undefined) return wrong;
      const quarters = await core.query("energy.quarters", { site: site.value, ...query });
      if (quarters === undefined) return problem("unknown-site");
      const { timeZone, currency } = await customs(core, site.value);
      return answer({ timeZone, currency, days: daysOf(quarters, timeZone) });
    },
  );

  route(
    app,
    {
      method: "GET",
      url: `${url}/modes`,
      access: { action: "read a site's modes", resource: "energy", class: "read" },
      summary: "In which mode the site's energy was managed since when and why, newest first",
      params,
      query: rows,
      answer: listOf(ModeChangeRow),
    },
    async ({ params, query }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const modes = await core.query("energy.modes", { site: site.value, ...page(query) });
      return modes === undefined ? problem("unknown-site") : answer(modes);
    },
  );

  route(
    app,
    {
      method: "GET",
      url: `${url}/guard`,
      access: { action: "read what a site's guard refused", resource: "energy", class: "read" },
      summary: "What the Modbus guard refused and noticed, decoded, newest first",
      params,
      query: rows,
      answer: listOf(GuardRow),
    },
    async ({ params, query }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const refusals = await core.query("energy.guard", { site: site.value, ...page(query) });
      return refusals === undefined ? problem("unknown-site") : answer(refusals);
    },
  );
}

const page = ({ beforeSeq, most = apiLimits.rowsDefault }: { beforeSeq?: number; most?: number }) => ({
  most,
  ...(beforeSeq !== undefined && { beforeSeq }),
});

/** Plain JSON as it came, and as it goes. */
const asJson = (live: ReturnType<LiveEnergies["now"]>) =>
  live === undefined
    ? null
    : { receivedAtMs: live.receivedAtMs, snapshot: JSON.parse(JSON.stringify(live.snapshot)) };

async function known(core: Core, text: string): Promise<SiteId | undefined> {
  const site = siteId(text);
  if (!site.ok) return undefined;
  return (await core.query("energy.document", { site: site.value })) === undefined ? undefined : site.value;
}

const DAY_MS = 86_400_000;
function tooLong({ fromMs, toMs }: { fromMs: number; toMs: number }, daysMax: number) {
  const days = (toMs - fromMs) / DAY_MS;
  if (days > 0 && days <= daysMax) return undefined;
  return problem("invalid-request", {
    detail: `from fromMs to toMs must be more than nothing and at most ${daysMax} days, and is ${days.toFixed(1)}.`,
  });
}

/** As the last document has them that managed it: where that is over, what was stays as it was told. */
async function customs(core: Core, site: SiteId): Promise<{ timeZone: string; currency: string | null }> {
  // No version without management follows another.
  const newest = await core.query("energy.versions", { site, most: 2 });
  const last = newest?.find(({ managed }) => managed);
  const found = last && (await core.query("energy.document", { site, version: last.version }));
  // Written by this program alone, from a document that was checked.
  const energy = found?.document?.energy as
    | { timeZone?: string; tariff?: { currency?: string } }
    | null
    | undefined;
  return { timeZone: energy?.timeZone ?? "UTC", currency: energy?.tariff?.currency ?? null };
}
