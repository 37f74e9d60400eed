/** The inventory of stations: list, read, add. */
import { type Clock, siteId, stationId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { StationDetail, StationHolds, StationRow } from "../fleet-shapes.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf, ref } from "../shape.ts";
import { closed, Most, SearchText, SiteIdText, StationIdText } from "./fields.ts";

export function stationRoutes(app: FastifyInstance, { core, clock }: { core: Core; clock: Clock }): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/stations",
      access: { action: "list stations", resource: "station", class: "read" },
      summary: "Stations in order of id; go on with after = the last id",
      query: Type.Object(
        {
          site: Type.Optional(SiteIdText),
          connected: Type.Optional(Type.Boolean()),
          admission: Type.Optional(
            Type.Unsafe<string>({ type: "string", enum: ["accepted", "pending", "blocked"] }),
          ),
          text: Type.Optional(SearchText),
          after: Type.Optional(StationIdText),
          most: Type.Optional(Most),
        },
        closed,
      ),
      answer: listOf(StationRow),
    },
    async ({ query }) => {
      const site = query.site === undefined ? undefined : siteId(query.site);
      if (site?.ok === false) return problem("unknown-site", { detail: site.fault.sentence });
      const { after: afterId, most = apiLimits.rowsDefault, ...filter } = query;
      return answer(await core.query("stations.list", { ...filter, afterId, most, site: site?.value }));
    },
  );

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/stations/:station",
      access: { action: "read a station", resource: "station", class: "read" },
      summary: "One station with its connectors, how it is handled, and what it gets wrong",
      params: Type.Object({ station: StationIdText }, closed),
      answer: ref(StationDetail),
    },
    async ({ params }) => {
      const station = stationId(params.station);
      if (!station.ok) return problem("unknown-station", { detail: station.fault.sentence });
      const row = await core.query("station.get", { station: station.value });
      return row === undefined ? problem("unknown-station") : answer(row);
    },
  );

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/stations/:station/holds",
      access: { action: "read what a station holds", resource: "station", class: "read" },
      summary:
        "Its local list, charging profiles, reservations, availability and reports, as far as is known",
      params: Type.Object({ station: StationIdText }, closed),
      answer: ref(StationHolds),
    },
    async ({ params }) => {
      const station = stationId(params.station);
      if (!station.ok) return problem("unknown-station", { detail: station.fault.sentence });
      const holds = await core.query("station.holds", { station: station.value });
      return holds === undefined ? problem("unknown-station") : answer(holds);
    },
  );

  route(
    app,
    {
      method: "POST",
      url: "/api/v1/stations",
      access: { action: "add a station", resource: "station", class: "manage" },
      summary: "Adds a station to the inventory, or changes its serial, route or site",
      body: Type.Object(
        {
          station: StationIdText,
          serial: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 64,
              description: "CN of its certificates; the id unless said.",
            }),
          ),
          route: Type.Union([Type.Literal("site"), Type.Literal("direct"), Type.Literal("either")]),
          site: Type.Optional(SiteIdText),
        },
        closed,
      ),
      answer: Type.Object(
        { kind: Type.Union([Type.Literal("added"), Type.Literal("changed"), Type.Literal("unchanged")]) },
        closed,
      ),
    },
    async ({ body, actor }) => {
      const station = stationId(body.station);
      if (!station.ok)
        return problem("invalid-request", { field: "/station", detail: station.fault.sentence });
      const site = body.site === undefined ? undefined : siteId(body.site);
      if (site?.ok === false)
        return problem("invalid-request", { field: "/site", detail: site.fault.sentence });
      if (site === undefined && body.route !== "direct") {
        const detail = `A station with route '${body.route}' needs the site it may come through.`;
        return problem("invalid-request", { field: "/site", detail });
      }
      const { kind } = await core.decide("station.add", {
        station: station.value,
        serial: body.serial ?? station.value,
        route: body.route,
        actor: actor.person,
        atMs: clock.now().wallMs,
        ...(site === undefined ? {} : { site: site.value }),
      });
      return answer({ kind });
    },
  );
}
