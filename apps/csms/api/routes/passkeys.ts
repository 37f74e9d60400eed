/** Another passkey for whoever is signed in at a browser. Their own alone: nobody adds one to another person. */
import type { Chance, Clock, Log } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import type { Challenges } from "../sign-in/challenges.ts";
import { pageOf, registrationOptions, verifyRegistration } from "../sign-in/passkeys.ts";
import { CeremonyOptions, NewCredential } from "./auth-shapes.ts";
import { closed, Done } from "./fields.ts";

export type PasskeyPorts = {
  readonly core: Core;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly challenges: Challenges;
};

const access = { action: "add a passkey of my own", resource: "session", class: "read" } as const;
const purposeOf = (person: string) => `passkey of ${person}`;

export function passkeyRoutes(app: FastifyInstance, ports: PasskeyPorts): void {
  const { core, clock, log, challenges } = ports;
  route(
    app,
    {
      method: "POST",
      url: "/api/v1/auth/passkeys/options",
      access,
      summary: "What navigator.credentials.create needs, for one more passkey of mine; browsers only",
      answer: CeremonyOptions,
    },
    async ({ actor, caller }) => {
      // Whoever holds a program's token must not turn it into a way to sign in.
      if (actor.via !== "cookie") return problem("forbidden");
      const page = pageOf(caller);
      if (page === undefined) return problem("address-by-number");
      const { people } = await core.query("people.list", { nowMs: clock.now().wallMs });
      const mine = people.find(({ id }) => id === actor.person)?.passkeys ?? [];
      const given = { name: actor.name, purpose: purposeOf(actor.person), exclude: mine.map(({ id }) => id) };
      return answer(await registrationOptions(ports, page, given));
    },
  );

  route(
    app,
    {
      method: "POST",
      url: "/api/v1/auth/passkeys",
      access,
      summary: "Keeps one more passkey of mine",
      body: Type.Object({ credential: NewCredential }, closed),
      answer: Done,
    },
    async ({ actor, caller, body }) => {
      if (actor.via !== "cookie") return problem("forbidden");
      const page = pageOf(caller);
      if (page === undefined) return problem("address-by-number");
      const given = { response: body.credential, purpose: purposeOf(actor.person) };
      const verified = await verifyRegistration(challenges, page, given);
      if (verified.kind === "refused") {
        log.warn("passkey-refused", { address: caller.address, why: verified.why });
        return problem("passkey-refused");
      }
      const { person } = actor;
      const done = await core.decide("passkey.add", {
        person,
        passkey: verified.value,
        atMs: clock.now().wallMs,
      });
      return done.kind === "added" ? answer({ done: true }) : problem("passkey-refused");
    },
  );
}
