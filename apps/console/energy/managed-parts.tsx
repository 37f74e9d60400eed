/** The parts of a managed site's page beside its overview. */
import type { EnergySnapshot, Topology } from "../api/energy-shapes.ts";
import { PageLoading } from "../shell/page-title.tsx";
import { Failed } from "../shell/problem-view.tsx";
import type { SiteTab } from "../site/search.ts";
import { Document } from "./document.tsx";
import { FuseTree } from "./fuse-tree.tsx";
import { History } from "./history.tsx";
import styles from "./managed-parts.module.css";
import { Outlets } from "./outlets.tsx";
import { Refusals } from "./refusals.tsx";
import { Batteries, Devices, Meters } from "./sources.tsx";
import { starterDocument } from "./starter.ts";
import { useOldLook } from "./told.tsx";
import type { SiteEnergyNow } from "./use-energy.ts";

type Props = {
  readonly part: Exclude<SiteTab, "overview">;
  readonly id: string;
  readonly energy: SiteEnergyNow;
  /** Those that are known there: a document begins with them. */
  readonly stations: readonly string[];
};

export function ManagedPart({ part, id, energy: { config, failed, snapshot }, stations }: Props) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  if (part === "document") return <Document site={id} starter={() => starterDocument(stations, timeZone)} />;
  if (config === undefined) return failed === undefined ? <PageLoading /> : <Failed {...failed} />;
  switch (part) {
    case "fuses":
      return <Fuses snapshot={snapshot} site={config.site} />;
    case "history":
      return <History site={id} snapshot={snapshot} />;
    case "guard":
      return <Refusals site={id} />;
  }
}

function Fuses({ snapshot, site }: { snapshot: EnergySnapshot | undefined; site: Topology }) {
  const oldLook = useOldLook(snapshot?.atWallMs);
  return (
    <>
      <div className={styles.fuses}>
        <FuseTree snapshot={snapshot} site={site} />
        {snapshot !== undefined && (
          <div {...oldLook} className={`${styles.beside} ${oldLook.className ?? ""}`}>
            <Batteries snapshot={snapshot} site={site} />
            <Meters snapshot={snapshot} />
            <Devices snapshot={snapshot} />
          </div>
        )}
      </div>
      <Outlets snapshot={snapshot} site={site} />
    </>
  );
}
