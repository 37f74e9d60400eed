/**
 * Which station a connection's URL path names: `/ocpp/<stationId>`, the id its last non-empty segment, decoded once
 * (QUIRKS 27; OCPP 2.0.1 Part 4 §3.1.1; 1.6J §3.1.1). The path comes from the peer: nothing in it can throw (a known
 * library dies of one `GET /%`), and nothing is guessed.
 */
import { type StationId, stationId } from "@wattward/kernel";

const PATH_CHARS_MAX = 1_024;

/** Undefined is the peer's fault: answered with 404. */
export function stationIn(path: string): StationId | undefined {
  if (path.length > PATH_CHARS_MAX || !path.startsWith("/ocpp/")) return undefined;
  const encoded = path
    .slice("/ocpp/".length)
    .split("/")
    .findLast((segment) => segment !== "");
  if (encoded === undefined) return undefined;
  try {
    const id = stationId(decodeURIComponent(encoded));
    return id.ok ? id.value : undefined;
  } catch {
    return undefined; // The one thing it throws is URIError: the peer's bad encoding.
  }
}
