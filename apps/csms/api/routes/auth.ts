/**
 * Joining by invitation, signing in and out, and API tokens. Everything that fails here fails with the same answer,
 * whatever the reason; reasons are in the log.
 */
import type { Chance, Clock, Log } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { sessionIdOf } from "../../people/people.ts";
import { type ProblemValue, problem } from "../problems.ts";
import { answer, type Caller, publicRoute, route } from "../route.ts";
import { ref } from "../shape.ts";
import { Me } from "../shapes.ts";
import type { Attempts } from "../sign-in/attempts.ts";
import type { Challenges } from "../sign-in/challenges.ts";
import {
  loginOptions,
  pageOf,
  registrationOptions,
  verifyLogin,
  verifyRegistration,
} from "../sign-in/passkeys.ts";
import { csrfOf, newSecret, secretHash } from "../sign-in/secrets.ts";
import { type Sessions, sessionLimits } from "../sign-in/sessions.ts";
import {
  CeremonyOptions,
  InvitationSecret,
  NewCredential,
  PersonName,
  UsedCredential,
} from "./auth-shapes.ts";
import { closed, Done } from "./fields.ts";
import { passkeyRoutes } from "./passkeys.ts";

export type AuthPorts = {
  readonly core: Core;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly sessions: Sessions;
  readonly challenges: Challenges;
  readonly attempts: Attempts;
};

export function authRoutes(app: FastifyInstance, ports: AuthPorts): void {
  joinRoutes(app, ports);
  loginRoutes(app, ports);
  sessionRoutes(app, ports);
  passkeyRoutes(app, ports);
}

function joinRoutes(app: FastifyInstance, ports: AuthPorts): void {
  const { core, clock, log } = ports;
  const access = { action: "join by invitation", resource: "person", class: "public" } as const;

  publicRoute(
    app,
    {
      method: "POST",
      url: "/api/v1/auth/join/options",
      access,
      summary: "What navigator.credentials.create needs, for who holds an invitation",
      body: Type.Object({ invitation: InvitationSecret, name: PersonName }, closed),
      answer: CeremonyOptions,
    },
    async ({ body, caller }) => {
      const page = pageOf(caller);
      if (page === undefined) return problem("address-by-number");
      const hash = secretHash(body.invitation);
      const tooMany = tooManyAttempts(ports, caller, hash);
      if (tooMany !== undefined) return tooMany;
      const invitation = await core.query("invitation.get", { hash, nowMs: clock.now().wallMs });
      if (invitation === undefined) return problem("invitation-refused");
      return answer(await registrationOptions(ports, page, { name: body.name, purpose: `join ${hash}` }));
    },
  );

  publicRoute(
    app,
    {
      method: "POST",
      url: "/api/v1/auth/join",
      access,
      summary: "Uses up the invitation, keeps the passkey, opens a session",
      body: Type.Object(
        { invitation: InvitationSecret, name: PersonName, credential: NewCredential },
        closed,
      ),
      answer: ref(Me),
    },
    async ({ body, caller }) => {
      const page = pageOf(caller);
      if (page === undefined) return problem("address-by-number");
      const hash = secretHash(body.invitation);
      const tooMany = tooManyAttempts(ports, caller, hash);
      if (tooMany !== undefined) return tooMany;
      const verified = await verifyRegistration(ports.challenges, page, {
        response: body.credential,
        purpose: `join ${hash}`,
      });
      if (verified.kind === "refused") {
        log.warn("join-refused", { address: caller.address, why: verified.why });
        return problem("invitation-refused");
      }
      const atMs = clock.now().wallMs;
      const joined = await core.decide("person.join", {
        invitation: hash,
        name: body.name,
        passkey: verified.value,
        atMs,
      });
      if (joined.kind === "refused") {
        log.warn("join-refused", { address: caller.address, why: joined.reason });
        return problem("invitation-refused");
      }
      return openSession(ports, joined.person);
    },
  );
}

function loginRoutes(app: FastifyInstance, ports: AuthPorts): void {
  const { core, log } = ports;
  const access = { action: "sign in", resource: "session", class: "public" } as const;

  publicRoute(
    app,
    {
      method: "POST",
      url: "/api/v1/auth/login/options",
      access,
      summary: "What navigator.credentials.get needs; the same for everyone",
      answer: CeremonyOptions,
    },
    async ({ caller }) => {
      const page = pageOf(caller);
      if (page === undefined) return problem("address-by-number");
      return tooManyAttempts(ports, caller) ?? answer(await loginOptions(ports.challenges, page));
    },
  );

  publicRoute(
    app,
    {
      method: "POST",
      url: "/api/v1/auth/login",
      access,
      summary: "Opens a session for the owner of a passkey",
      body: Type.Object({ credential: UsedCredential }, closed),
      answer: ref(Me),
    },
    async ({ body, caller }) => {
      const page = pageOf(caller);
      if (page === undefined) return problem("address-by-number");
      const { credential } = body;
      const tooMany = tooManyAttempts(ports, caller, credential.id);
      if (tooMany !== undefined) return tooMany;
      const refused = (why: string) => {
        log.warn("sign-in-refused", { address: caller.address, why });
        return problem("sign-in-refused");
      };
      const passkey = await core.query("passkey.get", { id: credential.id });
      if (passkey === undefined) return refused("unknown passkey");
      const verified = await verifyLogin(ports.challenges, page, { response: credential, passkey });
      if (verified.kind === "refused") return refused(verified.why);
      return openSession(ports, passkey.person, { id: passkey.id, counter: verified.value });
    },
  );
}

function sessionRoutes(app: FastifyInstance, ports: AuthPorts): void {
  const { core, clock, chance, sessions } = ports;

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/auth/me",
      access: { action: "read who I am", resource: "session", class: "read" },
      summary: "Who is signed in, and the CSRF token of this session",
      answer: ref(Me),
    },
    async ({ actor, session }) =>
      answer({
        ...{ person: actor.person, name: actor.name, role: actor.role },
        session: sessionIdOf(session.hash),
        csrf: session.csrf,
      }),
  );

  route(
    app,
    {
      method: "POST",
      url: "/api/v1/auth/logout",
      access: { action: "sign out", resource: "session", class: "read" },
      summary: "Ends this session (or this token)",
      answer: Done,
    },
    async ({ session }) => {
      await core.decide("session.close", { hash: session.hash, atMs: clock.now().wallMs });
      sessions.closed(session.hash);
      return answer({ done: true }, { cookie: "clear" });
    },
  );

  route(
    app,
    {
      method: "POST",
      url: "/api/v1/auth/tokens",
      access: { action: "make an API token", resource: "session", class: "manage" },
      summary: "A token for scripts, with my own rights; shown once",
      body: Type.Object(
        {
          name: PersonName,
          days: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: sessionLimits.tokenDaysMax,
              description: `Valid for; ${sessionLimits.tokenDaysDefault} unless said.`,
            }),
          ),
        },
        closed,
      ),
      answer: Type.Object({ token: Type.String(), expiresAtMs: Type.Integer() }, closed),
    },
    async ({ body, actor }) => {
      const token = newSecret(chance);
      const atMs = clock.now().wallMs;
      const expiresAtMs = atMs + (body.days ?? sessionLimits.tokenDaysDefault) * 86_400_000;
      const hash = secretHash(token);
      const { person } = actor;
      await core.decide("session.open", { hash, person, kind: "token", name: body.name, expiresAtMs, atMs });
      return answer({ token, expiresAtMs });
    },
  );
}

function tooManyAttempts(
  { attempts, log }: AuthPorts,
  { address }: Caller,
  credential?: string,
): ProblemValue | undefined {
  const retryAfterS = attempts.count(address, credential);
  if (retryAfterS === undefined) return undefined;
  log.warn("sign-in-slowed", { address, retryAfterS });
  return problem("too-many-attempts", { retryAfterS });
}

async function openSession(
  { core, clock, chance, sessions, log }: AuthPorts,
  person: string,
  passkey?: { id: string; counter: number },
) {
  const secret = newSecret(chance);
  const hash = secretHash(secret);
  const atMs = clock.now().wallMs;
  const expiresAtMs = atMs + sessionLimits.cookieMs;
  await core.decide("session.open", {
    hash,
    person,
    kind: "cookie",
    name: "browser",
    expiresAtMs,
    atMs,
    ...(passkey === undefined ? {} : { passkey }),
  });
  sessions.opened(hash);
  log.info("signed-in", { person });
  const row = await core.query("session.get", { hash, nowMs: atMs });
  if (row === undefined) throw new Error("a session that was committed cannot be read");
  const me = { person: row.person, name: row.name, role: row.role };
  return answer(
    { ...me, session: sessionIdOf(hash), csrf: csrfOf(secret) },
    { cookie: { secret, expiresAtMs } },
  );
}
