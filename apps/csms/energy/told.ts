/**
 * What a site tells of its energy among its observations: changes of mode, with the alert that each asks for (ADR 16), and what its
 * Modbus guard refused. Undefined for all else, and for what says too little: that stays an observation like any other.
 */
import { MODES, type Mode, modeRow } from "@wattward/energy";
import type { JsonObject } from "@wattward/kernel";
import { GUARD_OBSERVED, MODE_OBSERVED } from "@wattward/sitelink";
import { clipped, type Observation } from "../core/observations.ts";
import type { Observed } from "../core/port.ts";

/** Of a mode's reason, and of each value of an exchange. */
const WORDS_CHARS_MAX = 500;
const FIELDS_MAX = 40;

export function energyObservation({
  kind,
  site,
  detail,
  atMs,
}: Observed): Observation<"site.mode"> | Observation<"site.guard"> | undefined {
  if (site === undefined) return undefined;
  const told = objectIn(detail["detail"]);
  const head = { source: "site", site, atMs } as const;
  if (kind === MODE_OBSERVED) {
    const { mode, islanded, reason, before } = told ?? {};
    if (!isMode(mode)) return undefined;
    const data = {
      mode,
      islanded: islanded === true,
      reason: typeof reason === "string" ? clipped(reason, WORDS_CHARS_MAX) : "",
      before: isMode(before) ? before : null,
      alert: modeRow(mode).alert,
    };
    return { ...head, kind: "site.mode", data };
  }
  if (!kind.startsWith(GUARD_OBSERVED)) return undefined;
  const exchange = told === undefined ? { text: clipped(String(detail["detail"] ?? "")) } : bounded(told);
  return { ...head, kind: "site.guard", data: { what: clipped(kind, 64), detail: exchange } };
}

const isMode = (value: unknown): value is Mode => MODES.some(({ mode }) => mode === value);

/** A site tells details as text: JSON where the kind says so. */
function objectIn(text: unknown): JsonObject | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The link bounds its text already; here it is bounded in what a page has to show. */
const bounded = (told: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(told)
      .slice(0, FIELDS_MAX)
      .map(([name, value]) => [
        clipped(name, 64),
        typeof value === "string" ? clipped(value, WORDS_CHARS_MAX) : value,
      ]),
  );
