/** The columns of the table of tokens; the last changes one, for who may. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Glyph } from "../display/glyph.tsx";
import { day, exactTime } from "../display/instant.ts";
import { At } from "../display/time.tsx";
import { maskedToken } from "../sessions/token.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import type { Column } from "../table/columns.ts";
import { statusOf } from "./draft.ts";
import styles from "./tokens.module.css";
import type { CardRow } from "./use-cards.ts";

const say = words.tokens;
const titles = say.columns;
const looks = {
  Accepted: ["well", "well"],
  Blocked: ["blocked", "danger"],
  Expired: ["pending", "calm"],
} as const;

type Wish = { readonly nowMs: number; readonly change: ((card: CardRow) => void) | undefined };

export const tokenColumns = ({ nowMs, change }: Wish): readonly Column<CardRow>[] => [
  {
    id: "token",
    title: titles.token,
    share: 4,
    cell: ({ token }) => <code className={styles.token}>{token}</code>,
    value: ({ token }) => token,
  },
  {
    id: "status",
    title: titles.status,
    share: 3,
    cell: (card) => <Status status={statusOf(card, nowMs)} />,
    value: (card) => statusOf(card, nowMs),
  },
  {
    id: "expires",
    title: titles.expires,
    wide: true,
    share: 2.5,
    cell: ({ expiresAtMs }) =>
      expiresAtMs === null ? <span className={styles.dim}>{say.noEnd}</span> : <LastDay atMs={expiresAtMs} />,
    value: ({ expiresAtMs }) => expiresAtMs,
  },
  {
    id: "open",
    title: titles.open,
    wide: true,
    share: 2.5,
    number: true,
    cell: ({ open }) => (open === 0 ? <span className={styles.dim}>0</span> : open),
    value: ({ open }) => open,
  },
  {
    id: "used",
    title: titles.used,
    wide: true,
    share: 3,
    cell: ({ token, usedAtMs }) =>
      usedAtMs === null ? (
        <span className={styles.dim}>{say.never}</span>
      ) : (
        <Used token={token} atMs={usedAtMs} />
      ),
    value: ({ usedAtMs }) => usedAtMs,
  },
  {
    id: "changed",
    title: titles.changed,
    wide: true,
    share: 2.5,
    cell: ({ changedAtMs }) => <At atMs={changedAtMs} />,
    value: ({ changedAtMs }) => changedAtMs,
  },
  ...(change === undefined ? [] : [act(nowMs, change)]),
];

type Verb = readonly [name: string, of: (token: string) => string];
/** What may be done with a token by its status; else it may be let charge again. */
const verbs: Readonly<Partial<Record<string, Verb>>> = {
  Accepted: [say.block, say.blockOf],
  Expired: [say.renew, say.renewOf],
};

const act = (nowMs: number, change: (card: CardRow) => void): Column<CardRow> => ({
  id: "act",
  title: titles.act,
  share: 2.4,
  number: true,
  cell: (card) => {
    const [name, nameOf] = verbs[statusOf(card, nowMs)] ?? [say.unblock, say.unblockOf];
    return (
      <Button
        variant="default"
        size="compact-xs"
        aria-label={nameOf(card.token)}
        onClick={() => change(card)}
      >
        {name}
      </Button>
    );
  },
});

function Status({ status }: { status: string }) {
  const look = Object.entries(looks).find(([name]) => name === status)?.[1] ?? (["unknown", "calm"] as const);
  return (
    <span className={styles.status}>
      <Glyph shape={look[0]} tone={look[1]} />
      {named(say.status, status) ?? status}
    </span>
  );
}

/** It may charge until `atMs`, which is a midnight mostly: the day before is its last. */
const LastDay = ({ atMs }: { atMs: number }) => (
  <time dateTime={new Date(atMs).toISOString()} title={exactTime(atMs)}>
    {day(atMs - 1)}
  </time>
);

function Used({ token, atMs }: { token: string; atMs: number }) {
  return (
    <Link
      to="/sessions"
      search={{ token: maskedToken(token).replace("…", "") }}
      title={say.sessionsOf(token)}
      className={styles.used}
    >
      <At atMs={atMs} />
    </Link>
  );
}
