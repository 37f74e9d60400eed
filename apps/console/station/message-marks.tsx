/** The marks of a message, the same in the list and beside it: whose it is, of what kind, and what became of it. */
import type { Message } from "../api/station-shapes.ts";
import { Glyph, type Shape } from "../display/glyph.tsx";
import type { Tone } from "../stations/state.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import styles from "./messages.module.css";

const say = words.stationPage.messages;
const toneOfVerdict: Readonly<Record<string, readonly [Shape, Tone]>> = {
  repaired: ["care", "care"],
  refused: ["blocked", "danger"],
  local: ["offline", "calm"],
};

/** What became of a message: only what is not as usual has a shape. */
export function Verdict({ of: { verdict, kind } }: { of: Message }) {
  const look = lookOf(verdict) ?? (kind === "error" || kind === "unreadable" ? ["care", "care"] : undefined);
  const text = named(say.verdict, verdict) ?? verdict;
  if (look === undefined) return <span className={styles.dim}>{text}</span>;
  return (
    <span className={`${styles.verdict} ${styles[look[1]]}`}>
      <Glyph shape={look[0]} tone={look[1]} />
      {text}
    </span>
  );
}
const lookOf = (verdict: string) =>
  Object.hasOwn(toneOfVerdict, verdict) ? toneOfVerdict[verdict] : undefined;

export const kindOf = ({ kind }: Message): string => named(say.kinds, kind) ?? kind;

/** Whose it is, and which way it went. */
export function Sender({ of: { sender } }: { of: Message }) {
  return (
    <span className={styles.sender} data-sender={sender}>
      <span aria-hidden="true">{sender === "station" ? "→" : "←"}</span>{" "}
      <span className={styles.who}>{say.sender[sender]}</span>
    </span>
  );
}

/** What became of it is not as usual. */
export const isMarked = ({ verdict }: Message): boolean => lookOf(verdict) !== undefined;
