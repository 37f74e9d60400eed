/**
 * Is a turn of the energy controller sound? It has passed its parser; this looks at what it says against the site as the local controller knows it
 * from the signed bundle. An energy controller that is broken, or broken into, gets no grant past it that the fuses cannot carry.
 *
 *     absurd       turn or grant numbers that do not rise, or leap · an outlet that is none · above the rating · a longer life than the outlet's
 *     overloading  Σ of what all sessions are granted > fuse + what local sources can feed below it, with no base load at all
 *
 * A three-phase outlet counts on the phases that its car was seen to draw from, and else on one that nobody knows: the control loop may
 * know better, so one turn that seems to overload is only not heeded; what goes on overloading is absurd.
 */
import { everyWired, type Grant, type Outlet, type OutletId, type Site, type Wiring } from "@wattward/energy";
import type { FromEnergy } from "../energy-link/messages.ts";

/** What a session was granted, and on which phases its car draws; absent: not seen lately. */
export type GrantedTo = { readonly limitMa: number; readonly draws?: Wiring | undefined };
/** Of outlets that have a session; the others draw their safe default at most. */
export type Granted = ReadonlyMap<OutletId, GrantedTo>;

export type Soundness =
  | { readonly kind: "sound" }
  | { readonly kind: "absurd" | "overloading"; readonly say: string };

/** Rounding of whoever reckons in other units. */
const WITHIN_MA = 1;
/** Grants ahead of the last that was heeded: years of them. Numbers are kept for ever, and one out of all measure would be the last. */
const SEQ_AHEAD_MAX = 1_000_000_000;
const sound: Soundness = { kind: "sound" };

export type Known = {
  readonly site: Site;
  readonly lastTurn: number;
  readonly lastSeq: number;
  /** Of any controller of this site, ever. */
  readonly siteSeq: number;
  readonly granted: Granted;
};

export function soundness(
  { turn, grants }: FromEnergy,
  { site, lastTurn, lastSeq, siteSeq, granted }: Known,
): Soundness {
  const absurd = (say: string): Soundness => ({ kind: "absurd", say });
  if (turn <= lastTurn) return absurd(`turn ${turn} after turn ${lastTurn}`);
  const outlets = new Map(site.outlets.map((outlet) => [outlet.id, outlet]));
  const then = new Map(granted);
  let seqBefore = lastSeq;
  for (const grant of grants) {
    const outlet = outlets.get(grant.outlet);
    if (outlet === undefined)
      return absurd(`a grant for outlet '${grant.outlet}', which this site does not have`);
    if (grant.seq > siteSeq + SEQ_AHEAD_MAX)
      return absurd(`grant ${grant.seq}, where ${siteSeq} was the last`);
    const wrong = wrongGrant(grant, outlet, seqBefore);
    if (wrong !== undefined) return absurd(wrong);
    seqBefore = grant.seq;
    then.set(grant.outlet, { ...granted.get(grant.outlet), limitMa: grant.limitMa });
  }
  const say = overloaded(site, then, granted);
  return say === undefined ? sound : { kind: "overloading", say };
}

function wrongGrant(
  { limitMa, dischargeMa = 0, outlet, seq, ttlMs }: Grant,
  { ratedMa, dischargeMaMax = 0, ttlMs: ttlMsMax }: Outlet,
  seqBefore: number,
): string | undefined {
  if (seq <= seqBefore) return `grant ${seq} after grant ${seqBefore}`;
  if (limitMa > ratedMa + WITHIN_MA)
    return `${limitMa} mA for outlet '${outlet}', which is rated ${ratedMa} mA`;
  if (dischargeMa > dischargeMaMax + WITHIN_MA || (dischargeMa > 0 && limitMa > 0))
    return `${dischargeMa} mA to be given back at outlet '${outlet}', which may give ${dischargeMaMax} mA and take nothing meanwhile`;
  if (ttlMs > ttlMsMax)
    return `a grant of ${ttlMs} ms for outlet '${outlet}', whose station keeps it ${ttlMsMax} ms`;
  return undefined;
}

/** L1, L2, L3, and all of them together with what draws on a phase that nobody knows. */
type Row = [number, number, number, number];

/** Only what a turn adds to is its fault: a sum that was too high before and is lower now is a controller at work. */
function overloaded(site: Site, then: Granted, before: Granted): string | undefined {
  const sums = sumsOf(site, then);
  const were = sumsOf(site, before);
  const carries = carried(site);
  for (const [f, { id }] of site.fuses.entries()) {
    const place = sums[f]!.findIndex((ma, i) => ma > carries[f]![i]! + WITHIN_MA && ma > were[f]![i]!);
    if (place < 0) continue;
    const where = place === 3 ? "its phases together" : `L${place + 1}`;
    return `${Math.round(sums[f]![place]!)} mA granted below fuse '${id}' on ${where}, which carries ${Math.round(carries[f]![place]!)} mA with every local source`;
  }
  return undefined;
}

/** What every source below a fuse can feed comes on top of the fuse. */
function carried(site: Site): Row[] {
  const rows = site.fuses.map(({ ratedMa }): Row => [ratedMa, ratedMa, ratedMa, 3 * ratedMa]);
  for (const source of site.sources) {
    const feedW = source.kind === "solar" ? source.feedWMax : source.dischargeWMax;
    const perPhase = everyWired(source.wiring, (feedW * 1_000) / (site.voltageV * source.wiring.length));
    addTo(rows, site, source.fuse, [...perPhase, perPhase[0] + perPhase[1] + perPhase[2]]);
  }
  return rows;
}

function sumsOf(site: Site, granted: Granted): Row[] {
  const rows = site.fuses.map((): Row => [0, 0, 0, 0]);
  for (const { id, fuse, wiring } of site.outlets) {
    const { limitMa = 0, draws } = granted.get(id) ?? {};
    const known = wiring.length === 1 ? wiring : draws;
    const perPhase =
      known === undefined || known.length === 0 ? ([0, 0, 0] as const) : everyWired(known, limitMa);
    const total = known === undefined || known.length === 0 ? limitMa : limitMa * known.length;
    addTo(rows, site, fuse, [...perPhase, total]);
  }
  return rows;
}

function addTo(rows: Row[], site: Site, fuse: Site["fuses"][number]["id"], ma: Row): void {
  let at = site.fuses.findIndex(({ id }) => id === fuse);
  for (let steps = 0; at >= 0 && steps < site.fuses.length; steps++) {
    ma.forEach((each, i) => {
      rows[at]![i]! += each;
    });
    const { parent } = site.fuses[at]!;
    at = parent === undefined ? -1 : site.fuses.findIndex(({ id }) => id === parent);
  }
}
