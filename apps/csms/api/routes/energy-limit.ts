/** A limit of a site's power for a time: set, read, taken back. */
import { type Clock, siteId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { LIMIT_MS_MAX, LIMIT_W_MAX, WHY_CHARS_MAX } from "../../energy/limits.ts";
import { EnergyLimitRow } from "../energy-shapes.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { ref } from "../shape.ts";
import { closed, InstantMs, SiteIdText } from "./fields.ts";

const url = "/api/v1/sites/:site/limit";
const params = Type.Object({ site: SiteIdText }, closed);
const Known = Type.Union([ref(EnergyLimitRow), Type.Null()], {
  description: "null: none is set, or it is over.",
});
const DAYS_MAX = LIMIT_MS_MAX / 86_400_000;

export function energyLimitRoutes(app: FastifyInstance, { core, clock }: { core: Core; clock: Clock }): void {
  const known = async (text: string) => {
    const site = siteId(text);
    if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
    const nowMs = clock.now().wallMs;
    const found = await core.query("energy.limit", { site: site.value, nowMs });
    return found === undefined ? problem("unknown-site") : answer(found.limit);
  };

  route(
    app,
    {
      method: "GET",
      url,
      access: { action: "read a site's limit", resource: "energy", class: "read" },
      summary: "What everything controlled at a site may take together, as a person set it for a time",
      params,
      answer: Known,
    },
    ({ params }) => known(params.site),
  );

  route(
    app,
    {
      method: "POST",
      url,
      access: { action: "limit a site's power for a time", resource: "energy", class: "dangerous" },
      summary:
        "In the place of the one before; limitW null ends it early. Lowered at once, raised as commands may",
      params,
      body: Type.Object(
        {
          limitW: Type.Union([Type.Integer({ minimum: 0, maximum: LIMIT_W_MAX }), Type.Null()], {
            description: "Cars and batteries that charge, together; null: no such limit any more.",
          }),
          untilMs: Type.Optional(InstantMs),
          why: Type.String({ minLength: 1, maxLength: WHY_CHARS_MAX, description: "Kept with it." }),
        },
        closed,
      ),
      answer: Known,
    },
    async ({ params, body, actor }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const atMs = clock.now().wallMs;
      const { limitW, untilMs, why: reason } = body;
      if (limitW !== null && !(untilMs !== undefined && untilMs > atMs && untilMs <= atMs + LIMIT_MS_MAX))
        return problem("invalid-request", {
          detail: `A limit needs untilMs, after now and at most ${DAYS_MAX} days ahead: for longer, write it into the document.`,
          field: "/untilMs",
        });
      const limit = limitW === null || untilMs === undefined ? null : { limitW, untilMs };
      const who = { site: site.value, actor: actor.person, reason, atMs };
      const set = await core.decide("energy.limit", { ...who, limit });
      switch (set.kind) {
        case "set":
          return known(params.site);
        case "unknown-site":
          return problem("unknown-site");
        case "unmanaged":
          return problem("energy-unmanaged");
      }
    },
  );
}
