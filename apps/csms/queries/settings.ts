/** Every setting with its value and its limits. */
import type { Query } from "../core/queries.ts";
import { settingWords } from "../core/setting-words.ts";
import { type Setting, settings } from "../core/settings.ts";

export const settingsAll: Query<"settings.all"> = async (db) => {
  const rows = await db.selectFrom("meta").selectAll().execute();
  const kept = new Map(rows.map(({ key, value }) => [key, Number(value)]));
  return Object.keys(settings).map((name) => {
    const { byDefault, least, most } = settings[name as Setting];
    const value = kept.get(name) ?? byDefault;
    const valid = Number.isInteger(value) && value >= least && value <= most;
    const words = settingWords[name as Setting];
    return { name, value: valid ? value : byDefault, byDefault, least, most, ...words };
  });
};
