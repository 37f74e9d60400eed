/** The columns of the table of all sessions: as they look, and as they are sorted and exported. */
import type { Session } from "../api/shapes.ts";
import { Glyph } from "../display/glyph.tsx";
import { exactTime, span } from "../display/instant.ts";
import { dash, energy, power, written } from "../display/quantity.ts";
import { At } from "../display/time.tsx";
import { counts, freshnessOf } from "../site/power-now.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import type { Column } from "../table/columns.ts";
import styles from "./all-sessions.module.css";
import { durationMs } from "./rows.ts";
import { maskedToken } from "./token.ts";

const titles = words.allSessions.columns;
const stateWord = ({ state }: Session) => named(words.allSessions.states, state) ?? state;

/** `isUnlinked`: its site has no link, so that nobody knows what it does now. */
export const sessionColumns = (
  nowMs: number,
  isUnlinked: (session: Session) => boolean,
): readonly Column<Session>[] => [
  {
    id: "started",
    title: titles.started,
    share: 2.6,
    cell: ({ startedAtMs }) => <At atMs={startedAtMs} />,
    value: ({ startedAtMs }) => startedAtMs,
  },
  {
    id: "station",
    title: titles.station,
    share: 4,
    cell: ({ station, evse }) => (
      <>
        <strong>{station}</strong>
        {evse > 1 && <span className={styles.dim}> {words.stations.evse(evse)}</span>}
      </>
    ),
    value: ({ station }) => station,
  },
  {
    id: "site",
    title: titles.site,
    wide: true,
    share: 3,
    cell: ({ site }) => site ?? dash,
    value: ({ site }) => site,
  },
  {
    id: "token",
    title: titles.token,
    wide: true,
    share: 2,
    cell: ({ token }) =>
      token === null ? (
        <span className={styles.dim}>{dash}</span>
      ) : (
        <code className={styles.token}>{maskedToken(token)}</code>
      ),
    value: ({ token }) => (token === null ? null : maskedToken(token)),
  },
  {
    id: "lasted",
    title: titles.lasted,
    wide: true,
    share: 2.4,
    number: true,
    cell: (session) => {
      const lasts = durationMs(session, nowMs);
      return lasts === null ? dash : span(lasts);
    },
    value: (session) => durationMs(session, nowMs),
  },
  {
    id: "energy",
    title: titles.energy,
    share: 2.6,
    number: true,
    cell: ({ energyWh }) => written(energy(energyWh)),
    value: ({ energyWh }) => energyWh,
  },
  {
    id: "state",
    title: titles.state,
    share: 3.2,
    cell: (session) => <State {...{ session, nowMs }} unlinked={isUnlinked(session)} />,
    value: stateWord,
  },
  {
    id: "why",
    title: titles.why,
    wide: true,
    share: 3.6,
    cell: (session) => <span className={styles.dim}>{why(session)}</span>,
    value: ({ stopReason }) => stopReason,
  },
];

/** A file is for reckoning with: instants as text that sorts, plain units, and what the table has no room for. */
export function exportColumns(nowMs: number): readonly Column<Session>[] {
  const iso = (atMs: number | null) => (atMs === null ? null : new Date(atMs).toISOString());
  const of = (title: string, value: NonNullable<Column<Session>["value"]>): Column<Session> => ({
    ...{ id: title, title, value },
    cell: () => null,
  });
  const { exported } = words.allSessions;
  return [
    of(titles.number, ({ wireId }) => wireId),
    of(titles.started, ({ startedAtMs }) => iso(startedAtMs)),
    of(exported.ended, ({ endedAtMs }) => iso(endedAtMs)),
    of(titles.station, ({ station }) => station),
    of(titles.evse, ({ evse }) => evse),
    of(titles.site, ({ site }) => site),
    of(titles.token, ({ token }) => (token === null ? null : maskedToken(token))),
    of(exported.lasted, (session) => {
      const lasted = durationMs(session, nowMs);
      return lasted === null ? null : Math.round(lasted / 1000);
    }),
    of(exported.energy, ({ energyWh }) => energyWh),
    of(titles.state, ({ state }) => state),
    of(titles.why, ({ stopReason }) => stopReason),
    of(titles.review, ({ review }) => review),
    of(exported.id, ({ id }) => id),
  ];
}

function why({ stopReason, state, endedAtMs, startedAtMs }: Session): string {
  if (stopReason !== null) return words.session.reason(stopReason);
  if (state === "partial") return startedAtMs === null ? words.allSessions.noStart : words.allSessions.noEnd;
  return endedAtMs === null ? "" : dash;
}

type StateProps = { session: Session; nowMs: number; unlinked: boolean };

function State({ session, nowMs, unlinked }: StateProps) {
  const running = session.state === "open";
  const freshness = freshnessOf(session, !unlinked, nowMs);
  const tells = running && counts(freshness);
  const help = session.review === null ? undefined : words.sessions.reviewHelp(session.review);
  return (
    <span
      className={styles.state}
      title={help ?? (session.endedAtMs === null ? undefined : exactTime(session.endedAtMs))}
    >
      <Glyph
        shape={running ? "charging" : session.state === "partial" ? "unknown" : "finishing"}
        tone={running && !unlinked ? "well" : "calm"}
      />
      <span className={styles.word}>
        {tells && freshness === "aged" && (
          <span className={styles.late}>{words.power.old(span(nowMs - (session.powerAtMs ?? nowMs)))} </span>
        )}
        {tells
          ? written(power(session.powerW))
          : running && unlinked
            ? words.sessions.was
            : stateWord(session)}
      </span>
      {session.review !== null && (
        <span className={styles.review}>
          <Glyph shape="care" tone="care" />
          <span className={styles.reviewWord}>{words.allSessions.reviewShort}</span>
        </span>
      )}
    </span>
  );
}
