/**
 * A managed site of simulated stations and cars, in simulated time: the production site, a CSMS and an energy controller in the test's own
 * hand, and stations that install, compose and follow charging profiles as their version says.
 *
 *     stations (simulator) ── site (production) ── CSMS (fake)
 *                              └── energy controller (fake, or none)
 */
import assert from "node:assert/strict";
import type { CommandLimits, EnergyConfig, ExternalSettings, Outlet } from "@wattward/energy";
import { type EvseId, type Json, type JsonObject, type StationId, silentLog } from "@wattward/kernel";
import { type OcppVersion, parseFrame } from "@wattward/ocpp";
import { SimulatedDisk, seededChance } from "@wattward/testing";
import { Car } from "../../../apps/simulator/car/car.ts";
import { createStation, type Station, type StationOptions } from "../../../apps/simulator/station/station.ts";
import { energyConfig } from "../../../apps/site/testing/energy-document.ts";
import { FakeEnergy } from "../../../apps/site/testing/fake-energy.ts";
import { World } from "../../../apps/site/testing/world.ts";

export const one = 1 as EvseId;
const card = { id: "04A1B2C3D4E5F6", type: "ISO14443" } as const;

export type RigOptions = {
  readonly version: OcppVersion;
  readonly seed?: number;
  readonly stations?: number;
  readonly outlet?: Partial<Outlet>;
  readonly mainA?: number;
  readonly commands?: Partial<CommandLimits>;
  readonly external?: ExternalSettings;
  readonly station?: Partial<StationOptions>;
  readonly evses?: number;
};

/** Everything that a station was asked, as it came. */
export type Asked = { readonly atMs: number; readonly action: string; readonly payload: JsonObject };

export class Rig {
  readonly world: World;
  readonly energy: FakeEnergy;
  readonly stations: Station[] = [];
  readonly asked = new Map<string, Asked[]>();
  readonly outlets: readonly Outlet[];
  readonly options: RigOptions;
  readonly one = one;
  readonly card = card;
  readonly config: EnergyConfig;
  private readonly failures: unknown[] = [];
  private downs = 0;

  constructor(options: RigOptions) {
    const { version, seed = 1, stations = 1, evses = 1 } = options;
    this.options = options;
    const places = Array.from({ length: stations * evses }, (_, i) => `S${Math.floor(i / evses)}`);
    const config = energyConfig(places, options);
    this.outlets = config.site.outlets.map((outlet, i) => ({ ...outlet, evse: ((i % evses) + 1) as EvseId }));
    this.config = { ...config, site: { ...config.site, outlets: this.outlets } };
    const ids = [...new Set(places)];
    this.world = new World(seed, ids);
    this.world.csms.bundle = { ...this.world.csms.bundle, energy: JSON.stringify(this.config) };
    this.energy = new FakeEnergy(this.world.time);
    for (const [i, id] of ids.entries()) this.stations.push(this.build(id, version, seed + 10 * i));
  }

  static async start(options: RigOptions): Promise<Rig> {
    const rig = new Rig(options);
    await rig.boot();
    return rig;
  }

  /** CSMS, site, energy controller, then the stations. */
  async boot(): Promise<void> {
    const { world } = this;
    await world.start();
    const listens = await world.time.until(() => world.dialEnergy !== undefined, 10_000);
    assert(listens, JSON.stringify(world.csms.messages.filter(({ t }) => t === "observed")));
    this.connectEnergy();
    for (const station of this.stations) await this.during(station.powerOn());
    await this.advance(10_000);
  }

  get station(): Station {
    return this.stations[0]!;
  }

  connectEnergy(): void {
    assert(this.world.dialEnergy !== undefined, "the site does not listen for its energy controller");
    this.energy.connect(this.world.dialEnergy);
  }

  advance(ms: number): Promise<void> {
    return this.world.time.advance(ms);
  }

  async during<T>(work: Promise<T>): Promise<T> {
    let done: { value: T } | undefined;
    void work.then((value) => (done = { value }));
    assert(await this.world.time.until(() => done !== undefined, 120_000), "not done in two minutes");
    return done!.value;
  }

  /** A car comes, is plugged in, and its driver holds a card to the reader. */
  async arrive(station = this.station, evse = one): Promise<void> {
    this.plug(station, evse);
    await this.advance(2_000);
    assert.equal(await this.during(station.card(evse, card)), "started");
  }

  plug(station = this.station, evse = one): void {
    station.plug(evse, new Car({ capacityWh: 100_000, maxW: 22_000, socPercent: 10 }));
  }

  async leave(station = this.station, evse = one): Promise<void> {
    await this.during(station.card(evse, card));
    await this.advance(1_000);
    station.unplug(evse);
    await this.advance(1_000);
  }

  /** What flows at the first terminal, A, to a tenth. */
  drawA(station = this.station, evse = one): number {
    const draws = station.draws().find((each) => each.evse === evse);
    return Math.round((draws?.terminalsMa[0] ?? 0) / 100) / 10;
  }

  /** CALLs of one action that a station got. */
  asks(action: string, station = "S0"): Asked[] {
    return (this.asked.get(station) ?? []).filter((each) => each.action === action);
  }

  /** The CSMS calls a station; the answer's payload, a CALLERROR's code, or undefined where there is none within 20 s. */
  async csms(action: string, payload: JsonObject, station = "S0"): Promise<JsonObject | string | undefined> {
    const id = `d${++this.downs}`;
    this.world.csms.send({
      t: "down",
      station: station as StationId,
      frame: JSON.stringify([2, id, action, payload]),
    });
    const answer = () =>
      this.world.csms.messages.flatMap((message) => {
        if (message.t !== "up") return [];
        const frame: readonly Json[] = JSON.parse(message.frame);
        return frame[1] === id ? [frame] : [];
      })[0];
    await this.world.time.until(() => answer() !== undefined, 20_000);
    const frame = answer();
    if (frame === undefined) return undefined;
    return frame[0] === 3 ? (frame[2] as JsonObject) : String(frame[2]);
  }

  /** Kinds of what the site observed. */
  get observed(): string[] {
    return this.world.csms.messages.flatMap((message) => (message.t === "observed" ? [message.kind] : []));
  }

  finish(): void {
    assert.deepEqual(this.failures, []);
    assert.deepEqual(this.world.fatal, []);
    assert.deepEqual(this.energy.refused, []);
  }

  private build(id: string, version: OcppVersion, seed: number): Station {
    const { time } = this.world;
    const disk = new SimulatedDisk(seededChance(seed + 2));
    const asked: Asked[] = [];
    this.asked.set(id, asked);
    return createStation(
      {
        ...{
          id: id as StationId,
          serialNumber: `SN-${id}`,
          version,
          evses: this.options.evses ?? 1,
          maxW: 22_000,
          pathPrefix: "/ocpp",
        },
        settings: { sampleS: 10 },
        ...this.options.station,
      },
      {
        clock: time,
        chance: seededChance(seed + 3),
        ids: seededChance(seed + 4),
        dialer: this.world.dialStation(id),
        flash: async () => disk.boot(),
        recorder: {
          sent: async () => {},
          received: async ({ frame }) => {
            const parsed = parseFrame(frame, version);
            if (parsed.kind === "frame" && parsed.frame.kind === "call")
              asked.push({
                atMs: time.now().monotonicMs,
                action: parsed.frame.action,
                payload: parsed.frame.payload,
              });
          },
        },
        log: silentLog,
        failed: (error) => void this.failures.push(error),
      },
    );
  }
}
