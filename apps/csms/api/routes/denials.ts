/** Certificates that are no longer accepted: the list, and one more. What is denied once stays denied. */
import type { Clock } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { denialOf } from "../../authorisation/withdrawal.ts";
import type { Core } from "../../core/port.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf } from "../shape.ts";
import { DenialRow } from "../shapes.ts";
import { closed } from "./fields.ts";

export type DenialPorts = {
  readonly core: Core;
  readonly clock: Clock;
  /** Names of the operator's authorities, as a certificate of theirs spells its issuer. */
  readonly issuers: readonly string[];
};

/** A station's certificate with its CA's, and room for what people write around them. */
const PEM_CHARS_MAX = 32_768;

const Body = Type.Object(
  {
    certificate: Type.Optional(
      Type.String({
        maxLength: PEM_CHARS_MAX,
        description: "PEM: this certificate, and every other with its key.",
      }),
    ),
    key: Type.Optional(
      Type.String({ maxLength: 128, description: "SHA-256 of the public key, 64 hexadecimal digits." }),
    ),
    serial: Type.Optional(
      Type.String({ maxLength: 128, description: "Serial number in hexadecimal; needs issuer." }),
    ),
    issuer: Type.Optional(
      Type.String({ maxLength: 512, description: "Name of the authority: O=Operator, CN=Station CA" }),
    ),
    reason: Type.String({ minLength: 1, maxLength: 200, description: "Why, for those who read it later." }),
  },
  closed,
);

export function denialRoutes(app: FastifyInstance, { core, clock, issuers }: DenialPorts): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/denials",
      access: { action: "list denied certificates", resource: "denial", class: "read" },
      summary: "Certificates that are no longer accepted, newest first",
      answer: listOf(DenialRow),
    },
    async () => answer(await core.query("denials.list", undefined)),
  );

  route(
    app,
    {
      method: "POST",
      url: "/api/v1/denials",
      access: { action: "deny a certificate", resource: "denial", class: "dangerous" },
      summary: "Denies a certificate for ever: by itself, by its key, or by serial number and issuer",
      body: Body,
      answer: Type.Object(
        {
          added: Type.Boolean({ description: "false where it was denied before: nothing changed." }),
          kind: Type.Union([Type.Literal("serial"), Type.Literal("key")]),
          issuer: Type.String(),
          value: Type.String(),
        },
        closed,
      ),
    },
    async ({ body: { reason, ...asked }, actor }) => {
      const denial = denialOf(asked, issuers);
      if (!denial.ok) return problem("invalid-denial", { detail: denial.fault.sentence });
      const told = await core.decide("denial.add", {
        ...denial.value,
        reason,
        actor: actor.person,
        atMs: clock.now().wallMs,
      });
      if (told.kind === "refused") return problem("too-many-denials", { detail: told.sentence });
      return answer({ added: told.kind === "added", ...denial.value });
    },
  );
}
