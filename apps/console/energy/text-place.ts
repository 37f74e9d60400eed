/** Lines of a text, and where each begins. Pure. */

export const linesIn = (text: string): number => text.split("\n").length;

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
