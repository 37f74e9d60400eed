/**
 * Whom a site knows that has no CSMS of ours to tell it (OCPP 2.0.1 Part 4 §6.5: the local controller is its stations'
 * CSMS, so it is the one to check them). The first of these that is there decides:
 *
 *     DIR/upstream/stations.json   {"stations":[{"id","serial","password"?},…], "deny":[…]}
 *     the bundle on the shelf      of a site that was `autonomous` before: its stations
 *     neither                      any certificate of the operator's station CA, under the id that is its serial number
 *
 * Whatever the bundle denies is denied in each case. Read once, at start. Strict: a file that says anything else than this
 * is refused with the place, for a station left out by a slip would be one that cannot charge, or one let in.
 */
import { type Fault, failed, ok, type Result, type SiteId, type StationId } from "@wattward/kernel";
import type { Handling } from "@wattward/ocpp";
import { type Bundle, parseBundle } from "@wattward/sitelink";
import { fieldsOf } from "../state/kept.ts";

/** What a site shows the CSMS in a station's name (A00.FR.205: 40 characters; 2.1: 64). */
const PASSWORD_BYTES_MAX = 64;

export type Roster = {
  readonly kind: "file" | "bundle" | "station-ca";
  /** As many as it names; undefined where a certificate alone decides. */
  readonly stations: number | undefined;
  /** Whom to trust, for a certificate alone: before anybody knows which station it is shown for. */
  readonly trust: Bundle;
  /** The bundle by which this station is judged at the door. */
  bundleFor(station: StationId): Bundle;
  /** Shown upstream by HTTP Basic, where there is one. */
  password(station: StationId): Uint8Array | undefined;
  handling(station: StationId): Handling | undefined;
};

export type RosterSources = {
  readonly site: SiteId;
  /** Text of `stations.json`, where there is one. */
  readonly file: string | undefined;
  readonly bundle: Bundle | undefined;
  /** PEM of the issuing CA of stations, where the site has it. */
  readonly stationCa: string | undefined;
};

export type RosterFault = Fault<"bad-stations-file" | "no-station-ca">;

export function readRoster({ site, file, bundle, stationCa }: RosterSources): Result<Roster, RosterFault> {
  const anchors = bundle?.stationAnchors ?? (stationCa === undefined ? [] : [stationCa]);
  if (anchors.length === 0) {
    return failed({
      code: "no-station-ca",
      sentence:
        "this site cannot check a station's certificate: its identity lacks station-ca.pem. " +
        "Issue it anew ('wattward pki issue site'), or put the PEM file there",
    });
  }
  const base: Bundle = bundle ?? bare(site, anchors);
  if (file !== undefined) return fromFile(file, base);
  if (bundle !== undefined) return ok(listed("bundle", bundle, new Map()));
  return ok({
    kind: "station-ca",
    stations: undefined,
    trust: base,
    bundleFor: (id) => ({ ...base, stations: [{ id, serial: id }] }),
    password: () => undefined,
    handling: () => undefined,
  });
}

function fromFile(text: string, base: Bundle): Result<Roster, RosterFault> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad("is not JSON");
  }
  const fields = fieldsOf(value);
  const unknown = [...fields.keys()].find((name) => name !== "stations" && name !== "deny");
  if (unknown !== undefined) return bad(`has an unknown field '${unknown.slice(0, 40)}'`);
  const [given, deny] = [fields.get("stations"), fields.get("deny") ?? []];
  if (!Array.isArray(given) || !Array.isArray(deny)) return bad('is not {"stations": […], "deny": […]}');
  const passwords = new Map<string, Uint8Array>();
  const stations: object[] = [];
  const ids = new Set<unknown>();
  for (const [at, entry] of given.entries()) {
    const { password, passwordHex, ...station } = Object.fromEntries(fieldsOf(entry));
    const bytes = passwordBytes(password, passwordHex);
    if (bytes === "wrong")
      return bad(`.stations[${at}] has a password that is none: 1 to ${PASSWORD_BYTES_MAX} bytes`);
    if (ids.has(station["id"])) return bad(`.stations[${at}] names a station that is named before`);
    ids.add(station["id"]);
    stations.push(station);
    if (bytes !== undefined) passwords.set(String(station["id"]), bytes);
  }
  // By the rules of the bundle's own parser, for this is what a bundle would say.
  const parsed = parseBundle(JSON.stringify({ ...base, stations, deny: [...base.deny, ...deny] }));
  if (!parsed.ok) return bad(parsed.fault.sentence);
  return ok(listed("file", parsed.value, passwords));
}

function listed(kind: "file" | "bundle", bundle: Bundle, passwords: ReadonlyMap<string, Uint8Array>): Roster {
  const handling = new Map(bundle.stations.map((station) => [station.id, station.handling]));
  return {
    kind,
    stations: bundle.stations.length,
    trust: bundle,
    bundleFor: () => bundle,
    password: (station) => passwords.get(station),
    handling: (station) => handling.get(station),
  };
}

/** A key of 1.6 may be any bytes: `passwordHex`. */
function passwordBytes(text: unknown, hexText: unknown): Uint8Array | undefined | "wrong" {
  if (text === undefined && hexText === undefined) return undefined;
  if (text !== undefined && hexText !== undefined) return "wrong";
  const isHex = typeof hexText === "string" && /^([0-9A-Fa-f]{2})+$/.test(hexText);
  if (text !== undefined ? typeof text !== "string" : !isHex) return "wrong";
  const bytes = text === undefined ? Buffer.from(String(hexText), "hex") : Buffer.from(String(text), "utf8");
  return bytes.length >= 1 && bytes.length <= PASSWORD_BYTES_MAX ? new Uint8Array(bytes) : "wrong";
}

/** What a site without a CSMS of ours would have been told: nothing but whom to trust. */
const bare = (site: SiteId, stationAnchors: readonly string[]): Bundle => ({
  ...{ schema: 1, site, version: 1, csmsEpoch: 1, issuedAtMs: 0, softwareFloor: "0.0.0" },
  ...{ stations: [], localList: [], stationAnchors, deny: [] },
  policy: { unknownTokenOffline: "refuse", cacheMsMax: 0, heartbeatIntervalS: 300 },
});

const bad = (what: string): Result<Roster, RosterFault> =>
  failed({ code: "bad-stations-file", sentence: `upstream/stations.json ${what}` });
