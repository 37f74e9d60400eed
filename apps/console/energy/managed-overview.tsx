/** What the overview of a managed site has first: the power flow, the plan against what happened, and what a person limits it to. */
import { useSearch } from "@tanstack/react-router";
import type { EnergySnapshot, Topology } from "../api/energy-shapes.ts";
import { useNow } from "../display/ticking.tsx";
import { PageLoading } from "../shell/page-title.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import { FlowPanel } from "./flow-panel.tsx";
import { LimitPanel } from "./limit-panel.tsx";
import styles from "./managed-overview.module.css";
import { PlanPanel } from "./plan-panel.tsx";
import { rangeFor, spanOf } from "./plan-range.ts";
import { useQuarters } from "./use-energy.ts";

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
  const { plan: chosen } = useSearch({ from: "/frame/sites/$site" });
  const nowMs = useNow();
  // All of it is asked for once: another range is another look at the same.
  const quarters = useQuarters(id, spanOf("36h", nowMs));
  const range = rangeFor(chosen, quarters.data?.length);
  const span = spanOf(range, nowMs);
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
        <PlanPanel {...{ snapshot, site, range, span }} quarters={quarters.data} failed={quarters.isError} />
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
