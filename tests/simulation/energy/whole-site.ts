/**
 * A whole managed site on simulated time, network and disk: the production code of local controller, energy controller and Modbus guard,
 * each as a process that can die and be started again from its folder; the simulator's stations, plant and SunSpec devices; a fake CSMS.
 *
 *     stations ── local controller ── CSMS (fake)
 *                     └── energy controller ── guard ── devices ── plant (physics, every 100 ms)
 */
import type { Planner } from "@wattward/energy";
import {
  type Chance,
  type Disk,
  every,
  failed,
  type Log,
  ok,
  type SiteId,
  silentLog,
} from "@wattward/kernel";
import {
  createStation,
  type DeviceAtWork,
  Devices,
  type PlantPlan,
  STEP_MS,
  type Station,
  serveDevice,
} from "@wattward/simulator";
import {
  type BootedDisk,
  SimulatedDisk,
  SimulatedNetwork,
  type SimulatedTime,
  seededChance,
  simulatedTime,
} from "@wattward/testing";
import {
  createEnergyController,
  type EnergyController,
} from "../../../apps/site/energy-controller/energy-controller.ts";
import { lineLink } from "../../../apps/site/energy-link/line-link.ts";
import { createGuard, type Guard } from "../../../apps/site/modbus-guard/guard.ts";
import { createSite, type Site } from "../../../apps/site/site.ts";
import { FakeCsms, fakeBundle } from "../../../apps/site/testing/fake-csms.ts";
import { fakeTrust, keyOf } from "../../../apps/site/testing/world.ts";
import type { Terminal } from "./bounds.ts";
import { Life, Links } from "./process.ts";
import type { PlannedStation, SeededSite } from "./seeded-site.ts";

const SITE = "lyon" as SiteId;
const SOFTWARE = "0.1.0";
const LISTEN = 9444;
const LINK = 9443;
const EMS_UID = 1_000;
const BUNDLE = "state/bundle.json";
/** A child that died is started again by its supervisor after so long (`apps/site/supervisor`), and one that hangs is killed after so long. */
export const RESTART_MS = 1_000;
export const HANGS_MS = 3_000;

export const processes = ["local", "energy", "guard"] as const;
export type ProcessName = (typeof processes)[number];

/** Broken parts, in place of good ones: they show that the harness notices. */
export type Broken = {
  /** What is true, in place of what the document says. */
  readonly wires?: (plan: PlantPlan) => PlantPlan;
};

export type WholeOptions = {
  readonly seed: number;
  readonly site: SeededSite;
  readonly planner: (clock: SimulatedTime) => Planner;
  readonly broken?: Broken;
  readonly log?: Log;
};

type Running = {
  readonly life: Life;
  readonly disk: BootedDisk;
  readonly startedAtMs: number;
  done: unknown;
};

export class WholeSite {
  readonly time = simulatedTime();
  readonly csms: FakeCsms;
  readonly network: SimulatedNetwork;
  readonly devices: Devices;
  readonly stations: readonly Station[];
  readonly planned: SeededSite;
  /** What nobody expected: a finding each. */
  readonly broke: string[] = [];
  /** Fatal ends that a process decided for itself; its supervisor starts it again. */
  readonly ends: string[] = [];
  local: Site | undefined;
  energy: EnergyController | undefined;
  guard: Guard | undefined;
  /** The last one plans: faults put theirs on top. */
  readonly planners: Planner[];
  private readonly options: WholeOptions;
  private readonly chance: Chance;
  private readonly links: Links;
  private readonly disks: Readonly<Record<ProcessName, SimulatedDisk>>;
  private readonly running = new Map<ProcessName, Running>();
  private readonly downUntilMs = new Map<ProcessName, number>();
  private readonly world: Life;

  constructor(options: WholeOptions) {
    const { seed, site } = options;
    this.options = options;
    this.planned = site;
    this.chance = seededChance(seed);
    this.network = new SimulatedNetwork(this.time, seededChance(seed + 1));
    this.links = new Links(this.time);
    this.world = new Life(this.time);
    const planner = options.planner(this.time);
    this.planners = [planner];
    const disk = (i: number) => new SimulatedDisk(seededChance(seed + i));
    this.disks = { local: disk(2), energy: disk(3), guard: disk(4) };
    const { config, policy, stations } = this.planned;
    this.csms = new FakeCsms(
      this.time,
      fakeBundle(
        SITE,
        stations.map(({ id }) => id),
        { energy: JSON.stringify(config), guard: JSON.stringify(policy) },
      ),
    );
    const { monotonicMs: nowMs, wallMs } = this.time.now();
    const streams = new Map<string, Chance>();
    const chance = (name: string) => {
      const found = streams.get(name) ?? seededChance(seed + 100 + streams.size);
      streams.set(name, found);
      return found;
    };
    this.devices = new Devices(
      { plan: options.broken?.wires?.(site.plan) ?? site.plan, chance, nowMs, wallMs },
      { clock: this.time, chance: seededChance(seed + 5) },
    );
    for (const each of this.devices.all) this.serve(each);
    this.stations = site.stations.map((station, i) => this.station(station, seed + 1_000 + 10 * i));
  }

  get nowMs(): number {
    return this.time.now().monotonicMs;
  }

  /** Central system and site first, then the stations; every step of the physics is shown to `stepped`. */
  async start(stepped: (draws: readonly Terminal[]) => void): Promise<void> {
    await this.network.host("csms").listen(LINK, this.csms.upgrade);
    for (const name of processes) this.boot(name);
    await this.time.advance(5_000);
    for (const station of this.stations) void station.powerOn().catch((error: unknown) => this.failed(error));
    every(this.time, STEP_MS, () => {
      const draws = this.draws();
      this.devices.step(draws);
      stepped(draws);
    });
    await this.time.advance(30_000);
  }

  draws(): Terminal[] {
    const all: Terminal[] = [];
    for (const station of this.stations)
      for (const { evse, mayMa, phases, terminalsMa, toldMa } of station.draws())
        all.push({ station: station.options.id, evse, mayMa, phases, terminalsMa, toldMa });
    return all;
  }

  lives(name: ProcessName): boolean {
    return this.running.get(name)?.life.lives === true;
  }

  /** Since when it runs without a gap. */
  startedAtMs(name: ProcessName): number {
    return this.running.get(name)?.startedAtMs ?? Number.POSITIVE_INFINITY;
  }

  /** SIGKILL, and to each that is started in its place, for so long. */
  keepDown(name: ProcessName, forMs: number): void {
    const untilMs = Math.max(this.nowMs + forMs, this.downUntilMs.get(name) ?? 0);
    this.downUntilMs.set(name, untilMs);
    this.kill(name);
    this.time.after(untilMs - this.nowMs, () => this.boot(name));
  }

  /** Stands still, sockets and all, until the supervisor has seen it. */
  hang(name: ProcessName): void {
    const running = this.running.get(name);
    if (running === undefined) return;
    running.life.hang();
    this.time.after(HANGS_MS, () => {
      if (this.running.get(name) === running) this.keepDown(name, RESTART_MS);
    });
  }

  /** What the fake CSMS keeps of the past: days of it would not fit. */
  forget(): void {
    this.csms.messages.length = 0;
    this.csms.received.length = 0;
  }

  private kill(name: ProcessName): void {
    const running = this.running.get(name);
    if (running === undefined) return;
    this.running.delete(name);
    running.disk.kill();
    running.life.kill();
    this[name] = undefined;
  }

  private boot(name: ProcessName): void {
    if (this.running.has(name) || (this.downUntilMs.get(name) ?? 0) > this.nowMs) return;
    const life = new Life(this.time);
    const disk = this.disks[name].boot();
    const running: Running = { life, disk, startedAtMs: this.nowMs, done: undefined };
    this.running.set(name, running);
    const fatal = (error: Error) => {
      this.ends.push(`${name}: ${error.message}`);
      if (this.running.get(name) === running) this.keepDown(name, RESTART_MS);
    };
    const starts = {
      local: () => this.bootLocal(life, disk, fatal),
      energy: () => this.bootEnergy(life, disk, fatal),
      guard: () => this.bootGuard(life, disk),
    };
    starts[name]().catch(
      (error: unknown) => life.lives && fatal(error instanceof Error ? error : new Error(String(error))),
    );
  }

  private async bootLocal(life: Life, disk: BootedDisk, fatal: (error: Error) => void): Promise<void> {
    const host = this.network.host("site");
    life.onDeath(() => host.kill());
    const site = await createSite({
      ...{ site: SITE, software: SOFTWARE, clock: life.clock, chance: this.chance, disk },
      log: this.log("local"),
      dialer: () => host.dialer("csms", LINK),
      trust: () => fakeTrust,
      listen: (door) => host.listen(LISTEN, (request) => door.upgrade(request)),
      listenEnergy: async (accept) => {
        const stop = this.links.listen("energy.sock", life, (link) => accept(lineLink(link)));
        return { close: async () => stop() };
      },
      fatal,
    });
    if (life.lives) this.local = site;
  }

  private async bootEnergy(life: Life, disk: BootedDisk, fatal: (error: Error) => void): Promise<void> {
    const peer = { address: "energy" };
    const dialLocal = this.links.dialer("energy.sock", life, peer);
    const controller = await createEnergyController({
      ...{ site: SITE, software: SOFTWARE, clock: life.clock, chance: this.chance, trust: { verifyBundle } },
      log: this.log("energy"),
      disk: this.withBundle(disk),
      dialGuard: this.links.dialer("guard:socket", life, { ...peer, uid: EMS_UID }),
      dialLocal: async () => {
        const dialled = await dialLocal();
        if (!dialled.ok) return failed(dialled.fault);
        return ok(lineLink(dialled.value));
      },
      planner: { plan: (input, deadlineMs) => this.planners.at(-1)!.plan(input, deadlineMs) },
      fatal,
    });
    if (life.lives) this.energy = controller;
  }

  private async bootGuard(life: Life, disk: BootedDisk): Promise<void> {
    const guard = await createGuard({
      ...{ site: SITE, software: SOFTWARE, clock: life.clock, chance: this.chance, trust: { verifyBundle } },
      log: this.log("guard"),
      disk: this.withBundle(disk),
      sameUid: EMS_UID,
      listen: async (way, accept) => {
        const stop = this.links.listen(`guard:${way}`, life, accept);
        return { close: async () => stop() };
      },
      dial: ({ host, port }) => this.links.dialer(`${host}:${port}`, life, { address: "guard" }),
      // The supervisor hands it on to the local controller.
      observe: (kind, detail) => this.local?.observe(kind, detail),
    });
    if (life.lives) this.guard = guard;
  }

  /** One folder on a real machine: the bundle lies where the local controller keeps it. */
  private withBundle(own: BootedDisk): Disk {
    return {
      ...own,
      read: async (path) => (path === BUNDLE ? this.disks.local.peek(BUNDLE) : own.read(path)),
    };
  }

  private serve({ planned, device, conduct }: DeviceAtWork): void {
    const { id, port, unit } = planned;
    this.links.listen(
      `plant:${port}`,
      this.world,
      (link) => void serveDevice(link, { id, unit, device, conduct, clock: this.time }),
    );
  }

  private station(planned: PlannedStation, seed: number): Station {
    const { id, bidirectional, version, evses, phases, ratedMa, respondsMs, stepMa } = planned;
    const flash = new SimulatedDisk(seededChance(seed));
    const host = this.network.host(`station-${id}`);
    const facts = { cn: `SN-${id}`, issuer: "CA", serial: "01", spkiSha256: keyOf(id), notBeforeMs: 1_000 };
    const dialer = host.dialer("site", LISTEN, [new TextEncoder().encode(JSON.stringify(facts))]);
    const maxW = (ratedMa / 1000) * 230 * phases;
    return createStation(
      {
        ...{
          id,
          version,
          evses,
          maxW,
          bidirectional,
          pathPrefix: "/ocpp",
          serialNumber: `SN-${id}`,
          keeps: "open",
          afterOutage: seed % 20 === 0 ? "end" : "resume",
        },
        build: { phases, stepMa, respondsMs },
        // A safe default that a restart wipes is none: no site is safe with such a station and no controller.
        keepsProfiles: true,
      },
      {
        clock: this.time,
        ...{ chance: seededChance(seed + 1), ids: seededChance(seed + 2) },
        dialer,
        flash: async () => flash.boot(),
        recorder: { sent: async () => {}, received: async () => {} },
        log: silentLog,
        failed: (error) => this.failed(error),
      },
    );
  }

  private failed(error: unknown): void {
    this.broke.push(
      `a station failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }

  private log(part: string): Log {
    return (this.options.log ?? silentLog).with({ part });
  }
}

const verifyBundle = () => ({ kind: "valid" }) as const;
