/** Lines of a text, and where each begins. Pure. */

export const linesIn = (text: string): number => text.split("\n").length;

/** Lines that hold a text, whatever its case; a number is the line of that number. None for an empty text. */
export function linesWith(text: string, wanted: string): readonly number[] {
  const find = wanted.trim().toLowerCase();
  if (find === "") return [];
  const lines = text.split("\n");
  const line = Number(find);
  if (/^\d+$/.test(find) && line >= 1 && line <= lines.length) return [line];
  return lines.flatMap((one, i) => (one.toLowerCase().includes(find) ? [i + 1] : []));
}

/** From its first character to the one before its end; undefined where there is no such line. Lines count from 1. */
export function lineSpan(text: string, line: number): readonly [from: number, to: number] | undefined {
  if (!Number.isInteger(line) || line < 1) return undefined;
  let from = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf("\n", from);
    if (end < 0) return undefined;
    from = end + 1;
  }
  const end = text.indexOf("\n", from);
  return [from, end < 0 ? text.length : end];
}
