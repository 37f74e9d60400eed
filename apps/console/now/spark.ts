/** Power over the last hour as the path of a small picture: a line from left to right, a gap where nothing is known. */
import type { PowerPoint } from "../api/shapes.ts";

export type Box = { readonly fromMs: number; readonly toMs: number; readonly mostW: number };

/** In a square of 100 by 100; `line` and the `area` under it, as many pieces as there are gaps and one. */
export function sparkOf(
  points: readonly PowerPoint[],
  { fromMs, toMs, mostW }: Box,
): { readonly line: string; readonly area: string } {
  const x = (atMs: number) => round((100 * (atMs - fromMs)) / (toMs - fromMs));
  const y = (powerW: number) => round(100 - (100 * Math.min(powerW, mostW)) / mostW);
  const pieces: string[][] = [];
  let piece: string[] | undefined;
  const ends: { from: number; to: number }[] = [];
  for (const { atMs, powerW } of points) {
    if (powerW === null || atMs < fromMs || atMs > toMs) {
      piece = undefined;
      continue;
    }
    if (piece === undefined) {
      piece = [];
      pieces.push(piece);
      ends.push({ from: x(atMs), to: x(atMs) });
    }
    piece.push(`${x(atMs)} ${y(Math.max(0, powerW))}`);
    const end = ends.at(-1);
    if (end !== undefined) ends[ends.length - 1] = { ...end, to: x(atMs) };
  }
  // What stands alone is a dot: a line of no length, with round ends.
  const line = pieces.map((at) => `M${at.join("L")}${at.length === 1 ? "h0" : ""}`).join("");
  const area = pieces.map((at, n) => `M${ends[n]?.from} 100L${at.join("L")}L${ends[n]?.to} 100Z`).join("");
  return { line, area };
}

const round = (value: number): number => Math.round(value * 100) / 100;
