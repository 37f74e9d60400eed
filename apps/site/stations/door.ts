/**
 * Who may connect as which station: certificate against the bundle, on the site's own clock, then the takeover table.
 * The id in the URL is a wish; the certificate decides (A00.FR.405, ADR 7). Everything in a request comes from the peer.
 */
import { type Instant, type Log, type StationId, shown, type UpgradeRequest } from "@wattward/kernel";
import {
  type Agreed,
  agreedVersion,
  type Claim,
  type Deviation,
  formDeviation,
  stationIn,
  usualHandling,
} from "@wattward/ocpp";
import type { BasicRefused, BasicShown, Leave } from "@wattward/ocpp/ways-in";
import type { Bundle } from "@wattward/sitelink";
import type { NewestCertificates } from "../state/newest-certificates.ts";

/** A verified certificate, as far as the site needs it. */
export type StationFacts = {
  /** CN: the serial number. */
  readonly cn: string;
  readonly issuer: string;
  readonly serial: string;
  readonly spkiSha256: string;
  readonly notBeforeMs: number;
};

export type StationTrust = {
  /** Is the chain one of ours for a station, in time by `now` unless its quality is unknown, and not denied? */
  checkStation(
    chainDer: readonly Uint8Array[],
    bundle: Bundle,
    now: Instant,
  ): { kind: "trusted"; facts: StationFacts } | { kind: "refused"; reason: string; sentence: string };
  /** Is this certificate, accepted before, denied by the bundle? */
  denied(facts: StationFacts, bundle: Bundle): boolean;
};

type Named = {
  readonly kind: "identified";
  readonly station: StationId;
  readonly claim: Claim;
  /** Undefined where no sub-protocol of ours was offered, and none is assumed (QUIRKS 23). */
  readonly agreed: Agreed | undefined;
};
/** By its certificate. */
export type Identified = Named & { readonly facts: StationFacts; readonly leave?: undefined };
/** By the password of its dispensation, in a form that is `odd` for its version or not. */
export type IdentifiedByPassword = Named & {
  readonly facts?: undefined;
  readonly leave: Leave;
  readonly odd: Deviation | undefined;
};
/** What it has proven itself by. */
export type Proof = Pick<Identified | IdentifiedByPassword, "facts" | "leave">;
export type TurnedAway = {
  readonly kind: "turned-away";
  readonly status: 401 | 403 | 404 | 429 | 503;
  /** For our log and the operator; the peer learns the status alone. */
  readonly reason: string;
  readonly sentence: string;
  readonly station?: StationId;
};

export type DoorPorts = {
  readonly log: Log;
  readonly trust: StationTrust;
  readonly newest: NewestCertificates;
  readonly site: string;
  bundle(): Bundle | undefined;
  now(): Instant;
};

export function identify(
  { path, peer, protocols }: UpgradeRequest,
  ports: DoorPorts,
): Identified | TurnedAway {
  const station = stationIn(path);
  if (station === undefined) return away(404, "no-such-path", `the path '${shown(path)}' names no station`);
  const bundle = ports.bundle();
  if (bundle === undefined) {
    return away(
      503,
      "no-bundle",
      "no bundle yet: connect this site to its CSMS once, so that it learns its stations",
    );
  }
  const verdict = ports.trust.checkStation(peer.certificateChain ?? [], bundle, ports.now());
  if (verdict.kind === "refused") {
    return { ...away(401, `certificate-${verdict.reason}`, verdict.sentence), station };
  }
  const { facts } = verdict;
  const known = bundle.stations.find(({ id }) => id === station);
  if (known === undefined) {
    return { ...away(403, "unknown-station", `station ${station} is not one of this site's`), station };
  }
  if (known.serial !== facts.cn) {
    const sentence = `the certificate is of serial '${shown(facts.cn)}', station ${station} has '${known.serial}'`;
    return { ...away(403, "wrong-certificate", sentence), station };
  }
  const { spkiSha256: key, notBeforeMs } = facts;
  if (ports.newest.supersedes(station, { key, notBeforeMs })) {
    return {
      ...away(403, "older-certificate", `station ${station} has shown a newer certificate before`),
      station,
    };
  }
  const claim: Claim = { route: `site ${ports.site}`, key, notBeforeMs, address: peer.address };
  const agreed = agreedVersion(protocols, known.handling ?? usualHandling);
  return { kind: "identified", station, facts, claim, agreed };
}

/** What the door of security profiles 1 and 2 said of somebody, held against the bundle in force. */
export function identifyByPassword(
  { peer, protocols }: UpgradeRequest,
  who: BasicShown | BasicRefused,
  ports: Pick<DoorPorts, "bundle" | "site">,
): IdentifiedByPassword | TurnedAway {
  if (who.kind === "refused") {
    const of = who.station === undefined ? {} : { station: who.station };
    return { ...away(who.status, `password-${who.reason}`, `no way in by password: ${who.reason}`), ...of };
  }
  const { station, leave, form } = who;
  const known = ports.bundle()?.stations.find(({ id }) => id === station);
  if (known === undefined) {
    return { ...away(403, "unknown-station", `station ${station} is not one of this site's`), station };
  }
  const handling = known.handling ?? usualHandling;
  const agreed = agreedVersion(protocols, handling);
  const odd = agreed && formDeviation(form, agreed.version);
  if (odd !== undefined && handling.strict) {
    const sentence = `station ${station} is held strictly, and its password was ${odd.was}`;
    return { ...away(401, "password-form", sentence), station };
  }
  const { securityProfile } = leave;
  const shown = { key: undefined, notBeforeMs: 0, address: peer.address, securityProfile };
  const claim: Claim = { route: `site ${ports.site}`, ...shown };
  return { kind: "identified", station, leave, claim, agreed, odd };
}

const away = (status: TurnedAway["status"], reason: string, sentence: string): TurnedAway => ({
  kind: "turned-away",
  status,
  reason,
  sentence,
});
