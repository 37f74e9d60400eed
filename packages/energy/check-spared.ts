/**
 * Whether a fuse bears a station that does not obey beside a dead site, by its document alone: what cannot keep what it `spares`, and which
 * fuses would open (`spared.ts`).
 */

import { type FuseTree, fuseTree } from "./fuse-tree.ts";
import { everyWired, type PerPhase, PHASES, total } from "./phases.ts";
import type { Outlet, Site } from "./site.ts";
import { carriedForMa, grantsEndMs, ratings, sparedOf } from "./spared.ts";

type Found = { readonly path: string; readonly sentence: string };

/** Of fuses that spare a rating: the others have their safe defaults for ever beside it, and enough to charge until then. */
export function sparedFaults(site: Site): Found[] {
  const tree = fuseTree(site);
  return site.fuses.flatMap((fuse, i) => {
    if (fuse.spares === undefined) return [];
    const outlets = below(tree, i);
    const carriedMa = carriedForMa(fuse, grantsEndMs(outlets));
    const lasting = baseMa(tree, i, "unproven");
    const meanwhile = baseMa(tree, i, "all");
    const found = [...ratings(outlets)].flatMap(([station, rated]) => {
      const others = outlets.filter((outlet) => outlet.station !== station);
      const safe = total(others.map((one) => everyWired(one.wiring, withoutController(one))));
      return rated.flatMap((ma, phase) => {
        const least = others
          .filter(({ wiring }) => wiring.includes(PHASES[phase]!))
          .map(({ minMa }) => minMa);
        if (ma === 0 || least.length === 0) return [];
        const where = `on ${PHASES[phase]} where station '${station}' draws its rating of ${ma} mA and nobody can lower the others`;
        const foreverMa = ma + safe[phase]! + lasting[phase]!;
        if (foreverMa > fuse.ratedMa)
          return [`is overloaded ${where}: with their safe defaults it carries ${foreverMa} mA; make them 0`];
        const leftMa = Math.floor(carriedMa - ma - meanwhile[phase]!);
        const more = "say carriesPermille by its maker's curve, or leave spares away";
        return leftMa < Math.max(...least)
          ? [`leaves them ${leftMa} mA ${where}, which charges no car: ${more}`]
          : [];
      });
    });
    return found.slice(0, 1).map((sentence) => ({ path: `fuses[${i}].spares`, sentence }));
  });
}

/** Fuses that spare nothing, and would open: what the worst station brings them to, of their rating. */
export function opensBeside(site: Site): Found[] {
  const tree = fuseTree(site);
  return site.fuses.flatMap((fuse, i) => {
    const rows = fuse.spares === undefined ? sparedOf({ ...fuse, spares: "rating" }, i, below(tree, i)) : [];
    const worst = rows.toSorted((a, b) => b.ratedMa - a.ratedMa)[0];
    if (worst === undefined) return [];
    const load = ((fuse.ratedMa + worst.ratedMa) / fuse.ratedMa).toFixed(2);
    const s = grantsEndMs(below(tree, i)) / 1_000;
    const sentence = `station '${worst.station}', if it does not obey while the whole site controller is dead, can load it with ${load} of its rating for ${s} s, more than carriesPermille allows; 'spares: rating' leaves room for that`;
    return [{ path: `fuses[${i}]`, sentence }];
  });
}

const below = (tree: FuseTree, fuse: number): readonly Outlet[] =>
  tree.site.outlets.filter((outlet) => tree.pathOf(tree.indexOf(outlet.fuse)).includes(fuse));

/** What an outlet draws at most while no controller lives. */
export const withoutController = ({ limiting, ratedMa, safeMa }: Outlet): number =>
  limiting === "none" ? ratedMa : safeMa;

/** Loads at their highest, and batteries that charge: all, as long as their setpoints last, or those that never let go. */
function baseMa(tree: FuseTree, fuse: number, batteries: "all" | "unproven"): PerPhase {
  const { loads, sources, voltageV } = tree.site;
  const isBelow = (one: { readonly fuse: Outlet["fuse"] }) =>
    tree.pathOf(tree.indexOf(one.fuse)).includes(fuse);
  const charging = sources.filter(isBelow).flatMap((source) => {
    const counts = source.kind === "battery" && (batteries === "all" || source.revert.kind === "unproven");
    if (!counts) return [];
    return [everyWired(source.wiring, (source.chargeWMax * 1_000) / (voltageV * source.wiring.length))];
  });
  return total([...loads.filter(isBelow).map(({ highestMa }) => highestMa), ...charging]);
}
