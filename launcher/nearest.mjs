// @ts-check
/** The known word that somebody most likely meant: the one that is fewest edits away, if it is near at all. */

/** Longer than any name of ours: more is not compared. */
const WORD_CHARS_MAX = 40;

/** @type {(typed: string, known: readonly string[]) => string | undefined} */
export function nearest(typed, known) {
  if (typed.length > WORD_CHARS_MAX) return undefined;
  const word = typed.toLowerCase();
  const ranked = known
    .map((name) => ({ name, edits: begins(word, name) ? 1 : edits(word, name) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best !== undefined && best.edits <= Math.max(1, Math.floor(best.name.length / 3))
    ? best.name
    : undefined;
}

/** Three letters of a name are a shortened name. @type {(word: string, name: string) => boolean} */
const begins = (word, name) => word.length >= 3 && (name.startsWith(word) || word.startsWith(name));

/**
 * Optimal string alignment: insert, delete, replace, swap two neighbours.
 * @type {(a: string, b: string) => number}
 */
function edits(a, b) {
  let before = /** @type {number[]} */ ([]);
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(before, j - 2) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return at(row, b.length);
}

/** @type {(row: readonly number[], j: number) => number} */
const at = (row, j) => row[j] ?? Number.POSITIVE_INFINITY;
