/** Every site: its link, what it draws and has drawn today, what needs somebody there. The only one opens at once. */
import { Navigate, useNavigate, useSearch } from "@tanstack/react-router";
import type { Now } from "../api/shapes.ts";
import { Glyph } from "../display/glyph.tsx";
import { PowerTold } from "../display/power-told.tsx";
import { dash, energy, written } from "../display/quantity.ts";
import { Age } from "../display/time.tsx";
import { modeName, shapeOfMode, toneOfMode } from "../energy/mode.ts";
import { useNowTable } from "../now/use-now.ts";
import { PageTitle } from "../shell/page-title.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { Unread } from "../shell/unread.tsx";
import { AGED_MS } from "../site/power-now.ts";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import { type Column, matching } from "../table/columns.ts";
import { Listing } from "../table/listing.tsx";
import styles from "./sites-page.module.css";

type SiteRow = Now["sites"][number] & {
  readonly id: string;
  readonly needs: number;
  readonly grave: boolean;
};

const say = words.sites;

const columns: readonly Column<SiteRow>[] = [
  {
    id: "id",
    title: say.site,
    share: 4.3,
    cell: ({ id }) => <strong>{id}</strong>,
    value: ({ id }) => id,
  },
  {
    id: "link",
    title: say.link,
    share: 3.6,
    cell: (site) => <LinkState site={site} />,
    value: ({ connected, seenAtMs }) => (connected ? "linked" : seenAtMs === null ? "never" : "no link"),
  },
  {
    id: "mode",
    title: say.mode,
    share: 4,
    wide: true,
    cell: (site) => <EnergyMode site={site} />,
    value: ({ energy }) => energy?.mode ?? null,
  },
  {
    id: "needs",
    title: say.needs,
    share: 2.6,
    number: true,
    cell: ({ needs, grave }) =>
      needs === 0 ? (
        dash
      ) : (
        <span className={styles.needs}>
          <Glyph {...(grave ? { shape: "danger", tone: "danger" } : { shape: "care", tone: "care" })} />
          {needs}
        </span>
      ),
    value: ({ needs }) => needs,
  },
  {
    id: "power",
    title: say.power,
    share: 3.1,
    number: true,
    cell: ({ powerW, powerAtMs, connected }) => (
      <PowerTold powerW={powerW} atMs={powerAtMs} connected={connected === true} agedMs={AGED_MS} />
    ),
    value: ({ powerW }) => powerW,
  },
  {
    id: "energy",
    title: say.energy,
    share: 3,
    number: true,
    wide: true,
    cell: ({ energyTodayWh }) => written(energy(energyTodayWh)),
    value: ({ energyTodayWh }) => energyTodayWh,
  },
  {
    id: "sessions",
    title: say.sessions,
    share: 2,
    number: true,
    wide: true,
    cell: ({ sessionsOpen }) => sessionsOpen,
    value: ({ sessionsOpen }) => sessionsOpen,
  },
  {
    id: "stations",
    title: say.stationsTitle,
    share: 2,
    number: true,
    wide: true,
    cell: ({ stations, stationsConnected }) => say.ofStations(stationsConnected, stations),
    value: ({ stations }) => stations,
  },
];

export function SitesPage() {
  const asked = useNowTable();
  const search = useSearch({ from: "/frame/sites" });
  const navigate = useNavigate({ from: "/sites" });
  if (asked.data === undefined) return <Unread asked={asked} />;
  const all = siteRows(asked.data.now);
  const [first] = all;
  if (first === undefined) {
    return (
      <Notice page title={say.empty}>
        {say.emptyHelp}
        <br />
        <code>{say.emptyCommand}</code>
      </Notice>
    );
  }
  if (all.length === 1) return <Navigate to="/sites/$site" params={{ site: first.id }} replace />;
  const filtered = all.filter(
    ({ connected }) => search.linked === undefined || connected === (search.linked === "yes"),
  );
  const linked = all.filter(({ connected }) => connected === true).length;
  const shown = matching(filtered, search.find ?? "", ({ id }) => id);
  const set = (change: object) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <>
      <PageTitle title={say.title} />
      <Listing
        label={say.title}
        search={search}
        set={set}
        hint={say.find}
        filter={
          <Choices
            label={say.filter}
            name="linked"
            chosen={search.linked}
            choices={[
              { value: undefined, text: say.all, count: all.length },
              { value: "yes", text: words.now.linked, count: linked },
              { value: "no", text: say.withoutLink, count: all.length - linked },
            ]}
          />
        }
        shown={shown}
        all={all.length}
        columns={columns}
        fileName="sites"
        keyOf={({ id }) => id}
        table={{ linkOf: ({ id }) => ({ to: "/sites/$site", params: { site: id } }) }}
        noneFound={<Notice title={say.noneFound} />}
      />
    </>
  );
}

/** Sites alone, each with how many things need somebody there (of very many of a kind, those of the first fifty). */
function siteRows({ sites, needs }: Now): readonly SiteRow[] {
  return sites.flatMap((site) => {
    if (site.id === null) return [];
    const mine = needs.filter((need) => need.site === site.id);
    const grave = mine.some(({ weight }) => weight === "danger");
    return [{ ...site, id: site.id, needs: mine.length, grave }];
  });
}

/** Of a managed site: who decides there, and since when; without link, what it told last. */
function EnergyMode({ site: { connected, energy } }: { site: SiteRow }) {
  if (energy === null) return <span title={say.unmanagedHelp}>{dash}</span>;
  const { mode, sinceMs } = energy;
  if (mode === null || sinceMs === null) {
    return (
      <span className={styles.mode}>
        <Glyph shape="pending" tone="calm" />
        {say.noMode}
      </span>
    );
  }
  const tone = connected === true ? toneOfMode(mode) : "off";
  return (
    <span className={styles.mode} title={connected === true ? undefined : say.lastMode}>
      <Glyph shape={shapeOfMode(tone)} tone={tone} />
      <span>
        {modeName(mode)} <Age sinceMs={sinceMs} />
      </span>
    </span>
  );
}

function LinkState({ site: { connected, seenAtMs } }: { site: SiteRow }) {
  const never = connected !== true && seenAtMs === null;
  return (
    <span className={styles.mode}>
      <Glyph
        shape={connected ? "well" : never ? "pending" : "offline"}
        tone={connected ? "well" : never ? "calm" : "care"}
      />
      {connected ? (
        words.now.linked
      ) : seenAtMs === null ? (
        words.now.neverLinked
      ) : (
        <span>
          {words.now.unlinked} <Age sinceMs={seenAtMs} />
        </span>
      )}
    </span>
  );
}
