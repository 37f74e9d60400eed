/**
 * A line over time on uPlot, in the theme's colours and as large as its place: what every chart shares. Its options are
 * its own, and so is what it draws.
 */
import { useComputedColorScheme } from "@mantine/core";
import { type DependencyList, type RefObject, useEffect, useRef } from "react";
import uPlot from "uplot";

/** What a place on the page gives a plot: its size, and the colours and letters of the theme that is chosen. */
export type Look = {
  readonly size: { readonly width: number; readonly height: number };
  /** The value of one of the theme's colours, as `--well`. */
  readonly ink: (name: string) => string;
  readonly axis: Readonly<Pick<uPlot.Axis, "stroke" | "font" | "ticks" | "grid">>;
};

export type Drawn = {
  readonly options: uPlot.Options;
  /** Empty series where an effect gives the plot its data. */
  readonly data: uPlot.AlignedData;
  /** Called with the plot that was made; what it returns, before that plot goes. */
  readonly begin?: (plot: uPlot) => () => void;
};

/**
 * A plot that lives in `place`: made anew when the theme or one of `again` changes, and sized with its place. `scheme`
 * tells an effect that gives the plot data when there is another plot.
 */
export function usePlot(
  draw: (look: Look) => Drawn,
  again: DependencyList,
): { place: RefObject<HTMLDivElement | null>; plot: RefObject<uPlot | undefined>; scheme: string } {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const scheme = useComputedColorScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the colours that are read from the page.
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const { options, data, begin } = draw(lookOf(element));
    const created = new uPlot(options, data, element);
    plot.current = created;
    const end = begin?.(created);
    const observer = new ResizeObserver(() => created.setSize(sizeOf(element)));
    observer.observe(element);
    return () => {
      observer.disconnect();
      end?.();
      created.destroy();
      plot.current = undefined;
    };
  }, [scheme, ...again]);
  return { place, plot, scheme };
}

const sizeOf = (element: HTMLElement) => ({ width: element.clientWidth, height: element.clientHeight });

function lookOf(element: HTMLElement): Look {
  const style = getComputedStyle(element);
  const ink = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: ink("--ink-3"),
    font: `12px ${style.fontFamily}`,
    ticks: { show: false },
    grid: { stroke: ink("--line"), width: 1 },
  };
  return { size: sizeOf(element), ink, axis };
}
