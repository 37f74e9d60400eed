/** Tokens that drivers show to a station (RFID cards and the like): who may charge. */
import type { Clock } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { allow } from "../../access/allow.ts";
import type { Core } from "../../core/port.ts";
import { apiLimits } from "../limits.ts";
import { TokenRow } from "../people-shapes.ts";
import { answer, route } from "../route.ts";
import { listOf } from "../shape.ts";
import { CardText, closed, Done, InstantMs, Most } from "./fields.ts";

/** Rows that a page may pass over: more tokens than this are found by their text. */
const SKIP_MAX = 1_000_000;
/** Who sees tokens whole: who may set them. */
const manage = { action: "set a driver's token", resource: "token", class: "manage" } as const;

export function tokenRoutes(app: FastifyInstance, { core, clock }: { core: Core; clock: Clock }): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/tokens",
      access: { action: "list drivers' tokens", resource: "token", class: "read" },
      summary: "Those changed last first, whole or masked by role; go on with skip = rows seen",
      query: Type.Object(
        {
          text: Type.Optional(CardText),
          status: Type.Optional(
            Type.Unsafe<string>({ type: "string", enum: ["Accepted", "Blocked", "Expired"] }),
          ),
          skip: Type.Optional(Type.Integer({ minimum: 0, maximum: SKIP_MAX })),
          most: Type.Optional(Most),
        },
        closed,
      ),
      answer: listOf(TokenRow),
    },
    async ({ query, actor }) => {
      const { skip = 0, most = apiLimits.rowsDefault, ...filter } = query;
      const masked = allow({ ...manage, actor }) !== "allowed";
      return answer(await core.query("tokens.list", { ...filter, masked, skip, most }));
    },
  );

  route(
    app,
    {
      method: "PUT",
      url: "/api/v1/tokens/:token",
      access: manage,
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
