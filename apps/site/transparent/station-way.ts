/**
 * Where a station's connection leads: its id out of the path it asked for, and the path to ask the CSMS for (OCPP 2.0.1
 * Part 4 §6.2).
 *
 *     --csms wss://csms.example               /ocpp/CP-1  ─▶  /ocpp/CP-1                 the same path
 *     --csms wss://csms.example/web/ocpp      /ocpp/CP-1  ─▶  /web/ocpp  +  /CP-1        its endpoint (§3.1.1)
 *
 * The path comes from the peer and goes on to another's server: only plain segments pass, none that a server would
 * resolve to another one, and the last is a station's id, as it was encoded.
 */
import type { StationId } from "@wattward/kernel";
import { stationIn } from "@wattward/ocpp";

export type StationWay = {
  readonly station: StationId;
  /** As the door of both modes reads it. */
  readonly doorPath: string;
  /** To be appended to the path of the CSMS's URL, if it has one. */
  readonly upstreamPath: string;
};

const PATH_CHARS_MAX = 1_024;
/** RFC 3986 §3.3, without what starts a query or a fragment. */
const plainPath = /^(\/(?:[A-Za-z0-9._~!$&'()*+,;=:@|-]|%[0-9A-Fa-f]{2})+)+\/?$/;

/** Undefined is the peer's fault: answered with 404. `hasEndpoint`: the URL of the CSMS has a path of its own. */
export function stationWay(path: string, hasEndpoint: boolean): StationWay | undefined {
  if (path.length > PATH_CHARS_MAX || !plainPath.test(path)) return undefined;
  const segments = path.split("/").filter((segment) => segment !== "");
  if (segments.some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) return undefined;
  const last = segments.at(-1);
  const doorPath = `/ocpp/${last}`;
  const station = stationIn(doorPath);
  if (station === undefined) return undefined;
  return { station, doorPath, upstreamPath: hasEndpoint ? `/${last}` : path };
}
