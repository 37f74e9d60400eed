/**
 * A station at a glance: its word, what it draws, its session, how old that is. The whole tile leads to its drawer.
 * Drawn again only when its own station or sessions changed; ages tick by themselves.
 */
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { Session } from "../api/shapes.ts";
import { Figure } from "../display/figure.tsx";
import { StateGlyph } from "../display/glyph.tsx";
import { span } from "../display/instant.ts";
import { energy, power, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { Age } from "../display/time.tsx";
import { durationMs } from "../sessions/rows.ts";
import { counts, freshnessOf } from "../site/power-now.ts";
import { words } from "../strings/en.ts";
import { toneOf } from "./state.ts";
import styles from "./station-tile.module.css";
import type { StationView } from "./view.ts";

type Props = { view: StationView; site: string; scaleW: number };

export const StationTile = memo(
  function StationTile({ view, site, scaleW }: Props) {
    const { station, state } = view;
    return (
      <Link
        to="/sites/$site/stations/$station"
        params={{ site, station: station.id }}
        search={(before) => before}
        resetScroll={false}
        className={`${styles.tile} ${styles[toneOf[state]]}`}
        activeProps={{ className: styles.open ?? "" }}
      >
        <span className={styles.top}>
          <span className={styles.id}>{station.id}</span>
          <span className={styles.state}>
            <StateGlyph state={state} />
            {words.stations.state[state]}
          </span>
        </span>
        <Main view={view} />
        <Bar view={view} scaleW={scaleW} />
      </Link>
    );
  },
  (a, b) =>
    a.scaleW === b.scaleW &&
    a.site === b.site &&
    a.view.station === b.view.station &&
    a.view.open.length === b.view.open.length &&
    a.view.open.every((session, index) => session === b.view.open[index]),
);

function Main({ view }: { view: StationView }) {
  const { station, state, open } = view;
  if (state === "offline") {
    return (
      <>
        <span className={styles.figure}>
          <Figure of={power(null)} size="tile" />
          {station.powerW !== null && (
            <span className={styles.last}>
              {words.stations.last} {written(power(station.powerW))}
            </span>
          )}
        </span>
        <span className={styles.care}>
          {station.seenAtMs === null ? (
            words.stations.neverSeen
          ) : (
            <>
              {words.stations.lastSeen} <Age sinceMs={station.seenAtMs} /> {words.ago}
            </>
          )}
        </span>
      </>
    );
  }
  const idle = open.length === 0 && station.powerW === null;
  return (
    <>
      <span className={styles.figure}>
        {idle ? <span className={styles.word}>{words.stations.why[state]}</span> : <Power view={view} />}
      </span>
      <span className={styles.facts}>
        {open.length > 0 ? <SessionFacts open={open} /> : <Since view={view} />}
      </span>
    </>
  );
}

/** What it draws, with its age once that is older than it should be. */
function Power({ view }: { view: StationView }) {
  const { station } = view;
  const nowMs = useNow();
  const freshness = freshnessOf(station, station.connected, nowMs);
  const age = span(nowMs - (station.powerAtMs ?? nowMs));
  return (
    <>
      <Figure of={power(freshness === "lost" ? null : station.powerW)} size="tile" />
      {freshness === "aged" && <span className={styles.late}>{words.power.old(age)}</span>}
      {freshness === "lost" && (
        <span className={styles.last}>
          {words.stations.last} {written(power(station.powerW))}, {age} {words.ago}
        </span>
      )}
    </>
  );
}

function SessionFacts({ open }: { open: readonly Session[] }) {
  const nowMs = useNow();
  const [first] = open;
  if (first === undefined) return null;
  if (open.length > 1) {
    const sum = open.reduce((wh, session) => wh + (session.energyWh ?? 0), 0);
    return `${words.stations.sessions(open.length)} · ${written(energy(sum))}`;
  }
  const lasts = durationMs(first, nowMs);
  return `${written(energy(first.energyWh))}${lasts === null ? "" : ` · ${span(lasts)}`}`;
}

function Since({ view }: { view: StationView }) {
  if (view.sinceMs === null) return <>{words.stations.evses(view.evses.length)}</>;
  return (
    <>
      {words.stations.since} <Age sinceMs={view.sinceMs} />
      {view.evses.length > 1 && ` · ${words.stations.evses(view.evses.length)}`}
    </>
  );
}

function Bar({ view, scaleW }: { view: StationView; scaleW: number }) {
  const nowMs = useNow();
  const { station } = view;
  const known = station.connected && counts(freshnessOf(station, true, nowMs));
  const drawn = known ? Math.max(0, station.powerW ?? 0) : 0;
  return (
    <span className={styles.track} aria-hidden="true">
      <span className={styles.bar} style={{ width: `${Math.min(100, (100 * drawn) / scaleW)}%` }} />
    </span>
  );
}
