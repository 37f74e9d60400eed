/**
 * The stations of a site whose CSMS is another's: checks them at its own door, asks the CSMS in their name, and lets
 * them in as the CSMS does.
 *
 *     upgrade ─▶ path ─▶ certificate ─▶ takeover ─▶ the CSMS's answer ─▶ the same answer, and a relay
 *
 * The CSMS is asked first (OCPP 2.0.1 Part 4 §6.1: the station is not to notice that it is not there itself): its choice
 * of a sub-protocol is the station's, its refusal too. The door's own refusals come before, and cost the CSMS nothing.
 */
import {
  type Chance,
  type Clock,
  type DialFault,
  type Instant,
  type JsonObject,
  type Log,
  type StationId,
  sleep,
  TokenBucket,
  type UpgradeRequest,
  type UpgradeVerdict,
  type Wire,
} from "@wattward/kernel";
import type { CallOutcome, Claim } from "@wattward/ocpp";
import type { NewestCertificates } from "../state/newest-certificates.ts";
import { type Identified, identify, type StationTrust, type TurnedAway } from "../stations/door.ts";
import { type Live, Registry } from "../stations/registry.ts";
import { LEAVE_MS_MAX, OPENED_MS_MAX, REFUSAL_LINES } from "./limits.ts";
import { Relay } from "./relay.ts";
import type { Roster } from "./roster.ts";
import { stationWay } from "./station-way.ts";
import type { Upstreams } from "./upstreams.ts";

export type TransparentStationsPorts = {
  readonly site: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly trust: StationTrust;
  readonly newest: NewestCertificates;
  readonly roster: Roster;
  readonly upstreams: Upstreams;
  /** The URL of the CSMS has a path of its own, to which a station's id is appended. */
  readonly hasEndpoint: boolean;
};

/** A seated station: the registry's view of a relay. */
type Seated = Live & { readonly relay: Relay };

export class TransparentStations {
  private readonly ports: TransparentStationsPorts;
  private readonly registry: Registry<Seated>;
  /** Over, but the CSMS has not confirmed that its socket is closed. */
  private readonly leaving = new Map<StationId, Relay>();
  private readonly lines: TokenBucket;
  private unsaid = 0;

  constructor(ports: TransparentStationsPorts) {
    this.ports = ports;
    this.registry = new Registry(ports.clock);
    this.lines = new TokenBucket(REFUSAL_LINES, ports.clock.now().monotonicMs);
  }

  /** May a peer with this certificate speak at all? */
  vet(chainDer: readonly Uint8Array[]): { kind: "trusted" } | { kind: "refused"; reason: string } {
    const { trust, roster } = this.ports;
    const verdict = trust.checkStation(chainDer, roster.trust, this.now());
    if (verdict.kind === "trusted") return { kind: "trusted" };
    this.say(`certificate-${verdict.reason}`, verdict.sentence);
    return { kind: "refused", reason: verdict.sentence };
  }

  /** Somebody showed no certificate at all and was not let in. */
  uncertified(address: string): void {
    this.say("certificate-missing", `no certificate was shown, from ${address}`);
  }

  get connected(): number {
    return this.registry.all().length;
  }

  /** The verdict on a station's upgrade: our own refusal, or the CSMS's answer. */
  async upgrade(request: UpgradeRequest): Promise<UpgradeVerdict> {
    const { roster, hasEndpoint } = this.ports;
    const way = stationWay(request.path, hasEndpoint);
    if (way === undefined)
      return this.turnAway({ status: 404, reason: "no-such-path", sentence: "the path names no station" });
    const { station, doorPath, upstreamPath } = way;
    const door = { ...this.ports, bundle: () => roster.bundleFor(station), now: () => this.now() };
    const who = identify({ ...request, path: doorPath }, door);
    if (who.kind === "turned-away") return this.turnAway(who);
    const against = this.registry.get(station);
    const admitted = await this.registry.admit(station, who.claim);
    if (admitted.kind !== "admitted") {
      return this.turnAway({
        status: admitted.kind === "hold" ? 503 : 403,
        reason: `takeover-${admitted.why}`,
        sentence: `station ${station} is connected already, and the newcomer is not let in: ${admitted.why}`,
        station,
      });
    }
    return this.asked(who, { path: upstreamPath, protocols: request.protocols, against });
  }

  /** Our own CALL to a station; `closed` where it is not here. */
  call(
    station: StationId,
    action: string,
    payload: JsonObject,
    options: { timeoutMs: number },
  ): Promise<CallOutcome> {
    const seated = this.registry.get(station);
    return seated?.relay.call(action, payload, options) ?? Promise.resolve({ kind: "closed" });
  }

  closeAll(): void {
    for (const [, { relay }] of this.registry.all()) relay.close(1001, "going away");
  }

  /** What the CSMS says to this station. */
  private async asked(
    who: Identified,
    { path, protocols, against }: { path: string; protocols: readonly string[]; against: Seated | undefined },
  ): Promise<UpgradeVerdict> {
    const { clock, upstreams } = this.ports;
    const { station } = who;
    against?.relay.surrender();
    const before = against?.relay ?? this.leaving.get(station);
    if (before !== undefined) {
      await Promise.race([before.left, sleep(clock, LEAVE_MS_MAX)]);
      // A CSMS that is slow to confirm a close must not have two of one station all the same.
      before.abandon();
    }
    const dialled = await upstreams.dial(station, path, protocols);
    if (dialled.kind === "failed") {
      against?.close(1001, "going away");
      return this.passOn(station, dialled);
    }
    const { wire } = dialled;
    // Whoever asked may have gone meanwhile; then nobody takes the verdict.
    const nobodyCame = clock.after(OPENED_MS_MAX, () => {
      wire.close(1001, "the station has gone");
      against?.close(1001, "going away");
      upstreams.ended(station, { by: "station", code: 1001, lastedMs: 0 });
    });
    return {
      kind: "accept",
      protocol: wire.protocol,
      opened: (opened) => {
        nobodyCame();
        this.seat(who, { station: opened, csms: wire }, against?.generation);
      },
    };
  }

  /** The CSMS's refusal as the station's; where there was no word of it, 503. */
  private passOn(station: StationId, { fault, asked }: { fault: DialFault; asked: boolean }): UpgradeVerdict {
    const { kind, status, noProtocol, sentence } = fault;
    if (asked) this.ports.log.warn("upstream-failed", { station, kind, status, say: sentence });
    // Part 4 §3.2: no sub-protocol in common is told by a handshake without one, and a close.
    if (noProtocol)
      return { kind: "accept", protocol: "", opened: (opened) => opened.close(1002, "no protocol") };
    return { kind: "refuse", status: statusOf(status), reason: `the CSMS: ${sentence}` };
  }

  private seat(who: Identified, wires: { station: Wire; csms: Wire }, against: number | undefined): void {
    const { clock, chance, newest, roster, upstreams } = this.ports;
    const { station, claim, facts } = who;
    const generation = this.registry.nextGeneration();
    const log = this.ports.log.with({ station, generation });
    const fromMs = clock.now().monotonicMs;
    const pinged = roster.handling(station)?.pinged ?? true;
    const relay = new Relay({ ...wires, pinged }, { clock, chance, log });
    void relay.ended.then(({ by, code, reason }) => {
      const lastedMs = clock.now().monotonicMs - fromMs;
      const { up, down } = relay.passed;
      log.info("station-disconnected", { by, code, reason, framesUp: up, framesDown: down });
      this.leaving.set(station, relay);
      void relay.left.then(() => this.leaving.get(station) === relay && this.leaving.delete(station));
      // A newer one may be in its place by now, and what is known of the way is the newer one's.
      const wasSeated = this.registry.leave(station, generation);
      if (wasSeated && !relay.hasSurrendered) upstreams.ended(station, { by, code, lastedMs });
    });
    if (!this.registry.seat(station, seated(relay, claim, generation), against)) {
      relay.close(1008, "another connection took its place");
      return;
    }
    newest.accepted(station, { key: facts.spkiSha256, notBeforeMs: claim.notBeforeMs });
    log.info("station-connected", { protocol: wires.csms.protocol, address: claim.address });
  }

  private turnAway({ status, reason, sentence, station }: Omit<TurnedAway, "kind">): UpgradeVerdict {
    this.say(reason, sentence, station);
    return { kind: "refuse", status, reason };
  }

  /** Whoever knocks decides how often this is called. */
  private say(reason: string, sentence: string, station?: StationId): void {
    if (!this.lines.take(this.ports.clock.now().monotonicMs)) {
      this.unsaid++;
      return;
    }
    const unsaid = this.unsaid > 0 ? { unsaidBefore: this.unsaid } : {};
    this.unsaid = 0;
    this.ports.log.warn("station-turned-away", { reason, say: sentence, station, ...unsaid });
  }

  private now(): Instant {
    return this.ports.clock.now();
  }
}

const seated = (relay: Relay, claim: Claim, generation: number): Seated => ({
  ...{ relay, claim, generation },
  get aliveAtMs() {
    return relay.aliveAtMs;
  },
  ping: () => relay.ping(),
  close: (code, reason) => relay.close(code, reason),
});

const passable: ReadonlySet<number> = new Set([400, 401, 403, 404, 426, 429]);
type Status = (UpgradeVerdict & { kind: "refuse" })["status"];

/** The CSMS's own status where a station knows it; another refusal of its request is 403, all else 503. */
function statusOf(status: number | undefined): Status {
  if (status === undefined) return 503;
  if (passable.has(status)) return status as Status;
  return status >= 400 && status < 500 ? 403 : 503;
}
