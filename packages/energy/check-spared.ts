/**
 * Whether a fuse bears a station that does not obey beside a dead site, by its document alone: what cannot keep what it `spares`, and which
 * fuses would open (`spared.ts`).
 */
import { type FuseTree, fuseTree } from "./fuse-tree.ts";
import { DEADBAND_MA, SPARED_ROWS_MAX } from "./limits.ts";
import { everyWired, PHASES, total } from "./phases.ts";
import type { Outlet, Site } from "./site.ts";
import { type Below, belowOf, carriedForMa, grantsEndMs, ratings, sparedOf } from "./spared.ts";

type Found = { readonly path: string; readonly sentence: string };

/** Of fuses that spare a rating: the others have their safe defaults for ever beside it, and until then each of them enough to begin. */
export function sparedFaults(site: Site): Found[] {
  const tree = fuseTree(site);
  return site.fuses.flatMap((fuse, i) => {
    if (fuse.spares === undefined) return [];
    const below = belowFuse(tree, i);
    const unproven = below.outlets.find(
      ({ expiry, limiting }) => limiting === "proven" && expiry === "unproven",
    );
    const rows = tree.spared.filter((one) => one.fuse === i).length;
    const [sentence] = [
      ...(unproven === undefined
        ? []
        : [
            `cannot: grants of outlet '${unproven.id}' may never end, for its expiry is unproven: have it proven, or leave spares away`,
          ]),
      ...(rows > SPARED_ROWS_MAX
        ? [`is for ${SPARED_ROWS_MAX / 3} stations at most: spare at the fuses below`]
        : []),
      ...besideEach(fuse.ratedMa, carriedForMa(fuse, grantsEndMs(below.outlets)), below),
    ];
    return sentence === undefined ? [] : [{ path: `fuses[${i}].spares`, sentence }];
  });
}

function besideEach(ratedMa: number, carriedMa: number, { baseMa, foreverMa, outlets }: Below): string[] {
  return [...ratings(outlets)].flatMap(([station, rated]) => {
    const others = outlets.filter((outlet) => outlet.station !== station);
    const alone = total(others.map((one) => everyWired(one.wiring, withoutController(one))));
    return rated.flatMap((ma, phase) => {
      const on = others.filter(({ wiring }) => wiring.includes(PHASES[phase]!));
      if (ma === 0) return [];
      const where = `on ${PHASES[phase]} where station '${station}' draws its rating of ${ma} mA and nobody can lower the others`;
      const lastingMa = ma + alone[phase]! + foreverMa[phase]!;
      if (lastingMa > ratedMa)
        return [
          `is overloaded ${where}: with their safe defaults, and the highest loads, it carries ${Math.ceil(lastingMa)} mA: less safeMa for them, fewer stations below it, or no spares`,
        ];
      const leftMa = Math.floor(carriedMa - ma - baseMa[phase]! - DEADBAND_MA);
      const lacks = on.find((one) => leftMa - (alone[phase]! - withoutController(one)) < one.minMa);
      const more = "say carriesPermille by its maker's curve, or leave spares away";
      return lacks === undefined
        ? []
        : [`leaves them ${leftMa} mA ${where}, too little for outlet '${lacks.id}' to begin: ${more}`];
    });
  });
}

/** Fuses that spare nothing, and would open: what the worst station brings them to, of their rating. */
export function opensBeside(site: Site): Found[] {
  const tree = fuseTree(site);
  return site.fuses.flatMap((fuse, i) => {
    const below = belowFuse(tree, i);
    const rows = fuse.spares === undefined ? sparedOf({ ...fuse, spares: "rating" }, i, below) : [];
    const worst = rows.toSorted((a, b) => b.mostMa - a.mostMa)[0];
    if (worst === undefined) return [];
    const load = (worst.mostMa / fuse.ratedMa).toFixed(2);
    const s = Math.round(grantsEndMs(below.outlets) / 1_000);
    const sentence = `station '${worst.station}', if it does not obey while the whole site controller is dead, can load it with ${load} of its rating for ${s} s, more than carriesPermille allows; 'spares: rating' leaves room for that`;
    return [{ path: `fuses[${i}]`, sentence }];
  });
}

const belowFuse = (tree: FuseTree, fuse: number): Below =>
  belowOf(tree.site, (id) => tree.pathOf(tree.indexOf(id)).includes(fuse));

/** What an outlet draws at most while no controller lives. */
export const withoutController = ({ limiting, ratedMa, safeMa }: Outlet): number =>
  limiting === "none" ? ratedMa : safeMa;
