/** Every setting with its value, its limits, and who changed it last. */
import type { Query } from "../core/queries.ts";
import { settingWords } from "../core/setting-words.ts";
import { changedKey, type Setting, settings } from "../core/settings.ts";

export const settingsAll: Query<"settings.all"> = async (db) => {
  const rows = await db.selectFrom("meta").selectAll().execute();
  const kept = new Map(rows.map(({ key, value }) => [key, value]));
  return Object.keys(settings).map((name) => {
    const { byDefault, least, most } = settings[name as Setting];
    const value = Number(kept.get(name) ?? byDefault);
    const valid = Number.isInteger(value) && value >= least && value <= most;
    const words = settingWords[name as Setting];
    const changed = readChanged(kept.get(changedKey(name as Setting)));
    return { name, value: valid ? value : byDefault, byDefault, least, most, ...words, ...changed };
  });
};

/** Null where nobody ever changed it, or it was written by hand. */
function readChanged(text: string | undefined): { changedAtMs: number | null; changedBy: string | null } {
  const unknown = { changedAtMs: null, changedBy: null };
  if (text === undefined) return unknown;
  try {
    const { atMs, by } = JSON.parse(text) as { atMs?: unknown; by?: unknown };
    const valid = Number.isSafeInteger(atMs) && typeof by === "string";
    return valid ? { changedAtMs: Number(atMs), changedBy: by } : unknown;
  } catch {
    // Not our form: a database is edited by people too.
    return unknown;
  }
}
