/** What the overview of a managed site has first: the power flow, the plan against what happened, and what a person limits it to. */
import type { EnergySnapshot, Topology } from "../api/energy-shapes.ts";
import { useNow } from "../display/ticking.tsx";
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
  readonly site: Topology;
};

export function ManagedOverview({ id, snapshot, site }: Props) {
  const span = usePictureSpan();
  const quarters = useQuarters(id, span);
  return (
    <div className={styles.overview}>
      <div className={styles.power}>
        {snapshot === undefined ? (
          <Notice title={words.energy.mode.neverTold}>{words.energy.mode.neverToldHelp}</Notice>
        ) : (
          <FlowPanel snapshot={snapshot} site={site} />
        )}
        <PlanPanel {...{ snapshot, site, span }} quarters={quarters.data} failed={quarters.isError} />
      </div>
      <LimitPanel site={id} />
    </div>
  );
}

/** Some hours back and a day ahead; it moves on with every quarter. */
function usePictureSpan() {
  const quarter = Math.floor(useNow() / QUARTER_MS) * QUARTER_MS;
  return { fromMs: quarter - PAST_MS, toMs: quarter + AHEAD_MS };
}
