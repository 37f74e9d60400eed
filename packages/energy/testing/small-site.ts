/** Builds sites for tests: one main fuse, perhaps one sub-fuse, a building, a battery, solar, a meter at the grid. */
import type { EvseId, StationId } from "@wattward/kernel";
import type { PerPhase } from "../phases.ts";
import type { Battery, FuseId, LoadId, MeterId, Outlet, OutletId, Site, SourceId } from "../site.ts";

export const VOLTAGE_V = 230;

/** A site that a person can hold in the head. Rotated wiring as installers do it: each next station by one phase. */
const rotations = [
  ["L1", "L2", "L3"],
  ["L2", "L3", "L1"],
  ["L3", "L1", "L2"],
] as const;

export const outletId = (i: number): OutletId => `o${i}` as OutletId;
export const MAIN = "main" as FuseId;

/** A model of a station at its best: 32 A in whole amperes, everything proven. */
export const obeys = {
  ratedMa: 32_000,
  minMa: 6_000,
  steps: { kind: "every", stepMa: 1_000 },
  safeMa: 0,
  limiting: "proven",
  ttlMs: 120_000,
  expiry: "proven",
  respondsMs: 5_000,
  switchesPhases: false,
} as const satisfies Partial<Outlet>;

export function smallSite(options: {
  readonly outlets: number;
  readonly mainA: number;
  readonly baseA?: number;
  readonly riseA?: number;
  /** One more fuse over the first half of the outlets. */
  readonly subA?: number;
  readonly carriesPermille?: number;
  /** Every fuse spares a rating. */
  readonly spares?: boolean;
  readonly outlet?: Partial<Outlet>;
  readonly battery?: Partial<Battery>;
  readonly solarW?: number;
}): Site {
  const { outlets, mainA, baseA = 0, subA } = options;
  const carries = {
    carriesPermille: options.carriesPermille ?? 1_300,
    ...(options.spares && { spares: "rating" as const }),
  };
  const sub = "sub" as FuseId;
  const flat = (a: number): PerPhase => [a * 1000, a * 1000, a * 1000];
  return {
    voltageV: VOLTAGE_V,
    fuses: [
      { id: MAIN, ratedMa: mainA * 1000, ...carries },
      ...(subA === undefined
        ? []
        : [
            {
              id: sub,
              parent: MAIN,
              ratedMa: subA * 1000,
              ...carries,
            },
          ]),
    ],
    outlets: Array.from({ length: outlets }, (_, i) => ({
      id: outletId(i),
      station: `st${i}` as StationId,
      evse: 1 as EvseId,
      fuse: subA !== undefined && i < outlets / 2 ? sub : MAIN,
      wiring: rotations[i % 3]!,
      ...obeys,
      ...options.outlet,
    })),
    loads:
      baseA === 0
        ? []
        : [
            {
              id: "building" as LoadId,
              fuse: MAIN,
              highestMa: flat(baseA),
              ...(options.riseA === undefined ? {} : { riseMa: flat(options.riseA) }),
            },
          ],
    sources: [
      ...(options.battery === undefined
        ? []
        : [
            {
              kind: "battery" as const,
              id: "battery" as SourceId,
              fuse: MAIN,
              wiring: rotations[0],
              chargeWMax: 20_000,
              dischargeWMax: 20_000,
              capacityWh: 100_000,
              reservePermille: 100,
              fullPermille: 950,
              temperatureC: { min: 0, max: 45 },
              rampWPerS: 5_000,
              deadbandW: 200,
              revert: { kind: "proven" as const, afterMs: 60_000 },
              ...options.battery,
            },
          ]),
      ...(options.solarW === undefined
        ? []
        : [
            {
              kind: "solar" as const,
              id: "solar" as SourceId,
              fuse: MAIN,
              wiring: rotations[0],
              feedWMax: options.solarW,
            },
          ]),
    ],
    meters: [{ id: "grid" as MeterId, fuse: MAIN, staleMs: 3_000, frozenMs: 10_000 }],
  };
}
