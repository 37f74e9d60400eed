/**
 * Turns what was thrown into problem details, once, at the edge. What the peer did wrong keeps its own code; what the
 * environment or we did wrong goes to the log with its cause, and out as a sentence without detail.
 */
import type { Log } from "@wattward/kernel";
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { CoreError } from "../core/port.ts";
import { type ProblemCode, type ProblemValue, problem, problemStatus } from "./problems.ts";
import { sendProblem } from "./route.ts";
import { validationProblem } from "./validation.ts";

/** Fastify's own codes for what a peer did wrong. */
const peerFaults: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "not-json",
  FST_ERR_CTP_EMPTY_JSON_BODY: "bad-json",
  FST_ERR_CTP_INVALID_JSON_BODY: "bad-json",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "bad-json",
  FST_ERR_BAD_URL: "bad-address",
  FST_ERR_ASYNC_CONSTRAINT: "bad-address",
  FST_ERR_MAX_PARAM_LENGTH: "bad-address",
};

const coreFaults: Readonly<Record<CoreError["kind"], ProblemCode>> = {
  full: "storage-full",
  closed: "shutting-down",
  fenced: "shutting-down",
  busy: "busy",
  storage: "storage-failed",
  broken: "internal",
};

export type Faults = { render(error: unknown, reply: FastifyReply, trace: string): FastifyReply };

export function handleFaults(app: FastifyInstance, log: Log): Faults {
  const faults: Faults = {
    render(error, reply, trace) {
      const value = problemOf(error);
      if (problemStatus(value.code) >= 500) {
        log.error("http-failed", { trace, code: value.code, cause: causeOf(error) });
      }
      return sendProblem(reply, value);
    },
  };
  app.setErrorHandler((error, request, reply) => faults.render(error, reply, request.id));
  app.setNotFoundHandler((request, reply) => sendProblem(reply, notFound(request.method)));
  return faults;
}

/** An address may be known with another method: both are in the document. */
export const notFound = (method: string): ProblemValue =>
  problem("not-found", {
    detail: `No ${method} at this address. Addresses and their methods are in /api/v1/openapi.json.`,
  });

function problemOf(error: unknown): ProblemValue {
  if (error instanceof CoreError) return problem(coreFaults[error.kind]);
  if (!(error instanceof Error)) return problem("internal");
  const { validation, validationContext, code, statusCode } = error as FastifyError;
  if (validation !== undefined) return validationProblem(validation, validationContext);
  const known = Object.hasOwn(peerFaults, code ?? "") ? peerFaults[code] : undefined;
  if (known !== undefined) return problem(known);
  // The JSON parser says with a status alone what it will not read, `__proto__` among it.
  if (error instanceof SyntaxError && statusCode === 400) return problem("bad-json");
  return problem("internal");
}

/** The stack, and that of each cause, bounded: for the log alone. */
function causeOf(error: unknown): string {
  const parts: string[] = [];
  for (let at = error, depth = 0; at !== undefined && depth < 4; depth++) {
    parts.push(at instanceof Error ? (at.stack ?? at.message) : String(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return parts.join("\ncaused by: ").slice(0, 4000);
}
