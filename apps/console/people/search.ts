/** What is chosen on the page of people, as it stands in the address. */
import { readTableSearch, type TableSearch } from "../table/search.ts";
import type { Who } from "./view.ts";

export const columnIds = ["name", "role", "passkeys", "sessions", "seen", "added"] as const;

export type PeopleSearch = TableSearch & { readonly who?: Who | undefined };

export function readPeopleSearch(given: Record<string, unknown>): PeopleSearch {
  const who = (["people", "programs", "left"] as const).find((word) => word === given.who);
  return { ...readTableSearch(given, columnIds), ...(who === undefined ? {} : { who }) };
}
