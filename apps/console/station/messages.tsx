/** The message log of a station: followed live, filtered by its address, each message opened beside the list. */
import { Button, NativeSelect } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Message } from "../api/station-shapes.ts";
import { Glyph } from "../display/glyph.tsx";
import { clockTime, exactTime } from "../display/instant.ts";
import { Failed, Notice, sentenceOf } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import { Choices } from "../table/choices.tsx";
import { type Column, readSorting } from "../table/columns.ts";
import { sortOf } from "../table/search.ts";
import { Table } from "../table/table.tsx";
import { TableBar } from "../table/table-bar.tsx";
import { isMarked, kindOf, Sender, Verdict } from "./message-marks.tsx";
import { MessageSide } from "./message-side.tsx";
import styles from "./messages.module.css";
import { MESSAGES_MAX } from "./messages.ts";
import { messageColumnIds, type StationSearch, senders, verdicts } from "./search.ts";
import { useMessages } from "./use-messages.ts";
import type { PartProps } from "./use-seen.ts";
import { useTyped } from "./use-typed.ts";

const say = words.stationPage.messages;
const isoTime = (atMs: number) => new Date(atMs).toISOString();
const columns: readonly Column<Message>[] = [
  {
    id: "time",
    title: say.columns.time,
    share: 2,
    cell: ({ receivedAtMs }) => (
      <time dateTime={isoTime(receivedAtMs)} title={exactTime(receivedAtMs)}>
        {clockTime(receivedAtMs)}
      </time>
    ),
    value: ({ receivedAtMs }) => isoTime(receivedAtMs),
  },
  {
    id: "sender",
    title: say.columns.sender,
    share: 1.4,
    wide: true,
    cell: (message) => <Sender of={message} />,
    value: ({ sender }) => say.sender[sender],
  },
  {
    id: "action",
    title: say.columns.action,
    share: 4,
    cell: (message) => (
      <>
        <span className={styles.narrow}>
          <Sender of={message} />
        </span>
        <strong className={styles.action}>{message.action ?? say.noAction}</strong>
        <span className={styles.narrow}>
          {message.kind === "call" ? "" : kindOf(message)}
          {isMarked(message) && <Verdict of={message} />}
        </span>
      </>
    ),
    value: ({ action }) => action,
  },
  { id: "kind", title: say.columns.kind, share: 2, wide: true, cell: kindOf, value: kindOf },
  {
    id: "verdict",
    title: say.columns.verdict,
    share: 2,
    wide: true,
    cell: (message) => <Verdict of={message} />,
    value: ({ verdict }) => named(say.verdict, verdict) ?? verdict,
  },
  {
    id: "chars",
    title: say.columns.chars,
    number: true,
    wide: true,
    cell: ({ chars }) => chars.toLocaleString("en"),
    value: ({ chars }) => chars,
  },
];
const exported: readonly Column<Message>[] = [
  ...columns,
  { id: "frame", title: say.columns.frame, cell: () => null, value: ({ frame }) => frame },
];

export function Messages({ detail: { id: station } }: PartProps) {
  const search = useSearch({ from: "/frame/stations/$station" });
  const navigate = useNavigate({ from: "/stations/$station" });
  const [follow, setFollow] = useState(true);
  const set = (change: object) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const { find, sender, verdict, action } = search;
  const [typed, type] = useTyped(find ?? "", (text) => set({ find: text === "" ? undefined : text }));
  const { head, older } = useMessages(station, { sender, verdict, action, text: find }, follow);
  const rows = head.data?.rows ?? [];
  const more = head.data?.more ?? false;
  const filtered = [find, sender, verdict, action].some((it) => it !== undefined);
  const clear = () => {
    type("");
    set({ find: undefined, sender: undefined, verdict: undefined, action: undefined });
  };
  return (
    <>
      <TableBar
        search={typed}
        onSearch={type}
        hint={say.find}
        filter={<Filters {...{ search, set, follow, setFollow }} />}
        shown={rows}
        all={rows.length}
        count={say.shown(rows.length, more)}
        columns={exported}
        fileName={`${station}-messages`}
      />
      {head.error !== null && head.data !== undefined && (
        <p role="alert" className={styles.trouble}>
          {sentenceOf(head.error)}
        </p>
      )}
      {head.data === undefined ? (
        <Waiting error={head.error} retry={() => void head.refetch()} />
      ) : rows.length === 0 ? (
        <Nothing filtered={filtered} clear={clear} />
      ) : (
        <Table
          label={say.title}
          rows={rows}
          columns={columns}
          keyOf={({ id }) => String(id)}
          labelOf={(row) => `${row.action ?? say.noAction}, ${kindOf(row)}, ${clockTime(row.receivedAtMs)}`}
          linkOf={({ id }) => ({
            to: "/stations/$station",
            params: { station },
            search: (before: object) => ({ ...before, message: id }) as never,
            resetScroll: false,
          })}
          sorting={readSorting(search.sort, messageColumnIds)}
          onSort={(sorting) => set({ sort: sortOf(sorting) })}
        />
      )}
      {rows.length > 0 && <End {...{ more, filtered, older }} held={rows.length} />}
      {search.message !== undefined && (
        <MessageSide
          station={station}
          id={search.message}
          rows={rows}
          go={(message) => set({ message })}
          only={(chosen) => set({ action: chosen, message: undefined })}
        />
      )}
    </>
  );
}

type FilterProps = {
  search: StationSearch;
  set: (change: object) => void;
  follow: boolean;
  setFollow: (follow: boolean) => void;
};

function Filters({ search, set, follow, setFollow }: FilterProps) {
  const { sender, verdict, action } = search;
  return (
    <div className={styles.filters}>
      <Choices
        label={say.sender.label}
        name="sender"
        chosen={sender}
        choices={[
          { value: undefined, text: say.sender.all },
          ...senders.map((value) => ({ value, text: say.sender[value] })),
        ]}
      />
      <NativeSelect
        size="sm"
        aria-label={say.verdict.label}
        value={verdict ?? ""}
        data={[
          { value: "", label: say.verdict.any },
          ...verdicts.map((value) => ({ value, label: say.verdict[value] })),
        ]}
        onChange={(event) => set({ verdict: event.currentTarget.value || undefined })}
      />
      {action !== undefined && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={say.actionOff}
          title={say.actionOff}
          onClick={() => set({ action: undefined })}
        >
          {say.action(action)} ×
        </Button>
      )}
      <Button
        size="sm"
        variant="default"
        aria-pressed={follow}
        title={say.liveOn}
        leftSection={<Glyph shape={follow ? "dot" : "paused"} tone={follow ? "well" : "calm"} />}
        onClick={() => setFollow(!follow)}
      >
        {follow ? say.live : say.paused}
      </Button>
    </div>
  );
}

function Waiting({ error, retry }: { error: unknown; retry: () => void }) {
  if (error !== null) return <Failed error={error} retry={retry} />;
  return (
    <p className={styles.dim} role="status">
      {words.loading}
    </p>
  );
}

function Nothing({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  if (!filtered) return <Notice title={say.empty}>{say.emptyHelp}</Notice>;
  return (
    <Notice
      title={say.noneFound}
      action={
        <Button variant="default" size="sm" onClick={clear}>
          {say.clear}
        </Button>
      }
    >
      {say.noneFoundHelp}
    </Notice>
  );
}

type Older = { mutate: () => void; isPending: boolean; error: unknown };

/** Below the list: on into the past, or why not. */
function End(props: { more: boolean; filtered: boolean; held: number; older: Older }) {
  const { more, filtered, held, older } = props;
  return (
    <div className={styles.end}>
      {older.error !== null && <p role="alert">{sentenceOf(older.error)}</p>}
      {!more ? (
        <p className={styles.dim}>{filtered ? say.oldestLike : say.oldest}</p>
      ) : held >= MESSAGES_MAX ? (
        <p className={styles.dim}>{say.enough}</p>
      ) : (
        <Button variant="default" size="sm" disabled={older.isPending} onClick={() => older.mutate()}>
          {older.isPending ? words.loading : say.older}
        </Button>
      )}
    </div>
  );
}
