/**
 * One line over the time of a session, on uPlot: filled power, energy, or state of charge; a second, stepped line for
 * what bounds it. Several stand below each other on one axis of time and share the place that is pointed at.
 */
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { clockTime, minuteTime } from "../display/instant.ts";
import { type Look, usePlot } from "../display/plot.ts";
import type { Value } from "./curve.ts";
import styles from "./session-curve.module.css";

export type Line = {
  readonly atMs: readonly number[];
  readonly values: readonly Value[];
  /** Beside `values`, of the same length. */
  readonly bound?: readonly Value[] | undefined;
  readonly most: number;
  /** Written at the axis: value divided by this. */
  readonly unit: number;
  readonly ink: "--well" | "--ink-2";
};
type Props = {
  readonly line: Line;
  readonly fromMs: number;
  readonly toMs: number;
  /** Only the last of several names the hours. */
  readonly hours: boolean;
  readonly tall: boolean;
  /** The value that is pointed at, here or at another plot. */
  readonly at: number | undefined;
  readonly onPoint: (index: number | undefined) => void;
};

export function CurvePlot({ line, fromMs, toMs, hours, tall, at, onPoint }: Props) {
  const pointed = useRef(onPoint);
  pointed.current = onPoint;
  const { unit, ink } = line;
  const { place, plot, scheme } = usePlot(
    (look) => ({
      options: optionsFor(look, { unit, ink, hours }, (index) => pointed.current(index)),
      data: [[], [], []],
      begin: follow,
    }),
    [unit, ink, hours],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plot, made for another scheme, needs its data too.
  useEffect(() => {
    const created = plot.current;
    created?.batch(() => {
      const bound = line.bound ?? line.atMs.map(() => undefined);
      created.setData([line.atMs.map((ms) => ms / 1000), [...line.values], [...bound]], false);
      created.setScale("x", { min: fromMs / 1000, max: toMs / 1000 });
      created.setScale("y", { min: 0, max: line.most });
    });
  }, [line, fromMs, toMs, scheme, hours]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: plot is a ref, the same one for ever.
  useEffect(() => {
    const created = plot.current;
    if (created === undefined || created.cursor.idx === (at ?? null)) return;
    const ms = at === undefined ? undefined : line.atMs[at];
    const left = ms === undefined ? -10 : created.valToPos(ms / 1000, "x");
    created.setCursor({ left, top: ms === undefined ? -10 : 0 }, false);
  }, [at, line]);

  const classes = [styles.plot, tall ? styles.tall : "", hours ? styles.hours : ""];
  return <div ref={place} className={classes.join(" ")} aria-hidden="true" />;
}

/** A finger that moves along the curve reads it; up and down it still scrolls the page. */
function follow({ over, setCursor }: uPlot): () => void {
  const move = (event: TouchEvent) => {
    const touch = event.touches[0];
    if (touch !== undefined) setCursor({ left: touch.clientX - over.getBoundingClientRect().left, top: 0 });
  };
  over.addEventListener("touchstart", move, { passive: true });
  over.addEventListener("touchmove", move, { passive: true });
  return () => {
    over.removeEventListener("touchstart", move);
    over.removeEventListener("touchmove", move);
  };
}

type Kind = Pick<Line, "unit" | "ink"> & { readonly hours: boolean };

function optionsFor(
  { size, ink, axis }: Look,
  { unit, ink: name, hours }: Kind,
  onPoint: (index: number | undefined) => void,
): uPlot.Options {
  return {
    ...size,
    padding: [6, 8, hours ? 0 : 4, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7, fill: ink(name) },
      drag: { x: false, y: false, setScale: false },
    },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: hours ? 24 : 0,
        space: 70,
        values: (_plot, splits, _axis, _space, stepS) =>
          hours
            ? splits.map((s) => (stepS < 60 ? clockTime(s * 1000) : minuteTime(s * 1000)))
            : splits.map(() => ""),
      },
      {
        ...axis,
        size: 38,
        space: 32,
        values: (_plot, splits) => splits.map((value) => String(Math.round((value / unit) * 100) / 100)),
      },
    ],
    series: [
      {},
      {
        stroke: ink(name),
        width: 2,
        ...(name === "--well" ? { fill: `color-mix(in srgb, ${ink(name)} 14%, transparent)` } : {}),
        points: { show: false },
        spanGaps: false,
      },
      {
        stroke: ink("--ink"),
        width: 1.5,
        dash: [5, 4],
        points: { show: false },
        spanGaps: false,
        ...(uPlot.paths.stepped === undefined ? {} : { paths: uPlot.paths.stepped({ align: 1 }) }),
      },
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
  };
}
