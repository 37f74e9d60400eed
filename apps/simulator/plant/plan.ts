/**
 * What stands at a site besides its stations, as data: fuses, what hangs below them, and the devices with their addresses. Read by
 * `read-plan.ts`; words of `plant.json` are in `shape.ts`.
 *
 *     grid ── main fuse ─┬─ sub-fuse ─┬─ outlet (a station's EVSE, wired to phases)
 *                        │            └─ …
 *                        ├─ building load
 *                        ├─ battery, solar inverter
 *                        └─ meters, each at a fuse
 */
import type { EvseId, StationId } from "@wattward/kernel";
import type { BatteryFacts } from "./battery.ts";
import type { LoadFacts } from "./load.ts";
import type { Wiring } from "./phases.ts";
import type { SolarFacts } from "./solar.ts";

export type PlannedFuse = { readonly id: string; readonly parent?: string; readonly ratedMa: number };

export type PlannedOutlet = {
  readonly station: StationId;
  readonly evse: EvseId;
  readonly fuse: string;
  readonly wiring: Wiring;
};

export type PlannedLoad = LoadFacts & { readonly id: string; readonly fuse: string };

/** Where a device listens, and under which unit id. */
export type DevicePlace = { readonly port: number; readonly unit: number };

/** `124` of the 100s with 103, or `704` of the 700s with 701: which models steer it. */
export type Steering = "124" | "704";

/** What a battery or inverter does with a setpoint that is not renewed: as told, or never (SunSpec's RvrtTms ignored). */
export type Reverting = "as-told" | "never";

export type PlannedDevice = DevicePlace & { readonly id: string; readonly fuse: string } & (
    | { readonly kind: "meter"; readonly layout: "203" | "213"; readonly unsigned: boolean }
    | {
        readonly kind: "battery";
        readonly wiring: Wiring;
        readonly facts: BatteryFacts;
        readonly steering: Steering;
        readonly reverting: Reverting;
        /** What it feeds once a setpoint has reverted; W, discharge positive. */
        readonly revertsToW: number;
      }
    | {
        readonly kind: "solar";
        readonly wiring: Wiring;
        readonly facts: SolarFacts;
        readonly steering: Steering;
        readonly reverting: Reverting;
      }
    | { readonly kind: "limit-signal" }
    /** Above its fuse: open, nothing below it has power. */
    | { readonly kind: "contactor" }
  );

export type PlantPlan = {
  /** Phase to neutral. */
  readonly voltageV: number;
  readonly fuses: readonly PlannedFuse[];
  readonly outlets: readonly PlannedOutlet[];
  readonly loads: readonly PlannedLoad[];
  readonly devices: readonly PlannedDevice[];
  /** The sun's time: absent, that of the world's clock (UTC). */
  readonly day?: { readonly startsAtH: number; readonly speed: number };
};
