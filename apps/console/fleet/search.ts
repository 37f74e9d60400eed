/** What is chosen on the page of all stations, as it stands in the address. */
import { readTableSearch, type TableSearch } from "../table/search.ts";

export const columnIds = ["id", "site", "state", "power", "version", "model", "firmware", "seen"] as const;

export type StationsSearch = TableSearch & { readonly connected?: "yes" | "no" | undefined };

export function readStationsSearch(given: Record<string, unknown>): StationsSearch {
  const connected = (["yes", "no"] as const).find((word) => word === given.connected);
  return { ...readTableSearch(given, columnIds), ...(connected === undefined ? {} : { connected }) };
}
