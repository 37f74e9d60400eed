/** What the guard refused, decoded: the last few on the overview, all of it in a table of its own. */
import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { Side } from "../dialog/side.tsx";
import { Glyph } from "../display/glyph.tsx";
import { exactTime } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { dash } from "../display/quantity.ts";
import { At } from "../display/time.tsx";
import { PageLoading } from "../shell/page-title.tsx";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import { type Column, matching } from "../table/columns.ts";
import { Listing } from "../table/listing.tsx";
import { type Folded, folded } from "./folded.ts";
import { isDenied, kindOf, type Refusal, refusalOf, textOfRefusal } from "./refusal.ts";
import styles from "./refusals.module.css";

const say = words.energy.guard;

const LAST = 5;
/** Asked for, so that those last few are found behind one that is refused every few seconds. */
const LAST_ASKED = 100;
const AGAIN_MS = 10_000;
const A_PAGE = 200;

/** On the overview: nothing at all where nothing was refused. */
export function LastRefusals({ site }: { site: string }) {
  const { api } = useServices();
  const { data } = useQuery({
    queryKey: ["site-guard", site, "last"],
    queryFn: () => api.energy.guard(site, { most: LAST_ASKED }),
    refetchInterval: AGAIN_MS,
  });
  const last = useMemo(() => folded(data?.map(refusalOf) ?? []).slice(0, LAST), [data]);
  if (last.length === 0) return null;
  return (
    <Panel
      title={say.title}
      end={
        <Link to="/sites/$site" params={{ site }} search={{ part: "guard" }} className={styles.more}>
          {say.more}
        </Link>
      }
    >
      <ul className={styles.last}>
        {last.map((refusal) => (
          <li key={refusal.seq}>
            <span className={styles.at}>
              <At atMs={refusal.atMs} />
            </span>
            <Sign refusal={refusal} />
            <span>
              <Asked refusal={refusal} />
              <span className={styles.why}> {refusal.why}</span>
              {refusal.answer !== undefined && <span className={styles.answer}>{refusal.answer}</span>}
              <Times of={refusal} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Sign({ refusal }: { refusal: Refusal }) {
  if (isDenied(refusal)) return <Glyph shape="blocked" tone={refusal.writes ? "danger" : "care"} />;
  const back = refusal.what === "modbus.device-back" || refusal.what === "modbus.policy";
  return <Glyph shape={back ? "dot" : "care"} tone={back ? "calm" : "care"} />;
}

function Asked({ refusal }: { refusal: Refusal }) {
  const { client, device, wanted } = refusal;
  if (!isDenied(refusal) || client === undefined) {
    const kind = kindOf(refusal);
    return kind === undefined ? null : <span className={styles.kind}>{kind}</span>;
  }
  return (
    <>
      <strong>{client}</strong> → {device ?? dash}: {refusal.function}
      {wanted !== undefined && (
        <>
          {" "}
          <strong>{wanted}</strong>
        </>
      )}
    </>
  );
}

/** How often, since when; nothing of what happened once. */
function Times({ of: { times, firstAtMs } }: { of: Folded }) {
  if (times === 1) return null;
  return (
    <span className={styles.times}>
      {say.times(times)} {say.sinceFirst} <At atMs={firstAtMs} />
    </span>
  );
}

const columns: readonly Column<Folded>[] = [
  {
    id: "at",
    title: say.at,
    share: 2.6,
    cell: ({ atMs }) => <At atMs={atMs} />,
    value: ({ atMs }) => atMs,
  },
  {
    id: "what",
    title: say.asked,
    share: 9,
    cell: (row) => (
      <span className={styles.cell} title={whatOf(row)}>
        <Sign refusal={row} />
        <span className={styles.lines}>
          <Asked refusal={row} />
        </span>
      </span>
    ),
    value: whatOf,
  },
  {
    id: "why",
    title: say.why,
    share: 9,
    wide: true,
    cell: ({ why }) => (
      <span className={styles.lines} title={why}>
        {why}
      </span>
    ),
    value: ({ why }) => why,
  },
  {
    id: "answer",
    title: say.answer,
    share: 1.9,
    wide: true,
    cell: ({ answer }) => answer ?? dash,
    value: ({ answer }) => answer ?? null,
  },
  {
    id: "times",
    title: say.timesTitle,
    share: 1.9,
    number: true,
    cell: ({ times, firstAtMs }) => <span title={exactTime(firstAtMs)}>{times.toLocaleString("en")}</span>,
    value: ({ times }) => times,
  },
];

/** What the cell says, as text. */
function whatOf(row: Refusal): string {
  if (!isDenied(row) || row.client === undefined) return kindOf(row) ?? "";
  return `${row.client} → ${row.device ?? dash}: ${row.function ?? ""} ${row.wanted ?? ""}`.trim();
}

/** A file has each thing in a column of its own. */
const exported: readonly Column<Folded>[] = (
  [
    ["at", say.at, ({ atMs }) => new Date(atMs).toISOString()],
    ["noticed", say.noticed, (row) => kindOf(row) ?? null],
    ["client", say.client, ({ client }) => client ?? null],
    ["device", say.device, ({ device }) => device ?? null],
    ["function", say.function, (row) => row.function ?? null],
    ["register", say.register, ({ register }) => register ?? null],
    ["value", say.value, ({ value }) => value ?? null],
    ["why", say.why, ({ why }) => why],
    ["rule", say.rule, ({ rule }) => rule ?? null],
    ["answer", say.answer, ({ answer }) => answer ?? null],
    ["times", say.timesTitle, ({ times }) => times],
    ["first", say.first, ({ firstAtMs }) => new Date(firstAtMs).toISOString()],
  ] satisfies readonly (readonly [string, string, NonNullable<Column<Folded>["value"]>])[]
).map(([id, title, value]) => ({ id, title, value, cell: () => null }));

export function Refusals({ site }: { site: string }) {
  const { api } = useServices();
  const asked = useInfiniteQuery({
    queryKey: ["site-guard", site],
    queryFn: ({ pageParam }) => api.energy.guard(site, { beforeSeq: pageParam, most: A_PAGE }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.length < A_PAGE ? undefined : page.at(-1)?.seq),
    refetchInterval: AGAIN_MS,
  });
  const all = useMemo(() => {
    const pages = asked.data?.pages;
    return pages && folded(pages.flat().map(refusalOf));
  }, [asked.data]);
  if (all === undefined) {
    if (asked.error === null) return <PageLoading />;
    return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  }
  if (all.length === 0) return <Notice title={say.none}>{say.noneHelp}</Notice>;
  return (
    <>
      <RefusalTable all={all} site={site} />
      {asked.hasNextPage && (
        <Button
          variant="default"
          size="sm"
          className={styles.older ?? ""}
          disabled={asked.isFetchingNextPage}
          onClick={() => void asked.fetchNextPage()}
        >
          {say.older}
        </Button>
      )}
    </>
  );
}

function RefusalTable({ all, site }: { all: readonly Folded[]; site: string }) {
  const search = useSearch({ from: "/frame/sites/$site" });
  const navigate = useNavigate({ from: "/sites/$site" });
  const set = (change: object) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const clients = [...Map.groupBy(all, ({ client }) => client)].flatMap(([client, of]) =>
    client === undefined ? [] : [{ value: client, text: client, count: of.length }],
  );
  const filtered = all.filter(({ client }) => search.client === undefined || client === search.client);
  const shown = matching(filtered, search.find ?? "", textOfRefusal);
  const open = all.find(({ seqs }) => search.refusal !== undefined && seqs.includes(search.refusal));
  return (
    <section aria-label={say.title}>
      <p className={styles.lead}>{say.lead}</p>
      <Listing
        label={say.title}
        search={search}
        set={set}
        hint={say.find}
        filter={
          clients.length > 0 && (
            <Choices
              label={say.filter}
              name="client"
              chosen={search.client}
              choices={[{ value: undefined, text: say.all, count: all.length }, ...clients]}
            />
          )
        }
        shown={shown}
        all={all.length}
        columns={columns}
        exported={exported}
        fileName={`${site}-guard`}
        keyOf={({ seq }) => String(seq)}
        table={{
          linkOf: ({ seq }) => ({
            to: "/sites/$site",
            params: { site },
            search: { ...search, refusal: seq } as never,
            resetScroll: false,
          }),
          labelOf: ({ atMs, client = "", why }) => `${exactTime(atMs)} ${client} ${why}`,
          below: ({ why, answer }) => (answer === undefined ? why : `${why} (${answer})`),
        }}
        noneFound={<Notice title={say.noneFound} />}
      />
      {open !== undefined && <OneRefusal refusal={open} close={() => set({ refusal: undefined })} />}
    </section>
  );
}

function OneRefusal({ refusal, close }: { refusal: Folded; close: () => void }) {
  const facts: readonly (readonly [name: string, value: string | undefined])[] = [
    [say.at, exactTime(refusal.atMs)],
    [say.noticed, kindOf(refusal)],
    [say.client, refusal.client],
    [say.device, refusal.device],
    [say.function, refusal.function],
    [say.register, refusal.register],
    [say.value, refusal.value],
    [say.why, refusal.why],
    [say.rule, refusal.rule],
    [say.answer, refusal.answer],
    [say.timesTitle, refusal.times === 1 ? undefined : refusal.times.toLocaleString("en")],
    [say.first, refusal.times === 1 ? undefined : exactTime(refusal.firstAtMs)],
  ];
  return (
    <Side title={say.opened} close={close} width={520}>
      <dl className={styles.facts}>
        {facts.map(
          ([name, value]) =>
            value !== undefined && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {refusal.frame !== undefined && (
        <>
          <h3 className={styles.frameTitle}>{say.frame}</h3>
          <code className={styles.frame}>{refusal.frame.replace(/(..)(?=.)/g, "$1 ")}</code>
        </>
      )}
    </Side>
  );
}
