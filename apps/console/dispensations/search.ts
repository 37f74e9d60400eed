/** What is chosen on the page of dispensations, as it stands in the address; `give` opens the form, for a station. */
import { readTableSearch, type TableSearch } from "../table/search.ts";

export const columnIds = ["station", "site", "profile", "until", "left", "by", "given"] as const;
/** As the inventory's ids. */
const STATION_CHARS_MAX = 48;

export type DispensationsSearch = TableSearch & {
  readonly profile?: "1" | "2" | undefined;
  readonly give?: string | undefined;
};

export function readDispensationsSearch(given: Record<string, unknown>): DispensationsSearch {
  // The router reads digits as a number.
  const profile = (["1", "2"] as const).find((word) => word === String(given.profile));
  const give = given.give === undefined ? undefined : String(given.give).slice(0, STATION_CHARS_MAX);
  return {
    ...readTableSearch(given, columnIds),
    ...(profile === undefined ? {} : { profile }),
    ...(give === undefined ? {} : { give }),
  };
}
