/**
 * What a guard's successor has to know of motions, so that whoever makes the guard fall gets no new steps by it: which way each register
 * went last, and when it turned. Nothing of what devices hold: that is read anew. For the rest it takes the worst: every dwell has just begun, and
 * nothing of a ramp is left.
 *
 * Ages, not instants: clocks of two processes have nothing in common, and the time between them does not count.
 */
import { list, number, object, type Rule, text, whole } from "@wattward/kernel/shape";
import { DEVICES_MAX, NAME_CHARS_MAX, REGISTERS_MAX, REVERSALS_MAX } from "./limits.ts";

export type Direction = -1 | 0 | 1;

export type RegisterPast = {
  readonly device: string;
  readonly register: string;
  /** Of its last change; 0: none yet, or, where it has turned, nobody knows. */
  readonly direction: Direction;
  readonly reversalsAgoMs: readonly number[];
};
/** Of registers that have moved. */
export type GuardPast = readonly RegisterPast[];

/** As much as any register remembers: where nobody knows what was, it turned as often as it may, and more. */
const worstPast = Array.from({ length: REVERSALS_MAX }, () => 0);

/** For whoever reads it back. */
export const guardPastRule: Rule = list(
  object<RegisterPast>({
    device: text(NAME_CHARS_MAX, 1),
    register: text(NAME_CHARS_MAX, 1),
    direction: whole(-1, 1),
    reversalsAgoMs: list(number(0), REVERSALS_MAX),
  }),
  DEVICES_MAX * REGISTERS_MAX,
);

/** How a register begins after another guard: at that instant, knowing this. */
export type Since = {
  readonly atMs: number;
  readonly direction: Direction;
  readonly reversalsAgoMs: readonly number[];
};

/** What a guard takes over from one that is gone. */
export type Inherited = {
  readonly atMs: number;
  readonly past: GuardPast;
  /** Told in the place of what is not in `past`: nothing, or the worst. */
  readonly unknown: "nothing" | "worst";
};

/** Of one register. */
export function sinceOf({ atMs, past, unknown }: Inherited, device: string): (register: string) => Since {
  const known = new Map(past.filter((one) => one.device === device).map((one) => [one.register, one]));
  return (register) => {
    const { direction = 0, reversalsAgoMs = unknown === "worst" ? worstPast : [] } =
      known.get(register) ?? {};
    return { atMs, direction, reversalsAgoMs };
  };
}
