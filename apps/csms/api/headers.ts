/**
 * What every request must show and every reply carries: a host name that is ours (against DNS rebinding), an origin
 * that is ours wherever something changes, and the security headers.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { type ProblemValue, problem } from "./problems.ts";

/** No script or style that we did not serve; nothing may frame us. For everything that is not the console's page. */
const barePolicy = [
  "default-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The console's page: scripts and styles from its own files alone, nothing inline. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

export function setSecurityHeaders(reply: FastifyReply, { https }: { https: boolean }): void {
  reply.headers({
    "content-security-policy": barePolicy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
    "cache-control": "no-store",
  });
  if (https) reply.header("strict-transport-security", "max-age=63072000");
}

const loopbackNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Host names this server answers to: those of this machine, and the configured ones. Ports do not matter. */
export function hostRefusal(request: FastifyRequest, names: ReadonlySet<string>): ProblemValue | undefined {
  // Node keeps the first of several; another server in between may have believed the last (RFC 9112 §3.2).
  const given = request.raw.rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === "host");
  if (given.length > 1) return problem("wrong-host");
  const name = hostName(request.headers.host);
  if (name !== undefined && (loopbackNames.has(name) || names.has(name))) return undefined;
  return problem("wrong-host", { detail: `It answers to ${["localhost", ...names].join(", ")}.` });
}

/** The name in a Host header, lower case, without its port; undefined for what is no host. */
function hostName(header: string | undefined): string | undefined {
  const found = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/.exec(header?.toLowerCase() ?? "");
  return found?.[1];
}

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
export const isSafe = (method: string): boolean => safeMethods.has(method);

/**
 * Refuses a change asked for by a page of another origin (Fetch Standard, `Origin`; Fetch Metadata, `Sec-Fetch-Site`).
 * Scripts send neither header, and bring a token instead of a cookie.
 */
export function originRefusal(request: FastifyRequest): ProblemValue | undefined {
  if (isSafe(request.method)) return undefined;
  const own = `${request.protocol}://${request.host}`;
  const refusal = problem("foreign-origin", {
    detail: `Pages ask from ${own}; scripts leave the headers Origin and Sec-Fetch-Site out.`,
  });
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return refusal;
  const { origin } = request.headers;
  return origin === undefined || origin === own ? undefined : refusal;
}
