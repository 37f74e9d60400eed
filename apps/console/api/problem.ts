/**
 * What can go wrong between the page and the CSMS, as one value that every place can show: the API's own problem
 * (RFC 9457), or no answer at all.
 */
import type { Problem } from "./shapes.ts";

/**
 * Thrown by api/client.ts, so that TanStack Query keeps it. `status` 0: no answer came. `code` is the API's, stable;
 * `sentence` is for people and may be shown; `field` is a JSON pointer into what was sent.
 */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;

  constructor(problem: { status: number; code: string; sentence: string; field?: string | undefined }) {
    super(problem.sentence);
    this.status = problem.status;
    this.code = problem.code;
    this.field = problem.field;
  }
}

/** Reads the body of a refused request; what is no problem document keeps its status and says so. */
export function readProblem(status: number, body: unknown): ApiProblem {
  if (isProblem(body)) {
    const sentence = body.detail ?? body.title;
    return new ApiProblem({ status, code: body.code, sentence, field: body.field });
  }
  return new ApiProblem({ status, code: `http-${status}`, sentence: "" });
}

/** True where signing in again is the way on. */
export const needsSignIn = (error: unknown): boolean => error instanceof ApiProblem && error.status === 401;

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "title" in body &&
    typeof body.title === "string"
  );
}
