/** Which rows are drawn: those in sight and a few around them, however many there are. Pure. */

/** Every row is as high as the next: a cell that needs more is cut, and its page has the whole. */
export const ROW_PX = 40;
/** What a row has below its cells where there is no room for all columns: two short lines. */
export const BELOW_PX = 44;
/** Drawn above and below what is in sight, so that scrolling shows no gap. */
export const AROUND = 12;

export type Window = { readonly from: number; readonly to: number };

export function windowOf(count: number, scrolledPx: number, heightPx: number, rowPx = ROW_PX): Window {
  const first = Math.floor(Math.max(0, scrolledPx) / rowPx) - AROUND;
  const last = Math.ceil((Math.max(0, scrolledPx) + heightPx) / rowPx) + AROUND;
  const from = Math.min(Math.max(0, first), Math.max(0, count - 1));
  return { from, to: Math.min(count, Math.max(from, last)) };
}
