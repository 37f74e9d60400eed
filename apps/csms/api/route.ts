/**
 * How a route is written: a declaration (what it touches, the shapes in and out) and a function from what was asked to
 * an answer or a {@link ProblemValue}. Fastify is not seen past this file and create-api.ts.
 *
 * Always true: a route has an {@link Access}; its handler runs only after `allow` said yes, with input that fits its
 * schemas exactly. Text in a query becomes a number or boolean only in its canonical spelling; bodies are never coerced.
 */
import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Static, type TObject, type TSchema, Type } from "typebox";
import type { Access, Actor } from "../access/allow.ts";
import { type ProblemValue, problemBody, problemStatus } from "./problems.ts";
import { ref } from "./shape.ts";
import { Problem } from "./shapes.ts";
import type { Session } from "./sign-in/sessions.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Who asks, if a live session or token came along; set before any handler. */
    session: Session | undefined;
  }
}

export type Answer<T> = {
  readonly kind: "answer";
  readonly body: T;
  readonly status?: number;
  /** Session cookie to set, or to clear. */
  readonly cookie?: { readonly secret: string; readonly expiresAtMs: number } | "clear";
};
export const answer = <const T>(body: T, more: Omit<Answer<T>, "kind" | "body"> = {}): Answer<T> => ({
  kind: "answer",
  body,
  ...more,
});

/** Bytes that keep coming, or a text that is not JSON. */
export type Raw = {
  readonly kind: "raw";
  readonly type: string;
  readonly body: string | Uint8Array | Readable;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The page or script that asks, as far as its headers tell. */
export type Caller = {
  /** IP address, for rate limits. */
  readonly address: string;
  /** Host name by which it came, known to be one of ours. */
  readonly host: string;
  /** Origin of our own pages as this caller sees it. */
  readonly origin: string;
  readonly header: (name: string) => string | undefined;
};

export type Asked<P, Q, B> = {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly caller: Caller;
};
export type SignedIn = { readonly actor: Actor; readonly session: Session };
export type MaybeSignedIn = { readonly session: Session | undefined };

type Spec<P extends TObject, Q extends TObject, B extends TSchema, R extends TSchema> = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly access: Access;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Where a body may be larger than usual. */
  readonly bodyBytesMax?: number;
  /** Schema of the answer's JSON; or the media type of a raw one. */
  readonly answer: R | string;
  /** 200 unless said. */
  readonly status?: 200 | 202;
};
type Handler<A, R> = (asked: A) => Promise<Answer<R> | Raw | ProblemValue>;

type Nothing = Record<never, never>;
const nothing = Type.Object({}, { additionalProperties: false });

/** A route for those who signed in. */
export function route<
  P extends TObject = TObject<Nothing>,
  Q extends TObject = TObject<Nothing>,
  B extends TSchema = TObject<Nothing>,
  R extends TSchema = TSchema,
>(
  app: FastifyInstance,
  spec: Spec<P, Q, B, R>,
  handle: Handler<Asked<Static<P>, Static<Q>, Static<B>> & SignedIn, Static<R>>,
): void {
  register(app, spec, (asked, session) => {
    // The access hook has refused everyone without a session.
    if (session === undefined) throw new Error(`${spec.url} was reached without a session`);
    return handle({ ...asked, session, actor: session.actor });
  });
}

/** A route for everyone; class `public`. */
export function publicRoute<
  P extends TObject = TObject<Nothing>,
  Q extends TObject = TObject<Nothing>,
  B extends TSchema = TObject<Nothing>,
  R extends TSchema = TSchema,
>(
  app: FastifyInstance,
  spec: Omit<Spec<P, Q, B, R>, "access"> & { readonly access: Access & { readonly class: "public" } },
  handle: Handler<Asked<Static<P>, Static<Q>, Static<B>> & MaybeSignedIn, Static<R>>,
): void {
  register(app, spec, (asked, session) => handle({ ...asked, session }));
}

function register<P extends TObject, Q extends TObject, B extends TSchema, R extends TSchema>(
  app: FastifyInstance,
  spec: Spec<P, Q, B, R>,
  handle: (
    asked: Asked<Static<P>, Static<Q>, Static<B>>,
    session: Session | undefined,
  ) => Promise<Answer<Static<R>> | Raw | ProblemValue>,
): void {
  app.route({
    method: spec.method,
    url: spec.url,
    config: { access: spec.access },
    ...(spec.bodyBytesMax !== undefined && { bodyLimit: spec.bodyBytesMax }),
    schema: {
      operationId: operationId(spec.method, spec.url),
      summary: spec.summary,
      tags: [spec.access.resource],
      ...(spec.access.class === "public" ? { security: [] } : {}),
      ...(spec.params === undefined ? {} : { params: spec.params }),
      querystring: spec.query ?? nothing,
      ...(spec.body === undefined ? {} : { body: spec.body }),
      response: {
        [spec.status ?? 200]: replySchema(spec),
        "4xx": problemReply,
        "5xx": problemReply,
      },
    },
    handler: async (request, reply) => {
      // What follows the schemas was checked by them: this is the parser.
      const asked = {
        params: request.params as Static<P>,
        query: request.query as Static<Q>,
        body: request.body as Static<B>,
        caller: callerOf(request),
      };
      return send(reply, spec.status ?? 200, await handle(asked, request.session));
    },
  });
}

const problemReply = {
  description: "What went wrong",
  content: { "application/problem+json": { schema: ref(Problem) } },
};

function replySchema(spec: { answer: TSchema | string; access: Access }) {
  const type = typeof spec.answer === "string" ? spec.answer : "application/json";
  const schema = typeof spec.answer === "string" ? Type.String() : spec.answer;
  return { description: spec.access.action, content: { [type]: { schema } } };
}

/** `GET /api/v1/sites/:site/history` is `getSitesSiteHistory`. */
function operationId(method: string, url: string): string {
  const words = url.replace("/api/v1", "").match(/[A-Za-z0-9]+/g) ?? ["root"];
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
}

function callerOf(request: FastifyRequest): Caller {
  return {
    address: request.ip,
    host: request.hostname,
    origin: `${request.protocol}://${request.host}`,
    header: (name) => {
      const value = request.headers[name];
      return typeof value === "string" ? value : undefined;
    },
  };
}

function send<T>(reply: FastifyReply, status: number, given: Answer<T> | Raw | ProblemValue): FastifyReply {
  switch (given.kind) {
    case "problem":
      return sendProblem(reply, given);
    case "raw":
      return sendRaw(reply, status, given);
    case "answer":
      if (given.cookie !== undefined) setSessionCookie(reply, given.cookie);
      return reply
        .code(given.status ?? status)
        .type("application/json; charset=utf-8")
        .send(given.body);
  }
}

export function sendRaw(reply: FastifyReply, status: number, given: Raw): FastifyReply {
  reply
    .code(given.status ?? status)
    .type(given.type)
    .headers(given.headers ?? {});
  return reply.serializer((body: unknown) => String(body)).send(given.body);
}

export function sendProblem(reply: FastifyReply, value: ProblemValue): FastifyReply {
  if (value.retryAfterS !== undefined) reply.header("retry-after", String(value.retryAfterS));
  if (value.code === "sign-in-needed") reply.header("www-authenticate", "Bearer");
  // A text, so that no response schema of the route changes it.
  return reply
    .code(problemStatus(value.code))
    .type("application/problem+json")
    .serializer((body: unknown) => String(body))
    .send(JSON.stringify(problemBody(value)));
}

/** RFC 6265bis `__Host-`: Secure, no Domain, Path=/; Chromium takes Secure cookies from http://localhost too. */
export const SESSION_COOKIE = "__Host-wattward";

function setSessionCookie(
  reply: FastifyReply,
  cookie: { readonly secret: string; readonly expiresAtMs: number } | "clear",
): void {
  const fixed = { path: "/", secure: true, httpOnly: true, sameSite: "strict" } as const;
  if (cookie === "clear") reply.clearCookie(SESSION_COOKIE, fixed);
  else reply.setCookie(SESSION_COOKIE, cookie.secret, { ...fixed, expires: new Date(cookie.expiresAtMs) });
}
