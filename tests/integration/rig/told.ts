/** What one end wrote down as told, against what the other wrote down as heard. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Every text of `part` is in `whole`, in its order, each as often as there at most. */
export function inOrder(part: readonly string[], whole: readonly string[], about: string): void {
  let at = 0;
  for (const text of part) {
    at = whole.indexOf(text, at) + 1;
    assert(at > 0, `${about}: not sent, sent before, or sent once only: ${text.slice(0, 160)}`);
  }
}

type Line = { readonly station: string; readonly frame: string };
/** The frames of one station in a file of them, a line each, in their order. */
export const linesOf = (folder: string, name: string, station: string): string[] =>
  readFileSync(join(folder, name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.station === station)
    .map(({ frame }) => frame);
