/**
 * The verdict on each connection of security profile 3 that asks to become a WebSocket: who is it, may it, and is another
 * one here already?
 *
 *     path ─▶ certificate, role by path ─▶ rate ─▶ may this certificate use this id? ─▶ takeover ─▶ sub-protocol
 *
 * Everything in a request comes from the peer. Every refusal that may be an attack is observed; the peer itself learns
 * an HTTP status and no more. Asked at every upgrade, also where TLS resumed a session without a look (ADR 8).
 */
import type { StationId, UpgradeRequest, UpgradeVerdict, Wire } from "@wattward/kernel";
import type { Claim } from "@wattward/ocpp";
import type { FailedAttempts } from "@wattward/ocpp/ways-in";
import type { PeerFacts } from "@wattward/pki";
import { SITE_PROTOCOL } from "@wattward/sitelink";
import { Buckets } from "./buckets.ts";
import { UPGRADE_KEYS_MAX, UPGRADE_RATE } from "./limits.ts";
import { askedBy } from "./path.ts";
import type { GatewayPorts, Upgrade } from "./ports.ts";
import type { SiteAdmission } from "./site-link.ts";
import { certificateFacts } from "./trust.ts";
import { type Doorkeeper, refused, type VerdictPorts, Verdicts } from "./verdicts.ts";

export type UpgradePorts = VerdictPorts &
  Pick<GatewayPorts, "trust"> & {
    /** A certificate that is not accepted costs its source, like a wrong password. */
    readonly attempts: Pick<FailedAttempts, "failed" | "proved">;
  };

export function upgrades(doorkeeper: Doorkeeper, ports: UpgradePorts): Upgrade {
  const perKey = new Buckets(UPGRADE_RATE, UPGRADE_KEYS_MAX);
  const verdicts = new Verdicts(doorkeeper, ports);
  const nowMs = () => ports.clock.now().monotonicMs;

  async function verdict(request: UpgradeRequest): Promise<UpgradeVerdict> {
    const asked = askedBy(request.path);
    if (asked === undefined) return refused(404, "gateway.no-such-path");
    const { certificateChain = [], address } = request.peer;
    const checked = ports.trust.check(asked.kind, certificateChain, ports.clock.now());
    if (checked.kind === "refused") {
      ports.attempts.failed(address, nowMs());
      const detail = { reason: checked.reason, say: checked.sentence };
      return verdicts.suspicious(403, "gateway.certificate-refused", { asked, address, detail });
    }
    if (!perKey.take(checked.facts.spkiSha256, nowMs())) return refused(429, "gateway.too-often");
    return asked.kind === "station"
      ? stationVerdict(request, asked.station, checked.facts)
      : siteVerdict(request, asked.site, checked.facts);
  }

  async function stationVerdict(
    request: UpgradeRequest,
    station: StationId,
    facts: PeerFacts,
  ): Promise<UpgradeVerdict> {
    const { address } = request.peer;
    const admission = await ports.core.decide("station.admit", {
      station,
      route: { kind: "direct" },
      certificate: certificateFacts(facts),
      atMs: ports.clock.now().wallMs,
    });
    if (admission.kind === "refused") {
      if (admission.reason === "wrong-certificate") ports.attempts.failed(address, nowMs());
      const about = { asked: { kind: "station", station } as const, address };
      return verdicts.notAdmitted(admission, { ...about, serial: facts.cn });
    }
    ports.attempts.proved(address, station, nowMs());
    const { spkiSha256: key, notBeforeMs } = facts;
    const claim: Claim = { route: "direct", key, notBeforeMs, address };
    return verdicts.letIn({ request, station, admission, claim, proof: { facts, leave: undefined } });
  }

  async function siteVerdict(
    { peer: { address }, protocols }: UpgradeRequest,
    site: SiteAdmission["site"],
    facts: PeerFacts,
  ): Promise<UpgradeVerdict> {
    const about = { asked: { kind: "site", site } as const, address };
    if (facts.cn !== site) {
      const detail = { reason: "wrong-certificate", certifiedFor: facts.cn };
      return verdicts.suspicious(403, "gateway.site-refused", { ...about, detail });
    }
    ports.attempts.proved(address, `site ${site}`, nowMs());
    if (!protocols.includes(SITE_PROTOCOL)) return verdicts.withoutProtocol(protocols, about);
    const { spkiSha256: key, notBeforeMs } = facts;
    const claim: Claim = { route: "link", key, notBeforeMs, address };
    const decided = await doorkeeper.decideSite(site, claim);
    if (decided.kind !== "welcome") return verdicts.turnedAway(decided, facts, about);
    const opened = (wire: Wire) => doorkeeper.openSite({ site, claim, facts }, wire, decided.against);
    return { kind: "accept", protocol: SITE_PROTOCOL, opened };
  }

  return verdicts.asUpgrade(verdict);
}
