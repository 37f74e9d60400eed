/**
 * What needs somebody, as the page shows it: by consequence, as the CSMS has sorted it; of each kind the first few,
 * and how many more there are. Pure.
 */
import type { NeedRow, Now } from "../api/shapes.ts";

/** Of each kind, until all are asked for: a site without link must not be out of sight below fifty faults. */
export const SHOWN_OF_KIND = { danger: 6, attention: 3, waits: 3 } as const;

export type NeedGroup = {
  readonly kind: NeedRow["kind"];
  readonly weight: NeedRow["weight"];
  readonly rows: readonly NeedRow[];
  /** How many there are, shown or not. */
  readonly count: number;
  /** All that came are shown, because they were asked for. */
  readonly all: boolean;
  /** How many came; of very many the first. */
  readonly came: number;
};

export function needGroups(
  { needs, counts }: Pick<Now, "needs" | "counts">,
  all?: string,
): readonly NeedGroup[] {
  const kinds = [...new Set(needs.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const rows = needs.filter((need) => need.kind === kind);
    const weight = rows[0]?.weight;
    if (weight === undefined) return [];
    const shown = all === kind ? rows : rows.slice(0, SHOWN_OF_KIND[weight]);
    const count = counts.find((it) => it.kind === kind)?.count ?? rows.length;
    return [{ kind, weight, rows: shown, count, all: all === kind, came: rows.length }];
  });
}

export type Weights = Readonly<Record<NeedRow["weight"], number>>;

/** How many of each weight. What does not work in the central system itself is of the gravest. */
export function weightsOf(now: Pick<Now, "needs" | "counts" | "troubles">): Weights {
  const sum = { danger: now.troubles.length, attention: 0, waits: 0 };
  for (const { weight, count } of needGroups(now)) sum[weight] += count;
  return sum;
}
