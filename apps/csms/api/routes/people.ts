/**
 * People, by those who may manage them: who there is, an invitation, another role, a passkey or a session taken away.
 * Nothing here leaves the system without an administrator who can sign in: people/administer.ts.
 */
import type { Chance, Clock } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { INVITATION_VALID_MS } from "../../people/people.ts";
import { apiLimits } from "../limits.ts";
import { NameOfPerson, PeopleView, RoleName } from "../people-shapes.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf, ref } from "../shape.ts";
import { newInvitationLink } from "../sign-in/invitation.ts";
import { closed, Done } from "./fields.ts";

export type PeoplePorts = { readonly core: Core; readonly clock: Clock; readonly chance: Chance };

/** Ids of people, of services with their names in them, of passkeys as their makers have them, of sessions. */
const Id = Type.String({ minLength: 1, maxLength: apiLimits.pathPartCharsMax, pattern: "^[\\x20-\\x7e]+$" });
const params = Type.Object({ id: Id }, closed);

export function peopleRoutes(app: FastifyInstance, ports: PeoplePorts): void {
  readRoutes(app, ports);
  invitationRoutes(app, ports);
  personRoutes(app, ports);
  takeAwayRoutes(app, ports);
}

function readRoutes(app: FastifyInstance, { core, clock }: PeoplePorts): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/people",
      access: { action: "list people", resource: "person", class: "manage" },
      summary: "People and programs, with their passkeys, sessions and tokens; and open invitations",
      answer: ref(PeopleView),
    },
    async () => answer(await core.query("people.list", { nowMs: clock.now().wallMs })),
  );

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/people/names",
      access: { action: "read names of people", resource: "person", class: "read" },
      summary: "The name of everybody who ever acted, by the id that stands beside what they did",
      answer: listOf(NameOfPerson),
    },
    async () => answer(await core.query("people.names", undefined)),
  );
}

function invitationRoutes(app: FastifyInstance, ports: PeoplePorts): void {
  const { core, clock } = ports;
  route(
    app,
    {
      method: "POST",
      url: "/api/v1/people/invitations",
      access: { action: "invite a person", resource: "person", class: "manage" },
      summary: "A link by which one person joins, once, within a day; it is in the answer, once",
      body: Type.Object({ role: RoleName }, closed),
      answer: Type.Object(
        {
          link: Type.String({ description: "Whoever holds it can join: hand it over where only they read." }),
          expiresAtMs: Type.Integer(),
        },
        closed,
      ),
    },
    async ({ body: { role }, actor, caller }) => {
      const expiresAtMs = clock.now().wallMs + INVITATION_VALID_MS;
      const link = await newInvitationLink(ports, caller.origin, { role, actor: actor.person });
      return answer({ link, expiresAtMs });
    },
  );

  route(
    app,
    {
      method: "DELETE",
      url: "/api/v1/people/invitations/:id",
      access: { action: "withdraw an invitation", resource: "person", class: "manage" },
      summary: "Its link is good no more",
      params,
      answer: Done,
    },
    async ({ params: { id }, actor }) => {
      const asked = { id, actor: actor.person, atMs: clock.now().wallMs };
      const { kind } = await core.decide("invitation.withdraw", asked);
      return kind === "unknown" ? problem("unknown-invitation") : answer({ done: true });
    },
  );
}

function personRoutes(app: FastifyInstance, { core, clock }: PeoplePorts): void {
  route(
    app,
    {
      method: "PUT",
      url: "/api/v1/people/:id/role",
      access: { action: "change a person's role", resource: "person", class: "manage" },
      summary: "What a person or program may do, from now on",
      params,
      body: Type.Object({ role: RoleName }, closed),
      answer: Type.Object({ changed: Type.Boolean() }, closed),
    },
    async ({ params: { id }, body: { role }, actor }) => {
      const asked = { id, role, actor: actor.person, atMs: clock.now().wallMs };
      const { kind } = await core.decide("person.change", asked);
      if (kind === "unknown") return problem("unknown-person");
      return kind === "last-administrator" ? problem(kind) : answer({ changed: kind === "changed" });
    },
  );

  route(
    app,
    {
      method: "DELETE",
      url: "/api/v1/people/:id",
      access: { action: "remove a person", resource: "person", class: "manage" },
      summary: "Takes their role, passkeys, sessions and tokens away; their name stays where they acted",
      params,
      answer: Type.Object({ changed: Type.Boolean() }, closed),
    },
    async ({ params: { id }, actor }) => {
      const asked = { id, actor: actor.person, atMs: clock.now().wallMs };
      const { kind } = await core.decide("person.remove", asked);
      if (kind === "unknown") return problem("unknown-person");
      return kind === "last-administrator" ? problem(kind) : answer({ changed: kind === "removed" });
    },
  );
}

function takeAwayRoutes(app: FastifyInstance, { core, clock }: PeoplePorts): void {
  route(
    app,
    {
      method: "DELETE",
      url: "/api/v1/people/passkeys/:id",
      access: { action: "remove a passkey", resource: "person", class: "manage" },
      summary: "Nobody signs in with it any more; sessions that it opened stay",
      params,
      answer: Done,
    },
    async ({ params: { id }, actor }) => {
      const asked = { id, actor: actor.person, atMs: clock.now().wallMs };
      const { kind } = await core.decide("passkey.remove", asked);
      if (kind === "unknown") return problem("unknown-passkey");
      return kind === "last-administrator" ? problem(kind) : answer({ done: true });
    },
  );

  route(
    app,
    {
      method: "DELETE",
      url: "/api/v1/people/sessions/:id",
      access: { action: "end a session", resource: "session", class: "manage" },
      summary: "Signs a browser out, or revokes a program's token, at once",
      params,
      answer: Done,
    },
    async ({ params: { id }, actor }) => {
      const asked = { id, actor: actor.person, atMs: clock.now().wallMs };
      const { kind } = await core.decide("session.end", asked);
      return kind === "unknown" ? problem("unknown-session") : answer({ done: true });
    },
  );
}
