/**
 * Everything that can go wrong at the HTTP API, in one table, rendered once as problem details (RFC 9457). Details are
 * sentences of ours about what was asked: never a stack, never SQL, never a secret. The cause goes to the log.
 */

const table = {
  "invalid-request": { status: 400, title: "The request is not of the form that this address takes." },
  "bad-json": { status: 400, title: "The body is not JSON that can be read." },
  "bad-address": { status: 400, title: "The address cannot be read." },
  "address-by-number": {
    status: 400,
    title: "Passkeys need a host name: open this page by its name (on this machine: localhost).",
  },
  "sign-in-needed": { status: 401, title: "Sign in first, or send an API token." },
  "sign-in-refused": { status: 401, title: "This sign-in was not accepted. Try again." },
  "invitation-refused": {
    status: 403,
    title: "This invitation is not valid: used, expired or unknown. Ask for a new one.",
  },
  forbidden: { status: 403, title: "Your role may not do this." },
  csrf: {
    status: 403,
    title: "The header x-wattward-csrf is missing or wrong: read it from /api/v1/auth/me.",
  },
  "foreign-origin": { status: 403, title: "The request comes from a page of another origin." },
  "not-found": { status: 404, title: "There is nothing at this address." },
  "unknown-site": { status: 404, title: "No site has this id: GET /api/v1/sites lists them." },
  "unknown-station": { status: 404, title: "No station has this id: GET /api/v1/stations lists them." },
  "unknown-transaction": { status: 404, title: "No transaction has this id." },
  "unknown-command": { status: 404, title: "No command has this id." },
  "unknown-person": { status: 404, title: "Nobody has this id." },
  "unknown-passkey": { status: 404, title: "No passkey has this id." },
  "passkey-refused": {
    status: 403,
    title: "This passkey could not be kept: try again, or use another device.",
  },
  "unknown-session": { status: 404, title: "No session or token has this id: it is over." },
  "unknown-invitation": { status: 404, title: "No open invitation has this id: it was used, or is over." },
  "unknown-setting": { status: 404, title: "No setting has this name: GET /api/v1/settings lists them." },
  "unknown-version": { status: 404, title: "The site's energy document has no such version." },
  "energy-changed": {
    status: 409,
    title:
      "Somebody else changed this document meanwhile: read it again, and make your change in the newest.",
  },
  "energy-unmanaged": { status: 409, title: "This site has no energy document: set one first." },
  "energy-refused": { status: 422, title: "This energy document cannot be in force." },
  "last-administrator": {
    status: 409,
    title: "Nobody else could administer then: make another person administrator first.",
  },
  "never-connected": {
    status: 409,
    title:
      "This station never connected, so its version of OCPP is not known: it takes commands once it has.",
  },
  "too-large": { status: 413, title: "The body is larger than this address takes." },
  "not-json": {
    status: 415,
    title: "The body must be JSON: send the header Content-Type: application/json.",
  },
  "wrong-host": { status: 421, title: "This server does not answer to that host name." },
  "invalid-payload": {
    status: 422,
    title: "The station's version of OCPP does not allow this command or payload.",
  },
  "station-objects": {
    status: 409,
    title: "What is known of this station speaks against it; with force it is sent all the same.",
  },
  "dispensation-refused": { status: 409, title: "This station is not given that leave." },
  "no-passwords": { status: 501, title: "This server cannot keep passwords of stations." },
  "invalid-denial": { status: 422, title: "This names no certificate that can be denied." },
  "too-many-denials": { status: 409, title: "No more certificates can be denied." },
  "too-many-attempts": { status: 429, title: "Too many sign-in attempts. Wait, then try again." },
  "too-many-streams": { status: 429, title: "Too many event streams are open. Close one, then try again." },
  "too-many-commands": { status: 429, title: "Too many commands wait for this station already." },
  internal: { status: 500, title: "A fault of ours; it is in the log under this request's id." },
  "storage-full": {
    status: 503,
    title: "The disk is full: nothing was written. Free space, then try again.",
  },
  "storage-failed": {
    status: 503,
    title: "The database failed or cannot be reached. Try again in a moment; look first whether it was done.",
  },
  busy: { status: 503, title: "Too much waits to be written. Try again in a moment." },
  "shutting-down": { status: 503, title: "The server is shutting down. Try again in a moment." },
  "not-ready": { status: 503, title: "The server is not ready." },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof table;

/** An expected refusal, as a value that a route returns. */
export type ProblemValue = {
  readonly kind: "problem";
  readonly code: ProblemCode;
  readonly detail?: string;
  /** JSON pointer of the field at fault. */
  readonly field?: string;
  /** Seconds after which trying again makes sense: header Retry-After. */
  readonly retryAfterS?: number;
};

export const problem = (code: ProblemCode, more: Omit<ProblemValue, "kind" | "code"> = {}): ProblemValue => ({
  kind: "problem",
  code,
  ...more,
});

export const problemStatus = (code: ProblemCode): number => table[code].status;

/** The body of the reply, media type `application/problem+json`. */
export function problemBody({ code, detail, field }: ProblemValue) {
  const { status, title } = table[code];
  return {
    type: `urn:wattward:problem:${code}`,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(field === undefined ? {} : { field }),
  };
}
