/** What is chosen on the page of settings, as it stands in the address: what is looked for, and which one is changed. */
const FIND_CHARS_MAX = 100;

export type SettingsSearch = { readonly find?: string | undefined; readonly edit?: string | undefined };

export function readSettingsSearch(given: Record<string, unknown>): SettingsSearch {
  const find = given.find === undefined ? "" : String(given.find).slice(0, FIND_CHARS_MAX);
  const edit = typeof given.edit === "string" ? given.edit.slice(0, FIND_CHARS_MAX) : "";
  return { ...(find === "" ? {} : { find }), ...(edit === "" ? {} : { edit }) };
}
