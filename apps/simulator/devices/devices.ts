/**
 * The devices of a site at work: each planned one with its physics, its registers and its conduct, and the faults that befall them. No
 * socket is here: whoever has links hands them to `serveDevice`.
 */
import type { Chance, Clock } from "@wattward/kernel";
import type { PlannedDevice } from "../plant/plan.ts";
import { type Draw, Plant, type PlantOptions } from "../plant/plant.ts";
import type { PlantFault } from "../plant/plant-fault.ts";
import { BatteryDevice } from "./battery-device.ts";
import { DeviceConduct } from "./conduct.ts";
import { ContactorDevice } from "./contactor-device.ts";
import { LimitSignalDevice } from "./limit-signal-device.ts";
import { MeterDevice } from "./meter-device.ts";
import { SolarDevice } from "./solar-device.ts";
import type { Device } from "./sunspec-device.ts";

/** A setpoint of a device that reverts early lasts so long. */
const REVERTS_EARLY_MS = 2_000;

export type DeviceAtWork = {
  readonly planned: PlannedDevice;
  readonly device: Device;
  readonly conduct: DeviceConduct;
};

export type DevicesPorts = {
  readonly clock: Clock;
  /** Chooses whom a fault befalls. */
  readonly chance: Chance;
};

type Steered = { steer(): void; restart(): void };
type Heal = () => void;

export class Devices {
  readonly plant: Plant;
  readonly all: readonly DeviceAtWork[];
  private readonly ports: DevicesPorts;
  readonly limitSignals: LimitSignalDevice[] = [];
  private readonly steered = new Map<string, Steered>();
  /** How many faults that are not healed break what, by device and what. */
  private readonly breaks = new Map<string, number>();

  constructor(options: PlantOptions, ports: DevicesPorts) {
    this.plant = new Plant(options);
    this.ports = ports;
    this.all = options.plan.devices.map((planned) => {
      const conduct = new DeviceConduct();
      conduct.neverReverts = neverReverts(planned);
      return { planned, conduct, device: this.make(planned, conduct) };
    });
  }

  /** One step of physics, up to the clock's now. */
  step(draws: readonly Draw[]): void {
    for (const each of this.steered.values()) each.steer();
    this.plant.move(this.nowMs(), draws);
  }

  /** Does it to a device, one by chance where none is named; gives its id, or "site" where it is everybody's. */
  inflict(fault: PlantFault, device?: string): string | undefined {
    const heals: Heal[] = [];
    const befell = this.begin(fault, heals, device);
    this.ports.clock.after(fault.forMs, () => {
      for (const heal of heals) heal();
    });
    return befell;
  }

  private begin(fault: PlantFault, heals: Heal[], device: string | undefined): string | undefined {
    switch (fault.what) {
      case "modbus-cut":
      case "modbus-flood": {
        const key = fault.what === "modbus-cut" ? "dark" : "flooded";
        for (const { conduct, planned } of this.all)
          heals.push(this.broken(`${planned.id} ${key}`, (so) => (conduct[key] = so)));
        return "site";
      }
      case "load-step":
        for (const load of this.plant.loads.values()) heals.push(load.force(fault.factor));
        return "site";
      default:
        return this.befall(fault, heals, device);
    }
  }

  private befall(
    fault: Exclude<PlantFault, { what: "modbus-cut" | "modbus-flood" | "load-step" }>,
    heals: Heal[],
    wanted: string | undefined,
  ): string | undefined {
    const victim = this.victimOf(fault.what, wanted);
    if (victim === undefined) return undefined;
    const { conduct, planned } = victim;
    const { id } = planned;
    const source = this.plant.batteries.get(id) ?? this.plant.solars.get(id);
    const until = (what: string, set: (so: boolean) => void) =>
      void heals.push(this.broken(`${id} ${what}`, set));
    const dark = () => until("dark", (so) => (conduct.dark = so));
    const trip = () => until("tripped", (so) => source?.trip(so));
    switch (fault.what) {
      case "meter-lost":
        dark();
        break;
      case "device-reboot":
        dark();
        trip();
        this.steered.get(id)?.restart();
        break;
      case "trip":
        trip();
        break;
      case "ignores-setpoints":
        until("ignores", (so) => (conduct.ignores = so));
        break;
      case "reverts-early":
        until("reverts", (so) => (conduct.revertsAfterMs = so ? REVERTS_EARLY_MS : undefined));
        break;
      case "figures-frozen":
        until("frozen", (so) => (conduct.frozen = so));
        break;
      case "exception-flood":
        until("objects", (so) => (conduct.objects = so));
        break;
      case "stale-answers":
        until("repeats", (so) => (conduct.repeats = so));
        break;
      case "charge-lies": {
        const battery = this.plant.batteries.get(id);
        if (battery === undefined) return undefined;
        until("lies", (so) => (battery.chargeLies = so));
        break;
      }
      case "never-reverts":
        until("never reverts", (so) => (conduct.neverReverts = so || neverReverts(planned)));
        break;
      default: {
        const meter = this.plant.meters.get(id);
        if (meter === undefined) return undefined;
        heals.push(meter.befall(meterFaultOf(fault)));
      }
    }
    return id;
  }

  /** Two faults may break the same thing: it is whole again when the last of them has healed. */
  private broken(what: string, set: (broken: boolean) => void): Heal {
    this.breaks.set(what, (this.breaks.get(what) ?? 0) + 1);
    set(true);
    return () => {
      const left = this.breaks.get(what)! - 1;
      this.breaks.set(what, left);
      if (left === 0) set(false);
    };
  }

  /** A meter for a meter's fault, a battery or inverter for the others. */
  private victimOf(what: PlantFault["what"], id: string | undefined): DeviceAtWork | undefined {
    const wanted = (kind: PlannedDevice["kind"]) =>
      what === "device-reboot" || what === "exception-flood" || what === "stale-answers"
        ? kind !== "limit-signal" && kind !== "contactor"
        : what === "charge-lies"
          ? kind === "battery"
          : what.startsWith("meter-")
            ? kind === "meter"
            : kind === "battery" || kind === "solar";
    const able = this.all.filter(({ planned }) => wanted(planned.kind));
    if (id !== undefined) return able.find(({ planned }) => planned.id === id);
    return able[this.ports.chance.int(0, Math.max(0, able.length - 1))];
  }

  private make(planned: PlannedDevice, conduct: DeviceConduct): Device {
    const { voltageV } = this.plant.plan;
    const { id, unit } = planned;
    const nowMs = () => this.nowMs();
    switch (planned.kind) {
      case "meter": {
        const { ratedMa } = this.plant.plan.fuses.find((fuse) => fuse.id === planned.fuse)!;
        return new MeterDevice({
          id,
          unit,
          nowMs,
          ratedMa,
          meter: this.plant.meters.get(id)!,
          layout: planned.layout,
        });
      }
      case "battery": {
        const { revertsToW, steering, wiring } = planned;
        const battery = this.plant.batteries.get(id)!;
        const about = { id, unit, nowMs, voltageV, conduct, steering, phases: wiring.length };
        return this.kept(id, new BatteryDevice({ ...about, battery, revertsToW }));
      }
      case "solar": {
        const { steering, wiring } = planned;
        const solar = this.plant.solars.get(id)!;
        const about = { id, unit, nowMs, voltageV, conduct, steering, phases: wiring.length };
        return this.kept(id, new SolarDevice({ ...about, solar }));
      }
      case "contactor":
        return new ContactorDevice(planned.fuse, this.plant.open);
      case "limit-signal":
        return this.controlBox(nowMs);
    }
  }

  private controlBox(nowMs: () => number): LimitSignalDevice {
    const box = new LimitSignalDevice({ nowMs });
    this.limitSignals.push(box);
    return box;
  }

  private kept<T extends Device & Steered>(id: string, device: T): T {
    this.steered.set(id, device);
    return device;
  }

  private nowMs(): number {
    return this.ports.clock.now().monotonicMs;
  }
}

const neverReverts = (planned: PlannedDevice) => "reverting" in planned && planned.reverting === "never";

function meterFaultOf(fault: Extract<PlantFault, { what: `meter-${string}` }>) {
  switch (fault.what) {
    case "meter-frozen":
      return { kind: "frozen" } as const;
    case "meter-late":
      return { kind: "late", byMs: fault.byMs } as const;
    case "meter-nan":
      return { kind: "nan" } as const;
    default:
      return { kind: "wrong-sign" } as const;
  }
}
