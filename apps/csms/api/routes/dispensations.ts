/** Dispensations: a dated leave for one station to use security profile 1 or 2; its password is told once. */
import { type Chance, type Clock, stationId } from "@wattward/kernel";
import { NO_ARGON2, type PasswordHasher } from "@wattward/ocpp/ways-in";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { grantDispensation } from "../../ways-in/grant.ts";
import { DispensationRow } from "../people-shapes.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf } from "../shape.ts";
import { closed, StationIdText } from "./fields.ts";

export type DispensationPorts = {
  readonly core: Core;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Undefined where this Node has no Argon2. */
  readonly hash: PasswordHasher | undefined;
};

const url = "/api/v1/stations/:station/dispensation";
const params = Type.Object({ station: StationIdText }, closed);

export function dispensationRoutes(
  app: FastifyInstance,
  { core, clock, chance, hash }: DispensationPorts,
): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/dispensations",
      access: { action: "list dispensations", resource: "station", class: "read" },
      summary: "Those in force, the first to end first",
      answer: listOf(DispensationRow),
    },
    async () => answer(await core.query("dispensations.list", undefined)),
  );

  route(
    app,
    {
      method: "POST",
      url,
      access: { action: "give a dispensation", resource: "station", class: "manage" },
      summary: "Lets a station use security profile 1 or 2 until a date; its password is in the answer, once",
      params,
      body: Type.Object(
        {
          securityProfile: Type.Union([Type.Literal(1), Type.Literal(2)]),
          untilMs: Type.Integer({ minimum: 0, description: "It ends then; within a year." }),
        },
        closed,
      ),
      answer: Type.Object(
        {
          password: Type.String({ description: "40 hexadecimal digits; nobody can read it again." }),
          replaced: Type.Boolean({ description: "The one that it had is over, and so is its password." }),
        },
        closed,
      ),
    },
    async ({ params, body, actor }) => {
      const station = stationId(params.station);
      if (!station.ok) return problem("unknown-station", { detail: station.fault.sentence });
      if (hash === undefined) return problem("no-passwords", { detail: `${NO_ARGON2}.` });
      const asked = { station: station.value, ...body, actor: actor.person };
      const given = await grantDispensation({ core, clock, chance, hash }, asked);
      if (given.kind === "given") return answer({ password: given.password, replaced: given.replaced });
      return given.reason === "unknown-station"
        ? problem("unknown-station")
        : problem("dispensation-refused", { detail: given.sentence });
    },
  );

  route(
    app,
    {
      method: "DELETE",
      url,
      access: { action: "take a dispensation back", resource: "station", class: "manage" },
      summary: "Ends a station's dispensation, and its connection with it",
      params,
      answer: Type.Object(
        { ended: Type.Boolean({ description: "false where it had none: nothing changed." }) },
        closed,
      ),
    },
    async ({ params, actor }) => {
      const station = stationId(params.station);
      if (!station.ok) return problem("unknown-station", { detail: station.fault.sentence });
      const asked = { station: station.value, actor: actor.person, atMs: clock.now().wallMs };
      const { kind } = await core.decide("dispensation.end", asked);
      return kind === "unknown-station" ? problem("unknown-station") : answer({ ended: kind === "ended" });
    },
  );
}
