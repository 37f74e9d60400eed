/**
 * Commands to stations: asked for here, made durable by the core, sent by whoever holds the station's socket. The
 * answer 202 means recorded; what became of it is in the command's own row, and in the event stream.
 */
import { type Clock, type JsonObject, siteId, stationId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { allow } from "../../access/allow.ts";
import { allActions } from "../../commands/routing.ts";
import { stakeOfRequest } from "../../commands/stake.ts";
import type { CommandAccepted, Core } from "../../core/port.ts";
import { apiLimits } from "../limits.ts";
import { type ProblemCode, problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf, ref } from "../shape.ts";
import { CommandRow } from "../shapes.ts";
import { closed, Most, RowId, SearchText, SiteIdText, StationIdText } from "./fields.ts";

type Ports = { readonly core: Core; readonly clock: Clock };

export function commandRoutes(app: FastifyInstance, ports: Ports): void {
  readRoutes(app, ports.core);
  requestRoute(app, ports);
}

const state = "(requested|sent|accepted|refused|failed|expired|unknown)";
const States = Type.String({
  maxLength: 100,
  pattern: `^${state}(,${state})*$`,
  description: "Only in these, with commas between: requested,sent is what still runs.",
});

function readRoutes(app: FastifyInstance, core: Core): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/commands",
      access: { action: "list commands", resource: "command", class: "read" },
      summary: "Of the whole fleet, newest first; go on with before = the last id",
      query: Type.Object(
        {
          site: Type.Optional(SiteIdText),
          station: Type.Optional(StationIdText),
          states: Type.Optional(States),
          action: Type.Optional(Type.Unsafe<string>({ type: "string", enum: [...allActions] })),
          actor: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "Who asked." })),
          text: Type.Optional(SearchText),
          before: Type.Optional(RowId),
          most: Type.Optional(Most),
        },
        closed,
      ),
      answer: listOf(CommandRow),
    },
    async ({ query }) => {
      const site = query.site === undefined ? undefined : siteId(query.site);
      if (site?.ok === false) return problem("unknown-site", { detail: site.fault.sentence });
      const station = query.station === undefined ? undefined : stationId(query.station);
      if (station?.ok === false) return problem("unknown-station", { detail: station.fault.sentence });
      const { before: beforeId, most = apiLimits.rowsDefault, states, ...filter } = query;
      const places = { site: site?.value, station: station?.value };
      const asked = { ...filter, ...places, states: states?.split(","), beforeId, most };
      return answer(await core.query("commands.list", asked));
    },
  );

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/commands/:id",
      access: { action: "read a command", resource: "command", class: "read" },
      summary: "One command and what became of it",
      params: Type.Object({ id: RowId }, closed),
      answer: ref(CommandRow),
    },
    async ({ params }) => {
      const row = await core.query("command.get", { id: params.id });
      return row === undefined ? problem("unknown-command") : answer(row);
    },
  );
}

export const ExpiresInS = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: apiLimits.commandExpiryMaxS,
    description: `Not sent after this; ${apiLimits.commandExpiryDefaultS} unless said.`,
  }),
);
export const Force = Type.Optional(
  Type.Boolean({ description: "Send it although what is known of the station speaks against it." }),
);

const Body = Type.Object(
  {
    action: Type.Unsafe<string>({ type: "string", enum: [...allActions] }),
    payload: Type.Unsafe<JsonObject>({
      type: "object",
      additionalProperties: true,
      description: "The request of that action, in the words of the station's own version of OCPP.",
    }),
    reason: Type.String({ minLength: 1, maxLength: 500, description: "Why, for those who read it later." }),
    expiresInS: ExpiresInS,
    force: Force,
  },
  closed,
);

type Refusal = Extract<CommandAccepted, { kind: "refused" }>["reason"];
export const refusals: Readonly<Record<Refusal, ProblemCode>> = {
  "unknown-station": "unknown-station",
  "never-connected": "never-connected",
  "unsupported-action": "invalid-payload",
  "invalid-payload": "invalid-payload",
  objection: "station-objects",
  expired: "invalid-request",
  "too-many": "too-many-commands",
};

function requestRoute(app: FastifyInstance, { core, clock }: Ports): void {
  route(
    app,
    {
      method: "POST",
      url: "/api/v1/stations/:station/commands",
      access: { action: "command a station", resource: "station", class: "operate" },
      summary: "Records a command; 202 and its id",
      params: Type.Object({ station: StationIdText }, closed),
      body: Body,
      answer: Type.Object({ id: Type.String() }, closed),
      status: 202,
    },
    async ({ params, body, actor }) => {
      const station = stationId(params.station);
      if (!station.ok) return problem("unknown-station", { detail: station.fault.sentence });
      // The route's own class is the least of all commands'; this one may put more at stake.
      const verdict = allow({
        actor,
        action: `command a station: ${body.action}`,
        resource: "station",
        class: stakeOfRequest(body.action, body.payload),
      });
      if (verdict !== "allowed") return problem("forbidden");
      const atMs = clock.now().wallMs;
      const accepted = await core.decide("command.request", {
        station: station.value,
        action: body.action,
        payload: body.payload,
        actor: actor.person,
        reason: body.reason,
        atMs,
        expiresAtMs: atMs + (body.expiresInS ?? apiLimits.commandExpiryDefaultS) * 1000,
        force: body.force ?? false,
      });
      if (accepted.kind === "requested") return answer({ id: accepted.id });
      return problem(refusals[accepted.reason], { detail: accepted.sentence });
    },
  );
}
