/** The site's trust on the operator's real certificates, by the site's own clock and the bundle's deny set (ADR 8, 20). */
import type { Clock } from "@wattward/kernel";
import { checkPeer, type DenySet, denySet, verifyBundle } from "@wattward/pki";
import type { Bundle } from "@wattward/sitelink";
import type { SiteTrust } from "../site.ts";

export function certificateTrust(rootPem: string): SiteTrust {
  // One set per bundle, made at the first question.
  const sets = new WeakMap<Bundle, DenySet>();
  const denials = (bundle: Bundle): DenySet => {
    const known = sets.get(bundle);
    if (known !== undefined) return known;
    const made = denySet(bundle.deny);
    sets.set(bundle, made);
    return made;
  };
  return {
    checkStation: (chainDer, bundle, now) =>
      checkPeer({ chainDer, anchors: bundle.stationAnchors, now, deny: denials(bundle), role: "station" }),
    denied: (facts, bundle) => denials(bundle).denies(facts),
    verifyBundle: (signed, now) => verifyBundle(signed, rootPem, now),
  };
}

/** Is this the server we meant to reach? For the site link's dialer. */
export const serverCheck =
  (rootPem: string, clock: Clock) =>
  (
    chainDer: readonly Uint8Array[],
    name: string,
  ): { kind: "trusted" } | { kind: "refused"; reason: string } => {
    const verdict = checkPeer({ chainDer, anchors: [rootPem], now: clock.now(), role: "server", name });
    return verdict.kind === "trusted" ? { kind: "trusted" } : { kind: "refused", reason: verdict.sentence };
  };
