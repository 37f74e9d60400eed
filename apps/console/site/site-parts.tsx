/** What a site's page has below its head: its overview, or the part that is chosen. */
import { useSearch } from "@tanstack/react-router";
import { ManagedOverview } from "../energy/managed-overview.tsx";
import { ManagedPart } from "../energy/managed-parts.tsx";
import { LastRefusals } from "../energy/refusals.tsx";
import { TabLinks } from "../energy/tab-links.tsx";
import type { SiteEnergyNow } from "../energy/use-energy.ts";
import { Warnings } from "../energy/warnings.tsx";
import { Happened } from "../happened/happened.tsx";
import type { LiveSite } from "../live/live-site.ts";
import { Sessions } from "../sessions/sessions.tsx";
import { Failed } from "../shell/problem-view.tsx";
import { Stations } from "../stations/stations.tsx";
import { Attention } from "./attention.tsx";
import { Flow } from "./flow.tsx";
import { PowerOverTime } from "./power-over-time.tsx";
import { siteTabs } from "./search.ts";
import styles from "./site-page.module.css";

type Props = { readonly live: LiveSite; readonly energy: SiteEnergyNow };

export function SiteParts({ live, energy }: Props) {
  const { part: asked } = useSearch({ from: "/frame/sites/$site" });
  const { config, snapshot, pending } = energy;
  const site = live.site.id;
  // What is not managed has nothing but a place to write it down.
  const parts = config === undefined ? (["overview", "document"] as const) : siteTabs;
  const part = asked !== undefined && (pending || parts.some((one) => one === asked)) ? asked : "overview";
  return (
    <>
      <TabLinks parts={parts} chosen={part} site={site} />
      {snapshot !== undefined && <Warnings snapshot={snapshot} />}
      {part === "overview" ? (
        live.stations.size === 0 ? (
          <WithoutStations live={live} />
        ) : (
          <Overview live={live} energy={energy} />
        )
      ) : (
        <ManagedPart part={part} id={site} energy={energy} stations={[...live.stations.keys()]} />
      )}
    </>
  );
}

function Overview({ live, energy: { pending, failed, config, heard, snapshot } }: Props) {
  const { connected, id: site } = live.site;
  return (
    <>
      <Attention live={live} snapshot={snapshot} />
      {pending && failed !== undefined ? (
        <Failed {...failed} />
      ) : pending ? (
        <div className={styles.power} aria-busy="true">
          <div className={styles.bonePanel} />
          <div className={styles.bonePanel} />
        </div>
      ) : config !== undefined ? (
        <ManagedOverview id={site} {...{ snapshot, heard, connected }} site={config.site} />
      ) : (
        <div className={styles.power}>
          <Flow stations={live.stations} site={site} />
          <PowerOverTime site={site} stations={live.stations} />
        </div>
      )}
      <Stations live={live} />
      {config !== undefined && <LastRefusals site={site} />}
      <div className={styles.lists}>
        <Sessions sessions={live.sessions} site={site} stations={live.stations} />
        <Happened recent={live.recent} site={site} />
      </div>
    </>
  );
}

/** Nothing can flow yet: only what to do first, and what was seen already. */
function WithoutStations({ live }: { live: LiveSite }) {
  return (
    <>
      <Stations live={live} />
      <Happened recent={live.recent} site={live.site.id} />
    </>
  );
}
