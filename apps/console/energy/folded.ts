/** Refusals that are alike in everything but their instant, as one with a count: what asks in vain every few seconds must not hide the rest. Pure. */
import type { Refusal } from "./refusal.ts";

/** What is told again after a longer silence is news. */
export const FOLD_GAP_MS = 3_600_000;

/** The newest of them, how many there were, and when the first was. */
export type Folded = Refusal & {
  readonly times: number;
  readonly firstAtMs: number;
  /** Of all of them, newest first. */
  readonly seqs: readonly number[];
};

/** `refusals` newest first, as they are told; the result likewise, by the newest of each. */
export function folded(refusals: readonly Refusal[]): readonly Folded[] {
  const open = new Map<string, { newest: Refusal; firstAtMs: number; seqs: number[] }>();
  const all: { newest: Refusal; firstAtMs: number; seqs: number[] }[] = [];
  for (const refusal of refusals) {
    const key = keyOf(refusal);
    const before = open.get(key);
    if (before !== undefined && before.firstAtMs - refusal.atMs <= FOLD_GAP_MS) {
      before.firstAtMs = Math.min(before.firstAtMs, refusal.atMs);
      before.seqs.push(refusal.seq);
      continue;
    }
    const group = { newest: refusal, firstAtMs: refusal.atMs, seqs: [refusal.seq] };
    open.set(key, group);
    all.push(group);
  }
  return all.map(({ newest, firstAtMs, seqs }) => ({ ...newest, firstAtMs, seqs, times: seqs.length }));
}

function keyOf({ seq: _seq, atMs: _atMs, frame: _frame, ...rest }: Refusal): string {
  return JSON.stringify(rest, Object.keys(rest).sort());
}
