/** What stations get wrong, and how each is to be handled: tolerantly as usual, or strictly for a certification. */
import { type Clock, siteId, stationId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { DeviationRow, Handling } from "../fleet-shapes.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf, ref } from "../shape.ts";
import { closed, Most, SiteIdText, StationIdText } from "./fields.ts";

const RuleText = Type.String({ minLength: 1, maxLength: 64, description: "Name of a rule." });
const Version = (description: string) =>
  Type.Optional(
    Type.Unsafe<OcppVersion | null>({
      enum: ["1.6", "2.0.1", "2.1", null],
      description: `${description} null: none.`,
    }),
  );

export function deviationRoutes(app: FastifyInstance, { core, clock }: { core: Core; clock: Clock }): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/deviations",
      access: { action: "list deviations", resource: "station", class: "read" },
      summary:
        "What stations get wrong, by station and rule; go on with afterStation and afterRule of the last",
      query: Type.Object(
        {
          site: Type.Optional(SiteIdText),
          station: Type.Optional(StationIdText),
          rule: Type.Optional(RuleText),
          afterStation: Type.Optional(StationIdText),
          afterRule: Type.Optional(RuleText),
          most: Type.Optional(Most),
        },
        closed,
      ),
      answer: listOf(DeviationRow),
    },
    async ({ query }) => {
      const site = query.site === undefined ? undefined : siteId(query.site);
      if (site?.ok === false) return problem("unknown-site", { detail: site.fault.sentence });
      const station = query.station === undefined ? undefined : stationId(query.station);
      if (station?.ok === false) return problem("unknown-station", { detail: station.fault.sentence });
      const { afterStation, afterRule } = query;
      const rows = await core.query("deviations.list", {
        most: query.most ?? apiLimits.rowsDefault,
        ...(site && { site: site.value }),
        ...(station && { station: station.value }),
        ...(query.rule !== undefined && { rule: query.rule }),
        ...(afterStation !== undefined && { after: { station: afterStation, rule: afterRule ?? "" } }),
      });
      return answer(rows);
    },
  );

  route(
    app,
    {
      method: "POST",
      url: "/api/v1/stations/:station/handling",
      access: { action: "change how a station is handled", resource: "station", class: "manage" },
      summary: "Holds a station strictly or tolerantly, pins or assumes its OCPP version, pings it or not",
      params: Type.Object({ station: StationIdText }, closed),
      body: Type.Object(
        {
          strict: Type.Optional(Type.Boolean({ description: "True: nothing that it sends is repaired." })),
          pinned: Version("The only OCPP version to be spoken with it, from its next connection on."),
          assumed: Version("Spoken where it names no sub-protocol, from its next connection on."),
          pinged: Type.Optional(Type.Boolean({ description: "False: it is never pinged." })),
          closeDeaf: Type.Optional(
            Type.Boolean({ description: "True: its direct socket is closed when it answers no call." }),
          ),
        },
        closed,
      ),
      answer: ref(Handling),
    },
    async ({ params, body, actor }) => {
      const station = stationId(params.station);
      if (!station.ok) return problem("unknown-station", { detail: station.fault.sentence });
      const handled = await core.decide("station.handle", {
        ...body,
        station: station.value,
        actor: actor.person,
        atMs: clock.now().wallMs,
      });
      if (handled.kind === "unknown-station") return problem("unknown-station");
      const { strict, pinned = null, assumed = null, pinged, closeDeaf = false } = handled.handling;
      return answer({ strict, pinned, assumed, pinged, closeDeaf });
    },
  );
}
