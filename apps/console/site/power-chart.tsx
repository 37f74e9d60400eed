/** The line itself, on uPlot: power over time, drawn in the theme's colours; a gap where nothing was reported. */
import { useEffect, useRef } from "react";
import type uPlot from "uplot";
import type { PowerPoint } from "../api/shapes.ts";
import { clockTime, minuteTime } from "../display/instant.ts";
import { type Look, usePlot } from "../display/plot.ts";
import { roundScale } from "../display/quantity.ts";
import styles from "./power-chart.module.css";
import { highest } from "./power-series.ts";

const SCALE_W_LEAST = 11_000;

type Props = {
  points: readonly PowerPoint[];
  fromMs: number;
  toMs: number;
  label: string;
  /** The point under the pointer, or undefined when it has left. */
  onPoint: (point: PowerPoint | undefined) => void;
};

export function PowerChart({ points, fromMs, toMs, label, onPoint }: Props) {
  const shown = useRef({ points, onPoint });
  shown.current = { points, onPoint };
  const { place, plot, scheme } = usePlot(
    (look) => ({ options: optionsFor(look, () => shown.current), data: [[], []] }),
    [],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plot, made for another scheme, needs its data too.
  useEffect(() => {
    const most = roundScale(highest(points) ?? 0, SCALE_W_LEAST);
    plot.current?.batch(() => {
      plot.current?.setData(
        [points.map((point) => point.atMs / 1000), points.map((point) => point.powerW)],
        false,
      );
      plot.current?.setScale("x", { min: fromMs / 1000, max: toMs / 1000 });
      plot.current?.setScale("y", { min: 0, max: most });
    });
  }, [points, fromMs, toMs, scheme]);

  return <div ref={place} className={styles.chart} role="img" aria-label={label} />;
}

function optionsFor(
  { size, ink, axis }: Look,
  shown: () => Pick<Props, "points" | "onPoint">,
): uPlot.Options {
  return {
    ...size,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 8, fill: ink("--well") },
      drag: { x: false, y: false, setScale: false },
    },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        space: 70,
        values: (_plot, splits, _axis, _space, stepS) =>
          splits.map((at) => (stepS < 60 ? clockTime(at * 1000) : minuteTime(at * 1000))),
      },
      {
        ...axis,
        size: 40,
        space: 44,
        values: (_plot, splits) => splits.map((powerW) => String(powerW / 1000)),
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
    hooks: {
      setCursor: [
        (plot) => {
          const { points, onPoint } = shown();
          onPoint(
            plot.cursor.idx === null || plot.cursor.idx === undefined ? undefined : points[plot.cursor.idx],
          );
        },
      ],
    },
  };
}
