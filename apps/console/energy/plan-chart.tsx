/** Power over the day on uPlot: what was measured as whole lines, the plan as broken ones, now as an upright; below it the batteries' charge. */
import { useEffect, useRef } from "react";
import type uPlot from "uplot";
import { minuteTime } from "../display/instant.ts";
import { type Look, usePlot } from "../display/plot.ts";
import { roundScale } from "../display/quantity.ts";
import styles from "./plan-chart.module.css";
import { aloneIn, bounds, type LineName, type PlanSeries, type Span, type Value } from "./plan-series.ts";

const inkOf: Readonly<Record<LineName, string>> = {
  grid: "--grid",
  cars: "--well",
  battery: "--battery",
  solar: "--solar",
  building: "--building",
};
const SCALE_W_LEAST = 5_000;
const DAY_MS = 86_400_000;

type Props = {
  readonly series: PlanSeries;
  readonly shown: readonly LineName[];
  readonly span: Span;
  readonly nowMs: number;
  /** Watts of the wanted peak or the connection, where there is one. */
  readonly limitW: number | undefined;
  readonly label: string;
  readonly onPoint: (index: number | undefined) => void;
};

export function PlanChart(props: Props) {
  const { series, shown, span, nowMs, limitW } = props;
  const latest = useRef(props);
  latest.current = props;
  const names = shown.join();
  const { place, plot, scheme } = usePlot(
    (look) => ({ options: powerOptions(look, shown, () => latest.current), data: emptyData(shown) }),
    [names],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plot, made for another scheme or choice, needs its data too.
  useEffect(() => {
    const lines = shown.flatMap((name) => [series.measured[name], series.planned[name]]);
    const { least, most } = bounds([...lines, [limitW ?? null]]);
    plot.current?.batch(() => {
      plot.current?.setData([series.atMs.map((at) => at / 1000), ...lines.map((line) => [...line])], false);
      plot.current?.setScale("x", { min: span.fromMs / 1000, max: span.toMs / 1000 });
      plot.current?.setScale("y", scaleOf(least, most));
    });
  }, [series, names, span.fromMs, span.toMs, limitW, scheme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: plot is a ref; the upright moves once a minute.
  useEffect(() => plot.current?.redraw(false), [Math.floor(nowMs / 60_000)]);
  return <div ref={place} className={styles.power} role="img" aria-label={props.label} />;
}

/** The first quarter of an hour that was told has no other to be joined with, and is seen all the same. */
const dots = (fill: string): uPlot.Series.Points => ({
  show: true,
  size: 7,
  fill,
  filter: ({ data }, index) => [...aloneIn([...(data[index] ?? [])].map((value) => value ?? null))],
});

/** A little above and below: a line at the edge is no line. */
function scaleOf(least: number, most: number): { min: number; max: number } {
  const max = roundScale(most * 1.04, SCALE_W_LEAST);
  return { min: least < 0 ? -roundScale(-least * 1.04, max / 5) : 0, max };
}

const emptyData = (shown: readonly LineName[]): uPlot.AlignedData => [[], ...shown.flatMap(() => [[], []])];

function powerOptions(look: Look, shown: readonly LineName[], latest: () => Props): uPlot.Options {
  const { ink } = look;
  return {
    ...shared(look),
    padding: [8, 18, 0, 0],
    axes: [
      hoursAxis(look),
      { ...look.axis, size: 42, space: 42, values: (_plot, splits) => splits.map(inKw) },
    ],
    series: [
      {},
      ...shown.flatMap((name): uPlot.Series[] => [
        {
          stroke: ink(inkOf[name]),
          width: 2,
          ...(name === "grid" ? { fill: `color-mix(in srgb, ${ink(inkOf[name])} 12%, transparent)` } : {}),
          points: dots(ink(inkOf[name])),
          spanGaps: false,
        },
        {
          stroke: ink(inkOf[name]),
          width: 1.5,
          dash: [6, 4],
          points: { show: false },
          spanGaps: false,
        },
      ]),
    ],
    hooks: {
      ...pointed((index) => latest().onPoint(index)),
      drawClear: [(plot) => future(plot, look, latest().nowMs)],
      draw: [(plot) => marks(plot, look, latest())],
    },
  };
}

/** What is still to come has another ground. */
function future(plot: uPlot, { ink }: Look, nowMs: number): void {
  const { left, top, width, height } = plot.bbox;
  const at = Math.min(left + width, Math.max(left, plot.valToPos(nowMs / 1000, "x", true)));
  plot.ctx.fillStyle = ink("--hover");
  plot.ctx.fillRect(at, top, left + width - at, height);
}

function marks(plot: uPlot, { ink }: Look, { nowMs, limitW }: Props): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const stroke = (color: string, dash: number[], width: number) => {
    ctx.strokeStyle = color;
    ctx.setLineDash(dash.map((part) => part * ratio));
    ctx.lineWidth = width * ratio;
  };
  const line = (from: [number, number], to: [number, number]) => {
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...to);
    ctx.stroke();
  };
  const x = plot.valToPos(nowMs / 1000, "x", true);
  ctx.save();
  if (x >= bbox.left && x <= bbox.left + bbox.width) {
    stroke(ink("--ink-3"), [2, 3], 1);
    line([x, bbox.top], [x, bbox.top + bbox.height]);
  }
  if (limitW !== undefined) {
    const y = plot.valToPos(limitW, "y", true);
    stroke(ink("--danger"), [7, 4], 1.25);
    line([bbox.left, y], [bbox.left + bbox.width, y]);
  }
  stroke(ink("--line-strong"), [], 1);
  const zero = plot.valToPos(0, "y", true);
  line([bbox.left, zero], [bbox.left + bbox.width, zero]);
  ctx.restore();
}

type ChargeProps = Pick<Props, "series" | "span" | "nowMs"> & { readonly onPoint: Props["onPoint"] };

/** The batteries' charge, 0 to 100 %, over the same time. */
export function ChargeChart(props: ChargeProps) {
  const { series, span } = props;
  const latest = useRef(props);
  latest.current = props;
  const { place, plot, scheme } = usePlot(
    (look) => ({ options: chargeOptions(look, () => latest.current), data: [[], [], []] }),
    [],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plot, made for another scheme, needs its data too.
  useEffect(() => {
    const percent = (line: readonly Value[]) => line.map((share) => (share === null ? null : share * 100));
    plot.current?.batch(() => {
      plot.current?.setData(
        [series.atMs.map((at) => at / 1000), percent(series.charge), percent(series.chargePlanned)],
        false,
      );
      plot.current?.setScale("x", { min: span.fromMs / 1000, max: span.toMs / 1000 });
      plot.current?.setScale("y", { min: 0, max: 100 });
    });
  }, [series, span.fromMs, span.toMs, scheme]);
  return <div ref={place} className={styles.charge} aria-hidden="true" />;
}

function chargeOptions(look: Look, latest: () => ChargeProps): uPlot.Options {
  const color = look.ink("--battery");
  return {
    ...shared(look),
    padding: [7, 18, 7, 0],
    axes: [
      { ...hoursAxis(look), size: 0, values: (_plot, splits) => splits.map(() => "") },
      { ...look.axis, size: 42, splits: () => [0, 50, 100], values: (_plot, splits) => splits.map(String) },
    ],
    series: [
      {},
      {
        stroke: color,
        width: 2,
        fill: `color-mix(in srgb, ${color} 14%, transparent)`,
        points: dots(color),
        spanGaps: false,
      },
      { stroke: color, width: 1.5, dash: [6, 4], points: { show: false }, spanGaps: false },
    ],
    hooks: {
      ...pointed((index) => latest().onPoint(index)),
      drawClear: [(plot) => future(plot, look, latest().nowMs)],
    },
  };
}

function shared({ size }: Look): Pick<uPlot.Options, "width" | "height" | "legend" | "cursor" | "scales"> {
  return {
    ...size,
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false, setScale: false },
      sync: { key: "energy-plan" },
    },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
  };
}

const pointed = (onPoint: Props["onPoint"]): uPlot.Hooks.Arrays => ({
  setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)],
});

const days = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric" });

function hoursAxis({ axis }: Look): uPlot.Axis {
  return {
    ...axis,
    grid: { show: false },
    size: 26,
    space: 54,
    values: (_plot, splits, _axis, _space, stepS) =>
      splits.map((s) =>
        stepS * 1000 >= DAY_MS || isMidnight(s * 1000) ? days.format(s * 1000) : minuteTime(s * 1000),
      ),
  };
}
const isMidnight = (atMs: number) => minuteTime(atMs) === "00:00" || minuteTime(atMs) === "24:00";

const inKw = (w: number): string => String(Math.round(w / 100) / 10).replace("-", "−");
