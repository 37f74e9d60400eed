/** Sites as the console shows them: the list, one live snapshot, and the power of a past span. */
import { type Clock, siteId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf, ref } from "../shape.ts";
import { PowerPoint, SiteRow, SiteSnapshot } from "../shapes.ts";
import { closed, InstantMs, SiteIdText } from "./fields.ts";

const Params = Type.Object({ site: SiteIdText }, closed);

export function siteRoutes(app: FastifyInstance, { core, clock }: { core: Core; clock: Clock }): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/sites",
      access: { action: "list sites", resource: "site", class: "read" },
      summary: "All sites",
      answer: listOf(SiteRow),
    },
    async () => answer(await core.query("sites.list", undefined)),
  );

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/sites/:site",
      access: { action: "read a site", resource: "site", class: "read" },
      summary: "One site as it is now; the events after its seq bring it up to date",
      params: Params,
      answer: ref(SiteSnapshot),
    },
    async ({ params }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const snapshot = await core.query("site.snapshot", { site: site.value, nowMs: clock.now().wallMs });
      return snapshot === undefined ? problem("unknown-site") : answer(snapshot);
    },
  );

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/sites/:site/history",
      access: { action: "read a site's power", resource: "site", class: "read" },
      summary: "Mean power per step; null where nothing was reported",
      params: Params,
      query: Type.Object(
        { fromMs: InstantMs, toMs: InstantMs, stepMs: Type.Integer({ minimum: 1000, maximum: 86_400_000 }) },
        closed,
      ),
      answer: listOf(PowerPoint),
    },
    async ({ params, query }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const steps = Math.ceil((query.toMs - query.fromMs) / query.stepMs);
      if (steps < 1 || steps > apiLimits.historyPointsMax) {
        return problem("invalid-request", {
          detail: `from fromMs to toMs in steps of stepMs must be 1 to ${apiLimits.historyPointsMax} points, and is ${steps}.`,
        });
      }
      const points = await core.query("site.history", { site: site.value, ...query });
      return points === undefined ? problem("unknown-site") : answer(points);
    },
  );
}
