/**
 * How deep JSON text nests, counted before anything parses it: a parser that recurses, and everything that later
 * walks its result, may then trust the depth. One pass, no allocation, whatever the text is.
 */

/** True where brackets outside strings nest deeper than `depthMax`. Text that is no JSON gets some answer, in one pass. */
export function nestsDeeperThan(text: string, depthMax: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      i = endOfString(text, i);
    } else if (c === 0x5b || c === 0x7b) {
      if (++depth > depthMax) return true;
    } else if (c === 0x5d || c === 0x7d) {
      depth--;
    }
  }
  return false;
}

/** Index of the quote that closes the string opened at `open`; the text's length where none does. */
function endOfString(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at !== -1 && isEscaped(text, open, at)) at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at;
}

/**
 * An odd number of backslashes stands before `at`. They are counted back to the last quote at most, and no quote is
 * looked at twice, so the whole stays linear.
 */
function isEscaped(text: string, open: number, at: number): boolean {
  let i = at - 1;
  while (i > open && text.charCodeAt(i) === 0x5c) i--;
  return (at - 1 - i) % 2 === 1;
}
