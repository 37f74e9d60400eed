/** One station over its site's page: what to do with it, its EVSEs and session, its commands, what happened, facts. */
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Observation } from "../api/shapes.ts";
import { CommandHistory } from "../commands/command-history.tsx";
import { CommandPanel } from "../commands/command-panel.tsx";
import { Side } from "../dialog/side.tsx";
import { StateGlyph } from "../display/glyph.tsx";
import { useNow } from "../display/ticking.tsx";
import { HappenedList } from "../happened/happened.tsx";
import { useLiveFeed } from "../live/use-feed.ts";
import { sessionRows } from "../sessions/rows.ts";
import { SessionTable } from "../sessions/sessions.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import { EvseList } from "./evse-list.tsx";
import { toneOf } from "./state.ts";
import styles from "./station-drawer.module.css";
import { StationFacts } from "./station-facts.tsx";
import { StationManner } from "./station-manner.tsx";
import { type StationView, stationView } from "./view.ts";

export function StationDrawer() {
  const { site, station: id } = useParams({ from: "/frame/sites/$site/stations/$station" });
  const { state } = useLiveFeed();
  const navigate = useNavigate();
  const station = state.site?.stations.get(id);
  const view = station === undefined ? undefined : stationView(station, state.site?.sessions.values() ?? []);
  const close = () =>
    void navigate({ to: "/sites/$site", params: { site }, search: (before) => before, resetScroll: false });
  return (
    <Side title={<Title id={id} view={view} />} width={560} close={close}>
      {view === undefined ? <Notice title={words.station.unknown(id)} /> : <Body key={id} view={view} />}
    </Side>
  );
}

function Title({ id, view }: { id: string; view: StationView | undefined }) {
  return (
    <>
      {id}
      {view !== undefined && (
        <span className={`${styles.state} ${styles[toneOf[view.state]]}`}>
          <StateGlyph state={view.state} />
          {words.stations.state[view.state]}
        </span>
      )}
    </>
  );
}

function Body({ view }: { view: StationView }) {
  const { state } = useLiveFeed();
  const nowMs = useNow();
  const { station } = view;
  const live = state.site;
  if (live === undefined) return null;
  const sessions = sessionRows(
    [...live.sessions.values()].filter((session) => session.station === station.id),
    nowMs,
  );
  const recent = live.recent.filter((seen) => seen.station === station.id);
  return (
    <>
      <Link to="/stations/$station" params={{ station: station.id }} className={styles.whole}>
        {words.stationPage.open} →
      </Link>
      <CommandPanel view={view} />
      <Section title={words.station.evses}>
        <EvseList view={view} />
      </Section>
      <Section title={words.station.sessions}>
        {sessions.length === 0 ? (
          <p className={styles.dim}>{words.station.noSession}</p>
        ) : (
          <SessionTable rows={sessions} nowMs={nowMs} isConnected={() => station.connected} />
        )}
      </Section>
      <Section title={words.commands.recent}>
        <CommandHistory station={station.id} changedSeq={live.commandSeq.get(station.id) ?? 0} />
      </Section>
      <Section title={words.station.happened}>
        <HappenedList
          recent={recent}
          shown={6}
          empty={<p className={styles.dim}>{words.station.nothing}</p>}
        />
      </Section>
      <Section title={words.station.manner.title}>
        <StationManner station={station.id} changedSeq={mannerSeq(recent)} />
      </Section>
      <Section title={words.station.details}>
        <StationFacts station={station} />
      </Section>
    </>
  );
}

/** Sequence of the last observation that may have changed what is known of its manner. */
const mannerSeq = (recent: readonly Observation[]): number =>
  Math.max(0, ...recent.filter(({ kind }) => mannerKinds.has(kind)).map(({ seq }) => seq));
const mannerKinds: ReadonlySet<string> = new Set(["station.deviates", "station.handling"]);

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>{title}</h3>
      {children}
    </section>
  );
}
