/** What energy costs, told from outside: day-ahead prices of one site, or of all that have none of their own. */
import { type Clock, type SiteId, siteId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import {
  PRICE_MILLI_CENT_MAX,
  PRICE_STEP_MS_MAX,
  PRICE_STEP_MS_MIN,
  PRICES_MAX,
} from "../../energy/limits.ts";
import { PricesRow } from "../energy-shapes.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf } from "../shape.ts";
import { closed, InstantMs, SiteIdText } from "./fields.ts";

const body = Type.Object(
  {
    fromMs: InstantMs,
    stepMs: Type.Integer({
      minimum: PRICE_STEP_MS_MIN,
      maximum: PRICE_STEP_MS_MAX,
      description: "900000 or 3600000 for day-ahead.",
    }),
    milliCentPerKwh: Type.Array(
      Type.Integer({ minimum: -PRICE_MILLI_CENT_MAX, maximum: PRICE_MILLI_CENT_MAX }),
      {
        minItems: 1,
        maxItems: PRICES_MAX,
        description: "Thousandths of a cent per kWh, all that the site pays; one a step.",
      },
    ),
  },
  closed,
);
const Known = Type.Object(
  {
    fromMs: Type.Integer({
      description: "Of all that is known now: those of before stay up to where the new begin.",
    }),
    steps: Type.Integer(),
  },
  closed,
);

export function energyPriceRoutes(app: FastifyInstance, { core, clock }: { core: Core; clock: Clock }): void {
  const tell = async (prices: PricesBody, actor: string, site?: SiteId) => {
    const atMs = clock.now().wallMs;
    if (prices.fromMs + prices.stepMs * prices.milliCentPerKwh.length <= atMs)
      return problem("invalid-request", {
        detail: "Every price in it is of the past: tell those that are still to come.",
        field: "fromMs",
      });
    const told = await core.decide("energy.prices", { ...prices, actor, atMs, ...(site && { site }) });
    return told.kind === "unknown-site"
      ? problem("unknown-site")
      : answer({ fromMs: told.fromMs, steps: told.steps });
  };

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/energy/prices",
      access: { action: "read energy prices", resource: "energy", class: "read" },
      summary: "Prices told from outside: of the fleet first, then of sites with their own",
      answer: listOf(PricesRow),
    },
    async () => answer(await core.query("energy.prices", undefined)),
  );

  route(
    app,
    {
      method: "PUT",
      url: "/api/v1/energy/prices",
      access: { action: "tell energy prices", resource: "energy", class: "configure" },
      summary: "Of every site that has none of its own, and whose tariff is a series",
      body,
      bodyBytesMax: apiLimits.documentBytesMax,
      answer: Known,
    },
    ({ body, actor }) => tell(body, actor.person),
  );

  route(
    app,
    {
      method: "PUT",
      url: "/api/v1/sites/:site/energy/prices",
      access: { action: "tell a site's energy prices", resource: "energy", class: "configure" },
      summary: "Of one site, whose tariff is a series",
      params: Type.Object({ site: SiteIdText }, closed),
      body,
      bodyBytesMax: apiLimits.documentBytesMax,
      answer: Known,
    },
    async ({ params, body, actor }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      return tell(body, actor.person, site.value);
    },
  );

  route(
    app,
    {
      method: "DELETE",
      url: "/api/v1/sites/:site/energy/prices",
      access: { action: "drop a site's energy prices", resource: "energy", class: "configure" },
      summary: "The fleet's prices hold there again",
      params: Type.Object({ site: SiteIdText }, closed),
      answer: Type.Object(
        { dropped: Type.Boolean({ description: "false where it had none of its own: nothing changed." }) },
        closed,
      ),
    },
    async ({ params, actor }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const asked = { site: site.value, actor: actor.person, atMs: clock.now().wallMs };
      const { kind } = await core.decide("energy.prices-drop", asked);
      return kind === "unknown-site" ? problem("unknown-site") : answer({ dropped: kind === "dropped" });
    },
  );
}

type PricesBody = {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly milliCentPerKwh: readonly number[];
};
