/** Tokens that drivers show to a station (RFID cards and the like): who may charge. */
import type { Clock } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { answer, route } from "../route.ts";
import { closed, Done, InstantMs } from "./fields.ts";

export function tokenRoutes(app: FastifyInstance, { core, clock }: { core: Core; clock: Clock }): void {
  route(
    app,
    {
      method: "PUT",
      url: "/api/v1/tokens/:token",
      access: { action: "set a driver's token", resource: "token", class: "manage" },
      summary: "Accepts, blocks or ends a driver's token; compared without regard to case",
      params: Type.Object(
        // IdToken of OCPP 2.0.1 is at most 36 characters, idTag of 1.6 at most 20.
        { token: Type.String({ minLength: 1, maxLength: 36, pattern: "^[\\x21-\\x7e]+$" }) },
        closed,
      ),
      body: Type.Object(
        {
          status: Type.Union([Type.Literal("Accepted"), Type.Literal("Blocked"), Type.Literal("Expired")]),
          expiresAtMs: Type.Optional(InstantMs),
        },
        closed,
      ),
      answer: Done,
    },
    async ({ params, body, actor }) => {
      await core.decide("token.set", {
        token: params.token,
        status: body.status,
        actor: actor.person,
        atMs: clock.now().wallMs,
        ...(body.expiresAtMs === undefined ? {} : { expiresAtMs: body.expiresAtMs }),
      });
      return answer({ done: true });
    },
  );
}
