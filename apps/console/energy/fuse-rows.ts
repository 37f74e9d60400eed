/**
 * The fuse tree as rows, from the grid connection down: of each phase what its meter shows now, what is reserved of it, and what the fuse is
 * rated for; and which phase is the tightest. Pure.
 */
import type { FuseLoad, Topology } from "../api/energy-shapes.ts";

export const PHASES = ["L1", "L2", "L3"] as const;

export type PhaseLoad = {
  readonly phase: (typeof PHASES)[number];
  readonly baseMa: number;
  readonly mayMa: number;
  /** What may flow through the fuse in all: base load, and what it leaves for cars. */
  readonly limitMa: number;
  /** Reserved of the limit, 1 is all; what feeds in takes nothing. The loop gives away all that there is: near 1 is as it should be. */
  readonly taken: number;
  readonly ratedMa: number;
  /** What flows through it now, import positive; undefined: no trusted meter is at this fuse. */
  readonly measuredMa: number | undefined;
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
      phases: load === undefined ? [] : phasesOf(load, fuse.ratedMa),
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

function phasesOf(load: FuseLoad, ratedMa: number): readonly PhaseLoad[] {
  return PHASES.map((phase, i): PhaseLoad => {
    const [baseMa, mayMa] = [load.baseMa[i] ?? 0, load.mayMa[i] ?? 0];
    // The capacity is the cars' alone: base load is taken off already.
    const limitMa = baseMa + (load.capacityMa[i] ?? 0);
    const takenMa = Math.max(0, baseMa + mayMa);
    const taken = limitMa > 0 ? takenMa / limitMa : takenMa > 0 ? Number.POSITIVE_INFINITY : 0;
    return { phase, baseMa, mayMa, limitMa, taken, ratedMa, measuredMa: load.measuredMa?.[i] };
  });
}

export type Tightest = {
  readonly fuse: string;
  readonly phase: string;
  readonly taken: number;
  /** Of its rating, as measured now; else reserved of its limit, where nothing is measured. */
  readonly by: "measured" | "reserved";
};

/** The phase that carries most of its rating, by the meters; reserved where no meter tells; undefined where nothing is known. */
export function tightest(fuses: Tree["fuses"], loads: readonly FuseLoad[]): Tightest | undefined {
  const ratings = new Map(fuses.map(({ id, ratedMa }) => [id, ratedMa]));
  const phases = loads.flatMap((load) =>
    phasesOf(load, ratings.get(load.id) ?? 0).map((phase) => ({ fuse: load.id, ...phase })),
  );
  const measured = phases.flatMap((it): Tightest[] => {
    const taken = carriedOf(it);
    return taken === undefined ? [] : [{ fuse: it.fuse, phase: it.phase, taken, by: "measured" }];
  });
  const all =
    measured.length > 0
      ? measured
      : phases.map(({ fuse, phase, taken }): Tightest => ({ fuse, phase, taken, by: "reserved" }));
  return all.reduce<Tightest | undefined>(
    (most, each) => (most === undefined || each.taken > most.taken ? each : most),
    undefined,
  );
}

/** What flows of what the fuse is rated for, either way; undefined where nobody knows. */
function carriedOf({ measuredMa, ratedMa }: PhaseLoad): number | undefined {
  return measuredMa === undefined || ratedMa <= 0 ? undefined : Math.abs(measuredMa) / ratedMa;
}

/**
 * How a phase of a fuse stands: by what flows through it now. That nearly all is reserved is no news; that more is than there is, is
 * danger.
 */
export function toneOfPhase(load: PhaseLoad): "calm" | "care" | "danger" {
  if (toneOfTaken(load.taken) === "danger") return "danger";
  return toneOfTaken(carriedOf(load) ?? 0);
}

/** From nine tenths on it wants a look. More than all of it is danger. */
export const toneOfTaken = (taken: number): "calm" | "care" | "danger" =>
  taken > 1.0005 ? "danger" : taken >= 0.9 ? "care" : "calm";

/** Widths of the bar's parts, in per cent of the rating, or of the limit where more may flow; what is above it is cut at the bar's end. */
export function barParts({ baseMa, mayMa, limitMa, ratedMa, measuredMa }: PhaseLoad): {
  readonly base: number;
  readonly may: number;
  readonly measured: number;
} {
  const allMa = Math.max(limitMa, ratedMa);
  if (allMa <= 0) return { base: 0, may: 100, measured: 0 };
  const share = (ma: number) => Math.max(0, (100 * ma) / allMa);
  const base = Math.min(100, share(baseMa));
  // Cars use up what feeds in first.
  const may = share(mayMa + Math.min(0, baseMa));
  return { base, may: Math.min(100 - base, may), measured: Math.min(100, share(Math.abs(measuredMa ?? 0))) };
}

/** Amperes to show: whole ones from ten on. */
export function ampere(ma: number): string {
  const a = ma / 1000;
  const text = Math.abs(a) < 9.95 && Math.round(a * 10) % 10 !== 0 ? a.toFixed(1) : String(Math.round(a));
  return text.replace(/^-(?=0$)/, "").replace("-", "−");
}
