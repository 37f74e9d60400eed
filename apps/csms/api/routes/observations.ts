/** What happened last, newest first: for pages that show a past before their stream begins. */
import { siteId, stationId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf } from "../shape.ts";
import { OutboxEntry } from "../shapes.ts";
import { closed, Kinds, kindsIn, Most, SiteIdText, StationIdText } from "./fields.ts";

export function observationRoutes(app: FastifyInstance, { core }: { core: Core }): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/observations",
      access: { action: "read what happened", resource: "event", class: "read" },
      summary: "What happened last, newest first; go on with before = the last seq",
      query: Type.Object(
        {
          site: Type.Optional(SiteIdText),
          station: Type.Optional(StationIdText),
          kinds: Type.Optional(Kinds),
          before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
          most: Type.Optional(Most),
        },
        closed,
      ),
      answer: listOf(OutboxEntry),
    },
    async ({ query }) => {
      const site = query.site === undefined ? undefined : siteId(query.site);
      if (site?.ok === false) return problem("unknown-site", { detail: site.fault.sentence });
      const station = query.station === undefined ? undefined : stationId(query.station);
      if (station?.ok === false) return problem("unknown-station", { detail: station.fault.sentence });
      const rows = await core.query("observations.list", {
        site: site?.value,
        station: station?.value,
        kinds: kindsIn(query.kinds),
        beforeSeq: query.before,
        most: query.most ?? apiLimits.rowsDefault,
      });
      return answer(rows);
    },
  );
}
