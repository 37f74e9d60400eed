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
import { isDenied, kindOf, type Refusal, refusalOf, textOfRefusal } from "./refusal.ts";
import styles from "./refusals.module.css";

const say = words.energy.guard;

const LAST = 5;
const AGAIN_MS = 10_000;
const A_PAGE = 200;

/** On the overview: nothing at all where nothing was refused. */
export function LastRefusals({ site }: { site: string }) {
  const { api } = useServices();
  const { data } = useQuery({
    queryKey: ["site-guard", site, "last"],
    queryFn: () => api.energy.guard(site, { most: LAST }),
    refetchInterval: AGAIN_MS,
  });
  if (data === undefined || data.length === 0) return null;
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
        {data.map(refusalOf).map((refusal) => (
          <li key={refusal.seq}>
            <span className={styles.at}>
              <At atMs={refusal.atMs} />
            </span>
            <Sign refusal={refusal} />
            <span>
              <Asked refusal={refusal} />
              <span className={styles.why}> {refusal.why}</span>
              {refusal.answer !== undefined && <span className={styles.answer}>{refusal.answer}</span>}
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
  const { client, device, register, value } = refusal;
  if (!isDenied(refusal) || client === undefined) {
    const kind = kindOf(refusal);
    return kind === undefined ? null : <span className={styles.kind}>{kind}</span>;
  }
  return (
    <>
      <strong>{client}</strong> → {device ?? dash}: {refusal.function}
      {register !== undefined && <> {register}</>}
      {value !== undefined && (
        <>
          {" "}
          = <strong>{value}</strong>
        </>
      )}
      .
    </>
  );
}

const columns: readonly Column<Refusal>[] = [
  {
    id: "at",
    title: say.at,
    share: 2.2,
    cell: ({ atMs }) => <At atMs={atMs} />,
    value: ({ atMs }) => atMs,
  },
  {
    id: "client",
    title: say.client,
    share: 2.6,
    cell: (row) =>
      row.client === undefined ? (
        <span className={styles.kind}>{kindOf(row) ?? dash}</span>
      ) : (
        <strong>{row.client}</strong>
      ),
    value: (row) => row.client ?? kindOf(row) ?? null,
  },
  {
    id: "device",
    title: say.device,
    share: 1.6,
    wide: true,
    cell: ({ device }) => device ?? dash,
    value: ({ device }) => device ?? null,
  },
  {
    id: "function",
    title: say.function,
    share: 2.4,
    wide: true,
    cell: (row) => row.function ?? dash,
    value: (row) => row.function ?? null,
  },
  {
    id: "register",
    title: say.register,
    share: 2.2,
    cell: ({ register }) =>
      register === undefined ? (
        dash
      ) : (
        <code className={styles.code} title={register}>
          {register}
        </code>
      ),
    value: ({ register }) => register ?? null,
  },
  {
    id: "value",
    title: say.value,
    share: 1.8,
    number: true,
    cell: ({ value }) => (value === undefined ? dash : <strong title={value}>{value}</strong>),
    value: ({ value }) => value ?? null,
  },
  {
    id: "why",
    title: say.why,
    share: 5.4,
    wide: true,
    cell: ({ why }) => <span title={why}>{why}</span>,
    value: ({ why }) => why,
  },
  {
    id: "rule",
    title: say.rule,
    share: 2.2,
    wide: true,
    cell: ({ rule }) =>
      rule === undefined ? (
        dash
      ) : (
        <code className={styles.code} title={rule}>
          {rule}
        </code>
      ),
    value: ({ rule }) => rule ?? null,
  },
  {
    id: "answer",
    title: say.answer,
    share: 1.7,
    wide: true,
    cell: ({ answer }) => answer ?? dash,
    value: ({ answer }) => answer ?? null,
  },
];

export function Refusals({ site }: { site: string }) {
  const { api } = useServices();
  const asked = useInfiniteQuery({
    queryKey: ["site-guard", site],
    queryFn: ({ pageParam }) => api.energy.guard(site, { beforeSeq: pageParam, most: A_PAGE }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.length < A_PAGE ? undefined : page.at(-1)?.seq),
    refetchInterval: AGAIN_MS,
  });
  const all = useMemo(() => asked.data?.pages.flat().map(refusalOf), [asked.data]);
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

function RefusalTable({ all, site }: { all: readonly Refusal[]; site: string }) {
  const search = useSearch({ from: "/frame/sites/$site" });
  const navigate = useNavigate({ from: "/sites/$site" });
  const set = (change: object) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const clients = [...Map.groupBy(all, ({ client }) => client)].flatMap(([client, of]) =>
    client === undefined ? [] : [{ value: client, text: client, count: of.length }],
  );
  const filtered = all.filter(({ client }) => search.client === undefined || client === search.client);
  const shown = matching(filtered, search.find ?? "", textOfRefusal);
  const open = all.find(({ seq }) => seq === search.refusal);
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
        }}
        noneFound={<Notice title={say.noneFound} />}
      />
      {open !== undefined && <OneRefusal refusal={open} close={() => set({ refusal: undefined })} />}
    </section>
  );
}

function OneRefusal({ refusal, close }: { refusal: Refusal; close: () => void }) {
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
