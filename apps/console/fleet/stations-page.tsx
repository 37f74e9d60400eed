/** Every station of the fleet in one table: found, sorted, filtered by the address, taken away as a file. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Station } from "../api/shapes.ts";
import { StateGlyph } from "../display/glyph.tsx";
import { PowerTold } from "../display/power-told.tsx";
import { dash } from "../display/quantity.ts";
import { Age } from "../display/time.tsx";
import { PageTitle } from "../shell/page-title.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { Unread } from "../shell/unread.tsx";
import { AGED_MS } from "../site/power-now.ts";
import { FLOWING_W_MIN, type StationState } from "../stations/state.ts";
import { stationView } from "../stations/view.ts";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import { type Column, matching } from "../table/columns.ts";
import { Listing } from "../table/listing.tsx";
import styles from "./fleet.module.css";
import { useStations } from "./use-stations.ts";

/** Without its sessions at hand, a car that draws power tells that it charges: as its site's page has it. */
function stateOf(station: Station): StationState {
  const { state } = stationView(station, []);
  return state === "plugged" && (station.powerW ?? 0) >= FLOWING_W_MIN ? "charging" : state;
}

const columns: readonly Column<Station>[] = [
  {
    id: "id",
    title: words.fleet.station,
    share: 3,
    cell: ({ id }) => <strong>{id}</strong>,
    value: ({ id }) => id,
  },
  {
    id: "site",
    title: words.fleet.site,
    wide: true,
    share: 3,
    cell: ({ site }) => site ?? dash,
    value: ({ site }) => site,
  },
  {
    id: "state",
    title: words.fleet.state,
    share: 3,
    cell: (station) => (
      <span className={styles.state}>
        <StateGlyph state={stateOf(station)} /> {words.stations.state[stateOf(station)]}
      </span>
    ),
    value: stateOf,
  },
  {
    id: "power",
    title: words.fleet.power,
    number: true,
    share: 2,
    cell: ({ powerW, powerAtMs, connected }) => (
      <PowerTold powerW={powerW} atMs={powerAtMs} connected={connected} agedMs={AGED_MS} />
    ),
    value: ({ powerW }) => powerW,
  },
  {
    id: "version",
    title: words.fleet.version,
    wide: true,
    cell: ({ version }) => version ?? dash,
    value: ({ version }) => version,
  },
  {
    id: "model",
    title: words.fleet.model,
    wide: true,
    share: 3,
    cell: ({ vendor, model }) => [vendor, model].filter(Boolean).join(" ") || dash,
    value: ({ vendor, model }) => [vendor, model].filter(Boolean).join(" ") || null,
  },
  {
    id: "firmware",
    title: words.fleet.firmware,
    wide: true,
    share: 2,
    cell: ({ firmware }) => firmware ?? dash,
    value: ({ firmware }) => firmware,
  },
  {
    id: "seen",
    title: words.fleet.seen,
    wide: true,
    share: 2,
    cell: ({ seenAtMs }) => (seenAtMs === null ? dash : <Age sinceMs={seenAtMs} />),
    value: ({ seenAtMs }) => seenAtMs,
  },
];
const textOf = ({ id, site, serial, vendor, model, firmware }: Station) =>
  [id, site, serial, vendor, model, firmware].join(" ");

export function StationsPage() {
  const stations = useStations();
  const search = useSearch({ from: "/frame/stations" });
  const navigate = useNavigate({ from: "/stations" });
  if (stations.data === undefined) return <Unread asked={stations} />;
  const all = stations.data;
  if (all.length === 0) {
    return (
      <Notice page title={words.fleet.empty}>
        {words.fleet.emptyHelp}
        <br />
        <code>{words.sites.emptyCommand}</code>
      </Notice>
    );
  }
  const filtered = all.filter(
    ({ connected }) => search.connected === undefined || connected === (search.connected === "yes"),
  );
  const connected = all.filter((station) => station.connected).length;
  const shown = matching(filtered, search.find ?? "", textOf);
  const set = (change: object) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <>
      <PageTitle title={words.fleet.title} />
      <Listing
        label={words.fleet.title}
        search={search}
        set={set}
        hint={words.fleet.find}
        filter={
          <Choices
            label={words.fleet.filter.label}
            name="connected"
            chosen={search.connected}
            choices={[
              { value: undefined, text: words.fleet.filter.all, count: all.length },
              { value: "yes", text: words.fleet.filter.connected, count: connected },
              { value: "no", text: words.fleet.filter.offline, count: all.length - connected },
            ]}
          />
        }
        shown={shown}
        all={all.length}
        columns={columns}
        fileName="stations"
        keyOf={({ id }) => id}
        table={{ linkOf: ({ id }) => ({ to: "/stations/$station", params: { station: id } }) }}
        noneFound={<Notice title={words.fleet.noneFound} />}
      />
    </>
  );
}
