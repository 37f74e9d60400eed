/** What every page with a table keeps in its address: what is looked for, and how it is sorted. */
import { readSorting, type Sorting, writeSorting } from "./columns.ts";

/** Longer than any name that is looked for. */
const SEARCH_CHARS_MAX = 100;

export type TableSearch = { readonly find?: string | undefined; readonly sort?: string | undefined };

/** What cannot be read is as if it were not there. */
export function readTableSearch(given: Record<string, unknown>, ids: readonly string[]): TableSearch {
  // The router reads a search of digits as a number.
  const find = given.find === undefined ? "" : String(given.find).slice(0, SEARCH_CHARS_MAX);
  const sorting = readSorting(given.sort, ids);
  return {
    ...(find === "" ? {} : { find }),
    ...(sorting === undefined ? {} : { sort: writeSorting(sorting) }),
  };
}

export const sortOf = (sorting: Sorting | undefined): string | undefined =>
  sorting === undefined ? undefined : writeSorting(sorting);
