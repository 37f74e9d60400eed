/** What the watch tells: one incident, at its beginning and at its end, never one frame after the other. */
import type { DecodedExchange } from "../exchange.ts";

/** Kinds, each with the attack that it may be. */
export const attacks = {
  /** A function or an address that no rule lets pass, writing. */
  "unauthorised-write": "AT-M1",
  /** A function or an address that no rule lets pass, not writing. */
  "unauthorised-read": "AT-M9",
  /** A value outside its bounds, in part, or against a rule across registers. */
  "value-out-of-bounds": "AT-M2",
  /** Too fast, too often, to and fro: refused, or seen in what passed. */
  oscillation: "AT-M3",
  "unit-scan": "AT-M4",
  "function-scan": "AT-M5",
  "register-scan": "AT-M6",
  "exception-storm": "AT-M7",
  /** More requests than a client's rate. */
  flood: "AT-M7",
  replay: "AT-M8",
  "late-answer": "AT-M8",
  "unasked-answer": "AT-M8",
  "unknown-master": "AT-M9",
  malformed: "AT-M11",
  "listen-only": "AT-M12",
} as const;
export type ObservationKind = keyof typeof attacks;

export type Observation = {
  readonly kind: ObservationKind;
  /** Row of ATTACKS. */
  readonly attack: (typeof attacks)[ObservationKind];
  /** The same for the beginning and the end of one incident; counts up. */
  readonly incident: number;
  readonly phase: "begun" | "ended";
  /** Client, or address of a master that is none. */
  readonly master: string;
  /** Name, or address and unit. */
  readonly device?: string;
  /** Frames that belong to it so far. */
  readonly count: number;
  /** On the clock of whoever feeds the watch. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly sentence: string;
  /** The frame that made it an incident. */
  readonly exchange?: DecodedExchange;
  /** Numbers that were given with its frames; none where none were. Of captures alone. */
  readonly frames: readonly number[];
};
