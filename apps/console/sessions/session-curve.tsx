/**
 * The curve of a session: power with what bounded it, energy, and the car's battery, below each other on one axis of
 * time. Read by pointing, by touch, or with the arrow keys.
 */
import { type KeyboardEvent, useMemo, useState } from "react";
import type { SessionCurve, SessionDetail } from "../api/shapes.ts";
import { clockTime, span } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { dash, energy, power, roundScale, written } from "../display/quantity.ts";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import { boundsOf, type Profile, type Step, stepAtInstant } from "./bounds.ts";
import { last, most, type Series, seriesOf, standing, type Value } from "./curve.ts";
import { CurvePlot, type Line } from "./curve-plot.tsx";
import { Limits } from "./limits.tsx";
import styles from "./session-curve.module.css";

/** Least ends of the axes: a car that takes almost nothing is not drawn as if it took all. */
const POWER_W_LEAST = 4_000;
const ENERGY_WH_LEAST = 1_000;
/** A limit far above what was drawn is named, and does not flatten the curve. */
const BOUND_TIMES_MOST = 2;

const say = words.session.curve;

type Props = {
  readonly session: SessionDetail;
  readonly curve: {
    readonly data: SessionCurve | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  readonly profiles: readonly Profile[] | undefined;
};

export function CurvePanel({ session, curve, profiles }: Props) {
  const { data } = curve;
  return (
    <Panel title={say.title} end={data === undefined ? undefined : samplesOf(data)}>
      {data !== undefined ? (
        <Drawn session={session} curve={data} profiles={profiles} />
      ) : curve.error !== null ? (
        <Failed error={curve.error} retry={() => void curve.refetch()} />
      ) : (
        <p className={styles.quiet}>{words.loading}</p>
      )}
    </Panel>
  );
}

function samplesOf({ samples, stepMs }: SessionCurve): string {
  if (samples === 0) return "";
  return stepMs === null ? say.samples(samples) : say.thinned(samples, span(stepMs));
}

function Drawn(props: {
  session: SessionDetail;
  curve: SessionCurve;
  profiles: readonly Profile[] | undefined;
}) {
  const { session, curve, profiles } = props;
  const series = useMemo(() => seriesOf(curve), [curve]);
  const bounds = useMemo(() => boundsOf(profiles ?? [], session, curve), [profiles, session, curve]);
  return (
    <>
      {series.atMs.length === 0 ? (
        <Notice title={say.empty}>{session.state === "ended" ? say.emptyEnded : say.emptyOpen}</Notice>
      ) : (
        <Plots series={series} bounds={bounds} curve={curve} session={session} />
      )}
      {series.derived && <p className={styles.quiet}>{say.derived}</p>}
      <Limits session={session} bounds={bounds} failed={profiles === undefined} />
    </>
  );
}

type PlotsProps = { series: Series; bounds: readonly Step[]; curve: SessionCurve; session: SessionDetail };

function Plots({ series, bounds, curve, session }: PlotsProps) {
  const [at, setAt] = useState<number>();
  const drawn = useMemo(() => linesOf(series, bounds, curve), [series, bounds, curve]);
  const index = at === undefined ? undefined : Math.min(at, drawn.atMs.length - 1);
  const read = readAt(drawn, bounds, index);
  const kinds = [drawn.power, drawn.energy, drawn.soc].filter((line) => line !== undefined);
  const plot = (line: Line, tall = false) => (
    <CurvePlot
      {...{ line, tall, at: index, onPoint: setAt, fromMs: curve.fromMs, toMs: curve.toMs }}
      hours={kinds.at(-1) === line}
    />
  );
  return (
    <div
      className={styles.chart}
      role="slider"
      tabIndex={0}
      aria-label={labelOf(drawn, session)}
      aria-valuemin={0}
      aria-valuemax={drawn.atMs.length - 1}
      aria-valuenow={index ?? drawn.atMs.length - 1}
      aria-valuetext={read.text}
      onKeyDown={(event) => stepBy(event, index, drawn.atMs.length, setAt)}
      onBlur={() => setAt(undefined)}
    >
      {drawn.power !== undefined && (
        <>
          <div className={styles.head}>
            <Key name={say.powerAxis} ink="well" value={read.power} />
            {bounds.length > 0 && <Key name={say.limit} ink="bound" value={read.limit} />}
            {read.time !== undefined && <span>{read.time}</span>}
          </div>
          {plot(drawn.power, true)}
        </>
      )}
      {drawn.energy !== undefined && (
        <>
          <div className={styles.head}>
            <Key name={say.energyAxis} value={read.energy} />
          </div>
          {plot(drawn.energy, drawn.power === undefined)}
        </>
      )}
      {drawn.soc !== undefined && (
        <>
          <div className={styles.head}>
            <Key name={say.socAxis} value={read.soc} />
          </div>
          {plot(drawn.soc)}
        </>
      )}
    </div>
  );
}

function Key({ name, value, ink = "ink" }: { name: string; value: string; ink?: string }) {
  return (
    <span className={styles.key} data-ink={ink}>
      {name} <strong>{value}</strong>
    </span>
  );
}

type Drawing = {
  readonly atMs: readonly number[];
  readonly power: Line | undefined;
  readonly energy: Line | undefined;
  readonly soc: Line | undefined;
  readonly series: Series;
};

/** Bounds change between values too: those instants are put among them. */
function linesOf(given: Series, bounds: readonly Step[], curve: SessionCurve): Drawing {
  const series = withInstants(given, [
    ...bounds.map(({ fromMs }) => fromMs),
    ...(bounds.length > 0 ? [curve.toMs] : []),
  ]);
  const { atMs, powerW, energyWh, socPercent } = series;
  const peakW = most(powerW) ?? 0;
  const highest = Math.max(0, ...bounds.map(({ limitW }) => limitW ?? 0));
  const within = highest <= BOUND_TIMES_MOST * Math.max(peakW, POWER_W_LEAST) ? highest : 0;
  const line = (values: readonly Value[], unit: number, end: number, ink: Line["ink"]): Line | undefined =>
    most(values) === null ? undefined : { atMs, values, unit, most: end, ink };
  const drawn = line(powerW, 1000, roundScale(Math.max(peakW, within) * 1.04, POWER_W_LEAST), "--well");
  const bound = bounds.length === 0 ? undefined : atMs.map((ms) => stepAtInstant(bounds, ms)?.limitW ?? null);
  return {
    ...{ atMs, series },
    power: drawn && { ...drawn, bound },
    energy: line(energyWh, 1000, roundScale(most(energyWh) ?? 0, ENERGY_WH_LEAST), "--ink-2"),
    soc: line(socPercent, 1, 100, "--ink-2"),
  };
}

function withInstants(series: Series, instants: readonly number[]): Series {
  const missing = [...new Set(instants)].filter((ms) => !series.atMs.includes(ms));
  if (missing.length === 0) return series;
  const order = [
    ...series.atMs.map((ms, index) => ({ ms, index })),
    ...missing.map((ms) => ({ ms, index: -1 })),
  ].sort((a, b) => a.ms - b.ms || b.index - a.index);
  const of = (values: readonly Value[]) => order.map(({ index }) => (index < 0 ? undefined : values[index]));
  return {
    atMs: order.map(({ ms }) => ms),
    powerW: of(series.powerW),
    energyWh: of(series.energyWh),
    socPercent: of(series.socPercent),
    derived: series.derived,
  };
}

/** What stood at the place that is pointed at; without one, the whole session's peak, sum and last. */
function readAt({ series, atMs }: Drawing, bounds: readonly Step[], index: number | undefined) {
  const ms = index === undefined ? undefined : atMs[index];
  const pick = (values: readonly Value[], whole: number | null) =>
    index === undefined ? whole : standing(values, index);
  const step = ms === undefined ? bounds.at(-1) : stepAtInstant(bounds, ms);
  const limit = step === undefined || step.limitW === null ? dash : written(power(step.limitW));
  const soc = pick(series.socPercent, last(series.socPercent));
  const read = {
    time: ms === undefined ? undefined : clockTime(ms),
    power: `${ms === undefined ? `${words.session.figures.most.toLowerCase()} ` : ""}${written(power(pick(series.powerW, most(series.powerW))))}`,
    energy: written(energy(pick(series.energyWh, last(series.energyWh)))),
    soc: soc === null ? dash : `${soc} %`,
    limit: step?.about === true && step.limitW !== null ? say.about(limit) : limit,
  };
  const parts = [read.time, `${say.power} ${read.power}`, `${say.energy} ${read.energy}`];
  if (most(series.socPercent) !== null) parts.push(`${say.soc} ${read.soc}`);
  if (bounds.length > 0) parts.push(`${say.limit} ${read.limit}`);
  return { ...read, text: parts.filter((part) => part !== undefined).join(", ") };
}

const labelOf = ({ series }: Drawing, { energyWh }: SessionDetail): string => {
  const soc = last(series.socPercent);
  return say.label(
    written(power(most(series.powerW))),
    written(energy(energyWh)),
    soc === null ? "" : say.labelSoc(String(soc)),
  );
};

function stepBy(
  event: KeyboardEvent,
  at: number | undefined,
  count: number,
  set: (index: number | undefined) => void,
): void {
  const from = at ?? count - 1;
  const to = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    Home: 0,
    End: count - 1,
    PageUp: from - 20,
    PageDown: from + 20,
  }[event.key];
  if (event.key === "Escape") set(undefined);
  if (to === undefined) return;
  event.preventDefault();
  set(Math.max(0, Math.min(count - 1, to)));
}
