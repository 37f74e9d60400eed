/** Sessions that run, and those that ended in the last hour. A table where there is room, a list of rows on a phone. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Session, Station } from "../api/shapes.ts";
import { Glyph } from "../display/glyph.tsx";
import { span } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { dash, energy, power, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { At } from "../display/time.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { freshnessOf } from "../site/power-now.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import { durationMs, sessionRows } from "./rows.ts";
import styles from "./sessions.module.css";
import { maskedToken } from "./token.ts";

const SHOWN = 12;

type Props = {
  readonly sessions: ReadonlyMap<string, Session>;
  readonly site: string;
  readonly stations: ReadonlyMap<string, Pick<Station, "connected">>;
};

export function Sessions({ sessions, site, stations }: Props) {
  const nowMs = useNow();
  const [all, setAll] = useState(false);
  const rows = sessionRows(sessions.values(), nowMs);
  const say = words.sessions;
  const shown = all ? rows : rows.slice(0, SHOWN);
  return (
    <Panel title={say.title} end={say.note}>
      {rows.length === 0 ? (
        <Notice title={say.empty}>{say.emptyHelp}</Notice>
      ) : (
        <SessionTable
          rows={shown}
          site={site}
          nowMs={nowMs}
          isConnected={({ station }) => stations.get(station)?.connected === true}
        />
      )}
      {rows.length > SHOWN && (
        <button type="button" className={styles.more} onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? say.fewer : say.more(rows.length - SHOWN)}
        </button>
      )}
    </Panel>
  );
}

type TableProps = {
  rows: readonly Session[];
  nowMs: number;
  site?: string;
  /** Whether its station has its link: what another does now nobody knows. */
  isConnected: (session: Session) => boolean;
};

/** Without `site` the station's column is left out: the table is about one station. */
export function SessionTable({ rows, nowMs, site, isConnected }: TableProps) {
  const columns = words.sessions.columns;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          {site !== undefined && <th scope="col">{columns.station}</th>}
          <th scope="col">{columns.token}</th>
          <th scope="col">{columns.started}</th>
          <th scope="col" className={styles.number}>
            {columns.duration}
          </th>
          <th scope="col" className={styles.number}>
            {columns.energy}
          </th>
          <th scope="col" className={styles.number}>
            {columns.power}
          </th>
          <th scope="col">{columns.state}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((session) => (
          <Row key={session.id} {...{ session, nowMs, site }} connected={isConnected(session)} />
        ))}
      </tbody>
    </table>
  );
}

type RowProps = { session: Session; nowMs: number; site: string | undefined; connected: boolean };

function Row({ session, nowMs, site, connected }: RowProps) {
  const lasts = durationMs(session, nowMs);
  const open = session.state !== "ended";
  return (
    <tr className={open ? styles.running : styles.ended}>
      {site !== undefined && (
        <td className={styles.station}>
          <Link
            to="/sites/$site/stations/$station"
            params={{ site, station: session.station }}
            search={(before) => before}
            resetScroll={false}
          >
            {session.station}
          </Link>
          {session.evse > 1 && <span className={styles.evse}> {words.stations.evse(session.evse)}</span>}
        </td>
      )}
      <td className={styles.token}>
        {session.token === null ? (
          <span className={styles.dim}>{words.sessions.noToken}</span>
        ) : (
          maskedToken(session.token)
        )}
      </td>
      <td className={styles.started}>
        <At atMs={session.startedAtMs} />
      </td>
      <td className={`${styles.number} ${styles.lasts}`}>{lasts === null ? dash : span(lasts)}</td>
      <td className={`${styles.number} ${styles.energy}`}>{written(energy(session.energyWh))}</td>
      <td className={`${styles.number} ${styles.power}`}>
        {open && <PowerNow {...{ session, nowMs, connected }} />}
      </td>
      <td className={styles.state}>
        <State session={session} connected={connected} />
      </td>
    </tr>
  );
}

/** A late value shows its age; one that does not count any more is a dash. */
function PowerNow({ session, nowMs, connected }: Omit<RowProps, "site">) {
  const freshness = freshnessOf(session, connected, nowMs);
  const value = written(power(freshness === "lost" ? null : session.powerW));
  if (freshness !== "aged" || session.powerAtMs === null) return value;
  return (
    <>
      <span className={styles.late}>{words.power.old(span(nowMs - session.powerAtMs))}</span> {value}
    </>
  );
}

function State({ session, connected }: { session: Session; connected: boolean }) {
  const say = words.sessions;
  const unheard = session.state === "open" && !connected;
  return (
    <>
      <span
        className={session.state === "open" && connected ? styles.open : styles.dim}
        title={unheard ? say.wasHelp : endOf(session)}
      >
        {unheard ? say.was : (named(say.state, session.state) ?? session.state)}
      </span>
      {session.offline && (
        <span className={styles.flag} title={say.offlineHelp}>
          <Glyph shape="offline" tone="calm" />
          {say.offline}
        </span>
      )}
      {session.review !== null && (
        <span className={`${styles.flag} ${styles.review}`} title={say.reviewHelp(session.review)}>
          <Glyph shape="care" tone="care" />
          {say.review}
        </span>
      )}
    </>
  );
}

function endOf(session: Session): string | undefined {
  if (session.state === "partial") return words.sessions.partialHelp;
  return session.stopReason === null ? undefined : words.sessions.endedFor(session.stopReason);
}
