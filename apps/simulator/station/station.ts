/**
 * A charging station: hardware that outlives any power cut (EVSEs with their meters, flash, clock, cable to the
 * network), and one computer after the other whose firmware runs on it.
 *
 * Everything a driver or a fault can do to it is a method here; what it says to the network is the firmware's affair.
 */
import type { Cancel, Chance, Clock, Dialer, Disk, EvseId, Log, StationId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { Car } from "../car/car.ts";
import type { Purpose } from "../charging/profile.ts";
import { Evse, type EvseBuild } from "../evse/evse.ts";
import type { Draw } from "../plant/plant.ts";
import { Notebook } from "../truth/notebook.ts";
import { dialect16 } from "../v16/dialect.ts";
import { dialect21 } from "../v21/dialect.ts";
import { dialect201 } from "../v201/dialect.ts";
import { LOOK_MS } from "./bay.ts";
import { Conduct } from "./conduct.ts";
import type { BootReason, ConnectorState, Dialect, StationFacts, Token } from "./dialect.ts";
import { Firmware } from "./firmware.ts";
import { Flash } from "./flash.ts";
import { Life } from "./life.ts";
import { Line, type LineState } from "./line.ts";
import type { Recorder } from "./recorder.ts";
import type { SettingValues } from "./settings.ts";
import { StationClock } from "./station-clock.ts";

/** From reset to running firmware. */
const REBOOT_MS = 1_500;

/** What kind of station it is. */
export type StationOptions = {
  readonly id: StationId;
  readonly version: OcppVersion;
  readonly evses: number;
  readonly maxW: number;
  /** URL path up to the station's id, without a slash at its end. */
  readonly pathPrefix: string;
  /** Defaults to the id (ADR 7: the certificate's common name). */
  readonly serialNumber?: string;
  /** What it says of itself when it boots. */
  readonly made?: Partial<Pick<StationFacts, "vendor" | "model" | "firmware">>;
  readonly settings?: SettingValues;
  readonly repeatUnder?: "same-id" | "new-id";
  /** Transaction messages that may wait before updates are dropped. */
  readonly queueMax?: number;
  /** What a command gets that brings more than one message may: its CALLERROR, or the end of the connection. */
  readonly overloaded?: "refuse" | "close";
  /** What becomes of a transaction that a power cut or a crash interrupted. */
  readonly afterOutage?: "end" | "resume";
  readonly clockBattery?: "good" | "dead";
  /** Whether charging profiles are kept through restarts; absent: as its version says (2.x K01.FR.27; 1.6 says nothing, and forgets). */
  readonly keepsProfiles?: boolean;
  /** The purposes of charging profiles that its firmware knows; absent: all. */
  readonly profilePurposes?: readonly Purpose[];
  /** Whose time its messages carry: the central system's, which sets its clock, or the world's. */
  readonly time?: "central" | "own";
  /** See {@link Notebook}. */
  readonly keeps?: "all" | "open";
  /** It lets cars give back (V2X); 2.1 alone. Otherwise it refuses every order to. */
  readonly bidirectional?: boolean;
  /** How its EVSEs are wired, and how quick they are. */
  readonly build?: EvseBuild;
  /** How often the firmware looks whether a car draws and which limit holds. */
  readonly lookMs?: number;
};

export type StationPorts = {
  readonly clock: Clock;
  /** Chooses pauses. */
  readonly chance: Chance;
  /** Makes message and transaction ids: never the same in two runs against one central system. */
  readonly ids: Chance;
  readonly dialer: Dialer;
  /** The flash chip as the next boot finds it. `settled`: the last life's writes have ended, one way or the other. */
  flash(settled: Promise<void>): Promise<Disk>;
  readonly recorder: Recorder;
  readonly log: Log;
  /** Our own fault, or the disk's: the simulation cannot go on. */
  failed(error: unknown): void;
};

const dialects: Readonly<Record<OcppVersion, Dialect>> = {
  "1.6": dialect16,
  "2.0.1": dialect201,
  "2.1": dialect21,
};

function dialectOf({ keepsProfiles, profilePurposes: purposes, version }: StationOptions): Dialect {
  const dialect = dialects[version];
  const { persistent } = dialect.profiles;
  return {
    ...dialect,
    profiles: { ...dialect.profiles, purposes, persistent: keepsProfiles ?? persistent },
  };
}

/** One EVSE from outside. */
export type EvseView = {
  readonly evse: EvseId;
  readonly state: ConnectorState | "dark";
  readonly powerW: number;
  readonly registerWh: number;
  readonly deliveredWh: number;
};

export type StationView = {
  readonly station: string;
  readonly version: OcppVersion;
  readonly power: "on" | "off";
  readonly line: LineState;
  readonly connected: boolean;
  readonly accepted: boolean;
  readonly queued: number;
  readonly evses: readonly EvseView[];
};

/** Makes a station, switched off. */
export function createStation(options: StationOptions, ports: StationPorts): Station {
  return new Station(options, ports);
}

export class Station {
  readonly options: StationOptions;
  readonly notebook: Notebook;
  readonly evses: readonly Evse[];
  readonly line: Line;
  readonly clock: StationClock;
  readonly conduct = new Conduct();
  private readonly ports: StationPorts;
  private life: Life | undefined;
  private flash: Flash | undefined;
  private firmware: Firmware | undefined;
  private clean = true;
  /** The supply, or the boot loader, brings it back. */
  private returning: Cancel = () => {};
  /** Without supply until then. */
  private darkUntilMs = 0;

  constructor(options: StationOptions, ports: StationPorts) {
    this.options = options;
    this.ports = ports;
    this.notebook = new Notebook(options.id, options.version, options.keeps);
    this.evses = Array.from(
      { length: options.evses },
      (_, i) => new Evse((i + 1) as EvseId, options.maxW, ports.clock, options.build),
    );
    this.line = new Line(ports.dialer, ports.clock);
    this.clock = new StationClock(ports.clock, { ownTime: options.time === "own" });
  }

  get on(): boolean {
    return this.life !== undefined;
  }

  /** Resolves when the firmware runs. Nothing happens to a station that is on. */
  async powerOn(reason: BootReason = "power-up"): Promise<void> {
    if (this.life !== undefined) return;
    const { ports, options } = this;
    const life = new Life(ports.clock, ports.failed);
    this.life = life;
    if (this.options.clockBattery === "dead" && reason === "power-up" && !this.clean) this.clock.lose();
    this.line.forget();
    const disk = await life.hold(ports.flash(this.flash?.close() ?? Promise.resolve()));
    const flash = await life.hold(Flash.open(disk, `${options.id}.flash`));
    this.flash = flash;
    for (const evse of this.evses) evse.restoreRegister(Number(flash.get(`meter/${evse.id}`) ?? 0));
    const firmware = new Firmware({
      life,
      flash,
      reason,
      clock: this.clock,
      evses: this.evses,
      line: this.line,
      path: `${options.pathPrefix}/${encodeURIComponent(options.id)}`,
      dialect: dialectOf(options),
      facts: {
        id: options.id,
        serialNumber: options.serialNumber ?? options.id,
        vendor: "Wattward",
        model: "Simulated",
        firmware: "1.0.0",
        ...options.made,
      },
      settings: options.settings ?? {},
      repeatUnder: options.repeatUnder ?? "same-id",
      queueMax: options.queueMax,
      overloaded: options.overloaded ?? "refuse",
      conduct: this.conduct,
      bidirectional: options.bidirectional ?? false,
      lookMs: options.lookMs ?? LOOK_MS,
      chance: ports.chance,
      ids: ports.ids,
      notebook: this.notebook,
      recorder: ports.recorder,
      log: ports.log,
      restart: (why) => this.restart(why),
    });
    this.firmware = firmware;
    await firmware.start(reason === "power-up" ? "power-loss" : "reboot", options.afterOutage ?? "end");
  }

  /** Everything volatile is lost at once; flash, meters, cables and the clock's battery stay. */
  powerCut(forMs?: number): void {
    this.die();
    if (forMs === undefined) return;
    const { clock } = this.ports;
    const { monotonicMs } = clock.now();
    // A shorter cut within a longer one ends nothing.
    this.darkUntilMs = Math.max(this.darkUntilMs, monotonicMs + forMs);
    this.later(this.darkUntilMs - monotonicMs, "power-up");
  }

  /** The firmware crashes and starts again by itself, in the middle of whatever it was doing. */
  crash(): void {
    if (this.on) this.restart("watchdog");
  }

  /** The firmware stands still, on a line that is silent too, and goes on where it was. Current flows as it did. */
  hang(forMs: number): void {
    const { life } = this;
    if (life === undefined) return;
    life.hang();
    this.line.cut(forMs);
    this.ports.clock.after(forMs, () => life.wake());
  }

  /** Says more than anybody asked for; see {@link Firmware.rush}. */
  rush(perS: number, forMs: number): void {
    this.firmware?.rush(perS, forMs);
  }

  plug(evse: EvseId, car: Car): void {
    this.evse(evse).plug(car);
    this.tell((firmware) => firmware.bayOf(evse)?.cablePlugged());
  }

  unplug(evse: EvseId): void {
    this.evse(evse).unplug();
    this.tell((firmware) => firmware.bayOf(evse)?.cableUnplugged());
  }

  /** What the reader's light shows; `dark` where nothing runs, or stopped running before it could answer. */
  async card(evse: EvseId, token: Token): Promise<"started" | "waiting" | "stopped" | "refused" | "dark"> {
    const { firmware, life } = this;
    if (firmware === undefined || life === undefined) return "dark";
    const died = new Promise<"dark">((resolve) => life.onEnd(() => resolve("dark")));
    const read = async () => {
      await life.awake();
      return (await firmware.bayOf(evse)?.card(token)) ?? "refused";
    };
    return Promise.race([read(), died]);
  }

  /** The driver asks for priority at the station's display, or no longer wants it; "refused" where it has none (K22). */
  priority(evse: EvseId, active: boolean): "changed" | "refused" {
    return this.firmware?.priority(evse, active) ?? "refused";
  }

  /** What flows at each EVSE's terminals, and what might: nothing where the station is dark. */
  draws(): (Omit<Draw, "station"> & { readonly toldMa: number })[] {
    return this.evses.map(({ id, phasesInUse, terminalsMa }) => {
      const bay = this.firmware?.bayOf(id);
      return { evse: id, terminalsMa, phases: phasesInUse, mayMa: bay?.mayMa ?? 0, toldMa: bay?.toldMa ?? 0 };
    });
  }

  /** The transaction at an EVSE as the firmware knows it. */
  charging(evse: EvseId): boolean {
    return this.firmware?.bayOf(evse)?.transaction !== undefined;
  }

  /** Transaction messages that still wait for their answer; undefined while switched off. */
  get queued(): number | undefined {
    return this.firmware?.queue.length;
  }

  view(): StationView {
    const { firmware, line, options, evses } = this;
    return {
      station: options.id,
      version: options.version,
      power: this.on ? "on" : "off",
      line: line.state,
      connected: firmware?.connected ?? false,
      accepted: firmware?.online ?? false,
      queued: firmware?.queue.length ?? 0,
      evses: evses.map((evse) => ({
        evse: evse.id,
        state: firmware?.bayOf(evse.id)?.state ?? "dark",
        powerW: Math.round(evse.powerW),
        registerWh: evse.registerWh,
        deliveredWh: evse.deliveredWh,
      })),
    };
  }

  /** Ends the simulation of it: connections closed cleanly, flash let go of. */
  async shutDown(): Promise<void> {
    this.life?.end();
    await this.line.shut();
    this.die();
    await this.flash?.close();
    this.flash = undefined;
  }

  private evse(id: EvseId): Evse {
    const evse = this.evses.find((each) => each.id === id);
    if (evse === undefined) throw new RangeError(`${this.options.id} has no EVSE ${id}`);
    return evse;
  }

  private tell(what: (firmware: Firmware) => Promise<void> | undefined): void {
    const { firmware } = this;
    if (firmware !== undefined) this.life?.run(async () => what(firmware));
  }

  private restart(reason: BootReason): void {
    this.die();
    this.later(REBOOT_MS, reason);
  }

  private die(): void {
    this.returning();
    this.life?.end();
    this.life = undefined;
    this.firmware = undefined;
    this.clean = false;
    for (const evse of this.evses) evse.openContactor();
    this.line.abandon();
  }

  private later(ms: number, reason: BootReason): void {
    this.returning = this.ports.clock.after(ms, () => {
      this.powerOn(reason).catch((error: unknown) => this.ports.failed(error));
    });
  }
}
