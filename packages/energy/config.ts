/**
 * What an energy manager writes down of a site, as data: its topology (`Site`), the Modbus devices that measure and steer it, what energy
 * costs, what is wanted of it, and how fast commands may follow each other. Checked by `checkEnergyConfig`, kept at the CSMS, and carried to
 * the site in its signed bundle. What the Modbus guard lets through is a document of its own (`@wattward/guard`), so that whoever
 * breaks the energy controller has not broken its limits.
 */
import type { Brand } from "@wattward/kernel";
import type { ExternalSettings } from "./external-limit.ts";
import type { Strategy } from "./planner.ts";
import type { FuseId, MeterId, Site, SourceId } from "./site.ts";

export type DeviceId = Brand<string, "DeviceId">;

export type EnergyConfig = {
  readonly site: Site;
  readonly devices: readonly Device[];
  readonly strategy: Strategy;
  readonly tariff: Tariff;
  /** A limit from outside, § 14a EnWG and the like; absent: the site knows none. */
  readonly external?: ExternalSettings;
  readonly commands: CommandLimits;
  /** IANA name: quarters, days and tariffs are told in it. */
  readonly timeZone: string;
};

/** A Modbus device as the energy controller sees it: behind the guard, under a unit id that is its own at this site. */
export type Device = {
  readonly id: DeviceId;
  /** At the guard, 1 to 247, one device each; where the device truly is, the guard alone knows. */
  readonly unit: number;
  readonly pollMs: number;
  readonly is: /** `inverted`: it was installed the wrong way round, and tells what is drawn as if it were fed in. */
    | { readonly kind: "meter"; readonly meter: MeterId; readonly inverted?: boolean }
    /**
     * `exportWMax`: the grid connection takes no more; solar is curtailed to that. `sleepsAtNight`: without sun it switches itself off, so
     * silence after a feed near nothing is a feed of nothing; without that word it is a device that is lost.
     */
    | {
        readonly kind: "solar";
        readonly source: SourceId;
        readonly exportWMax?: number;
        readonly sleepsAtNight?: boolean;
      }
    | { readonly kind: "battery"; readonly source: SourceId }
    /**
     * The grid operator's control box: heartbeat, state and limit as holding registers, or a relay that stands for one limit
     * (see `devices/limit-signal.ts` of the site).
     */
    | { readonly kind: "limit-signal"; readonly relay?: { readonly limitW: number } }
    /** Opened when loads below the fuse draw more than was declared, which nothing else bounds; closed by people alone. */
    | { readonly kind: "contactor"; readonly fuse: FuseId };
};

/** Money in thousandths of a cent. */
export type Tariff = {
  readonly currency: string;
  /** Price of bought energy, per kWh: the same at all times, or by the hour of the day, or told from outside by the step. */
  readonly energy:
    | { readonly kind: "flat"; readonly milliCentPerKwh: number }
    | { readonly kind: "hours"; readonly milliCentPerKwh: readonly number[] }
    | {
        readonly kind: "series";
        readonly fromWallMs: number;
        readonly stepMs: number;
        readonly milliCentPerKwh: readonly number[];
      };
  /** For what is fed into the grid. */
  readonly feedInMilliCentPerKwh: number;
  /** For the highest quarter of an hour of the month. */
  readonly demandMilliCentPerKw: number;
  /** Wear, for each kWh into and out of a battery. */
  readonly batteryWearMilliCentPerKwh: number;
  /** The same of a car that gives back (V2X), as its driver is paid for it; absent: a battery's. */
  readonly carWearMilliCentPerKwh?: number;
  /** What is lost, beside the dearest energy, with a kWh that a car leaves without; absent: by the strategy. *fairness* knows no prices. */
  readonly missedMilliCentPerKwh?: number;
};

/** For raises of power, whoever asks for them (AT-C6); protective lowering is never delayed. */
export type CommandLimits = {
  /** Of the whole site. */
  readonly rampWPerS: number;
  readonly dwellMs: number;
  readonly reversalsPer10MinMax: number;
  /** After an outage of power, or the return of the CSMS, raises wait for a random time up to this. */
  readonly randomDelayMsMax: number;
};
