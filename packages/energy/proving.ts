/**
 * Who did not obey gets the least that charges: its rating is paid for, and there it can prove that it obeys again. Who stands at nothing
 * could never prove anything, and would cost its rating for ever; so it gets the least too, as soon as the others, by what they really may
 * or do draw, leave room for its whole rating, or for the least once it has kept to nothing for as long as any proof takes. Others that
 * did not obey count with their grant or what they were seen to draw: two that are quiet would else block each other, and with
 * them everybody, for ever. One of them that draws above its grant again takes its whole rating: who proves himself beside it gives way.
 */
import { type FuseTree, Room } from "./fuse-tree.ts";
import { PROBATION_MS } from "./limits.ts";
import { type HeldOutlet, type OutletClaim, weighsOn } from "./outlet-claim.ts";
import { everyWired, higher } from "./phases.ts";
import { lowest } from "./steps.ts";

/** Those who are to have {@link lowest} now. */
export function proving(
  tree: FuseTree,
  held: readonly HeldOutlet[],
  { capacity, nowMs }: { readonly capacity: readonly number[]; readonly nowMs: number },
): OutletClaim[] {
  const tamed = held.filter(({ claim }) => claim.session !== undefined && claim.standing === "disobeys");
  const lowered = tamed.filter(({ claim }) => claim.limitMa > lowest(claim.outlet));
  const quiet = tamed.filter(({ claim }) => claim.limitMa === 0);
  const proves: OutletClaim[] = lowered.map(({ claim }) => claim);
  for (const one of quiet) {
    const room = new Room(tree, capacity);
    for (const other of held)
      if (other !== one) room.add(weighsOn(tree, other, "raising"), reallyMa(other.claim, proves));
    const { changedAtMs, drawing, outlet } = one.claim;
    const keptTo = !drawing && nowMs - changedAtMs >= PROBATION_MS;
    const mayMa = keptTo ? lowest(outlet) : outlet.ratedMa;
    if (room.fits(weighsOn(tree, one, "raising"), everyWired(outlet.wiring, mayMa))) proves.push(one.claim);
  }
  return proves;
}

/** Who proves itself in this very turn may turn out not to obey: one such at a time. */
function reallyMa(claim: OutletClaim, proves: readonly OutletClaim[]) {
  if (claim.standing !== "disobeys" || claim.isAbove || proves.includes(claim)) return claim.mayMa;
  return higher(everyWired(claim.outlet.wiring, claim.limitMa), claim.drawMa);
}

/** Those who prove themselves, and have no room for it beside one that is above its grant. */
export function givingWay(
  tree: FuseTree,
  held: readonly HeldOutlet[],
  capacity: readonly number[],
): OutletClaim[] {
  const out: OutletClaim[] = [];
  for (const one of held) {
    const { isAbove, limitMa, outlet, session, standing } = one.claim;
    if (session === undefined || standing !== "disobeys" || isAbove || limitMa === 0) continue;
    const room = new Room(tree, capacity);
    for (const other of held)
      if (other !== one && !out.includes(other.claim))
        room.add(weighsOn(tree, other, "raising"), reallyMa(other.claim, []));
    if (!room.fits(weighsOn(tree, one, "raising"), everyWired(outlet.wiring, limitMa))) out.push(one.claim);
  }
  return out;
}
