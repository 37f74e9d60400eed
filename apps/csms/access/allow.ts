/**
 * The one question before anything is read or done through the HTTP API: may this actor do this, to this? Every route
 * declares `{action, resource, class}`; the route layer asks here, and a route that declares nothing does not register.
 *
 * Three roles, each with all that the one before it may; policies in Cedar take this function's place behind the same
 * signature (ADR 22). What is always true: without an actor only class `public` is allowed, and a role that is not one
 * of these may nothing more.
 */

/**
 * What is at stake, least first. `public`: nothing. `read`: sees. `operate`: acts on a station as a driver could.
 * `configure`: changes how a station works. `dangerous`: may cut service, or decides who may charge. `manage`: changes
 * who and what belongs here.
 */
export const accessClasses = ["public", "read", "operate", "configure", "dangerous", "manage"] as const;
export type AccessClass = (typeof accessClasses)[number];

/**
 * `viewer`: sees. `operator`: runs stations, but neither cuts their service nor decides who may charge or belong here.
 * `administrator`: everything. Whoever has left has none of them: see {@link NO_ROLE}.
 */
export const roles = ["viewer", "operator", "administrator"] as const;
export type Role = (typeof roles)[number];
/** Of a person who has left: they are still named where they acted. */
export const NO_ROLE = "none";

const mayOf: Readonly<Record<Role, ReadonlySet<AccessClass>>> = {
  viewer: new Set(["public", "read"]),
  operator: new Set(["public", "read", "operate", "configure"]),
  administrator: new Set(accessClasses),
};
export const isRole = (text: string): text is Role => roles.some((known) => known === text);

/** Declared by each route: a verb phrase, the kind of thing it touches, what is at stake. */
export type Access = { readonly action: string; readonly resource: string; readonly class: AccessClass };

/** A person or their token, proven by a live session. */
export type Actor = {
  /** Id of the person. */
  readonly person: string;
  readonly name: string;
  readonly role: string;
  /** `cookie`: a browser, so that CSRF matters. `token`: a script. */
  readonly via: "cookie" | "token";
};

export type AccessQuestion = Access & { readonly actor: Actor | undefined };

/** `anonymous`: sign in first. `forbidden`: signed in, and this role may not. */
export type Verdict = "allowed" | "anonymous" | "forbidden";

export function allow(question: AccessQuestion): Verdict {
  if (question.class === "public") return "allowed";
  if (question.actor === undefined) return "anonymous";
  const { role } = question.actor;
  return isRole(role) && mayOf[role].has(question.class) ? "allowed" : "forbidden";
}

/** Is this what a route must declare? For the assertion at registration. */
export function isAccess(value: unknown): value is Access {
  if (typeof value !== "object" || value === null) return false;
  const { action, resource, class: stake } = value as Record<string, unknown>;
  return (
    typeof action === "string" &&
    action !== "" &&
    typeof resource === "string" &&
    resource !== "" &&
    accessClasses.some((known) => known === stake)
  );
}
