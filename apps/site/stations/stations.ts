/**
 * The stations of this site: lets them in, seats them, tells the CSMS who is here, passes its calls on, and shows out
 * whoever a new bundle no longer has.
 */
import type { SiteId, StationId, UpgradeRequest, UpgradeVerdict } from "@wattward/kernel";
import { notice } from "@wattward/ocpp";
import { FailedAttempts, type PasswordProfile } from "@wattward/ocpp/ways-in";
import type { SiteMessage } from "@wattward/sitelink";
import {
  type DoorPorts,
  type Identified,
  type IdentifiedByPassword,
  identify,
  identifyByPassword,
  type Proof,
  type TurnedAway,
} from "./door.ts";
import { type PasswordPorts, PasswordWays } from "./password-ways.ts";
import { Registry } from "./registry.ts";
import { downIn, refusal, type SocketPorts, StationSocket } from "./station-socket.ts";

export type StationsPorts = DoorPorts &
  SocketPorts & {
    readonly site: SiteId;
    /** Security profiles 1 and 2; without it the site knows profile 3 alone. */
    readonly passwords?: PasswordPorts | undefined;
    /** To the CSMS, if it is there. */
    tell(message: SiteMessage): void;
    /** False where there is too much of it, so that it is not worth a line either. */
    observe(kind: string, detail: string, station?: StationId): boolean;
  };

export class Stations {
  private readonly ports: StationsPorts;
  private readonly registry: Registry<StationSocket>;
  private readonly attempts = new FailedAttempts();
  private readonly ways: PasswordWays | undefined;

  constructor(ports: StationsPorts) {
    this.ports = ports;
    this.registry = new Registry(ports.clock);
    const { clock, chance, log, passwords, newest } = ports;
    this.ways =
      passwords &&
      new PasswordWays({
        ...{ clock, chance, log, passwords, attempts: this.attempts },
        bundle: () => ports.bundle(),
        certified: (station) => newest.has(station),
        upgrade: (profile, request) => this.upgradeByPassword(profile, request),
        sweep: () => this.sweepNow(),
      });
  }

  /** Asked once a connection, before anything is spent on it. */
  admits(address: string): boolean {
    return this.attempts.admits(address, this.ports.clock.now().monotonicMs);
  }

  /** A certificate was not accepted, or none was shown. */
  failedProof(address: string): void {
    this.attempts.failed(address, this.ports.clock.now().monotonicMs);
  }

  /** Opens what the bundle in force wants open. */
  async open(): Promise<void> {
    await this.ways?.look();
  }

  /** TCP port of the listener of that security profile, while a dispensation keeps it open. */
  passwordPort(profile: PasswordProfile): number | undefined {
    return this.ways?.port(profile);
  }

  /** May a peer with this certificate speak at all? Without a bundle nobody can say, and `upgrade` tells it to wait. */
  vet(chainDer: readonly Uint8Array[]): { kind: "trusted" } | { kind: "refused"; reason: string } {
    const bundle = this.ports.bundle();
    if (bundle === undefined) return { kind: "trusted" };
    const verdict = this.ports.trust.checkStation(chainDer, bundle, this.ports.now());
    if (verdict.kind === "trusted") return { kind: "trusted" };
    this.ports.observe(`refused-certificate-${verdict.reason}`, verdict.sentence);
    return { kind: "refused", reason: verdict.sentence };
  }

  /** Somebody showed no certificate at all and was not let in; the CSMS hears of it. */
  uncertified(address: string): void {
    this.ports.observe("refused-certificate-missing", `no certificate was shown, from ${address}`);
  }

  /** The verdict on a station's upgrade. */
  async upgrade(request: UpgradeRequest): Promise<UpgradeVerdict> {
    const who = identify(request, this.ports);
    if (who.kind === "turned-away") return this.turnAway(who);
    this.attempts.proved(request.peer.address, who.station, this.ports.clock.now().monotonicMs);
    return this.decide(who);
  }

  private async upgradeByPassword(
    profile: PasswordProfile,
    request: UpgradeRequest,
  ): Promise<UpgradeVerdict> {
    const asked = await this.ways?.identify(request, profile);
    if (asked === undefined) return { kind: "refuse", status: 503, reason: "no-passwords" };
    const who = identifyByPassword(request, asked, this.ports);
    if (who.kind === "turned-away") return this.turnAway(who);
    if (who.odd !== undefined) this.ports.deviated(who.station, who.odd);
    return this.decide(who);
  }

  private async decide(who: Identified | IdentifiedByPassword): Promise<UpgradeVerdict> {
    const { station, claim } = who;
    const against = this.registry.get(station)?.generation;
    const admitted = await this.registry.admit(station, claim);
    if (admitted.kind !== "admitted") {
      const status = admitted.kind === "hold" ? 503 : 403;
      const sentence = `station ${station} is connected already, and the newcomer is not let in: ${admitted.why}`;
      return this.turnAway({
        kind: "turned-away",
        status,
        reason: `takeover-${admitted.why}`,
        sentence,
        station,
      });
    }
    const { agreed } = who;
    if (agreed === undefined || agreed.protocol === "") {
      const was = agreed === undefined ? "refused" : `OCPP ${agreed.version} assumed`;
      this.ports.deviated(station, notice("no-sub-protocol", was));
    }
    if (agreed === undefined)
      return { kind: "accept", protocol: "", opened: (wire) => wire.close(1002, "no protocol") };
    const { protocol, version } = agreed;
    return {
      kind: "accept",
      protocol,
      opened: (wire) => {
        // Between verdict and socket lies up to a ping's time, in which a bundle may have come.
        if (this.noLongerAdmitted(station, who) !== undefined) return wire.close(1008, "no longer admitted");
        const generation = this.registry.nextGeneration();
        const { facts, leave } = who;
        const seat = { station, version, claim, facts, leave, generation };
        const log = this.ports.log.with({ station, generation });
        this.seat(who, new StationSocket(seat, wire, { ...this.ports, log }), against);
      },
    };
  }

  get connected(): number {
    return this.registry.all().length;
  }

  /** One for each open socket, for a CSMS that has just come. */
  presences(): SiteMessage[] {
    return this.registry.all().map(([, socket]) => presence(socket, true));
  }

  /** A CALL of the CSMS, or its CALLRESULTERROR. What is neither, or for nobody, does not reach a station. */
  down(station: StationId, frame: string, reply: (frame: string) => void): void {
    const socket = this.registry.get(station);
    // Without a socket there is no version to read it by; all read a CALL alike, and 2.1 has the most kinds of frames.
    const version = socket?.seat.version ?? "2.1";
    const call = downIn(frame, version);
    if (call === undefined) {
      this.ports.log.error("down-is-no-call", { station });
      return;
    }
    if (call.kind === "result-error") {
      socket?.dispute(frame);
      return;
    }
    if (socket === undefined) {
      reply(refusal(call, version, "the station is not connected to its site"));
      return;
    }
    void socket.down(call, frame, reply);
  }

  /** A bundle came into force: whoever it does not let in any more is shown out, and its listeners open and close. */
  sweep(): void {
    if (this.ways === undefined) this.sweepNow();
    else void this.ways.look();
  }

  private sweepNow(): void {
    for (const [station, socket] of this.registry.all()) {
      const say = this.noLongerAdmitted(station, socket.seat);
      if (say === undefined) continue;
      this.ports.log.warn("station-shown-out", { station, say });
      this.ports.observe("station-shown-out", say, station);
      socket.close(1008, "no longer admitted");
    }
  }

  /** Why the bundle in force does not let in whoever was let in before; undefined where it does. */
  private noLongerAdmitted(
    station: StationId,
    { facts, leave }: Proof,
  ): "denied" | "not in the bundle" | "the dispensation is over" | undefined {
    const bundle = this.ports.bundle();
    if (bundle === undefined) return undefined;
    const known = bundle.stations.find(({ id }) => id === station);
    if (known === undefined || (facts !== undefined && known.serial !== facts.cn)) return "not in the bundle";
    if (leave !== undefined && !this.ways?.holds(leave)) return "the dispensation is over";
    return facts !== undefined && this.ports.trust.denied(facts, bundle) ? "denied" : undefined;
  }

  /** Ends every socket, and the listeners of security profiles 1 and 2. */
  async closeAll(): Promise<void> {
    const stopped = this.ways?.stop();
    for (const [, socket] of this.registry.all()) socket.close(1001, "going away");
    await stopped;
  }

  private seat(
    who: Identified | IdentifiedByPassword,
    socket: StationSocket,
    against: number | undefined,
  ): void {
    const { station, claim, facts } = who;
    if (!this.registry.seat(station, socket, against)) {
      socket.close(1008, "another connection took its place");
      return;
    }
    if (facts !== undefined) {
      const first = !this.ports.newest.has(station);
      this.ports.newest.accepted(station, { key: facts.spkiSha256, notBeforeMs: claim.notBeforeMs });
      // From now on it has no dispensation here.
      if (first) void this.ways?.look();
    }
    this.ports.log.info("station-connected", {
      station,
      version: socket.seat.version,
      address: claim.address,
    });
    this.ports.tell(presence(socket, true));
    const { version } = socket.seat;
    this.ports.charging.connected(station, {
      ...{ version, generation: socket.generation },
      call: (action, payload, options) => socket.call(action, payload, options),
    });
    void socket.closed.then(({ code, reason }) => {
      this.ports.log.info("station-disconnected", { station, generation: socket.generation, code, reason });
      this.ports.charging.gone(station, socket.generation);
      if (this.registry.leave(station, socket.generation)) this.ports.tell(presence(socket, false));
    });
  }

  private turnAway({ status, reason, sentence, station }: TurnedAway): UpgradeVerdict {
    if (this.ports.observe(`refused-${reason}`, sentence, station)) {
      const about = station === undefined ? {} : { station };
      this.ports.log.warn("station-turned-away", { reason, say: sentence, ...about });
    }
    return { kind: "refuse", status, reason };
  }
}

const presence = ({ seat }: StationSocket, connected: boolean): SiteMessage => ({
  ...(seat.leave && { securityProfile: seat.leave.securityProfile }),
  t: "presence",
  station: seat.station,
  connected,
  generation: seat.generation,
  version: seat.version,
  address: seat.claim.address,
});
