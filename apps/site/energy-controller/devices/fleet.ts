/** All devices of a site's document, each with a driver of its kind and a connection of its own: one that hangs cuts off no other. */
import {
  type BatteryInput,
  type Device,
  type DeviceId,
  type EnergyConfig,
  type FuseId,
  type MeterId,
  PHASES,
  type RawReading,
  type Site,
  type SolarInput,
  type SourceId,
} from "@wattward/energy";
import type { Chance, Clock } from "@wattward/kernel";
import { type Dial, ModbusClient } from "@wattward/modbus";
import { ANSWER_MS_MAX, REDIAL_MS } from "../limits.ts";
import { BatteryDriver } from "./battery.ts";
import { ContactorDriver } from "./contactor.ts";
import { LimitSignalDriver } from "./limit-signal.ts";
import { MeterDriver } from "./meter.ts";
import { type Health, Poller } from "./poller.ts";
import { SolarDriver } from "./solar.ts";
import { SunSpecUnit } from "./sunspec-unit.ts";

export type FleetPorts = {
  readonly clock: Clock;
  readonly chance: Chance;
  /** A new connection to the guard; each device gets its own. */
  readonly dial: Dial;
  /** By the site's clock on the wall it is a time at which no sun shines, whatever the season. */
  isNight(): boolean;
  /** A meter has just answered. */
  metered(meter: MeterId, reading: RawReading): void;
};

export type DeviceState = {
  readonly id: DeviceId;
  readonly kind: Device["is"]["kind"];
  readonly health: Health;
  /** Registers written since the start; absent of what is never written by SunSpec. */
  readonly writes?: number;
};

type Driver = { readonly poll: Poller["poll"]; readonly writes?: number };
type Running = {
  readonly device: Device;
  readonly client: ModbusClient;
  readonly driver: Driver;
  readonly poller: Poller;
};

export class Fleet {
  readonly meters = new Map<MeterId, MeterDriver>();
  readonly solar = new Map<SourceId, SolarDriver>();
  readonly batteries = new Map<SourceId, BatteryDriver>();
  readonly contactors: ContactorDriver[] = [];
  limitSignal: LimitSignalDriver | undefined;
  private readonly site: Site;
  private readonly ports: FleetPorts;
  private readonly running: readonly Running[];

  constructor({ site, devices }: Pick<EnergyConfig, "site" | "devices">, ports: FleetPorts) {
    this.site = site;
    this.ports = ports;
    this.running = devices.map((device) => {
      const { clock, chance, dial } = ports;
      const limits = { timeoutMs: ANSWER_MS_MAX, redialMs: REDIAL_MS };
      const client = new ModbusClient({ dial, clock, chance, limits });
      const driver = this.driver(device, client);
      return { device, client, driver, poller: new Poller(clock, device.pollMs, () => driver.poll()) };
    });
  }

  start(): void {
    for (const { poller } of this.running) poller.start();
  }

  stop(): void {
    for (const { poller, client } of this.running) {
      poller.stop();
      client.close();
    }
  }

  readings(): ReadonlyMap<MeterId, RawReading> {
    const all = new Map<MeterId, RawReading>();
    for (const [id, { reading }] of this.meters) if (reading !== undefined) all.set(id, reading);
    return all;
  }

  batteryInputs(): BatteryInput[] {
    return [...this.batteries.values()].flatMap(({ input }) => input ?? []);
  }

  solarInputs(): SolarInput[] {
    return [...this.solar.values()].flatMap(({ input }) => input ?? []);
  }

  states(): DeviceState[] {
    return this.running.map(({ device, driver: { writes }, poller }) => ({
      id: device.id,
      kind: device.is.kind,
      health: poller.health,
      ...(writes !== undefined && { writes }),
    }));
  }

  private driver(device: Device, client: ModbusClient): Driver {
    const { unit, is } = device;
    const nowMs = () => this.ports.clock.now().monotonicMs;
    const sunspec = () => new SunSpecUnit(client, unit, nowMs);
    switch (is.kind) {
      case "meter": {
        const { fuse } = this.site.meters.find(({ id }) => id === is.meter)!;
        const driver = new MeterDriver(sunspec(), {
          wired: wiredBelow(this.site, fuse),
          inverted: is.inverted === true,
          told: (reading) => this.ports.metered(is.meter, reading),
        });
        this.meters.set(is.meter, driver);
        return driver;
      }
      case "solar": {
        const source = this.site.sources.find(({ id }) => id === is.source);
        if (source?.kind !== "solar") return nothing;
        const { isNight } = this.ports;
        const driver = new SolarDriver(source, sunspec(), {
          nowMs,
          ...(is.sleepsAtNight === true && { isNight }),
        });
        this.solar.set(is.source, driver);
        return driver;
      }
      case "battery": {
        const source = this.site.sources.find(({ id }) => id === is.source);
        if (source?.kind !== "battery") return nothing;
        const driver = new BatteryDriver(source, sunspec(), nowMs);
        this.batteries.set(is.source, driver);
        return driver;
      }
      case "limit-signal":
        this.limitSignal = new LimitSignalDriver(client, unit, is.relay);
        return this.limitSignal;
      case "contactor": {
        const driver = new ContactorDriver(client, unit, is.fuse);
        this.contactors.push(driver);
        return driver;
      }
    }
  }
}

/** `checkEnergyConfig` sees to it that nothing is ever this. */
const nothing = { poll: () => Promise.resolve(undefined) };

/** On which phases anything hangs below a fuse. */
export function wiredBelow({ fuses, outlets, sources, loads }: Site, top: FuseId): readonly boolean[] {
  const parents = new Map(fuses.map(({ id, parent }) => [id, parent]));
  const isBelow = (fuse: FuseId) => {
    for (let up: FuseId | undefined = fuse; up !== undefined; up = parents.get(up))
      if (up === top) return true;
    return false;
  };
  const things = [...outlets, ...sources].filter(({ fuse }) => isBelow(fuse));
  const below = loads.filter(({ fuse }) => isBelow(fuse));
  return PHASES.map(
    (phase, i) =>
      things.some(({ wiring }) => wiring.includes(phase)) || below.some(({ highestMa }) => highestMa[i]! > 0),
  );
}
