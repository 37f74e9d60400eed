/** Transactions, newest first, of all OCPP versions in one model; one of them whole; its curve. */
import { type Clock, siteId, stationId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { TransactionCurve, TransactionDetail } from "../session-shapes.ts";
import { listOf, ref } from "../shape.ts";
import { TransactionRow } from "../shapes.ts";
import { CardText, closed, InstantMs, Most, RowId, SearchText, SiteIdText, StationIdText } from "./fields.ts";

type Ports = { readonly core: Core; readonly clock: Clock };

export function transactionRoutes(app: FastifyInstance, ports: Ports): void {
  listRoute(app, ports);
  oneRoutes(app, ports);
}

function listRoute(app: FastifyInstance, { core }: Ports): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/transactions",
      access: { action: "list transactions", resource: "transaction", class: "read" },
      summary: "Newest first; go on with before = the last id",
      query: Type.Object(
        {
          site: Type.Optional(SiteIdText),
          station: Type.Optional(StationIdText),
          openOnly: Type.Optional(Type.Boolean()),
          state: Type.Optional(
            Type.Unsafe<string>({
              type: "string",
              enum: ["open", "ended", "partial"],
              description: "partial: its start, or all but its end, has not come.",
            }),
          ),
          token: Type.Optional(CardText),
          fromMs: Type.Optional(InstantMs),
          toMs: Type.Optional(InstantMs),
          review: Type.Optional(
            Type.Boolean({ description: "true: only those that a person should look at." }),
          ),
          text: Type.Optional(SearchText),
          before: Type.Optional(RowId),
          most: Type.Optional(Most),
        },
        closed,
      ),
      answer: listOf(TransactionRow),
    },
    async ({ query }) => {
      const site = query.site === undefined ? undefined : siteId(query.site);
      if (site?.ok === false) return problem("unknown-site", { detail: site.fault.sentence });
      const station = query.station === undefined ? undefined : stationId(query.station);
      if (station?.ok === false) return problem("unknown-station", { detail: station.fault.sentence });
      const { before: beforeId, most = apiLimits.rowsDefault, openOnly = false, ...filter } = query;
      const asked = { ...filter, beforeId, most, openOnly, site: site?.value, station: station?.value };
      return answer(await core.query("transactions.list", asked));
    },
  );
}

const params = Type.Object({ id: RowId }, closed);

function oneRoutes(app: FastifyInstance, { core, clock }: Ports): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/transactions/:id",
      access: { action: "read a transaction", resource: "transaction", class: "read" },
      summary:
        "One transaction: its facts, what it says of itself, its messages, why a person should look at it",
      params,
      answer: ref(TransactionDetail),
    },
    async ({ params }) => {
      const found = await core.query("transaction.get", { id: params.id });
      return found === undefined ? problem("unknown-transaction") : answer(found);
    },
  );

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/transactions/:id/curve",
      access: { action: "read a transaction's curve", resource: "transaction", class: "read" },
      summary: "Energy, power and state of charge over its time; thinned to points",
      params,
      query: Type.Object(
        {
          points: Type.Optional(
            Type.Integer({
              minimum: 2,
              maximum: apiLimits.curvePointsMax,
              description: `At most; ${apiLimits.curvePointsDefault} unless said.`,
            }),
          ),
        },
        closed,
      ),
      answer: ref(TransactionCurve),
    },
    async ({ params, query: { points = apiLimits.curvePointsDefault } }) => {
      const asked = { id: params.id, points, nowMs: clock.now().wallMs };
      const curve = await core.query("transaction.curve", asked);
      return curve === undefined ? problem("unknown-transaction") : answer(curve);
    },
  );
}
