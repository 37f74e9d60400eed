/**
 * One site link, from the opening of its socket to its end (`wattward.site.v1`, see @wattward/sitelink).
 *
 *     hello ──▶ welcome, leases, bundle ──▶ records, relays, presence ⇄ answers, acks, commands ──▶ end
 *
 * Strict: a message that is not of the protocol, or not in its place, ends the link with a reason. Nothing that the
 * site says is believed about a site or a station that is not its own.
 */
import {
  type Cancel,
  type JsonObject,
  type SiteId,
  type StationId,
  TokenBucket,
  type Wire,
} from "@wattward/kernel";
import type { Claim } from "@wattward/ocpp";
import type { PeerFacts } from "@wattward/pki";
import type { CsmsMessage, SignedBundle, SiteMessage } from "@wattward/sitelink";
import type { LiveEnergies } from "../energy/live.ts";
import { type BundleAtSite, BundleDelivery, type BundleTo } from "./bundle-delivery.ts";
import { EnergyIntake } from "./energy-intake.ts";
import { HELLO_MS_MAX, LEASE_RATE, LINK_NEWS_COST } from "./limits.ts";
import { type LinkFailure, LinkWire } from "./link-wire.ts";
import { ObservationIntake } from "./observation-intake.ts";
import { type ConnectionPorts, type GatewayPorts, nodeOf } from "./ports.ts";
import { storePresence } from "./presence.ts";
import { RecordIntake } from "./record-intake.ts";
import type { Connection, Registry } from "./registry.ts";
import { Relays } from "./relays.ts";
import { SiteStations } from "./site-stations.ts";
import type { StationLink } from "./station-link.ts";

export type SiteAdmission = { readonly site: SiteId; readonly claim: Claim; readonly facts: PeerFacts };

export type SiteLinkPorts = ConnectionPorts &
  Pick<GatewayPorts, "signBundle"> & {
    readonly stations: Registry<StationId, StationLink>;
    readonly energies: LiveEnergies;
    /** A station can be reached through this site now. */
    readonly arrived: (station: StationId) => void;
    readonly observe: (
      what: string,
      about: { site: SiteId; station?: StationId },
      detail: JsonObject,
    ) => void;
  };

type Message<T extends SiteMessage["t"]> = Extract<SiteMessage, { t: T }>;
type OpenState = { readonly kind: "open"; readonly records: RecordIntake; readonly bundle: BundleDelivery };
type State =
  | { readonly kind: "hello" }
  /** Between hello and welcome, while the core looks: the site is not read meanwhile. */
  | { readonly kind: "opening" }
  | OpenState
  | { readonly kind: "ended" };

const TRY_AGAIN = 1013;

/** Of these each one is a decision and a row in the outbox. */
const leavesRow: ReadonlySet<SiteMessage["t"]> = new Set(["hello", "presence", "bundle-state"]);

export class SiteLink implements Connection {
  readonly site: SiteId;
  readonly claim: Claim;
  readonly facts: PeerFacts;
  readonly generation: number;
  /** Resolves when the wire has ended and the core knows. */
  readonly gone: Promise<void>;
  private readonly ports: SiteLinkPorts;
  private readonly wire: LinkWire;
  private readonly stations: SiteStations;
  private readonly relays: Relays;
  private readonly energy: EnergyIntake;
  private readonly leaseRate: TokenBucket;
  private readonly observations: ObservationIntake;
  private readonly cancelHelloDue: Cancel;
  private state: State = { kind: "hello" };
  private clockQuality: string | undefined;

  constructor(
    { site, claim, facts }: SiteAdmission,
    connection: { readonly wire: Wire; readonly generation: number; left(): boolean },
    ports: SiteLinkPorts,
  ) {
    this.site = site;
    this.claim = claim;
    this.facts = facts;
    this.generation = connection.generation;
    const { clock } = ports;
    const log = ports.log.with({ site, generation: connection.generation });
    this.ports = { ...ports, log };
    this.leaseRate = new TokenBucket(LEASE_RATE, clock.now().monotonicMs);
    this.observations = new ObservationIntake(this, this.ports);
    this.stations = new SiteStations(this, {
      ...this.ports,
      registry: ports.stations,
      observe: (what, station, detail) => ports.observe(what, { site, station }, detail),
    });
    this.relays = new Relays(this, this.ports);
    this.energy = new EnergyIntake(this, {
      ...this.ports,
      unreadable: (what, { code, sentence }) =>
        ports.observe("gateway.energy-unreadable", { site }, { what, code, say: sentence }),
    });
    this.cancelHelloDue = clock.after(HELLO_MS_MAX, () => this.helloIsDue());
    let gone: (ended: Promise<void>) => void = () => {};
    this.gone = new Promise((resolve) => (gone = resolve));
    this.wire = new LinkWire(
      connection.wire,
      {
        message: (message) => this.take(message),
        unreadable: (failure) => this.fail(failure),
        closed: (code, reason) => gone(this.ended(connection.left, code, reason)),
      },
      { clock, log, ...(ports.rates && { rates: ports.rates }) },
    );
  }

  /** The site's stations, tokens or denials may have changed. */
  refreshBundle(): void {
    if (this.state.kind === "open") this.state.bundle.refreshLater();
  }

  /** A station's connection by another route has ended, or that of any: if this site has it too, it is reached through here. */
  freed(station: StationId | undefined): void {
    this.stations.freed(station);
  }

  send(message: CsmsMessage): void {
    this.wire.send(message);
  }

  fail(failure: LinkFailure): void {
    if (this.state.kind === "ended") return;
    const { whose, code, sentence } = failure;
    this.ports.log.warn("site-link-failed", { whose, code, say: sentence });
    if (whose === "peer") this.ports.observe("gateway.site-fault", { site: this.site }, { code, sentence });
    this.stop();
    this.wire.refuse(failure);
  }

  hold(): void {
    this.wire.hold("records");
  }

  release(): void {
    this.wire.release("records");
  }

  charge(cost: number): void {
    this.wire.charge(cost);
  }

  holdEnergy(held: boolean): void {
    if (held) this.wire.hold("energy");
    else this.wire.release("energy");
  }

  tolerates(station: StationId): boolean {
    return this.stations.tolerates(station);
  }

  pongAgoMs(): number | undefined {
    return this.wire.pongAgoMs();
  }

  ping(): void {
    this.wire.ping();
  }

  end(code: number, reason: string): void {
    this.stop();
    this.wire.end(code, reason);
  }

  private stop(): void {
    if (this.state.kind === "open") {
      this.state.records.stop();
      this.state.bundle.stop();
    }
    this.state = { kind: "ended" };
    this.relays.stop();
    this.energy.stop();
    this.cancelHelloDue();
  }

  private async ended(left: () => boolean, code: number, reason: string): Promise<void> {
    this.stop();
    this.ports.log.info("site-disconnected", { code, reason });
    await this.stations.end();
    const toldConnected = this.clockQuality !== undefined;
    if (!left()) return;
    this.ports.energies.unlinked(this.site);
    if (!toldConnected) return;
    const isElsewhere = await this.tellPresence({ connected: false });
    if (isElsewhere) this.ports.energies.forget(this.site);
  }

  private take(message: SiteMessage): void {
    const { state } = this;
    if (state.kind === "ended") return;
    if (leavesRow.has(message.t)) this.wire.charge(LINK_NEWS_COST);
    if (message.t === "beat") this.clockIs(message.clockQuality);
    else if (message.t === "hello" && state.kind === "hello") void this.hello(message);
    else if (message.t === "hello" || state.kind === "hello") this.misplaced(message.t);
    else if (state.kind === "open") this.handle(message, state);
    else this.misplaced(message.t);
  }

  private handle(message: Exclude<SiteMessage, Message<"hello" | "beat">>, state: OpenState): void {
    switch (message.t) {
      case "record":
        state.records.take(message.live, message.record);
        return;
      case "relay":
        if (this.stations.owns(message.station, "relay")) this.relays.take(message);
        return;
      case "sent":
        if (this.stations.owns(message.station, "sent")) this.relays.take(message);
        return;
      case "up":
        if (this.stations.owns(message.station, "up")) this.stations.up(message.station, message.frame);
        return;
      case "presence":
        if (this.stations.owns(message.station, "presence")) this.stations.presence(message);
        return;
      case "observed":
        this.observations.take(message);
        return;
      case "lease-wanted":
        void this.lease();
        return;
      case "bundle-state":
        if (!message.accepted) state.bundle.refused();
        this.bundleState(message);
        return;
      case "energy":
        this.energy.snapshot(message.snapshot);
        return;
      case "energy-quarters":
        this.energy.quarters(message.quarters);
        return;
    }
  }

  private misplaced(t: string): void {
    this.fail({
      whose: "peer",
      code: "misplaced",
      sentence: `'${t}' has no place here: wait for the welcome.`,
    });
  }

  private helloIsDue(): void {
    if (this.state.kind !== "hello") return;
    this.fail({ whose: "peer", code: "no-hello", sentence: `No hello within ${HELLO_MS_MAX} ms.` });
  }

  private async hello(hello: Message<"hello">): Promise<void> {
    if (hello.site !== this.site) {
      const sentence = `The certificate is for site ${this.site}, and no other can be spoken for.`;
      this.fail({ whose: "peer", code: "wrong-site", sentence });
      return;
    }
    this.state = { kind: "opening" };
    this.hold();
    try {
      await this.welcome(hello);
    } catch (error) {
      this.ports.log.error("site-not-welcomed", { error: String(error) });
      this.fail({ whose: "ours", code: "not-ready", sentence: "The hello could not be stored: come again." });
    }
    this.release();
  }

  private async welcome({
    t: _,
    wallMs: __,
    clockQuality,
    bundleEpoch,
    ...hello
  }: Message<"hello">): Promise<void> {
    const { core, clock, log } = this.ports;
    const welcome = await core.decide("site.hello", { ...hello, atMs: clock.now().wallMs });
    if (welcome.kind === "unknown-site") {
      const sentence = `Site ${this.site} is not in the inventory: add it with 'station add ID --site ${this.site}'.`;
      this.fail({ whose: "ours", code: "unknown-site", sentence });
      return;
    }
    const { epoch, bundleVersion } = hello;
    const { csmsEpoch, ackedSeq, ackedTrace, leases } = welcome;
    this.clockQuality = clockQuality;
    await this.tellPresence({ connected: true, clockQuality });
    // Before anything else of the site is heard, it is known which stations are its own; the bundle itself goes after
    // the welcome.
    const early: SignedBundle[] = [];
    const bundle = this.bundleDelivery({ version: bundleVersion, epoch: bundleEpoch }, (signed) =>
      early.push(signed),
    );
    await bundle.refresh();
    if (this.state.kind !== "opening") return;
    const { wallMs } = clock.now();
    this.send({ t: "welcome", csmsEpoch, ackedSeq, ...(ackedTrace && { ackedTrace }), wallMs });
    for (const lease of leases) this.send({ t: "lease", ...lease });
    for (const signed of early) this.send({ t: "bundle", bundle: signed });
    log.info("site-connected", { address: this.claim.address, ackedSeq, lastSeq: hello.lastSeq });
    // A journal that went back in time (-1): the site begins a new epoch and says hello again.
    if (ackedSeq < 0) this.state = { kind: "hello" };
    else
      this.state = { kind: "open", bundle, records: new RecordIntake(this, { epoch, ackedSeq }, this.ports) };
  }

  private bundleDelivery(
    siteHas: BundleAtSite,
    beforeWelcome: (bundle: SignedBundle) => void,
  ): BundleDelivery {
    const { site, stations, ports } = this;
    const to: BundleTo = {
      members: (of) => stations.setMembers(of),
      send: (bundle) =>
        this.state.kind === "open" ? this.send({ t: "bundle", bundle }) : beforeWelcome(bundle),
      unfit: (version, say) => ports.observe("gateway.bundle-unfit", { site }, { version, say }),
    };
    return new BundleDelivery(site, siteHas, to, ports);
  }

  private async lease(): Promise<void> {
    const { core, clock, log } = this.ports;
    const { wallMs, monotonicMs } = clock.now();
    if (!this.leaseRate.take(monotonicMs)) {
      log.warn("lease-not-given", { say: "asked for too often" });
      return;
    }
    try {
      this.send({ t: "lease", ...(await core.decide("site.lease", { site: this.site, atMs: wallMs })) });
    } catch (error) {
      log.error("lease-not-given", { error: String(error) });
    }
  }

  private bundleState({ version, accepted, reason }: Message<"bundle-state">): void {
    const { core, clock, log } = this.ports;
    const atMs = clock.now().wallMs;
    if (!accepted) log.warn("bundle-refused", { version, say: reason });
    core
      .decide("site.bundle", { site: this.site, version, accepted, reason, atMs })
      .catch((error: unknown) => {
        log.error("bundle-state-not-stored", { version, error: String(error) });
      });
  }

  private clockIs(clockQuality: Message<"beat">["clockQuality"]): void {
    if (this.state.kind !== "open" || clockQuality === this.clockQuality) return;
    this.clockQuality = clockQuality;
    this.wire.charge(LINK_NEWS_COST);
    void this.tellPresence({ connected: true, clockQuality });
  }

  /** Whether another process has the site's link now. */
  private async tellPresence(
    what: { connected: boolean } & Partial<Pick<Message<"hello">, "clockQuality">>,
  ): Promise<boolean> {
    const { site } = this;
    const input = { site, ...what, atMs: this.ports.clock.now().wallMs, ...nodeOf(this.ports) };
    const still = () => !what.connected || this.state.kind !== "ended";
    const where = await storePresence({ name: "site.presence", input, still }, this.ports);
    if (where !== undefined && what.connected)
      this.end(TRY_AGAIN, "another connection of the same identity came first");
    return where !== undefined;
  }
}
