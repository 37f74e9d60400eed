/**
 * A site as data: what hangs where, and what each thing may do. It comes from the signed bundle, was checked by
 * `checkSite`, and never changes while a control loop lives on it.
 *
 *     grid ── main fuse ─┬─ sub-fuse ─┬─ outlet (one EVSE of a station: wiring, rating, minimum, steps, safe default)
 *                        │            └─ outlet
 *                        ├─ load     (what nobody controls: declared highest, declared rise)
 *                        ├─ source   (solar, battery)
 *                        └─ meter    (reads what flows through the fuse that it names)
 *
 * Currents in milliamperes per phase (rms), power in watts; into the site, and into a device, is positive. A battery's setpoint and
 * every `feed` are the other way round and say so.
 */
import type { Brand, EvseId, StationId } from "@wattward/kernel";
import type { PerPhase, Wiring } from "./phases.ts";

export type FuseId = Brand<string, "FuseId">;
export type OutletId = Brand<string, "OutletId">;
export type LoadId = Brand<string, "LoadId">;
export type SourceId = Brand<string, "SourceId">;
export type MeterId = Brand<string, "MeterId">;

export type Site = {
  /** Phase to neutral, nominal. */
  readonly voltageV: number;
  readonly fuses: readonly Fuse[];
  readonly outlets: readonly Outlet[];
  readonly loads: readonly Load[];
  readonly sources: readonly Source[];
  readonly meters: readonly Meter[];
  /** Highest mean import over each quarter of an hour that the contract (or the owner) wants; a wish, no fuse. */
  readonly peakW?: number;
};

/** One without `parent`, the grid connection, stands at the top. */
export type Fuse = {
  readonly id: FuseId;
  readonly parent?: FuseId;
  readonly ratedMa: number;
  /**
   * What it carries for a minute within 0.8 of its I²t curve, in thousandths of the rating: the room for the worst that can happen
   * before anybody sees it (bound (c)). 1000 means: nothing is ever left to detection.
   */
  readonly carriesPermille: number;
  /**
   * `rating`: as much room is left as one station needs that draws its rating while nobody is left to lower the others, until their grants
   * have ended (bound (c), `spared.ts`). Absent: none is, and beside a dead site such a station may make it open.
   */
  readonly spares?: "rating";
  /**
   * What cars that give back (V2X) may send out of what hangs below it, per phase. Absent: nothing at the grid connection, so that they
   * only cover what the site draws itself; elsewhere the rating.
   */
  readonly backfeedMa?: number;
};

/** One EVSE. What is said of its station's model was learnt and proven (ADR 13). */
export type Outlet = {
  readonly id: OutletId;
  readonly station: StationId;
  readonly evse: EvseId;
  readonly fuse: FuseId;
  readonly wiring: Wiring;
  readonly ratedMa: number;
  readonly minMa: number;
  readonly steps: Steps;
  /** Drawn with no controller at all: its default profile; 0, or at least `minMa`. */
  readonly safeMa: number;
  /**
   * `proven`: its safe default was seen to survive a power cut at commissioning, so it holds with the site dead too. `none`: nothing
   * limits it, or a restart wipes its profiles; its rating is always budgeted (ADR 13).
   */
  readonly limiting: "proven" | "none";
  /** A grant falls to `safeMa` by itself after this time; `proven` says that this was watched, with the station cut off. */
  readonly ttlMs: number;
  readonly expiry: "proven" | "unproven";
  /** From the station's yes to the car's lower draw: the model's declared response. */
  readonly respondsMs: number;
  /** It can change a car between one phase and three, so a phase at rest proves nothing. */
  readonly switchesPhases: boolean;
  /**
   * A car may give back so much per phase (V2X), where its station speaks 2.1, the car can, and its driver wants it. Only with a proven
   * limit and a proven expiry, so that nothing goes on with nobody watching. Absent: never.
   */
  readonly dischargeMaMax?: number;
};

/** Limits that the model really knows; others are taken for the next lower one by some and refused by others. */
export type Steps =
  | { readonly kind: "every"; readonly stepMa: number }
  | { readonly kind: "list"; readonly ma: readonly number[] };

export type Load = {
  readonly id: LoadId;
  readonly fuse: FuseId;
  /** Declared: it never draws more. */
  readonly highestMa: PerPhase;
  /** Declared: within a grant's life it rises by no more. Absent: it may rise to `highestMa` at any instant. */
  readonly riseMa?: PerPhase;
};

export type Source = Solar | Battery;

export type Solar = {
  readonly kind: "solar";
  readonly id: SourceId;
  readonly fuse: FuseId;
  readonly wiring: Wiring;
  readonly feedWMax: number;
  /** Of its limit, where it is limited; `unproven`: it never is. Absent: not tried yet, and its revert time is believed. */
  readonly revert?: Battery["revert"];
};

export type Battery = {
  readonly kind: "battery";
  readonly id: SourceId;
  readonly fuse: FuseId;
  readonly wiring: Wiring;
  readonly chargeWMax: number;
  readonly dischargeWMax: number;
  readonly capacityWh: number;
  /** Below it nothing is discharged, above the other nothing charged; thousandths of the capacity. */
  readonly reservePermille: number;
  readonly fullPermille: number;
  /** No power outside; a tenth of the power within 3 K of an end. */
  readonly temperatureC: { readonly min: number; readonly max: number };
  readonly rampWPerS: number;
  readonly deadbandW: number;
  /** `unproven`: it is never told anything but 0, and counts at its full charging power (ADR 14). */
  readonly revert: { readonly kind: "proven"; readonly afterMs: number } | { readonly kind: "unproven" };
};

/** Reads the current through `fuse`. */
export type Meter = {
  readonly id: MeterId;
  readonly fuse: FuseId;
  /** Older is no reading. */
  readonly staleMs: number;
  /** The same figures to the last digit for so long: frozen. */
  readonly frozenMs: number;
};
