/** The shapes of states: each can be told from the others without colour. 14 px, drawn in the colour of its tone. */
import type { StationState, Tone } from "../stations/state.ts";
import { toneOf } from "../stations/state.ts";
import styles from "./glyph.module.css";

export type Shape = StationState | "well" | "care" | "danger" | "dot";

export function Glyph({ shape, tone }: { shape: Shape; tone: Tone }) {
  return (
    <svg
      className={`${styles.glyph} ${styles[tone]}`}
      width="14"
      height="14"
      viewBox="0 0 14 14"
      aria-hidden="true"
    >
      {pictures[shape]}
    </svg>
  );
}

export const StateGlyph = ({ state }: { state: StationState }) => (
  <Glyph shape={state} tone={toneOf[state]} />
);

const ring = <circle cx="7" cy="7" r="5.25" fill="none" stroke="currentColor" strokeWidth="1.5" />;
const check = (
  <path
    d="M4.4 7.2l1.8 1.8 3.4-3.8"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.6"
    strokeLinecap="round"
    strokeLinejoin="round"
  />
);
const triangle = (
  <>
    <path
      d="M7 1.6l5.8 10.3H1.2z"
      fill="currentColor"
      stroke="currentColor"
      strokeWidth="1.2"
      strokeLinejoin="round"
    />
    <path d="M7 5.4v3M7 10.2v.1" stroke="var(--panel)" strokeWidth="1.5" strokeLinecap="round" />
  </>
);

const pictures = {
  charging: <path d="M8 .8L2.6 7.9h3.5L5.4 13.2l5.9-7.5H7.5z" fill="currentColor" />,
  ready: ring,
  plugged: (
    <>
      {ring}
      <path d="M7 1.75a5.25 5.25 0 0 0 0 10.5z" fill="currentColor" />
    </>
  ),
  paused: <path d="M4.2 2.5v9M9.8 2.5v9" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />,
  finishing: (
    <>
      {ring}
      {check}
    </>
  ),
  reserved: (
    <path
      d="M7 1.5L12.5 7 7 12.5 1.5 7z"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinejoin="round"
    />
  ),
  unavailable: (
    <>
      {ring}
      <path d="M4.6 7h4.8" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  faulted: triangle,
  offline: (
    <>
      {ring}
      <path d="M3.4 10.6l7.2-7.2" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
  pending: (
    <>
      {ring}
      <path d="M7 4.2V7l1.9 1.5" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
    </>
  ),
  blocked: <path d="M3 3l8 8M11 3l-8 8" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />,
  unknown: (
    <circle
      cx="7"
      cy="7"
      r="5.25"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeDasharray="2.1 2"
    />
  ),
  well: (
    <>
      {ring}
      {check}
    </>
  ),
  care: (
    <>
      {ring}
      <path d="M7 4v3.4M7 9.9v.1" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  danger: triangle,
  dot: <circle cx="7" cy="7" r="2.5" fill="currentColor" />,
} as const satisfies Record<Shape, unknown>;
