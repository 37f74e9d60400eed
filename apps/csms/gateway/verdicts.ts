/**
 * What every verdict on an upgrade has in common, by whichever listener it came: how it is refused, counted and observed,
 * and the last steps of a station that may come.
 *
 *     who is it, may it? ─▶ sub-protocol ─▶ takeover ─▶ wire
 */
import type { StationId, UpgradeRequest, UpgradeVerdict, Wire } from "@wattward/kernel";
import {
  agreedVersion,
  type Claim,
  type Deviation,
  notice,
  type OcppVersion,
  usualHandling,
} from "@wattward/ocpp";
import type { Admission, Core } from "../core/port.ts";
import type { DirectAdmission } from "./direct-station.ts";
import { UPGRADES_WAITING_MAX } from "./limits.ts";
import type { Observer } from "./observer.ts";
import type { Asked } from "./path.ts";
import type { ConnectionPorts, GatewayPorts, Upgrade } from "./ports.ts";
import type { Decided } from "./registry.ts";
import type { SiteAdmission } from "./site-link.ts";

type Status = Extract<UpgradeVerdict, { kind: "refuse" }>["status"];
type Detail = Parameters<Observer["observe"]>[0]["detail"];

/** What the gateway does with who is let in. `against`: the generation it replaces. */
export type Doorkeeper = {
  readonly closing: () => boolean;
  /** The store takes nothing: whoever came in could not be answered. */
  readonly storeSilent: () => boolean;
  readonly decideStation: (station: StationId, claim: Claim) => Promise<Decided>;
  readonly decideSite: (site: SiteAdmission["site"], claim: Claim) => Promise<Decided>;
  readonly openStation: (admitted: DirectAdmission, wire: Wire, against: number | undefined) => void;
  readonly openSite: (admitted: SiteAdmission, wire: Wire, against: number | undefined) => void;
};

export type VerdictPorts = Pick<GatewayPorts, "clock" | "log" | "metrics"> & {
  readonly core: Pick<Core, "decide">;
  readonly observer: Observer;
  readonly deviated: ConnectionPorts["deviated"];
};

/** Of which connection an observation tells. */
export type About = { readonly asked: Asked; readonly address: string };

/** A station that the store lets in, with what it has proven. */
export type StationComing = {
  readonly request: UpgradeRequest;
  readonly station: StationId;
  readonly admission: Extract<Admission, { kind: "admitted" }>;
  readonly claim: Claim;
  readonly proof: Pick<DirectAdmission, "facts" | "leave">;
  /** What was wrong with the form of its proof, in the version that is agreed; strictly held, it is refused. */
  readonly formDeviation?: (version: OcppVersion) => Deviation | undefined;
};

/** No sub-protocol of ours: the handshake is completed without one, and the socket closed (OCPP-J 1.6 §3.1.2; Part 4 §3.1.2). */
const NO_COMMON_PROTOCOL = 1002;

const statusOf: Readonly<Record<Extract<Admission, { kind: "refused" }>["reason"], Status>> = {
  // Part 4 §3.1.2: a station that is not known is answered with 404.
  "unknown-station": 404,
  "wrong-certificate": 403,
  "older-certificate": 403,
  "wrong-route": 403,
  // Taken back since its password was compared: the same answer as a wrong one.
  "no-dispensation": 401,
  blocked: 403,
};

export class Verdicts {
  private readonly doorkeeper: Doorkeeper;
  private readonly ports: VerdictPorts;
  private waiting = 0;

  constructor(doorkeeper: Doorkeeper, ports: VerdictPorts) {
    this.doorkeeper = doorkeeper;
    this.ports = ports;
  }

  /** Bounds how many wait, counts what is refused, and answers 503 where the store does not say. */
  asUpgrade(verdict: Upgrade): Upgrade {
    const bounded: Upgrade = async (request) => {
      if (this.doorkeeper.storeSilent()) return refused(503, "gateway.store-silent");
      if (this.doorkeeper.closing() || this.waiting >= UPGRADES_WAITING_MAX)
        return refused(503, "gateway.too-busy");
      this.waiting += 1;
      try {
        return await verdict(request);
      } catch (error) {
        this.ports.log.error("upgrade-not-decided", { address: request.peer.address, error: String(error) });
        return refused(503, "gateway.store-silent");
      } finally {
        this.waiting -= 1;
      }
    };
    return async (request) => this.counted(await bounded(request));
  }

  /** The last steps of a station, the same for whatever it has proven itself by. */
  async letIn(coming: StationComing): Promise<UpgradeVerdict> {
    const { request, station, admission, claim, proof } = coming;
    const about = { asked: { kind: "station", station } as const, address: claim.address };
    const { handling = usualHandling } = admission;
    const agreed = agreedVersion(request.protocols, handling);
    const direct = { kind: "direct" } as const;
    if (agreed === undefined || agreed.protocol === "") {
      const was = agreed === undefined ? "refused" : `OCPP ${agreed.version} assumed`;
      this.ports.deviated(station, direct, [notice("no-sub-protocol", was)]);
    }
    if (agreed === undefined) return this.withoutProtocol(request.protocols, about);
    const odd = coming.formDeviation?.(agreed.version);
    if (odd !== undefined && handling.strict) {
      const detail = { reason: odd.rule };
      return this.suspicious(401, "gateway.authentication-failed", { ...about, detail });
    }
    if (odd !== undefined) this.ports.deviated(station, direct, [odd]);
    const decided = await this.doorkeeper.decideStation(station, claim);
    if (decided.kind !== "welcome") return this.turnedAway(decided, proof.facts, about);
    const accepted = !admission.pending;
    const admitted = { station, version: agreed.version, claim, ...proof, accepted, handling };
    const opened = (wire: Wire) => this.doorkeeper.openStation(admitted, wire, decided.against);
    return { kind: "accept", protocol: agreed.protocol, opened };
  }

  notAdmitted(
    { reason }: Extract<Admission, { kind: "refused" }>,
    { serial, ...about }: About & { readonly serial: string },
  ): UpgradeVerdict {
    const detail = { reason, serial };
    return this.suspicious(statusOf[reason], "gateway.station-refused", { ...about, detail });
  }

  turnedAway(
    decided: Exclude<Decided, { kind: "welcome" }>,
    facts: DirectAdmission["facts"],
    about: About,
  ): UpgradeVerdict {
    // Nothing suspicious, and nothing that coming again does not settle.
    if (decided.kind === "later") return refused(503, "gateway.held-elsewhere");
    const held = decided.kind === "hold";
    const kind = held ? "gateway.clone-suspected" : "gateway.takeover-refused";
    const shown = facts === undefined ? {} : { serial: facts.cn, certificate: facts.serial };
    return this.suspicious(held ? 429 : 403, kind, { ...about, detail: { why: decided.why, ...shown } });
  }

  withoutProtocol(offered: readonly string[], about: About): UpgradeVerdict {
    const detail = { offered: offered.slice(0, 8).map((name) => name.slice(0, 40)) };
    this.counted(this.suspicious(400, "gateway.no-common-protocol", { ...about, detail }));
    const opened = (wire: Wire) => {
      wire.listen({ message() {}, closed() {} });
      wire.close(NO_COMMON_PROTOCOL, "no sub-protocol in common");
    };
    return { kind: "accept", protocol: "", opened };
  }

  /** Refused, and told to people: it may be an attack. */
  suspicious(
    status: Status,
    kind: string,
    { asked, address, detail }: About & { readonly detail: Detail },
  ): UpgradeVerdict {
    const about = asked.kind === "station" ? { station: asked.station } : { site: asked.site };
    this.ports.observer.observe({ kind, ...about, address, detail });
    return refused(status, kind);
  }

  private counted(verdict: UpgradeVerdict): UpgradeVerdict {
    if (verdict.kind === "refuse")
      this.ports.metrics.count("wattward_connections_refused_total", { reason: verdict.reason });
    return verdict;
  }
}

export const refused = (status: Status, reason: string): UpgradeVerdict => ({
  kind: "refuse",
  status,
  reason,
});
