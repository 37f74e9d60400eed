/** The stations as tiles, and how many there are of each state; the states are the filter. */
import { Link, useSearch } from "@tanstack/react-router";
import { StateGlyph } from "../display/glyph.tsx";
import { Panel } from "../display/panel.tsx";
import { roundScale } from "../display/quantity.ts";
import type { LiveSite } from "../live/live-site.ts";
import { Notice } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import { type StationState, stationStates } from "./state.ts";
import { StationTile } from "./station-tile.tsx";
import styles from "./stations.module.css";
import { type StationView, stationViews } from "./view.ts";

const SCALE_W_LEAST = 11_000;

export function Stations({ live }: { live: LiveSite }) {
  const { state } = useSearch({ from: "/frame/sites/$site" });
  const views = stationViews(live);
  const say = words.stations;
  if (views.length === 0) {
    return (
      <Panel title={say.title}>
        <Notice title={say.empty}>
          {say.emptyHelp}
          <br />
          <code>{say.emptyCommand(live.site.id)}</code>
        </Notice>
      </Panel>
    );
  }
  const shown = state === undefined ? views : views.filter((view) => view.state === state);
  const scaleW = roundScale(Math.max(0, ...views.map((view) => view.station.powerW ?? 0)), SCALE_W_LEAST);
  return (
    <Panel bare title={say.title} end={<StateFilter views={views} chosen={state} />}>
      {shown.length === 0 && <Notice title={say.noneInFilter} />}
      <ul className={styles.tiles}>
        {shown.map((view) => (
          <li key={view.station.id}>
            <StationTile view={view} site={live.site.id} scaleW={scaleW} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

type FilterProps = { views: readonly StationView[]; chosen: StationState | undefined };

function StateFilter({ views, chosen }: FilterProps) {
  const present = stationStates
    .map((state) => ({ state, count: views.filter((view) => view.state === state).length }))
    .filter(({ state, count }) => count > 0 || state === chosen);
  if (present.length < 2 && chosen === undefined) return null;
  return (
    <nav className={styles.filter} aria-label={words.stations.filterLabel}>
      <Choice state={undefined} count={views.length} chosen={chosen === undefined} />
      {present.map(({ state, count }) => (
        <Choice key={state} state={state} count={count} chosen={state === chosen} />
      ))}
    </nav>
  );
}

function Choice({
  state,
  count,
  chosen,
}: {
  state: StationState | undefined;
  count: number;
  chosen: boolean;
}) {
  return (
    <Link
      to="."
      search={(before) => ({ ...before, state })}
      replace
      resetScroll={false}
      className={styles.choice}
      aria-current={chosen ? "true" : undefined}
      // The link is active by its own choice, not by its address.
      activeProps={{}}
      activeOptions={{ exact: true, includeSearch: true }}
    >
      {state !== undefined && <StateGlyph state={state} />}
      {state === undefined ? words.stations.all : words.stations.state[state]}
      <span className={styles.count}>{count}</span>
    </Link>
  );
}
