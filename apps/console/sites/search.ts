/** What is chosen on the page of all sites, as it stands in the address. */
import { readTableSearch, type TableSearch } from "../table/search.ts";

export const columnIds = ["id", "link", "mode", "needs", "power", "energy", "sessions", "stations"] as const;

export type SitesSearch = TableSearch & { readonly linked?: "yes" | "no" | undefined };

export function readSitesSearch(given: Record<string, unknown>): SitesSearch {
  const linked = (["yes", "no"] as const).find((word) => word === given.linked);
  return { ...readTableSearch(given, columnIds), ...(linked === undefined ? {} : { linked }) };
}
