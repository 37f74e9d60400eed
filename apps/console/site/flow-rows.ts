/**
 * Which rows the picture of the power flow has, and how wide each ribbon is. A small site shows every station in order
 * of its id, so that rows never jump; a large one shows the strongest and gathers the rest in one row.
 */
import { counts, type PowerNow, type StationPower } from "./power-now.ts";

export const ROWS_MAX = 9;

export type FlowRow =
  | ({ readonly kind: "station" } & StationPower)
  | { readonly kind: "others"; readonly count: number; readonly powerW: number };

export function flowRows(power: PowerNow): readonly FlowRow[] {
  const byId = [...power.stations].sort((a, b) =>
    a.station.localeCompare(b.station, "en", { numeric: true }),
  );
  if (byId.length <= ROWS_MAX) return byId.map((it) => ({ kind: "station", ...it }));
  const flowing = byId.filter((it) => drawnBy(it) > 0);
  if (flowing.length <= ROWS_MAX) return flowing.map((it) => ({ kind: "station", ...it }));
  const strongest = [...flowing].sort((a, b) => (b.powerW ?? 0) - (a.powerW ?? 0)).slice(0, ROWS_MAX - 1);
  const shown = flowing.filter((it) => strongest.includes(it));
  const rest = flowing.filter((it) => !strongest.includes(it));
  const restW = rest.reduce((sum, it) => sum + (it.powerW ?? 0), 0);
  return [
    ...shown.map((it) => ({ kind: "station" as const, ...it })),
    { kind: "others", count: rest.length, powerW: restW },
  ];
}

export type Ribbon = {
  readonly index: number;
  readonly y0: number;
  readonly y1: number;
  readonly width: number;
};
/** No station's ribbon is wider than `widest`, so that it stays within its row, nor that of the others than twice it. */
export type Picture = { readonly rowHeight: number; readonly widest: number; readonly least: number };

/**
 * Ribbons from the trunk to the middle of each row that draws power, in the picture's units; their widths are in
 * proportion to the power, and lie side by side where they leave the trunk.
 */
export function ribbonsOf(
  rows: readonly FlowRow[],
  { rowHeight, widest, least }: Picture,
): readonly Ribbon[] {
  const drawn = rows.map((row) => (row.kind === "others" ? row.powerW : drawnBy(row)));
  const perWatt = Math.min(
    ...drawn.map((powerW, index) => (rows[index]?.kind === "others" ? 2 * widest : widest) / powerW),
  );
  const widths = drawn.map((powerW) => (powerW > 0 ? Math.max(least, powerW * perWatt) : 0));
  const trunkHeight = widths.reduce((sum, width) => sum + width, 0);
  let at = (rows.length * rowHeight - trunkHeight) / 2;
  const ribbons: Ribbon[] = [];
  widths.forEach((width, index) => {
    if (width === 0) return;
    ribbons.push({ index, width, y0: at + width / 2, y1: (index + 0.5) * rowHeight });
    at += width;
  });
  return ribbons;
}

/** What a station takes out of the trunk: nothing where its value does not count. */
export function drawnBy({ powerW, freshness }: StationPower): number {
  return counts(freshness) ? Math.max(0, powerW ?? 0) : 0;
}
