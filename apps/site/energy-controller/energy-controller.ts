/**
 * The energy controller (ADR 15, 16): runs the control loop of a managed site. It holds no key and no station; what it may do to a
 * fuse is bounded by the local controller, what it may do to a device by the Modbus guard, so its death changes the mode and nothing else.
 *
 *     bundle on disk ──verified──▶ document ──▶ devices (guard) ⇄ control loop ⇄ local controller (energy.sock)
 *                                                    └─▶ quarters, forecasts (disk)
 *
 * It runs on ports alone: on sockets in its process, on simulated time in tests and in simulations of months. It watches itself: a turn that is
 * late again and again, an event loop that stood still, a number that is none, and it ends loudly, so that a fresh one begins.
 */
import { CONTROL_PERIOD_MS, checkEnergyConfig, type EnergyConfig, type Planner } from "@wattward/energy";
import type { Cancel, Chance, Clock, Disk, Log, Result, SiteId } from "@wattward/kernel";
import type { Dial, LinkFault } from "@wattward/modbus";
import type { Bundle } from "@wattward/sitelink";
import { SiteClock } from "../clock/site-clock.ts";
import type { LineLink } from "../energy-link/line-link.ts";
import type { FromLocal } from "../energy-link/messages.ts";
import type { BundleTrust } from "../state/bundle-shelf.ts";
import { watchBundle } from "../state/bundle-watch.ts";
import { OVERRUNS_MAX, STALL_MS_MAX, TURN_MS_LONG, TURN_MS_MIN } from "./limits.ts";
import { LocalLink } from "./local-link.ts";
import { ManagedSite } from "./managed-site.ts";
import { Observer } from "./observer.ts";
import { Planning } from "./planning.ts";
import { QuarterBook } from "./quarters.ts";

export type EnergyControllerPorts = {
  readonly site: SiteId;
  /** Version of this software, compared with the bundle's floor. */
  readonly software: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** The site's data folder: reads `state/bundle.json`, writes `energy/`. */
  readonly disk: Disk;
  readonly trust: BundleTrust;
  /** A new connection to the Modbus guard, which knows us by its socket. */
  readonly dialGuard: Dial;
  /** A new line to the local controller. */
  dialLocal(): Promise<Result<LineLink, LinkFault>>;
  /** Absent: nobody plans. */
  readonly planner?: Planner;
  /** Our own fault: the process must end now, and be started anew. */
  fatal(error: Error): void;
};

export type EnergyController = {
  status(): {
    /** Undefined: no bundle, or none that says what there is to manage. */
    readonly bundleVersion: number | undefined;
    readonly mode: string | undefined;
    readonly linkUp: boolean;
  };
  close(): Promise<void>;
};

/** Resolves when the bundle on disk was looked at once. */
export async function createEnergyController(ports: EnergyControllerPorts): Promise<EnergyController> {
  const running = new Running(ports, await QuarterBook.open(ports.disk, ports.log));
  await running.start();
  return running;
}

class Running implements EnergyController {
  private readonly ports: EnergyControllerPorts;
  private readonly quarters: QuarterBook;
  private readonly observer: Observer;
  private link: LocalLink | undefined;
  private readonly wall: SiteClock;
  private wallIsTold = false;
  private site: ManagedSite | undefined;
  private planning: Planning | undefined;
  private version: number | undefined;
  private stopWatching: Cancel = () => {};
  private cancelTurn: Cancel = () => {};
  private turnedAtMs = Number.NEGATIVE_INFINITY;
  private dueAtMs = 0;
  private overruns = 0;
  private stopped = false;
  /** Documents are taken one after the other. */
  private taking: Promise<void> = Promise.resolve();

  constructor(ports: EnergyControllerPorts, quarters: QuarterBook) {
    const { clock, log } = ports;
    this.ports = ports;
    this.quarters = quarters;
    this.observer = new Observer(log);
    this.wall = new SiteClock(clock, 0);
  }

  async start(): Promise<void> {
    const { site, software, log, disk, trust } = this.ports;
    const clock = this.trustedClock();
    this.stopWatching = await watchBundle({
      ...{ site, software, clock, log, disk, trust },
      taken: (bundle) => (this.taking = this.taking.then(() => this.take(bundle))),
      refused: (sentence) => this.refuse(sentence),
    });
    await this.taking;
  }

  status(): ReturnType<EnergyController["status"]> {
    return { bundleVersion: this.version, mode: this.site?.last?.mode, linkUp: this.link?.isUp ?? false };
  }

  async close(): Promise<void> {
    this.stopped = true;
    this.stopWatching();
    this.cancelTurn();
    this.link?.close();
    this.site?.stop();
    await this.planning?.keep();
    await this.quarters.close();
  }

  private async take({ energy, energyLimit, version }: Bundle): Promise<void> {
    if (this.stopped) return;
    if (energy === undefined) {
      this.idle();
      return;
    }
    const config = documentOf(energy);
    if (typeof config === "string") this.refuse(config);
    else {
      this.version = version;
      this.ports.log.info("energy-document", { version, devices: config.devices.length });
      if (this.site === undefined) await this.manage(config);
      else this.site.take(config);
    }
    // A person's word, whatever becomes of the document beside it.
    this.site?.order(energyLimit);
  }

  private async manage(config: EnergyConfig): Promise<void> {
    const { chance, log, disk, planner, dialGuard } = this.ports;
    const clock = this.trustedClock();
    const planning = (this.planning ??= await Planning.open(
      { clock, log, disk, ...(planner && { planner }) },
      config,
    ));
    planning.reconfigure(config);
    if (this.stopped) return;
    const { observer, quarters } = this;
    const link = new LocalLink({
      ...{ clock: this.ports.clock, log },
      dial: () => this.ports.dialLocal(),
      heard: (state) => this.heard(state),
    });
    this.link = link;
    this.site = new ManagedSite(config, {
      ...{ clock, chance, log, dialGuard, link, observer, quarters, planning },
      stepped: () => this.turnSoon(),
    });
    link.start();
    this.turnAt(this.nowMs());
  }

  /** Nobody manages this site any more. */
  private idle(): void {
    if (this.site === undefined) return;
    this.ports.log.info("energy-idle", { say: "the bundle has no energy document" });
    this.cancelTurn();
    this.link?.close();
    this.site.stop();
    this.site = undefined;
    this.version = undefined;
  }

  private refuse(sentence: string): void {
    this.observer.saw("energy.document-refused", sentence, { say: sentence }, this.nowMs());
  }

  private heard({ linkUp, grantSeq, csmsEpoch, quartersAckedWallMs, wallMs }: FromLocal): void {
    if (wallMs !== undefined) {
      this.wall.tell(wallMs);
      this.wallIsTold = true;
    }
    if (this.site === undefined) return;
    this.site.linkUp = linkUp;
    this.site.numberFrom(grantSeq);
    if (quartersAckedWallMs !== undefined) this.quarters.acked(quartersAckedWallMs);
    this.quarters.hearsEpoch(csmsEpoch);
  }

  /** The site's time where the local controller tells it, else the machine's. */
  private trustedClock(): Clock {
    const { clock } = this.ports;
    return {
      now: () => (this.wallIsTold ? this.wall.now() : clock.now()),
      after: (ms, run) => clock.after(ms, run),
    };
  }

  private turnAt(atMs: number): void {
    this.cancelTurn();
    if (this.stopped) return;
    this.dueAtMs = atMs;
    this.cancelTurn = this.ports.clock.after(Math.max(0, atMs - this.nowMs()), () => this.turn());
  }

  private turnSoon(): void {
    const soonMs = Math.max(this.nowMs(), this.turnedAtMs + TURN_MS_MIN);
    if (soonMs < this.dueAtMs) this.turnAt(soonMs);
  }

  private turn(): void {
    const fromMs = this.nowMs();
    const stalledMs = fromMs - this.dueAtMs;
    if (stalledMs > STALL_MS_MAX) {
      this.end(`the event loop stood still for ${Math.round(stalledMs)} ms: all that is known is old`);
      return;
    }
    this.turnedAtMs = fromMs;
    const fault = this.site?.turn();
    if (fault !== undefined) {
      this.end(`the control loop is not sound: ${fault}`);
      return;
    }
    const tookMs = this.nowMs() - fromMs;
    this.overruns = tookMs > TURN_MS_LONG ? this.overruns + 1 : 0;
    if (this.overruns > 0)
      this.ports.log.warn("turn-overran", { tookMs: Math.round(tookMs), inARow: this.overruns });
    if (this.overruns >= OVERRUNS_MAX) {
      this.end(`${OVERRUNS_MAX} turns in a row took longer than ${TURN_MS_LONG} ms`);
      return;
    }
    this.turnAt(fromMs + CONTROL_PERIOD_MS);
  }

  private end(sentence: string): void {
    this.stopped = true;
    this.ports.log.error("energy-controller-ends", { say: sentence });
    this.ports.fatal(new Error(sentence));
  }

  private nowMs(): number {
    return this.ports.clock.now().monotonicMs;
  }
}

/** The document, or what is wrong with it. The compiler of the bundle checked the same: this is for what came another way. */
function documentOf(text: string): EnergyConfig | string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return "the bundle's energy document is not JSON";
  }
  const checked = checkEnergyConfig(data);
  if (checked.ok) return checked.value;
  const [first] = checked.fault;
  return `the bundle's energy document: ${first?.path} ${first?.sentence}, and ${checked.fault.length - 1} more`;
}
