/** The messages of a session, newest first: what came, when, how, and how late; and what its meter signed. */
import { useState } from "react";
import type { SessionDetail, SessionEvent } from "../api/shapes.ts";
import { clockTime, exactTime, span } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { dash, power, register, written } from "../display/quantity.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import type { Column, Sorting } from "../table/columns.ts";
import { Table } from "../table/table.tsx";
import styles from "./session-page.module.css";

const say = words.session.messages;
/** A message later than this is said to be late. */
const LATE_MS = 60_000;
const SIGNED_SHOWN = 20;

type Row = SessionEvent & { readonly key: string };

const columns: readonly Column<Row>[] = [
  {
    id: "at",
    title: say.columns.at,
    share: 2,
    cell: ({ atMs }) => (
      <time dateTime={new Date(atMs).toISOString()} title={exactTime(atMs)}>
        {clockTime(atMs)}
      </time>
    ),
    value: ({ atMs }) => atMs,
  },
  {
    id: "kind",
    title: say.columns.kind,
    share: 2.6,
    cell: ({ kind }) => <strong className={styles.kind}>{named(say.kinds, kind) ?? kind}</strong>,
    value: ({ kind }) => kind,
  },
  {
    id: "seq",
    title: say.columns.seq,
    share: 1,
    wide: true,
    number: true,
    cell: ({ seqNo }) => seqNo ?? dash,
    value: ({ seqNo }) => seqNo,
  },
  {
    id: "meter",
    title: say.columns.meter,
    share: 2.6,
    number: true,
    cell: ({ meterWh }) => written(register(meterWh)),
    value: ({ meterWh }) => meterWh,
  },
  {
    id: "power",
    title: say.columns.power,
    share: 2,
    number: true,
    cell: ({ powerW }) => written(power(powerW)),
    value: ({ powerW }) => powerW,
  },
  {
    id: "path",
    title: say.columns.path,
    share: 5,
    wide: true,
    cell: (event) => <span className={styles.dim}>{pathOf(event)}</span>,
    value: ({ path }) => path,
  },
];

function pathOf({
  path,
  atMs,
  receivedAtMs,
  answeredLocally,
  clockQuality,
  signedValues,
}: SessionEvent): string {
  const lateMs = receivedAtMs - atMs;
  return [
    named(say.paths, path) ?? path,
    lateMs > LATE_MS ? say.late(span(lateMs)) : "",
    answeredLocally ? say.answeredLocally : "",
    clockQuality === "synced" || clockQuality === "" ? "" : say.clock(clockQuality),
    signedValues === null ? "" : say.columns.signed.toLowerCase(),
  ]
    .filter((part) => part !== "")
    .join(", ");
}

export function SessionMessages({ session: { events, eventCount } }: { session: SessionDetail }) {
  const [sorting, setSorting] = useState<Sorting>();
  const rows = events
    .map((event, index): Row => ({ ...event, key: `${index} ${event.messageId}` }))
    .reverse();
  const signed = events.filter(({ signedValues }) => signedValues !== null);
  return (
    <Panel title={say.title} bare end={events.length === 0 ? undefined : say.of(events.length, eventCount)}>
      {rows.length === 0 ? (
        <p className={styles.dim}>{say.none}</p>
      ) : (
        <Table
          label={say.title}
          rows={rows}
          columns={columns}
          keyOf={({ key }) => key}
          sorting={sorting}
          onSort={setSorting}
        />
      )}
      {signed.length > 0 && (
        <details className={styles.signed}>
          <summary>{say.signed}</summary>
          <p className={styles.dim}>{say.signedHelp(signed.length)}</p>
          {signed.slice(-SIGNED_SHOWN).map((event) => (
            <div key={event.messageId}>
              <strong>{exactTime(event.atMs)}</strong>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard. */}
              <pre tabIndex={0}>{JSON.stringify(event.signedValues, null, 2)}</pre>
            </div>
          ))}
        </details>
      )}
    </Panel>
  );
}
