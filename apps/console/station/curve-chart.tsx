/** The line of a curve on uPlot: steps, a gap where nothing is in force, and a mark at now. */
import type uPlot from "uplot";
import { minuteTime } from "../display/instant.ts";
import { type Look, usePlot } from "../display/plot.ts";
import { power, roundScale, written } from "../display/quantity.ts";
import type { Curve, Step, Window } from "./curves.ts";
import styles from "./profiles.module.css";

type Props = { curve: Curve; window: Window; nowMs: number; label: string };

const current = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric" });
const SPAN_OF_DAYS_S = 40_000;

/** A limit with its unit. */
export const limitText = ({ unit }: Pick<Curve, "unit">, limit: number): string =>
  unit === "A" ? `${current.format(limit).replace("-", "−")} A` : written(power(limit));

export function CurveChart({ curve, window, nowMs, label }: Props) {
  const { place } = usePlot(
    (look) => ({ options: optionsFor(look, { curve, window, nowMs }), data: pointsOf(curve.steps) }),
    [curve, window.fromMs, window.toMs, nowMs],
  );
  return <div ref={place} className={styles.chart} role="img" aria-label={label} />;
}

/** Corners of the line: each step by its two ends; null lifts the pen where the next does not begin where it ended. */
function pointsOf(steps: readonly Step[]): uPlot.AlignedData {
  const at: number[] = [];
  const limits: (number | null)[] = [];
  steps.forEach(({ fromMs, toMs, limit }, index) => {
    at.push(fromMs / 1000, toMs / 1000);
    limits.push(limit, limit);
    const next = steps[index + 1];
    if (next === undefined || next.fromMs <= toMs) return;
    at.push((toMs + 1) / 1000);
    limits.push(null);
  });
  return [at, limits];
}

function optionsFor(
  { size, ink, axis }: Look,
  { curve, window, nowMs }: Omit<Props, "label">,
): uPlot.Options {
  const limits = curve.steps.map(({ limit }) => limit);
  const most = roundScale(Math.max(...limits), curve.unit === "A" ? 16 : 3_700);
  const least = Math.min(0, ...limits);
  return {
    ...size,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, auto: false, range: () => [window.fromMs / 1000, window.toMs / 1000] },
      y: { auto: false, range: () => [least, most] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        space: 64,
        values: (_plot, splits, _axis, _space, stepS) =>
          splits.map((at) => (stepS > SPAN_OF_DAYS_S ? day.format(at * 1000) : minuteTime(at * 1000))),
      },
      {
        ...axis,
        size: 44,
        space: 36,
        values: (_plot, splits) =>
          splits.map((limit) => (curve.unit === "A" ? `${limit} A` : `${limit / 1000} kW`)),
      },
    ],
    series: [
      {},
      {
        stroke: ink("--well"),
        width: 2,
        fill: `color-mix(in srgb, ${ink("--well")} 12%, transparent)`,
        points: { show: false },
        spanGaps: false,
      },
    ],
    hooks: { draw: [(plot) => markNow(plot, nowMs, ink("--ink-3"))] },
  };
}

function markNow(plot: uPlot, nowMs: number, colour: string): void {
  const x = Math.round(plot.valToPos(nowMs / 1000, "x", true));
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
