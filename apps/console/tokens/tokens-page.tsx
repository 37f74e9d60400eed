/**
 * Tokens, the cards and accounts that may charge: found, filtered by the address, added, blocked and let in again.
 * Whoever may not set them sees their end only.
 */
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { ConfirmDialog } from "../dialog/confirm.tsx";
import { exactTime } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { PageTitle } from "../shell/page-title.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { Unread } from "../shell/unread.tsx";
import { isAdministrator, useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import { matching } from "../table/columns.ts";
import { Listing } from "../table/listing.tsx";
import { AddToken } from "./add-token.tsx";
import { tokenColumns } from "./columns.tsx";
import { accepted, blocked, statusOf } from "./draft.ts";
import { statuses, type TokensSearch } from "./search.ts";
import styles from "./tokens.module.css";
import { CARDS_MAX, type CardRow, useCards } from "./use-cards.ts";

const say = words.tokens;

export function TokensPage() {
  const cards = useCards();
  const mayChange = isAdministrator(useMe());
  const [adding, setAdding] = useState(false);
  const [told, setTold] = useState("");
  if (cards.data === undefined) return <Unread asked={cards} />;
  const add = mayChange && (
    <Button size="sm" onClick={() => setAdding(true)}>
      {say.add}
    </Button>
  );
  return (
    <>
      {cards.data.length === 0 ? (
        <Notice page title={say.empty} action={add}>
          {mayChange ? say.emptyHelp : say.emptyHelpViewer}
        </Notice>
      ) : (
        <>
          <PageTitle title={say.title} end={add} />
          {!mayChange && <p className={styles.lead}>{say.masked}</p>}
          <p role="status" className={told === "" ? styles.silent : styles.told}>
            {told}
          </p>
          <Cards all={cards.data} mayChange={mayChange} tell={setTold} />
        </>
      )}
      {adding && (
        <AddToken
          known={cards.data}
          close={() => setAdding(false)}
          done={(sentence) => {
            setAdding(false);
            setTold(sentence);
          }}
        />
      )}
    </>
  );
}

type CardsProps = { all: readonly CardRow[]; mayChange: boolean; tell: (sentence: string) => void };

/** Status by the minute: a table of many is not sorted anew each second. */
const MINUTE_MS = 60_000;

function Cards({ all, mayChange, tell }: CardsProps) {
  const search = useSearch({ from: "/frame/tokens" });
  const navigate = useNavigate({ from: "/tokens" });
  const set = (change: Partial<TokensSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const nowMs = Math.ceil(useNow() / MINUTE_MS) * MINUTE_MS;
  const [changing, setChanging] = useState<CardRow>();
  const columns = useMemo(
    () => tokenColumns({ nowMs, change: mayChange ? setChanging : undefined }),
    [nowMs, mayChange],
  );
  const shown = useMemo(() => shownOf(all, search, nowMs), [all, search, nowMs]);
  return (
    <>
      <Listing
        label={say.title}
        search={search}
        set={set}
        hint={say.find}
        filter={<StatusFilter all={all} chosen={search.status} nowMs={nowMs} />}
        shown={shown}
        all={all.length}
        columns={columns}
        fileName="tokens"
        keyOf={({ key }) => key}
        {...(all.length >= CARDS_MAX && { bar: { count: say.full(CARDS_MAX) } })}
        noneFound={<NoneFound />}
      />
      {changing !== undefined && (
        <Change card={changing} nowMs={nowMs} close={() => setChanging(undefined)} tell={tell} />
      )}
    </>
  );
}

function shownOf(all: readonly CardRow[], { status, find = "" }: TokensSearch, nowMs: number) {
  const filtered = all.filter((card) => status === undefined || statusOf(card, nowMs) === status);
  return matching(filtered, find, ({ token }) => token);
}

function StatusFilter(props: { all: readonly CardRow[]; chosen: string | undefined; nowMs: number }) {
  const { all, chosen, nowMs } = props;
  const count = (status: string) => all.filter((card) => statusOf(card, nowMs) === status).length;
  return (
    <Choices
      label={say.filterLabel}
      name="status"
      chosen={chosen}
      choices={[
        { value: undefined, text: say.filter.all, count: all.length },
        ...statuses.map((status) => ({ value: status, text: say.filter[status], count: count(status) })),
      ]}
    />
  );
}

type ChangeProps = { card: CardRow; nowMs: number; close: () => void; tell: CardsProps["tell"] };

/** The exact effect, before it is done. */
function Change({ card, nowMs, close, tell }: ChangeProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const blocks = statusOf(card, nowMs) === "Accepted";
  const { confirm } = say;
  const ends = card.expiresAtMs;
  const effect = blocks
    ? [confirm.blockEffect, card.open === 0 ? confirm.blockNone : confirm.blockOpen(card.open)]
    : [
        confirm.unblockEffect,
        ends === null ? "" : ends <= nowMs ? confirm.unblockEnded : confirm.unblockEnds(exactTime(ends)),
      ];
  const run = async () => {
    await api.setCard(card.token, blocks ? blocked(card) : accepted(card, nowMs));
    await queries.invalidateQueries({ queryKey: ["cards"] });
  };
  const done = () => {
    tell(blocks ? say.blocked(card.token) : say.unblocked(card.token));
    close();
  };
  return (
    <ConfirmDialog
      title={blocks ? confirm.block(card.token) : confirm.unblock(card.token)}
      effect={effect}
      action={blocks ? say.blockOf(card.token) : say.unblockOf(card.token)}
      calm={!blocks}
      {...{ run, close, done }}
    />
  );
}

function NoneFound() {
  return (
    <Notice
      title={say.noneFound}
      action={
        <Button component={Link} to="/tokens" variant="default" size="sm">
          {words.allSessions.clear}
        </Button>
      }
    >
      {say.noneFoundHelp}
    </Notice>
  );
}
