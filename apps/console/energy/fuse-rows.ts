/**
 * The fuse tree as rows, from the grid connection down, each phase with what is taken of it; and which phase is the tightest. Pure.
 */
import type { FuseLoad, Topology } from "../api/energy-shapes.ts";

export const PHASES = ["L1", "L2", "L3"] as const;

export type PhaseLoad = {
  readonly phase: (typeof PHASES)[number];
  readonly baseMa: number;
  readonly mayMa: number;
  /** What may flow through the fuse in all: base load, and what it leaves for cars. */
  readonly limitMa: number;
  /** Of the limit, 1 is all; what feeds in takes nothing. */
  readonly taken: number;
};
export type FuseRow = {
  readonly id: string;
  readonly parent: string | undefined;
  readonly depth: number;
  /** It ends its parent's list. */
  readonly ratedMa: number;
  /** Undefined: not told of yet. */
  readonly load: FuseLoad | undefined;
  readonly phases: readonly PhaseLoad[];
  readonly outlets: number;
  readonly loads: readonly string[];
  readonly sources: readonly { readonly id: string; readonly kind: string }[];
  readonly meters: readonly string[];
};

type Hangs = { readonly id: string; readonly fuse: string };
/** Of a topology, what a tree needs. */
export type Tree = {
  readonly fuses: readonly Pick<Topology["fuses"][number], "id" | "parent" | "ratedMa">[];
  readonly outlets: readonly Hangs[];
  readonly loads: readonly Hangs[];
  readonly sources: readonly (Hangs & { readonly kind: string })[];
  readonly meters: readonly Hangs[];
};

export function fuseRows(site: Tree, loads: readonly FuseLoad[]): readonly FuseRow[] {
  const byId = new Map(loads.map((load) => [load.id, load]));
  const known = new Set(site.fuses.map(({ id }) => id));
  const rows: FuseRow[] = [];
  const add = (fuse: Tree["fuses"][number], depth: number): void => {
    // A document that was checked has no circle; one that was not must not hang the page.
    if (rows.some(({ id }) => id === fuse.id)) return;
    const load = byId.get(fuse.id);
    const here = <T extends { readonly fuse: string }>(of: readonly T[]) =>
      of.filter((it) => it.fuse === fuse.id);
    rows.push({
      id: fuse.id,
      parent: fuse.parent ?? undefined,
      depth,
      ratedMa: fuse.ratedMa,
      load,
      phases: load === undefined ? [] : phasesOf(load),
      outlets: here(site.outlets).length,
      loads: here(site.loads).map(({ id }) => id),
      sources: here(site.sources).map(({ id, kind }) => ({ id, kind })),
      meters: here(site.meters).map(({ id }) => id),
    });
    for (const child of site.fuses) if (child.parent === fuse.id) add(child, depth + 1);
  };
  for (const fuse of site.fuses) if (!known.has(fuse.parent ?? "")) add(fuse, 0);
  return rows;
}

function phasesOf(load: FuseLoad): readonly PhaseLoad[] {
  return PHASES.map((phase, i): PhaseLoad => {
    const [baseMa, mayMa] = [load.baseMa[i] ?? 0, load.mayMa[i] ?? 0];
    // The capacity is the cars' alone: base load is taken off already.
    const limitMa = baseMa + (load.capacityMa[i] ?? 0);
    const takenMa = Math.max(0, baseMa + mayMa);
    const taken = limitMa > 0 ? takenMa / limitMa : takenMa > 0 ? Number.POSITIVE_INFINITY : 0;
    return { phase, baseMa, mayMa, limitMa, taken };
  });
}

export type Tightest = { readonly fuse: string; readonly phase: string; readonly taken: number };

/** The phase that has the least room, by share; undefined where nothing is known. */
export function tightest(loads: readonly FuseLoad[]): Tightest | undefined {
  const all = loads.flatMap((load) =>
    phasesOf(load).map(({ phase, taken }) => ({ fuse: load.id, phase, taken })),
  );
  return all.reduce<Tightest | undefined>(
    (most, each) => (most === undefined || each.taken > most.taken ? each : most),
    undefined,
  );
}

/** How a phase stands: from nine tenths on it wants a look. More than all of it is danger. */
export const toneOfTaken = (taken: number): "calm" | "care" | "danger" =>
  taken > 1.0005 ? "danger" : taken >= 0.9 ? "care" : "calm";

/** Widths of the bar's parts, in per cent of the limit; what is above it is cut at the bar's end. */
export function barParts({ baseMa, mayMa, limitMa }: PhaseLoad): {
  readonly base: number;
  readonly may: number;
} {
  if (limitMa <= 0) return { base: 0, may: 100 };
  const base = Math.min(100, (100 * Math.max(0, baseMa)) / limitMa);
  // Cars use up what feeds in first.
  const may = Math.max(0, (100 * Math.max(0, mayMa + Math.min(0, baseMa))) / limitMa);
  return { base, may: Math.min(100 - base, may) };
}

/** Amperes to show: whole ones from ten on. */
export function ampere(ma: number): string {
  const a = ma / 1000;
  const text = Math.abs(a) < 9.95 && Math.round(a * 10) % 10 !== 0 ? a.toFixed(1) : String(Math.round(a));
  return text.replace(/^-(?=0$)/, "").replace("-", "−");
}
