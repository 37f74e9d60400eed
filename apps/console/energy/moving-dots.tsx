/**
 * Dots that move along a ribbon the way its power flows. They are moved by the browser's compositor alone: a page that is left open
 * all day draws nothing anew for them. None where motion is not wanted.
 */
import { useEffect, useRef } from "react";
import type { FlowName, Point } from "./flow-picture.ts";
import styles from "./moving-dots.module.css";

const DOTS = 3;
const ROUND_MS = 3_600;
/** A ribbon that moved by less keeps its dots on their way: a value that trembles must not start them anew. */
const NEAR_PX = 3;

type Props = { readonly name: FlowName; readonly course: readonly Point[] };

export function MovingDots({ name, course }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef<readonly Point[]>([]);
  if (!near(shown.current, course)) shown.current = course;
  const points = shown.current;
  useEffect(() => {
    const element = place.current;
    if (element === null || points.length === 0) return;
    if (globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const frames = points.map(({ x, y }, i) => ({
      transform: `translate(${x}px, ${y}px)`,
      // Neither begins nor ends with a jump.
      opacity: i === 0 || i === points.length - 1 ? 0 : 1,
    }));
    const moves = [...element.children].map((dot, i) =>
      dot.animate(frames, {
        duration: ROUND_MS,
        iterations: Number.POSITIVE_INFINITY,
        delay: (-ROUND_MS * i) / DOTS,
      }),
    );
    return () => {
      for (const move of moves) move.cancel();
    };
  }, [points]);
  if (course.length === 0) return null;
  return (
    <div ref={place} className={styles.dots} data-flow={name} aria-hidden="true">
      {Array.from({ length: DOTS }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: dots are alike, and always as many.
        <span key={i} className={styles.dot} />
      ))}
    </div>
  );
}

const near = (before: readonly Point[], now: readonly Point[]): boolean =>
  before.length === now.length &&
  now.every(({ x, y }, i) => Math.hypot(x - (before[i]?.x ?? 0), y - (before[i]?.y ?? 0)) < NEAR_PX);
