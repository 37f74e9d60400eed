/**
 * What a connection's URL path asks for: `/ocpp/<stationId>` a direct station, `/site/<siteId>` a site link. Nothing
 * in it can throw and nothing is guessed; what is neither is answered with 404 (QUIRKS 27).
 */
import { type SiteId, type StationId, siteId } from "@wattward/kernel";
import { stationIn } from "@wattward/ocpp";

export type Asked =
  | { readonly kind: "station"; readonly station: StationId }
  | { readonly kind: "site"; readonly site: SiteId };

const SITE_PREFIX = "/site/";

/** Undefined is the peer's fault. A site's id needs no decoding: it is a DNS label. */
export function askedBy(path: string): Asked | undefined {
  if (path.startsWith(SITE_PREFIX)) {
    const site = siteId(path.slice(SITE_PREFIX.length));
    return site.ok ? { kind: "site", site: site.value } : undefined;
  }
  const station = stationIn(path);
  return station === undefined ? undefined : { kind: "station", station };
}
