/**
 * Charging at a managed site (ADR 13, 15, 16): only the site writes charging profiles to its stations.
 *
 *     stations ─▶ sessions ─▶ energy controller ─▶ grants ─▶ profiles in the stations
 *     CSMS ─▶ its profiles, kept here ─▶ a bound on what each outlet wants
 *
 * Without an energy document in the bundle in force nothing here does anything: charging profiles pass, as they always did. A station that
 * the document does not name is none of ours either.
 */
import type { Grant, LeftGrant } from "@wattward/energy";
import {
  type Cancel,
  type Chance,
  type Clock,
  type Disk,
  every,
  hex,
  type JsonObject,
  type Log,
  type MessageId,
  type StationId,
} from "@wattward/kernel";
import { type Call, type CallAnswer, type OcppVersion, parseFrame } from "@wattward/ocpp";
import type { Bundle, SiteMessage } from "@wattward/sitelink";
import type { LineLink } from "../energy-link/line-link.ts";
import { Allocation } from "./allocation.ts";
import { Book } from "./book.ts";
import type { StationCaller } from "./caller.ts";
import { GrantNumbers } from "./grant-numbers.ts";
import { AWAY_MS, RAISES_EVERY_MS, SAVED_EVERY_MS } from "./limits.ts";
import { carriesMa, type ManagedSite, managedSite } from "./managed-site.ts";
import { PowerReturn } from "./power-return.ts";
import { Raises } from "./raises.ts";
import { release } from "./release.ts";
import type { Granted } from "./sound-turn.ts";
import { ManagedStation } from "./station.ts";
import type { Mode } from "./watch.ts";

export type ChargingPorts = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly disk: Disk;
  readonly log: Log;
  bundle(): Bundle | undefined;
  linkUp(): boolean;
  /** Of the CSMS that answered last; 0: none ever did. */
  csmsEpoch(): number;
  /** While the link has room. */
  tell(message: SiteMessage): void;
  observe(kind: string, detail: string, station?: StationId): boolean;
  /** A CALL of a station that the site says in its place: kept and passed up like any other. */
  inItsName(from: From, call: Call): void;
  /** Opens `state/energy.sock`; absent: there is no energy controller at this site. */
  listenEnergy?(accept: (link: LineLink) => void): Promise<{ close(): Promise<void> }>;
  fatal(error: Error): void;
};

export type From = { readonly station: StationId; readonly version: OcppVersion };

/** What the rest of the site tells it: see `stations/station-socket.ts`. */
export type ChargingEars = {
  hear(
    from: From,
    call: Call,
    answer: () => Promise<CallAnswer | undefined>,
  ): Promise<CallAnswer | undefined>;
  connected(station: StationId, caller: StationCaller): void;
  gone(station: StationId, generation: number): void;
  /** Does the site write this station's charging profiles? */
  manages(station: StationId): boolean;
};

type Managed = { readonly site: ManagedSite; readonly allocation: Allocation };

const SWING_SAYS = {
  asked:
    "what the central system lets it have goes up and down every few seconds; it is not raised for ten minutes",
  "used-up": "up and down as often as it may; it is not raised until ten minutes are over",
} as const;

export class Charging implements ChargingEars {
  private readonly ports: ChargingPorts;
  private readonly numbers: GrantNumbers;
  private readonly callers = new Map<StationId, StationCaller>();
  private stations = new Map<StationId, ManagedStation>();
  private managed: Managed | undefined;
  private raises: Raises | undefined;
  private readonly stops: Cancel[] = [];
  private server: { close(): Promise<void> } | undefined;
  private adopting: Promise<void> = Promise.resolve();
  private closed = false;
  /** While it starts: grants were given here by a process of before. */
  private succeeds: boolean;
  private linkLostAtMs: number | undefined;
  private readonly power = new PowerReturn();

  private constructor(ports: ChargingPorts, numbers: GrantNumbers) {
    this.ports = ports;
    this.numbers = numbers;
    this.succeeds = numbers.last > 0;
  }

  static async open(ports: ChargingPorts): Promise<Charging> {
    const charging = new Charging(ports, await GrantNumbers.open(ports.disk, ports.log));
    charging.stops.push(every(ports.clock, RAISES_EVERY_MS, () => charging.tick()));
    charging.stops.push(every(ports.clock, SAVED_EVERY_MS, () => charging.save()));
    await charging.adopt();
    charging.succeeds = false;
    return charging;
  }

  /** The bundle in force may be another one now. One after the other: a station's book has one reader. */
  adopt(): Promise<void> {
    this.adopting = this.adopting
      .then(() => this.adoptNow())
      .catch((error: unknown) => this.ports.fatal(asError(error)));
    return this.adopting;
  }

  /** Whether this site's energy is managed: what its mode is. */
  get mode(): Mode | undefined {
    return this.managed?.allocation.mode;
  }

  connected(station: StationId, caller: StationCaller): void {
    this.callers.set(station, caller);
    const managed = this.stations.get(station);
    if (managed !== undefined) managed.connected(caller);
    else if (this.managed === undefined || !this.managed.site.stations.has(station))
      void this.release(station, caller);
  }

  gone(station: StationId, generation: number): void {
    if (this.callers.get(station)?.generation === generation) this.callers.delete(station);
    this.stations.get(station)?.gone(generation);
  }

  manages(station: StationId): boolean {
    return this.stations.has(station);
  }

  async hear(
    from: From,
    call: Call,
    answer: () => Promise<CallAnswer | undefined>,
  ): Promise<CallAnswer | undefined> {
    const station = this.stations.get(from.station);
    if (station === undefined) return answer();
    station.heard(from.version, call);
    if (call.action === "BootNotification") this.booted(from.station);
    // Only the site asks a managed station what it has: nobody else is told.
    if (call.action === "ReportChargingProfiles") return { kind: "result", payload: {} };
    // The profiles that it has are the site's: their limits are not the CSMS's to tell (2.1 K28).
    if (call.action === "PullDynamicScheduleUpdate")
      return { kind: "result", payload: { status: "Rejected" } };
    const answered = await answer();
    const transaction =
      call.action === "StartTransaction" ? transactionIn(answered, from.version) : undefined;
    // The document may be another by now.
    if (transaction !== undefined) this.stations.get(from.station)?.started(call.payload, transaction);
    return answered;
  }

  private booted(station: StationId): void {
    const nowMs = this.ports.clock.now().monotonicMs;
    if (this.power.boots(station, { of: this.stations.size, nowMs })) this.raises?.returned(nowMs);
  }

  /** A CALL of the CSMS for a station; true: it does not go there. */
  takes(station: StationId, call: Call, reply: (frame: string) => void): boolean {
    return this.stations.get(station)?.takes(call, reply) ?? false;
  }

  /** Quarters up to there are durable at the CSMS. */
  quartersAcked(untilWallMs: number): void {
    this.managed?.allocation.acked(untilWallMs);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const stop of this.stops) stop();
    await this.adopting;
    this.managed?.allocation.close();
    this.save();
    await this.server?.close();
  }

  private async adoptNow(): Promise<void> {
    const { bundle, clock, chance, log, observe } = this.ports;
    if (this.closed) return;
    const read = managedSite(bundle());
    if (read.kind === "faulty") {
      // What was in force before goes on: a document that nobody can read must not unmanage a site.
      log.error("energy-document-refused", { say: read.say });
      observe("energy-document-refused", read.say);
      return;
    }
    if (read.kind === "none") return this.unmanage();
    if (read.site.text === this.managed?.site.text) return;
    const { commands } = read.site.config;
    if (this.raises === undefined) {
      this.raises = new Raises(commands, chance, (outlet, what) =>
        observe("limits-swing", `outlet ${outlet}: ${SWING_SAYS[what]}`),
      );
      // Every start may be the power's return: raises wait for a random time.
      this.raises.returned(clock.now().monotonicMs);
    } else this.raises.adopt(commands);
    this.managed = { site: read.site, allocation: this.managed?.allocation ?? this.allocation() };
    await this.populate(read.site, this.raises);
    await this.numbers.save();
    await this.openSocket();
  }

  private allocation(): Allocation {
    const { clock, csmsEpoch, linkUp, log, observe, tell } = this.ports;
    return new Allocation({
      ...{ clock, csmsEpoch, log, linkUp, tell, numbers: this.numbers, succeeds: this.succeeds },
      observe: (kind, detail) => observe(kind, detail),
      config: () => this.managed!.site.config,
      ordered: () => this.ports.bundle()?.energyLimit,
      bundleVersion: () => this.ports.bundle()?.version ?? 0,
      told: (nowMs) => this.all().flatMap((station) => station.told(nowMs)),
      unlimited: () =>
        this.all().flatMap((station) => (station.unlimited ? station.outlets.map(({ id }) => id) : [])),
      granted: () => this.granted(),
      left: () => this.left(),
      grant: (grant) => this.grant(grant),
      drop: () => {
        for (const { writer } of this.all()) writer.drop();
      },
    });
  }

  /** A station for each that the document names; one whose outlets are the same goes on as it is. */
  private async populate(site: ManagedSite, raises: Raises): Promise<void> {
    const { clock, disk, fatal, log, observe } = this.ports;
    const { voltageV } = site.config.site;
    const before = this.stations;
    const books = new Map<StationId, Book>();
    for (const station of site.stations.keys())
      books.set(station, before.get(station)?.book ?? (await Book.open({ disk, log, fatal }, station)));
    // From here on without a pause, or what a station says meanwhile would be heard by the old one alone.
    const now = new Map<StationId, ManagedStation>();
    for (const [station, outlets] of site.stations) {
      const old = before.get(station);
      if (old?.isFor(outlets, voltageV)) {
        now.set(station, old);
        continue;
      }
      const book = books.get(station)!;
      const fresh = new ManagedStation({
        ...{ station, outlets, voltageV, clock, book, raises, log: log.with({ station }) },
        // Of the document in force: fuses may be others where the outlets are the same.
        carriesMa: (outlet) => carriesMa(this.managed?.site.config.site ?? site.config.site, outlet),
        outcome: (outcome) => this.managed?.allocation.outcome(outcome),
        changed: () => this.managed?.allocation.changed(),
        observe: (kind, detail) => observe(kind, detail, station),
        report: (version, action, payload) => this.report({ station, version }, action, payload),
      });
      if (old !== undefined) fresh.goesOnFrom(old);
      now.set(station, fresh);
    }
    this.stations = now;
    for (const [station, old] of before) if (now.get(station) !== old) old.retire();
    for (const [station, managed] of now) {
      const caller = this.callers.get(station);
      if (caller !== undefined && managed !== before.get(station)) managed.connected(caller);
    }
    for (const [station, caller] of this.callers)
      if (before.has(station) && !now.has(station)) void this.release(station, caller);
  }

  /** Nobody manages this site any more: the safe defaults are taken out of the stations, now or when they come. */
  private unmanage(): void {
    if (this.managed === undefined) return;
    this.managed.allocation.close();
    this.managed = undefined;
    const before = this.stations;
    this.stations = new Map();
    for (const old of before.values()) old.retire();
    for (const [station, caller] of this.callers) if (before.has(station)) void this.release(station, caller);
  }

  private async release(station: StationId, caller: StationCaller): Promise<void> {
    await release({ ...this.ports, station, caller, isManaged: () => this.stations.has(station) });
    // Managed again meanwhile: the station may have had its safe default taken after it was looked at.
    this.stations.get(station)?.doubt();
  }

  private async openSocket(): Promise<void> {
    const { listenEnergy, log, observe } = this.ports;
    if (this.server !== undefined || listenEnergy === undefined) return;
    try {
      this.server = await listenEnergy((link) => {
        if (this.managed === undefined) link.destroy();
        else this.managed.allocation.accept(link);
      });
    } catch (error) {
      const say = asError(error).message;
      log.error("energy-socket-not-opened", { say });
      observe(
        "energy-socket-not-opened",
        `no energy controller can connect, and the site stays in fallback: ${say}`,
      );
    }
  }

  private grant(grant: Grant): void {
    const outlet = this.managed?.site.outlets.get(grant.outlet);
    if (outlet !== undefined) this.stations.get(outlet.station)?.writer.grant(grant, outlet);
  }

  private granted(): Granted {
    return new Map(this.all().flatMap((station) => station.granted()));
  }

  private left(): LeftGrant[] {
    return this.all().flatMap((station) => station.left());
  }

  private report(from: From, action: string, payload: JsonObject): void {
    const id = `w-${hex(this.ports.chance, 15)}` as MessageId;
    this.ports.inItsName(from, { kind: "call", id, action, payload });
  }

  private tick(): void {
    if (this.managed === undefined) return;
    this.watchLink();
    for (const station of this.all()) station.tick();
  }

  /** A CSMS that comes back after long brings wishes for a whole fleet at once (AT-C5, AT-C6). */
  private watchLink(): void {
    const nowMs = this.ports.clock.now().monotonicMs;
    if (!this.ports.linkUp()) {
      this.linkLostAtMs ??= nowMs;
      return;
    }
    if (this.linkLostAtMs !== undefined && nowMs - this.linkLostAtMs >= AWAY_MS) this.raises?.returned(nowMs);
    this.linkLostAtMs = undefined;
  }

  private save(): void {
    if (this.managed === undefined) return;
    for (const station of this.all()) station.save();
    this.numbers.save().catch((error: unknown) => this.ports.fatal(asError(error)));
  }

  private all(): ManagedStation[] {
    return [...this.stations.values()];
  }
}

/** Of an answer to StartTransaction (1.6), whoever gave it. */
function transactionIn(answer: CallAnswer | undefined, version: OcppVersion): number | undefined {
  if (answer?.kind !== "verbatim") return undefined;
  const parsed = parseFrame(answer.text, version);
  if (parsed.kind === "fault" || parsed.frame.kind !== "result") return undefined;
  const { transactionId } = parsed.frame.payload;
  return typeof transactionId === "number" ? transactionId : undefined;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
