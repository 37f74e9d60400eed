/** The device model of a station: read in pages, and set in the words of the model, whatever version it speaks. */
import { type Clock, stationId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { allow } from "../../access/allow.ts";
import { SETTINGS_MAX } from "../../commands/limits.ts";
import { stakeOfRequest } from "../../commands/stake.ts";
import type { Core } from "../../core/port.ts";
import { keyOfPlace } from "../../stations/configuration-keys.ts";
import { VariableRow } from "../fleet-shapes.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf } from "../shape.ts";
import { ExpiresInS, Force, refusals } from "./commands.ts";
import { closed, Most, StationIdText } from "./fields.ts";

const Name = Type.String({ minLength: 1, maxLength: 50 });
const Asked = Type.Object(
  {
    component: Name,
    componentInstance: Type.Optional(Name),
    evse: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
    connector: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
    variable: Name,
    variableInstance: Type.Optional(Name),
    attribute: Type.Optional(
      Type.Unsafe<"Actual" | "Target" | "MinSet" | "MaxSet">({
        type: "string",
        enum: ["Actual", "Target", "MinSet", "MaxSet"],
      }),
    ),
    value: Type.String({ maxLength: 2_500 }),
  },
  closed,
);

export function variableRoutes(app: FastifyInstance, { core, clock }: { core: Core; clock: Clock }): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/stations/:station/variables",
      access: { action: "read a station's variables", resource: "station", class: "read" },
      summary: "The device model: variables, and 1.6 keys among them; go on with after = the last path",
      params: Type.Object({ station: StationIdText }, closed),
      query: Type.Object(
        {
          search: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: "In any name." })),
          component: Type.Optional(Name),
          after: Type.Optional(Type.String({ minLength: 1, maxLength: 400 })),
          most: Type.Optional(Most),
        },
        closed,
      ),
      answer: listOf(VariableRow),
    },
    async ({ params, query }) => {
      const station = stationId(params.station);
      if (!station.ok) return problem("unknown-station", { detail: station.fault.sentence });
      if ((await core.query("station.get", { station: station.value })) === undefined) {
        return problem("unknown-station");
      }
      const { most = apiLimits.rowsDefault, ...filter } = query;
      return answer(await core.query("variables.list", { station: station.value, most, ...filter }));
    },
  );

  route(
    app,
    {
      method: "POST",
      url: "/api/v1/stations/:station/variables",
      access: { action: "set a station's variables", resource: "station", class: "configure" },
      summary: "Records commands that set variables, all or none; 202 and their ids",
      params: Type.Object({ station: StationIdText }, closed),
      body: Type.Object(
        {
          variables: Type.Array(Asked, { minItems: 1, maxItems: SETTINGS_MAX }),
          reason: Type.String({ minLength: 1, maxLength: 500 }),
          expiresInS: ExpiresInS,
          force: Force,
        },
        closed,
      ),
      answer: Type.Object({ ids: Type.Unsafe<readonly string[]>(Type.Array(Type.String())) }, closed),
      status: 202,
    },
    async ({ params, body, actor }) => {
      const station = stationId(params.station);
      if (!station.ok) return problem("unknown-station", { detail: station.fault.sentence });
      const verdict = allow({
        actor,
        action: "set a station's variables",
        resource: "station",
        class: stakeOfRequest("SetVariables", { setVariableData: namesOf(body.variables) }),
      });
      if (verdict !== "allowed") return problem("forbidden");
      const atMs = clock.now().wallMs;
      const { variables, reason, expiresInS = apiLimits.commandExpiryDefaultS, force = false } = body;
      const accepted = await core.decide("settings.request", {
        ...{ station: station.value, variables, reason, force, atMs },
        actor: actor.person,
        expiresAtMs: atMs + expiresInS * 1000,
      });
      if (accepted.kind === "requested") return answer({ ids: accepted.ids });
      return problem(refusals[accepted.reason], { detail: accepted.sentence });
    },
  );
}

/** Under both names, 2.x's and 1.6's: what is at stake is the same. */
const namesOf = (variables: readonly { component: string; variable: string }[]) =>
  variables.flatMap(({ component, variable }) => {
    const key = keyOfPlace({ component: { name: component }, variable: { name: variable } });
    return [variable, ...(key === undefined ? [] : [key])].map((name) => ({ variable: { name } }));
  });
