/** What is chosen on the page of tokens, as it stands in the address. A search is kept only as much as is shown. */
import { readTableSearch, type TableSearch } from "../table/search.ts";

export const columnIds = ["token", "status", "expires", "open", "used", "changed"] as const;
export const statuses = ["Accepted", "Blocked", "Expired"] as const;
export type Status = (typeof statuses)[number];

export type TokensSearch = TableSearch & { readonly status?: Status | undefined };

export function readTokensSearch(given: Record<string, unknown>): TokensSearch {
  const status = statuses.find((word) => word === given.status);
  return { ...readTableSearch(given, columnIds), ...(status === undefined ? {} : { status }) };
}
