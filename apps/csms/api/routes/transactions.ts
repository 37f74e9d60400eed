/** Transactions, newest first, of both OCPP versions in one model. */
import { siteId, stationId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf, TransactionRow } from "../shapes.ts";
import { closed, Most, RowId, SiteIdText, StationIdText } from "./fields.ts";

export function transactionRoutes(app: FastifyInstance, { core }: { core: Core }): void {
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
      const rows = await core.query("transactions.list", {
        openOnly: query.openOnly ?? false,
        most: query.most ?? apiLimits.rowsDefault,
        ...(site === undefined ? {} : { site: site.value }),
        ...(station === undefined ? {} : { station: station.value }),
        ...(query.before === undefined ? {} : { beforeId: query.before }),
      });
      return answer(rows);
    },
  );
}
