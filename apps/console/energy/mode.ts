/** How a site's mode is shown: how grave it is, and what else wants to be said above everything. Pure. */
import type { EnergySnapshot } from "../api/energy-shapes.ts";
import type { Shape } from "../display/glyph.tsx";
import { nearTime } from "../display/instant.ts";
import { dash, power, written } from "../display/quantity.ts";
import type { Tone } from "../stations/state.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import { type Freshness, freshnessOf } from "./freshness.ts";

const say = words.energy.mode;

/** From best to worst; as the alerts of `@wattward/energy` modes.ts have it. */
const tones: Readonly<Record<string, Tone>> = {
  planned: "well",
  reactive: "well",
  conservative: "care",
  fallback: "danger",
  default: "danger",
};

/** A mode that this page has never heard of wants a look. */
export const toneOfMode = (mode: string): Tone => (Object.hasOwn(tones, mode) ? tones[mode]! : "care");
export const modeName = (mode: string): string => named(say.name, mode) ?? mode;

/** As it is told; of a site without its link nobody knows any more. */
export const shapeOfMode = (tone: Tone): Shape =>
  tone === "well" || tone === "danger" ? tone : tone === "off" ? "unknown" : "care";

export type Warning = {
  readonly key: string;
  readonly tone: "care" | "danger";
  readonly title: string;
  readonly sentences: readonly string[];
  readonly sinceMs?: number;
};

/** What stands above a site's page, the gravest first; nothing where all is well. */
export function warningsOf(snapshot: EnergySnapshot, nowMs: number): readonly Warning[] {
  const stale = freshnessOf(snapshot.atWallMs, nowMs) === "stale";
  const all = [
    staleWarning(snapshot, stale),
    modeWarning(snapshot, stale),
    beyond(snapshot),
    stale ? undefined : islanded(snapshot),
    outside(snapshot, nowMs),
  ];
  const rank = ({ key, tone }: Warning) => (key === "stale" ? 0 : tone === "danger" ? 1 : 2);
  return all.filter((warning) => warning !== undefined).sort((a, b) => rank(a) - rank(b));
}

function modeWarning({ mode, reason, modeSinceWallMs }: EnergySnapshot, stale: boolean): Warning | undefined {
  const tone = toneOfMode(mode);
  if (tone === "well" || tone === "calm") return undefined;
  // What it means and what to do is of a mode that the site is in.
  if (stale) return { key: "mode", tone: "care", title: say.was(modeName(mode)), sentences: [reason] };
  return {
    key: "mode",
    tone: tone === "danger" ? "danger" : "care",
    title: say.title(modeName(mode)),
    sentences: [reason, named(say.means, mode), named(say.next, mode)].filter((it) => it !== undefined),
    sinceMs: modeSinceWallMs,
  };
}

function staleWarning({ atWallMs }: EnergySnapshot, stale: boolean): Warning | undefined {
  if (!stale) return undefined;
  return { key: "stale", tone: "care", title: say.stale, sentences: [say.staleHelp], sinceMs: atWallMs };
}

function islanded(snapshot: EnergySnapshot): Warning | undefined {
  if (!snapshot.islanded) return undefined;
  return { key: "islanded", tone: "care", title: say.islanded, sentences: [say.islandedMeans] };
}

function beyond({ fuses }: EnergySnapshot): Warning | undefined {
  const over = fuses.filter(({ beyondDeclaration }) => beyondDeclaration).map(({ id }) => id);
  if (over.length === 0) return undefined;
  return { key: "beyond", tone: "danger", title: say.beyond(over.join(", ")), sentences: [] };
}

function outside({ externalLimit }: EnergySnapshot, nowMs: number): Warning | undefined {
  const kind = externalLimit?.kind ?? "unlimited";
  const limit = written(power(externalLimit?.limitW));
  if (kind === "ordered") {
    const { untilWallMs } = externalLimit ?? {};
    const until = untilWallMs === undefined ? dash : nearTime(untilWallMs, nowMs);
    const sentences = [say.external.ordered(limit, until)];
    return { key: "external", tone: "care", title: say.external.orderedTitle, sentences };
  }
  if (kind !== "limited" && kind !== "failsafe" && kind !== "init") return undefined;
  const sentences = [say.external[kind](limit)];
  return { key: "external", tone: "care", title: say.external.title, sentences };
}

/** What the pill in the page's head says. */
export function modeNow(
  snapshot: EnergySnapshot,
  nowMs: number,
): { readonly tone: Tone; readonly name: string; readonly freshness: Freshness } {
  const freshness = freshnessOf(snapshot.atWallMs, nowMs);
  return {
    tone: freshness === "stale" ? "off" : toneOfMode(snapshot.mode),
    name: modeName(snapshot.mode),
    freshness,
  };
}
