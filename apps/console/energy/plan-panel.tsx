/** The plan against what happened: lines of a day, those that are wanted; the value at a moment under the pointer; and all of it as a table. */
import { SegmentedControl } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { EnergyQuarter, EnergySnapshot, Topology } from "../api/energy-shapes.ts";
import { minuteTime, nearTime } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { power, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { type PlanRange, planRanges } from "../site/search.ts";
import { words } from "../strings/en.ts";
import { ChargeChart, PlanChart } from "./plan-chart.tsx";
import styles from "./plan-panel.module.css";
import {
  highestOf,
  hourRows,
  type LineName,
  lineNames,
  type PlanSeries,
  planSeries,
  type Span,
} from "./plan-series.ts";

const say = words.energy.plan;
/** The charge below tells of the battery; what the building takes is seldom asked for. */
const HIDDEN_AT_FIRST: ReadonlySet<LineName> = new Set(["battery", "building"]);

type Props = {
  readonly snapshot: EnergySnapshot | undefined;
  readonly site: Topology;
  readonly quarters: readonly EnergyQuarter[] | undefined;
  readonly failed: boolean;
  readonly range: PlanRange;
  readonly span: Span;
};

export function PlanPanel({ snapshot, site, quarters, failed, range, span }: Props) {
  const nowMs = useNow();
  const plan = snapshot?.plan ?? undefined;
  const series = useMemo(
    () => planSeries(quarters ?? [], plan, { fromMs: span.fromMs, toMs: span.toMs }),
    [quarters, plan, span.fromMs, span.toMs],
  );
  const names = useMemo(() => namesOf(series), [series]);
  const [hidden, setHidden] = useState<ReadonlySet<LineName>>(HIDDEN_AT_FIRST);
  const [at, setAt] = useState<number>();
  const shown = names.filter((name) => !hidden.has(name));
  const empty = quarters !== undefined && plan === undefined && names.length === 0;
  const toggle = (name: LineName) =>
    setHidden((before) => {
      const next = new Set(before);
      if (!next.delete(name)) next.add(name);
      return next;
    });
  return (
    <Panel title={say.title} end={<Made plan={plan} nowMs={nowMs} />}>
      <Range chosen={range} />
      <Legend names={names} hidden={hidden} toggle={toggle} series={series} at={at} />
      <p className={styles.reading}>
        {say.reading}
        {site.peakW !== undefined && (
          <span className={styles.limit}>{say.limit(written(power(site.peakW)))}</span>
        )}
      </p>
      <PlanChart
        {...{ series, shown, span, nowMs }}
        limitW={site.peakW ?? undefined}
        label={say.chartLabel(factsOf(series))}
        onPoint={setAt}
      />
      {empty && (
        <p className={styles.empty}>
          {say.none}. {say.noneHelp}
        </p>
      )}
      {hasCharge(series) && (
        <>
          <p className={styles.key}>
            {say.charge}, % {at !== undefined && <strong>{chargeAt(series, at)}</strong>}
          </p>
          <ChargeChart {...{ series, span, nowMs }} onPoint={setAt} />
        </>
      )}
      {failed && <p className={styles.failed}>{say.failed}</p>}
      <Table series={series} names={names} nowMs={nowMs} />
    </Panel>
  );
}

/** How much is shown; in the address, as every choice. */
function Range({ chosen }: { chosen: PlanRange }) {
  const navigate = useNavigate();
  return (
    <SegmentedControl
      size="xs"
      aria-label={say.rangeLabel}
      classNames={{
        root: styles.range ?? "",
        indicator: styles.indicator ?? "",
        label: styles.rangeOf ?? "",
      }}
      value={chosen}
      transitionDuration={0}
      onChange={(value) => {
        const plan = planRanges.find((one) => one === value);
        const search = (before: object) => ({ ...before, plan });
        void navigate({ to: ".", search: search as never, replace: true, resetScroll: false });
      }}
      data={planRanges.map((range) => ({ value: range, label: say.range[range] }))}
    />
  );
}

/** Lines of which something is known. */
const namesOf = ({ measured, planned }: PlanSeries): readonly LineName[] =>
  lineNames.filter((name) =>
    [...measured[name], ...planned[name]].some((value) => value !== null && value !== 0),
  );

const hasCharge = ({ charge, chargePlanned }: PlanSeries) =>
  [...charge, ...chargePlanned].some((value) => value !== null);

function chargeAt({ charge, chargePlanned }: PlanSeries, at: number): string {
  const share = charge[at] ?? chargePlanned[at];
  return share === null || share === undefined ? "" : words.energy.flow.charge(Math.round(share * 100));
}

function factsOf({ measured, planned }: PlanSeries): readonly string[] {
  const [most, next] = [highestOf(measured.grid), highestOf(planned.grid)];
  return [
    most === undefined ? say.none : say.mostGrid(written(power(most))),
    next === undefined ? say.noPlan : say.mostPlanned(written(power(next))),
  ];
}

function Made({ plan, nowMs }: { plan: NonNullable<EnergySnapshot["plan"]> | undefined; nowMs: number }) {
  if (plan === undefined) return <span className={styles.noPlan}>{say.noPlan}</span>;
  return (
    <span>
      {say.made} {nearTime(plan.madeAtWallMs, nowMs)}
    </span>
  );
}

type LegendProps = {
  readonly names: readonly LineName[];
  readonly hidden: ReadonlySet<LineName>;
  readonly toggle: (name: LineName) => void;
  readonly series: PlanSeries;
  readonly at: number | undefined;
};

/** Each line's name switches it; under the pointer it says what was, and what was planned. */
function Legend({ names, hidden, toggle, series, at }: LegendProps) {
  const atMs = at === undefined ? undefined : series.atMs[at];
  return (
    <fieldset className={styles.legend} aria-label={say.seriesLabel}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          className={styles.line}
          data-line={name}
          aria-pressed={!hidden.has(name)}
          onClick={() => toggle(name)}
        >
          {say.series[name]}
          {at !== undefined && !hidden.has(name) && <Values series={series} name={name} at={at} />}
        </button>
      ))}
      <span className={styles.at}>{atMs === undefined ? say.kW : minuteTime(atMs)}</span>
    </fieldset>
  );
}

function Values({ series, name, at }: { series: PlanSeries; name: LineName; at: number }) {
  const [was, planned] = [series.measured[name][at] ?? null, series.planned[name][at] ?? null];
  return (
    <>
      {was !== null && <strong>{power(was).figure}</strong>}
      {planned !== null && <span className={styles.planned}>{power(planned).figure}</span>}
    </>
  );
}

function Table({ series, names, nowMs }: { series: PlanSeries; names: readonly LineName[]; nowMs: number }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.table} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{say.asTable}</summary>
      {open && (
        <div className={styles.scroll}>
          <table>
            <thead>
              <tr>
                <th scope="col">{say.hour}</th>
                {names.map((name) => (
                  <th key={name} scope="col">
                    {say.series[name]}, {say.kW}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {hourRows(series).map(({ fromMs, measured, planned }) => (
                <tr key={fromMs}>
                  <th scope="row">{nearTime(fromMs, nowMs)}</th>
                  {names.map((name) => (
                    <td key={name}>
                      {power(measured[name]).figure}
                      {planned[name] !== undefined && (
                        <span className={styles.planned}> {power(planned[name]).figure}</span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
