/**
 * What the command palette finds: places, sites and stations whose name holds what was typed; the beginning of a name
 * counts more than its middle. Tokens and sessions, of which there are too many to have here, are found by the CSMS and
 * stand last. Pure.
 */

export type Target = {
  readonly kind: "place" | "site" | "station" | "token" | "session";
  readonly name: string;
  /** Beside the name: a station's site, a session's station. */
  readonly note?: string | undefined;
  readonly to: string;
  readonly search?: Readonly<Record<string, unknown>>;
};

export const FOUND_MAX = 12;
/** Of tokens, and of sessions: the newest few. Whoever wants more has a place for it. */
export const ASKED_FOUND_MAX = 4;
/** Less would find half of all. */
export const ASKED_CHARS_MIN = 3;

export function found(targets: readonly Target[], typed: string): readonly Target[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return targets.filter(({ kind }) => kind !== "station").slice(0, FOUND_MAX);
  return targets
    .map((target) => ({ target, rank: rankOf(target.name.toLowerCase(), wanted) }))
    .filter(({ rank }) => rank < NOT)
    .sort((a, b) => a.rank - b.rank || a.target.name.localeCompare(b.target.name, "en", { numeric: true }))
    .slice(0, FOUND_MAX)
    .map(({ target }) => target);
}

const NOT = 4;

function rankOf(name: string, wanted: string): number {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.split(/[^a-z0-9]+/).some((part) => part.startsWith(wanted))) return 2;
  return name.includes(wanted) ? 3 : NOT;
}
