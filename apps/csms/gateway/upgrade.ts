/**
 * The verdict on each connection that asks to become a WebSocket: who is it, may it, and is another one here already?
 *
 *     path ─▶ certificate, role by path ─▶ rate ─▶ may this certificate use this id? ─▶ takeover ─▶ sub-protocol
 *
 * Everything in a request comes from the peer. Every refusal that may be an attack is observed; the peer itself learns
 * an HTTP status and no more. Asked at every upgrade, also where TLS resumed a session without a look (ADR 8).
 */
import type { StationId, UpgradeRequest, UpgradeVerdict, Wire } from "@wattward/kernel";
import { agreedVersion, type Claim, notice, usualHandling } from "@wattward/ocpp";
import type { PeerFacts } from "@wattward/pki";
import { SITE_PROTOCOL } from "@wattward/sitelink";
import type { Admission, Core } from "../core/port.ts";
import { Buckets } from "./buckets.ts";
import type { DirectAdmission } from "./direct-station.ts";
import { UPGRADE_KEYS_MAX, UPGRADE_RATE, UPGRADES_WAITING_MAX } from "./limits.ts";
import type { Observer } from "./observer.ts";
import { type Asked, askedBy } from "./path.ts";
import type { ConnectionPorts, GatewayPorts, Upgrade } from "./ports.ts";
import type { Decided } from "./registry.ts";
import type { SiteAdmission } from "./site-link.ts";
import { certificateFacts } from "./trust.ts";

type Status = Extract<UpgradeVerdict, { kind: "refuse" }>["status"];

/** What the gateway does with who is let in. `against`: the generation it replaces. */
export type Doorkeeper = {
  readonly closing: () => boolean;
  readonly decideStation: (station: StationId, claim: Claim) => Promise<Decided>;
  readonly decideSite: (site: SiteAdmission["site"], claim: Claim) => Promise<Decided>;
  readonly openStation: (admitted: DirectAdmission, wire: Wire, against: number | undefined) => void;
  readonly openSite: (admitted: SiteAdmission, wire: Wire, against: number | undefined) => void;
};

export type UpgradePorts = Pick<GatewayPorts, "clock" | "log" | "metrics" | "trust"> & {
  readonly core: Pick<Core, "decide">;
  readonly observer: Observer;
  readonly deviated: ConnectionPorts["deviated"];
};

/** No sub-protocol of ours: the handshake is completed without one, and the socket closed (OCPP-J 1.6 §3.1.2; Part 4 §3.1.2). */
const NO_COMMON_PROTOCOL = 1002;

const statusOf: Readonly<Record<Extract<Admission, { kind: "refused" }>["reason"], Status>> = {
  // Part 4 §3.1.2: a station that is not known is answered with 404.
  "unknown-station": 404,
  "wrong-certificate": 403,
  "older-certificate": 403,
  "wrong-route": 403,
  "no-dispensation": 401,
  blocked: 403,
};

export function upgrades(doorkeeper: Doorkeeper, ports: UpgradePorts): Upgrade {
  const perKey = new Buckets(UPGRADE_RATE, UPGRADE_KEYS_MAX);
  let waiting = 0;

  async function verdict(request: UpgradeRequest): Promise<UpgradeVerdict> {
    const asked = askedBy(request.path);
    if (asked === undefined) return refused(404, "gateway.no-such-path");
    const { certificateChain = [], address } = request.peer;
    const checked = ports.trust.check(asked.kind, certificateChain, ports.clock.now());
    if (checked.kind === "refused") {
      const detail = { reason: checked.reason, say: checked.sentence };
      return suspicious(403, "gateway.certificate-refused", { asked, address, detail });
    }
    if (!perKey.take(checked.facts.spkiSha256, ports.clock.now().monotonicMs))
      return refused(429, "gateway.too-often");
    return asked.kind === "station"
      ? stationVerdict(request, asked.station, checked.facts)
      : siteVerdict(request, asked.site, checked.facts);
  }

  async function stationVerdict(
    { peer: { address }, protocols }: UpgradeRequest,
    station: StationId,
    facts: PeerFacts,
  ): Promise<UpgradeVerdict> {
    const about = { asked: { kind: "station", station } as const, address };
    const admission = await ports.core.decide("station.admit", {
      station,
      route: { kind: "direct" },
      certificate: certificateFacts(facts),
      atMs: ports.clock.now().wallMs,
    });
    if (admission.kind === "refused") {
      const detail = { reason: admission.reason, serial: facts.cn };
      return suspicious(statusOf[admission.reason], "gateway.station-refused", { ...about, detail });
    }
    const { handling = usualHandling } = admission;
    const version = agreedVersion(protocols, handling);
    if (version === undefined || version.protocol === "") {
      const was = version === undefined ? "refused" : `OCPP ${version.version} assumed`;
      ports.deviated(station, { kind: "direct" }, [notice("no-sub-protocol", was)]);
    }
    if (version === undefined) return withoutProtocol(protocols, about);
    const claim: Claim = {
      route: "direct",
      key: facts.spkiSha256,
      notBeforeMs: facts.notBeforeMs,
      address,
    };
    const decided = await doorkeeper.decideStation(station, claim);
    if (decided.kind !== "welcome") return turnedAway(decided, facts, about);
    const accepted = !admission.pending;
    const admitted = { station, version: version.version, claim, facts, accepted, handling };
    const opened = (wire: Wire) => doorkeeper.openStation(admitted, wire, decided.against);
    return { kind: "accept", protocol: version.protocol, opened };
  }

  async function siteVerdict(
    { peer: { address }, protocols }: UpgradeRequest,
    site: SiteAdmission["site"],
    facts: PeerFacts,
  ): Promise<UpgradeVerdict> {
    const about = { asked: { kind: "site", site } as const, address };
    if (facts.cn !== site) {
      const detail = { reason: "wrong-certificate", certifiedFor: facts.cn };
      return suspicious(403, "gateway.site-refused", { ...about, detail });
    }
    if (!protocols.includes(SITE_PROTOCOL)) return withoutProtocol(protocols, about);
    const { spkiSha256: key, notBeforeMs } = facts;
    const claim: Claim = { route: "link", key, notBeforeMs, address };
    const decided = await doorkeeper.decideSite(site, claim);
    if (decided.kind !== "welcome") return turnedAway(decided, facts, about);
    const opened = (wire: Wire) => doorkeeper.openSite({ site, claim, facts }, wire, decided.against);
    return { kind: "accept", protocol: SITE_PROTOCOL, opened };
  }

  type About = { readonly asked: Asked; readonly address: string };

  function turnedAway(
    decided: Exclude<Decided, { kind: "welcome" }>,
    facts: PeerFacts,
    about: About,
  ): UpgradeVerdict {
    const held = decided.kind === "hold";
    const kind = held ? "gateway.clone-suspected" : "gateway.takeover-refused";
    const detail = { why: decided.why, serial: facts.cn, certificate: facts.serial };
    return suspicious(held ? 429 : 403, kind, { ...about, detail });
  }

  function withoutProtocol(offered: readonly string[], about: About): UpgradeVerdict {
    const detail = { offered: offered.slice(0, 8).map((name) => name.slice(0, 40)) };
    count(suspicious(400, "gateway.no-common-protocol", { ...about, detail }));
    const opened = (wire: Wire) => {
      wire.listen({ message() {}, closed() {} });
      wire.close(NO_COMMON_PROTOCOL, "no sub-protocol in common");
    };
    return { kind: "accept", protocol: "", opened };
  }

  function suspicious(
    status: Status,
    kind: string,
    { asked, address, detail }: About & Pick<Parameters<Observer["observe"]>[0], "detail">,
  ): UpgradeVerdict {
    const about = asked.kind === "station" ? { station: asked.station } : { site: asked.site };
    ports.observer.observe({ kind, ...about, address, detail });
    return refused(status, kind);
  }

  async function decided(request: UpgradeRequest): Promise<UpgradeVerdict> {
    if (doorkeeper.closing() || waiting >= UPGRADES_WAITING_MAX) return refused(503, "gateway.too-busy");
    waiting += 1;
    try {
      return await verdict(request);
    } catch (error) {
      ports.log.error("upgrade-not-decided", { address: request.peer.address, error: String(error) });
      return refused(503, "gateway.store-silent");
    } finally {
      waiting -= 1;
    }
  }

  function count(verdict: UpgradeVerdict): UpgradeVerdict {
    if (verdict.kind === "refuse")
      ports.metrics.count("wattward_connections_refused_total", { reason: verdict.reason });
    return verdict;
  }

  return async (request) => count(await decided(request));
}

const refused = (status: Status, reason: string): UpgradeVerdict => ({ kind: "refuse", status, reason });
