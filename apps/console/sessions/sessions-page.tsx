/** Every session in one table: found, filtered by the address, sorted, taken away as a file; however many there are. */
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import type { Session } from "../api/shapes.ts";
import { minuteTime } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { PageTitle } from "../shell/page-title.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { Unread } from "../shell/unread.tsx";
import { useSites } from "../sites/use-sites.ts";
import { words } from "../strings/en.ts";
import { readSorting } from "../table/columns.ts";
import { sortOf } from "../table/search.ts";
import { Table } from "../table/table.tsx";
import { TableBar } from "../table/table-bar.tsx";
import styles from "./all-sessions.module.css";
import { exportColumns, sessionColumns } from "./columns.tsx";
import { SessionFilters } from "./filters.tsx";
import { askedOf, columnIds, isFiltered, type SessionsSearch } from "./search.ts";
import { SESSIONS_MAX, useAllSessions } from "./use-all-sessions.ts";

/** The API is not asked with each letter that is typed. */
const SETTLED_MS = 250;
const LIVELY_MS = 10_000;

export function SessionsPage() {
  const search = useSearch({ from: "/frame/sessions" });
  const navigate = useNavigate({ from: "/sessions" });
  const set = (change: Partial<SessionsSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const asked = useAsked(search);
  const sessions = useAllSessions(asked);
  const { query, rows } = sessions;
  useAllWhenSorted(search.sort !== undefined, sessions);
  if (query.data === undefined) return <Unread asked={query} />;
  if (rows.length === 0 && !isFiltered(search)) return <NoSession />;
  return (
    <>
      <PageTitle title={words.allSessions.title} />
      <Bar search={search} set={set} sessions={sessions} />
      <SessionFilters search={search} set={set} />
      <div className={query.isPlaceholderData ? `${styles.rows} ${styles.stale}` : styles.rows}>
        {rows.length === 0 ? <NoneFound /> : <Rows rows={rows} search={search} set={set} />}
        <Foot sessions={sessions} />
      </div>
    </>
  );
}

type Sessions = ReturnType<typeof useAllSessions>;
type Set = (change: Partial<SessionsSearch>) => void;

/** The last days are counted from when the range was chosen: a question that changes each second is asked each second. */
function useAsked(search: SessionsSearch) {
  const nowMs = useNow();
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  const sinceMs = useMemo(() => nowMs, [search.range]);
  const [find] = useDebouncedValue(search.find, SETTLED_MS);
  return useMemo(() => askedOf({ ...search, find }, sinceMs), [search, find, sinceMs]);
}

/** Sorted by something, the newest alone would be a wrong picture. */
function useAllWhenSorted(sorted: boolean, { query, full }: Sessions): void {
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (sorted && hasNextPage && !isFetching && !isError && !full) void fetchNextPage();
  }, [sorted, hasNextPage, isFetching, isError, full, fetchNextPage]);
}

function Bar({ search, set, sessions }: { search: SessionsSearch; set: Set; sessions: Sessions }) {
  const say = words.allSessions;
  const { query, rows, full, all } = sessions;
  const nowMs = useNow();
  const count = full
    ? say.full(SESSIONS_MAX)
    : search.sort !== undefined && query.hasNextPage
      ? say.loadingAll(rows.length)
      : say.count(rows.length, query.hasNextPage);
  return (
    <TableBar
      search={search.find ?? ""}
      onSearch={(find) => set({ find: find === "" ? undefined : find })}
      hint={say.find}
      shown={rows}
      all={rows.length}
      columns={exportColumns(nowMs)}
      fileName="sessions"
      count={count}
      gather={query.hasNextPage ? all : async () => rows}
    />
  );
}

function Rows({ rows, search, set }: { rows: readonly Session[]; search: SessionsSearch; set: Set }) {
  // Spans by the ten seconds: a table of many is not sorted anew each second.
  const nowMs = Math.floor(useNow() / LIVELY_MS) * LIVELY_MS;
  const sites = useSites().data;
  const columns = useMemo(() => {
    const unlinked = new Set(sites?.flatMap(({ id, connected }) => (connected ? [] : [id])));
    return sessionColumns(nowMs, ({ site }) => site !== null && unlinked.has(site));
  }, [nowMs, sites]);
  return (
    <Table
      label={words.allSessions.title}
      rows={rows}
      columns={columns}
      keyOf={({ id }) => id}
      linkOf={({ id }) => ({ to: "/sessions/$id", params: { id } })}
      sorting={readSorting(search.sort, columnIds)}
      onSort={(sorting) => set({ sort: sortOf(sorting) })}
    />
  );
}

/** Below the table: older ones come as soon as their place is near; as of when, where that is not now. */
function Foot({ sessions: { query, full } }: { sessions: Sessions }) {
  const say = words.allSessions;
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    const element = end.current;
    if (element === null || !hasNextPage || isFetching || isFetchNextPageError) return;
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) void fetchNextPage();
      },
      { rootMargin: "2000px 0px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  return (
    <div ref={end} className={styles.foot}>
      {hasNextPage && (
        <Button
          variant="default"
          size="compact-sm"
          disabled={isFetching}
          onClick={() => void fetchNextPage()}
        >
          {isFetching ? words.loading : say.more}
        </Button>
      )}
      {isFetchNextPageError && <span role="alert">{say.moreFailed}</span>}
      {!hasNextPage && full && say.full(SESSIONS_MAX)}
      <AsOf query={query} />
    </div>
  );
}

function AsOf({ query }: { query: Sessions["query"] }) {
  const say = words.allSessions;
  if ((query.data?.pages.length ?? 0) < 2 && !query.isRefetchError) return null;
  return (
    <>
      <span>
        {say.asOf} {minuteTime(query.dataUpdatedAt)}
      </span>
      <Button
        variant="subtle"
        size="compact-sm"
        disabled={query.isFetching}
        onClick={() => void query.refetch()}
      >
        {say.refresh}
      </Button>
    </>
  );
}

function NoSession() {
  const say = words.allSessions;
  return (
    <Notice
      page
      title={say.empty}
      action={
        <Button component={Link} to="/stations" variant="default" size="sm">
          {say.toStations}
        </Button>
      }
    >
      {say.emptyHelp}
    </Notice>
  );
}

function NoneFound() {
  const say = words.allSessions;
  return (
    <Notice
      title={say.noneFound}
      action={
        <Button component={Link} to="/sessions" variant="default" size="sm">
          {say.clear}
        </Button>
      }
    >
      {say.noneFoundHelp}
    </Notice>
  );
}
