/** What the overview of a managed site has first: the power flow, the plan against what happened, and what a person limits it to. */
import type { EnergySnapshot, Topology } from "../api/energy-shapes.ts";
import { useNow } from "../display/ticking.tsx";
import { PageLoading } from "../shell/page-title.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import { FlowPanel } from "./flow-panel.tsx";
import { LimitPanel } from "./limit-panel.tsx";
import styles from "./managed-overview.module.css";
import { PlanPanel } from "./plan-panel.tsx";
import { QUARTER_MS } from "./plan-series.ts";
import { useQuarters } from "./use-energy.ts";

const PAST_MS = 14 * 3_600_000;
const AHEAD_MS = 22 * 3_600_000;

type Props = {
  readonly id: string;
  readonly snapshot: EnergySnapshot | undefined;
  /** Whether it is known by now if the site told anything. */
  readonly heard: boolean;
  /** Whether the site has its link. */
  readonly connected: boolean;
  readonly site: Topology;
};

export function ManagedOverview({ id, snapshot, heard, connected, site }: Props) {
  const span = usePictureSpan();
  const quarters = useQuarters(id, span);
  return (
    <div className={styles.overview}>
      <div className={styles.power}>
        {snapshot !== undefined ? (
          <FlowPanel snapshot={snapshot} site={site} />
        ) : heard && quarters.data !== undefined ? (
          <Unheard connected={connected} toldBefore={quarters.data.length > 0} />
        ) : (
          <PageLoading />
        )}
        <PlanPanel {...{ snapshot, site, span }} quarters={quarters.data} failed={quarters.isError} />
      </div>
      <LimitPanel site={id} />
    </div>
  );
}

/** Nothing was told since the central system started: a site that told before is another matter than one that never did. */
function Unheard({ connected, toldBefore }: { connected: boolean; toldBefore: boolean }) {
  const say = words.energy.mode;
  if (connected && !toldBefore) return <Notice title={say.neverTold}>{say.neverToldHelp}</Notice>;
  return <Notice title={say.notHeard}>{connected ? say.notHeardLinked : say.notHeardUnlinked}</Notice>;
}

/** Some hours back and a day ahead; it moves on with every quarter. */
function usePictureSpan() {
  const quarter = Math.floor(useNow() / QUARTER_MS) * QUARTER_MS;
  return { fromMs: quarter - PAST_MS, toMs: quarter + AHEAD_MS };
}
