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

export class Devices {
  readonly plant: Plant;
  readonly all: readonly DeviceAtWork[];
  private readonly ports: DevicesPorts;
  readonly limitSignals: LimitSignalDevice[] = [];
  private readonly steered = new Map<string, Steered>();

  constructor(options: PlantOptions, ports: DevicesPorts) {
    this.plant = new Plant(options);
    this.ports = ports;
    this.all = options.plan.devices.map((planned) => {
      const conduct = new DeviceConduct();
      conduct.neverReverts = "reverting" in planned && planned.reverting === "never";
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
    const heal = (run: () => void) => void this.ports.clock.after(fault.forMs, run);
    switch (fault.what) {
      case "modbus-cut":
      case "modbus-flood": {
        const key = fault.what === "modbus-cut" ? "dark" : "flooded";
        for (const { conduct } of this.all) conduct[key] = true;
        heal(() => {
          for (const { conduct } of this.all) conduct[key] = false;
        });
        return "site";
      }
      case "load-step":
        for (const load of this.plant.loads.values()) load.force(fault.factor);
        heal(() => {
          for (const load of this.plant.loads.values()) load.force(undefined);
        });
        return "site";
      default:
        return this.befall(fault, heal, device);
    }
  }

  private befall(
    fault: Exclude<PlantFault, { what: "modbus-cut" | "modbus-flood" | "load-step" }>,
    heal: (run: () => void) => void,
    id: string | undefined,
  ): string | undefined {
    const victim = this.victimOf(fault.what, id);
    if (victim === undefined) return undefined;
    const { conduct, planned } = victim;
    const source = this.plant.batteries.get(planned.id) ?? this.plant.solars.get(planned.id);
    switch (fault.what) {
      case "meter-lost":
        conduct.dark = true;
        heal(() => (conduct.dark = false));
        break;
      case "device-reboot":
        conduct.dark = true;
        source?.trip(true);
        this.steered.get(planned.id)?.restart();
        heal(() => {
          conduct.dark = false;
          source?.trip(false);
        });
        break;
      case "trip":
        source?.trip(true);
        heal(() => source?.trip(false));
        break;
      case "ignores-setpoints":
        conduct.ignores = true;
        heal(() => (conduct.ignores = false));
        break;
      case "reverts-early":
        conduct.revertsAfterMs = REVERTS_EARLY_MS;
        heal(() => (conduct.revertsAfterMs = undefined));
        break;
      case "exception-flood":
        conduct.objects = true;
        heal(() => (conduct.objects = false));
        break;
      case "stale-answers":
        conduct.repeats = true;
        heal(() => (conduct.repeats = false));
        break;
      case "charge-lies": {
        const battery = this.plant.batteries.get(planned.id);
        if (battery === undefined) return undefined;
        battery.chargeLies = true;
        heal(() => (battery.chargeLies = false));
        break;
      }
      case "never-reverts": {
        const before = conduct.neverReverts;
        conduct.neverReverts = true;
        heal(() => (conduct.neverReverts = before));
        break;
      }
      default: {
        const meter = this.plant.meters.get(planned.id);
        if (meter === undefined) return undefined;
        heal(meter.befall(meterFaultOf(fault)));
      }
    }
    return planned.id;
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
