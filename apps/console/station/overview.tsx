/** How a station is now: its EVSEs and sessions, what to ask of it, what happened, and what it is. */
import { useQuery } from "@tanstack/react-query";
import type { StationDetail } from "../api/shapes.ts";
import type { Learned } from "../api/station-shapes.ts";
import { CommandPanel } from "../commands/command-panel.tsx";
import { Panel } from "../display/panel.tsx";
import { useNow } from "../display/ticking.tsx";
import { Age } from "../display/time.tsx";
import { HappenedList } from "../happened/happened.tsx";
import { sessionRows } from "../sessions/rows.ts";
import { SessionTable } from "../sessions/sessions.tsx";
import { Failed } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { useMe } from "../shell/use-me.ts";
import { EvseList } from "../stations/evse-list.tsx";
import { StationFacts } from "../stations/station-facts.tsx";
import { words } from "../strings/en.ts";
import styles from "./station-page.module.css";
import type { PartProps } from "./use-seen.ts";

/** Asked for; the list shows eight of them at first. */
const HAPPENED = 50;

export function Overview({ detail, seen }: PartProps) {
  const nowMs = useNow();
  const rows = sessionRows(seen.sessions, nowMs);
  const say = words.stationPage.overview;
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        <Panel title={words.station.evses}>
          <Deaf detail={detail} />
          <EvseList view={seen.view} />
        </Panel>
        <Panel title={words.station.sessions} end={words.sessions.note}>
          {rows.length === 0 ? (
            <p className={styles.dim}>{words.station.noSession}</p>
          ) : (
            <SessionTable rows={rows} nowMs={nowMs} isConnected={() => seen.view.station.connected} />
          )}
        </Panel>
        <Panel title={words.station.happened}>
          <Recent station={detail.id} seq={seen.seq} />
        </Panel>
      </div>
      <div className={styles.column}>
        <Panel title={words.stationPage.commands.give}>
          <MayAct>
            <CommandPanel view={seen.view} />
          </MayAct>
        </Panel>
        <Panel title={say.connection}>
          <StationFacts station={seen.view.station} />
        </Panel>
        <Panel title={say.holds}>
          <Holds station={detail.id} seq={seen.seq} />
        </Panel>
        <Panel title={say.learned}>
          <LearnedList learned={detail.learned} />
        </Panel>
      </div>
    </div>
  );
}

function Recent({ station, seq }: { station: string; seq: number }) {
  const { api } = useServices();
  const recent = useQuery({
    queryKey: ["station-happened", station, seq],
    queryFn: () => api.ofStation.happened(station, HAPPENED),
    placeholderData: (before) => before,
  });
  if (recent.data === undefined) {
    if (recent.error !== null) return <Failed error={recent.error} retry={() => void recent.refetch()} />;
    return <p className={styles.dim}>{words.loading}</p>;
  }
  const none = <p className={styles.dim}>{words.stationPage.overview.nothing}</p>;
  return <HappenedList recent={recent.data} shown={8} empty={none} />;
}

/** A viewer reads why there is nothing to press. */
export function MayAct({ children }: { children: React.ReactNode }) {
  const me = useMe();
  if (me?.role === "viewer") return <p className={styles.dim}>{words.stationPage.viewer}</p>;
  return children;
}

function Deaf({ detail }: { detail: StationDetail }) {
  if (detail.deafSinceMs === null) return null;
  const say = words.stationPage.overview;
  return (
    <p className={styles.deaf}>
      {say.deaf} <Age sinceMs={detail.deafSinceMs} />. {say.deafHelp}
    </p>
  );
}

function Holds({ station, seq }: { station: string; seq: number }) {
  const { api } = useServices();
  const holds = useQuery({
    queryKey: ["station-holds", station, seq],
    queryFn: () => api.ofStation.holds(station),
    placeholderData: (before) => before,
  });
  const say = words.stationPage.overview;
  if (holds.data === undefined) {
    if (holds.error !== null) return <Failed error={holds.error} retry={() => void holds.refetch()} />;
    return <p className={styles.dim}>{words.loading}</p>;
  }
  const { localListVersion, profiles, reservations, availability } = holds.data;
  const active = reservations.filter(({ state }) => state === "active");
  const out = availability.filter(({ operative }) => !operative);
  return (
    <dl className={styles.facts}>
      <dt>{say.localList}</dt>
      <dd>
        {localListVersion === null
          ? words.stations.state.unknown.toLowerCase()
          : localListVersion === 0
            ? say.localListNone
            : say.localListVersion(localListVersion)}
      </dd>
      <dt>{say.profiles}</dt>
      <dd>{profiles.length === 0 ? say.none : profiles.length}</dd>
      <dt>{say.reservations}</dt>
      <dd>{active.length === 0 ? say.none : active.length}</dd>
      <dt>{say.availability}</dt>
      <dd>
        {out.length === 0
          ? say.none
          : out.map(({ evse }) => (evse === 0 ? say.whole : words.stations.evse(evse))).join(", ")}
      </dd>
    </dl>
  );
}

function LearnedList({ learned }: { learned: readonly Learned[] }) {
  const say = words.stationPage.overview;
  if (learned.length === 0) return <p className={styles.dim}>{say.learnedNone}</p>;
  return (
    <ul className={styles.list}>
      {learned.map(({ kind, about, most }) => (
        <li key={`${kind} ${about}`}>
          {most === null ? say.learnedNot(about) : say.learnedMost(about, most, kind)}
        </li>
      ))}
    </ul>
  );
}
