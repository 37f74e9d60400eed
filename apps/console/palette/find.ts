/**
 * What the command palette finds: places, sites and stations whose name holds what was typed; the beginning of a name
 * counts more than its middle. Pure.
 */

export type Target = {
  readonly kind: "place" | "site" | "station";
  readonly name: string;
  /** Beside the name: a station's site. */
  readonly note?: string | undefined;
  readonly to: string;
};

export const FOUND_MAX = 12;

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
