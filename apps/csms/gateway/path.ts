/**
 * What a connection's URL path asks for. The path comes from the peer: nothing in it can throw (a known library dies
 * of one `GET /%`), and nothing is guessed.
 *
 *     /ocpp/<stationId>     a direct station: the id is the last non-empty segment, decoded once (QUIRKS 27)
 *     /site/<siteId>        a site link
 *
 * OCPP 2.0.1 Part 4 §3.1.1; 1.6J §3.1.1.
 */
import { type SiteId, type StationId, siteId, stationId } from "@wattward/kernel";

export type Asked =
  | { readonly kind: "station"; readonly station: StationId }
  | { readonly kind: "site"; readonly site: SiteId }
  /** Answered with 404; the reason is for our log. */
  | { readonly kind: "nothing"; readonly reason: "no-such-path" | "bad-encoding" | "bad-id" };

const PATH_CHARS_MAX = 1_024;

export function askedBy(path: string): Asked {
  const nothing = (reason: Extract<Asked, { kind: "nothing" }>["reason"]): Asked => ({
    kind: "nothing",
    reason,
  });
  if (path.length > PATH_CHARS_MAX || !path.startsWith("/")) return nothing("no-such-path");
  const [prefix, ...segments] = path.split("/").slice(1);
  const encoded = segments.findLast((segment) => segment !== "");
  if (encoded === undefined || (prefix !== "ocpp" && prefix !== "site")) return nothing("no-such-path");

  const id = decodedOnce(encoded);
  if (id === undefined) return nothing("bad-encoding");
  if (prefix === "site") {
    const site = siteId(id);
    return site.ok && segments.length === 1 ? { kind: "site", site: site.value } : nothing("bad-id");
  }
  const station = stationId(id);
  return station.ok ? { kind: "station", station: station.value } : nothing("bad-id");
}

function decodedOnce(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined; // The one thing it throws is URIError: the peer's bad encoding, answered as a value.
  }
}
