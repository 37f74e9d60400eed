/**
 * What stands before every handler, in order: the host name is ours, the session (if any) is live, `allow` says yes,
 * and whatever changes something comes from our own page with the session's CSRF token.
 */
import type { Clock, Log } from "@wattward/kernel";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { allow, isAccess } from "../access/allow.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { hostRefusal, isSafe, originRefusal, setSecurityHeaders } from "./headers.ts";
import { type ProblemValue, problem } from "./problems.ts";
import { SESSION_COOKIE, sendProblem } from "./route.ts";
import { sameText } from "./sign-in/secrets.ts";
import type { Session, Sessions } from "./sign-in/sessions.ts";
import { depthRefusal, nulRefusal, readQuery } from "./validation.ts";

const CSRF_HEADER = "x-wattward-csrf";

type GuardPorts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly sessions: Sessions;
  readonly names?: readonly string[];
  readonly https: boolean;
};

export function guardRequests(app: FastifyInstance, ports: GuardPorts): void {
  const names = new Set(ports.names);
  app.decorateRequest("session", undefined);

  app.addHook("onRequest", async (request, reply) => {
    setSecurityHeaders(reply, ports);
    reply.header("x-request-id", request.id);
    const misdirected = hostRefusal(request, names);
    if (misdirected !== undefined) return sendProblem(reply, misdirected);
    request.session = await ports.sessions.find(credentialsOf(request));
    const refusal = accessRefusal(request) ?? originRefusal(request) ?? csrfRefusal(request);
    if (refusal !== undefined) return refuse(request, reply, refusal);
  });

  app.addHook("preValidation", async (request, reply) => {
    readQuery(request);
    const refusal = surplusRefusal(request) ?? nulRefusal(request) ?? depthRefusal(request.body);
    if (refusal !== undefined) return sendProblem(reply, refusal);
  });

  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    const status = String(reply.statusCode);
    ports.metrics.count("wattward_http_requests_total", { method: request.method, route, status });
    ports.metrics.observe("wattward_http_request_seconds", { route }, reply.elapsedTime / 1000);
    ports.log.debug("http-request", { trace: request.id, method: request.method, route, status });
  });

  function refuse(request: FastifyRequest, reply: FastifyReply, refusal: ProblemValue): FastifyReply {
    ports.log.info("http-refused", {
      trace: request.id,
      method: request.method,
      route: request.routeOptions.url,
      code: refusal.code,
      address: request.ip,
    });
    return sendProblem(reply, refusal);
  }
}

/** Our own fault: a route without its declaration stops the start, before anyone can reach it. */
export function requireAccess(route: {
  readonly method: string | string[];
  readonly url: string;
  readonly config?: { readonly access?: unknown } | undefined;
}): void {
  if (!isAccess(route.config?.access))
    throw new Error(`${String(route.method)} ${route.url} declares no access`);
}

function credentialsOf(request: FastifyRequest): { cookie: string | undefined; bearer: string | undefined } {
  const bearer = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? "")?.[1];
  return { cookie: request.cookies[SESSION_COOKIE], bearer };
}

function accessRefusal(request: FastifyRequest): ProblemValue | undefined {
  const { access } = request.routeOptions.config;
  // No route at this address: the not-found handler tells nobody anything.
  if (access === undefined) return undefined;
  const verdict = allow({ ...access, actor: request.session?.actor });
  if (verdict === "allowed") return undefined;
  return verdict === "anonymous" ? signInNeeded(request) : problem("forbidden");
}

/** What to do next, by what was sent. */
function signInNeeded(request: FastifyRequest): ProblemValue {
  const { cookie, bearer } = credentialsOf(request);
  if (bearer !== undefined)
    return problem("sign-in-needed", {
      detail: "This token is not known, or its time is over: 'npx wattward token NAME' makes another.",
    });
  if (request.headers.authorization !== undefined)
    return problem("sign-in-needed", { detail: "The header must read: Authorization: Bearer TOKEN" });
  if (cookie !== undefined) return problem("sign-in-needed", { detail: "This session has ended." });
  return problem("sign-in-needed", {
    detail: "Scripts send the header Authorization: Bearer TOKEN; 'npx wattward token NAME' makes a token.",
  });
}

/** A body where the route takes none would be ignored: whoever sent it believes otherwise. */
function surplusRefusal(request: FastifyRequest): ProblemValue | undefined {
  const { body } = request;
  if (body === undefined || request.routeOptions.schema?.body !== undefined) return undefined;
  // Some clients cannot send nothing: `{}` says as little.
  const says =
    typeof body !== "object" || body === null || Array.isArray(body) || Object.keys(body).length > 0;
  if (!says) return undefined;
  return problem("invalid-request", { detail: "This address takes no body." });
}

/** A browser sends cookies by itself; the header it sends only when our own script does. */
function csrfRefusal(request: FastifyRequest): ProblemValue | undefined {
  const session: Session | undefined = request.session;
  if (isSafe(request.method) || session === undefined || session.actor.via === "token") return undefined;
  const given = request.headers[CSRF_HEADER];
  return typeof given === "string" && sameText(given, session.csrf) ? undefined : problem("csrf");
}
