/**
 * How input is held against its schema. Bodies are taken as they are: no coercion, no defaults, no unknown fields, no
 * depth without end. Texts in a query string and path become numbers and booleans only in their canonical spelling.
 */
import type { FastifyRequest, FastifySchemaValidationError } from "fastify";
import { apiLimits } from "./limits.ts";
import { type ProblemValue, problem } from "./problems.ts";

/** For Fastify's Ajv: strict about everything that its defaults forgive. */
export const ajvOptions = {
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  allErrors: false,
  verbose: true,
} as const;

/** Replaces texts of the query by what the route's schema says they are, where they are spelt so. */
export function readQuery(request: FastifyRequest): void {
  const schema = request.routeOptions.schema?.querystring as
    | { properties?: Record<string, { type?: unknown }> }
    | undefined;
  const query = request.query as Record<string, unknown>;
  for (const [name, { type }] of Object.entries(schema?.properties ?? {})) {
    const text = query[name];
    if (typeof text !== "string") continue;
    if (type === "integer" && /^(0|-?[1-9]\d{0,15})$/.test(text)) query[name] = Number(text);
    if (type === "boolean" && (text === "true" || text === "false")) query[name] = text === "true";
  }
}

/** No id, name or text of ours has U+0000; the store would end the text there, and so find more than was asked for. */
export function nulRefusal(request: FastifyRequest): ProblemValue | undefined {
  const given = { ...(request.query as object), ...(request.params as object) };
  const found = Object.entries(given).find(([, text]) => typeof text === "string" && text.includes("\0"));
  if (found === undefined) return undefined;
  const detail = "A text in an address must not have the sign U+0000 (%00) in it.";
  return problem("invalid-request", { detail });
}

/** Undefined where the body is no deeper than it may be; looks at most one level past the limit. */
export function depthRefusal(body: unknown): ProblemValue | undefined {
  return depthWithin(body, apiLimits.bodyDepthMax)
    ? undefined
    : problem("invalid-request", {
        detail: `The body is nested deeper than ${apiLimits.bodyDepthMax} levels.`,
      });
}

function depthWithin(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => depthWithin(inner, levels - 1));
}

/** The first fault, as a sentence that names the field and says what would do. */
export function validationProblem(
  errors: readonly FastifySchemaValidationError[],
  part: string | undefined,
): ProblemValue {
  const [first] = errors;
  if (first === undefined) return problem("invalid-request");
  const where = part === "querystring" ? "query" : part === "params" ? "path" : "body";
  if (where === "body" && first.instancePath === "" && first.keyword === "type") {
    return problem("invalid-request", { detail: "The body must be a JSON object.", field: "" });
  }
  const named = first.params.additionalProperty ?? first.params.missingProperty;
  const field = named === undefined ? first.instancePath : `${first.instancePath}/${String(named)}`;
  const shownField = field.slice(0, 120).replace(/[^\x20-\x7e]/g, "·");
  return problem("invalid-request", {
    field: shownField,
    detail: `${where}${shownField}: ${whatIsWrong(first, errors)}.`,
  });
}

function whatIsWrong(
  first: FastifySchemaValidationError,
  errors: readonly FastifySchemaValidationError[],
): string {
  switch (first.keyword) {
    case "required":
      return "is missing";
    case "additionalProperties":
      return `is not known here; there are: ${fieldsBeside(first).join(", ") || "none"}`;
    case "enum":
      return `must be one of: ${listed(first.params.allowedValues)}`;
    case "const":
      // One of several that would do: each says so of itself.
      return `must be one of: ${errors.flatMap(({ params }) => ("allowedValue" in params ? [params.allowedValue] : [])).join(", ")}`;
    default:
      return first.message ?? "is wrong";
  }
}

const listed = (values: unknown): string => (Array.isArray(values) ? values.join(", ") : "");

/** Ajv tells with `verbose` which schema it was that found a surplus field. */
function fieldsBeside(error: FastifySchemaValidationError): string[] {
  const { parentSchema } = error as { parentSchema?: { properties?: object } };
  return Object.keys(parentSchema?.properties ?? {});
}
