/**
 * Sessions as they were asked for, newest first, page after page: the next when somebody scrolls there, all of them
 * when they are sorted or taken away as a file. Up to {@link SESSIONS_MAX}; older ones are found by a narrower filter.
 */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { Session } from "../api/shapes.ts";
import { useServices } from "../shell/services.tsx";
import type { Asked } from "./search.ts";

const SESSIONS_A_PAGE = 500;
/** As many as a browser holds without pain. */
export const SESSIONS_MAX = 50_000;
/** The first page alone is asked for again by itself: more of them are as of when they were asked for. */
const AGAIN_MS = 15_000;

export function useAllSessions(asked: Asked) {
  const { api } = useServices();
  const query = useInfiniteQuery({
    queryKey: ["sessions", asked],
    queryFn: ({ pageParam: before }) => api.sessions({ ...asked, before, most: String(SESSIONS_A_PAGE) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last, pages) =>
      last.length < SESSIONS_A_PAGE || pages.length * SESSIONS_A_PAGE >= SESSIONS_MAX
        ? undefined
        : last.at(-1)?.id,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : AGAIN_MS),
    placeholderData: keepPreviousData,
  });
  const { data, fetchNextPage } = query;
  const rows = useMemo(() => data?.pages.flat() ?? [], [data]);
  /** Every row that there is, or undefined where one page of them could not be fetched. */
  const all = useCallback(async (): Promise<readonly Session[] | undefined> => {
    let fetched = await fetchNextPage();
    while (fetched.hasNextPage && !fetched.isError) fetched = await fetched.fetchNextPage();
    return fetched.isError ? undefined : fetched.data?.pages.flat();
  }, [fetchNextPage]);
  return { query, rows, all, full: rows.length >= SESSIONS_MAX };
}
