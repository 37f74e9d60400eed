/**
 * The site that a replay runs on: one fuse of the cap over an outlet for each seat of the file, on three phases whose voltage makes 32 A
 * the power of a car (6.656 kW: 208 V × 32 A, as ACN's stations have it); battery and solar beside. With a network its own fuses.
 */
import { readFileSync } from "node:fs";
import { checkSite, type OutletId, type Site, type Wiring } from "@wattward/energy";
import { obeys } from "@wattward/energy/testing";
import type { Car, Fleet } from "./cars.ts";
import type { Surroundings } from "./offline.ts";

const LINE_V = 208;
const CAR_A = 32;
export const CAR_KW = (LINE_V * CAR_A) / 1000;

export type Sources = {
  readonly bess?: { readonly kwh: number; readonly kw: number };
  readonly solarPeakW?: number;
};
export type Placed = {
  readonly site: Site;
  readonly outletOf: ReadonlyMap<string, OutletId>;
  readonly rows: Surroundings["rows"];
};

type Seat = { readonly id: OutletId; readonly station: string; readonly evse: number };

/** Each session at an outlet of its station; sessions that overlap there sit at outlets of their own. */
function seats(cars: readonly Car[]): {
  readonly outletOf: Map<string, OutletId>;
  readonly outlets: Seat[];
} {
  const outletOf = new Map<string, OutletId>();
  const free = new Map<string, number[]>();
  const outlets: Seat[] = [];
  for (const car of [...cars].sort((a, b) => a.from - b.from)) {
    const station = String(car.session.station);
    const until = free.get(station) ?? [];
    free.set(station, until);
    let seat = until.findIndex((to) => to <= car.from);
    if (seat < 0) {
      seat = until.length;
      outlets.push({ id: `${station}.${seat + 1}` as OutletId, station, evse: seat + 1 });
    }
    until[seat] = car.to;
    outletOf.set(car.session.id, `${station}.${seat + 1}` as OutletId);
  }
  return { outletOf, outlets };
}

const outlet = ({ id, station, evse }: Seat, extra: { fuse: string; wiring: Wiring; steps?: object }) => ({
  id,
  station,
  evse,
  ...obeys,
  ratedMa: CAR_A * 1000,
  ...extra,
});

export function plainSite({ cars }: Fleet, capKw: number, { bess, solarPeakW }: Sources): Placed {
  const voltageV = LINE_V / 3;
  const { outletOf, outlets } = seats(cars);
  const wiring: Wiring = ["L1", "L2", "L3"];
  const sources = [
    ...(bess === undefined
      ? []
      : [
          {
            kind: "battery",
            id: "bess",
            fuse: "main",
            wiring,
            chargeWMax: bess.kw * 1000,
            dischargeWMax: bess.kw * 1000,
            capacityWh: bess.kwh * 1000,
            reservePermille: 100,
            fullPermille: 1_000,
            temperatureC: { min: 0, max: 45 },
            rampWPerS: bess.kw * 100,
            deadbandW: 100,
            revert: { kind: "proven", afterMs: 120_000 },
          },
        ]),
    ...(solarPeakW === undefined
      ? []
      : [{ kind: "solar", id: "solar", fuse: "main", wiring, feedWMax: solarPeakW }]),
  ];
  const site = read({
    voltageV,
    fuses: [{ id: "main", ratedMa: Math.round((capKw * 1e6) / (3 * voltageV)), carriesPermille: 2_000 }],
    outlets: outlets.map((seat) => outlet(seat, { fuse: "main", wiring })),
    loads: [],
    sources,
    meters: sources.length === 0 ? [] : [{ id: "grid", fuse: "main", staleMs: 30_000, frozenMs: 600_000 }],
  });
  return { site, outletOf, rows: [] };
}

function read(data: unknown): Site {
  const checked = checkSite(data);
  if (!checked.ok)
    throw new Error(
      `the site of the replay: ${checked.fault.map(({ path, sentence }) => `${path}: ${sentence}`).join("; ")}`,
    );
  return checked.value;
}

type Network = {
  readonly evses: readonly {
    readonly id: string;
    readonly voltage: number;
    readonly phase_angle_deg: number;
  }[];
  readonly constraints: readonly {
    readonly name: string;
    readonly limit_A: number;
    readonly coeff: Readonly<Record<string, number>>;
  }[];
};

/** Line to line: 30° from A to B, -90° from B to C, 150° from C to A; each leg carries the whole current. */
const legs: Readonly<Record<number, Wiring>> = { 30: ["L1", "L2"], [-90]: ["L2", "L3"], 150: ["L3", "L1"] };
/** Directions in which a sum of phasors is held below its limit: a polygon outside the circle, so that the bound stays one. */
const DIRECTIONS = 12;

/**
 * A network of ACN-Sim as a site: its pods as sub-fuses, its secondary (and the primary, which is the same in amperes of the other side)
 * as the fuse at the top. Our sums add magnitudes, which is never less than adding phasors; the bound is given the phasors.
 */
export function networkSite(file: string, { cars }: Fleet, capKw: number): Placed {
  const network = JSON.parse(readFileSync(file, "utf8")) as Network;
  const { outletOf, outlets } = seats(cars);
  const evseOf = new Map(network.evses.map((evse) => [evse.id, evse]));
  const unknown = outlets.find(({ station }) => !evseOf.has(station));
  if (unknown !== undefined) throw new Error(`${file} has no EVSE '${unknown.station}', which has sessions`);
  const pods = network.constraints.filter(({ coeff }) => Object.values(coeff).every((c) => c === 1));
  const secondary = Math.min(
    ...network.constraints.filter(({ name }) => /secondary/i.test(name)).map(({ limit_A }) => limit_A),
  );
  const voltageV = LINE_V / 2;
  const capA = (capKw * 1000) / (2 * voltageV);
  const fuseOf = (station: string) => pods.find(({ coeff }) => station in coeff)?.name ?? "main";
  const site = read({
    voltageV,
    fuses: [
      { id: "main", ratedMa: Math.round(secondary * 1000), carriesPermille: 2_000 },
      ...pods.map(({ name, limit_A }) => ({
        id: name,
        parent: "main",
        ratedMa: Math.round(limit_A * 1000),
        carriesPermille: 2_000,
      })),
    ],
    outlets: outlets.map((seat) =>
      outlet(seat, {
        fuse: fuseOf(seat.station),
        wiring: legs[evseOf.get(seat.station)!.phase_angle_deg]!,
      }),
    ),
    loads: [],
    sources: [],
    meters: [],
    ...(Number.isFinite(capA) ? { peakW: capKw * 1000 } : {}),
  });
  const rows = network.constraints.flatMap(({ limit_A, coeff }) =>
    Array.from({ length: DIRECTIONS }, (_, n) => {
      const angle = (2 * Math.PI * n) / DIRECTIONS;
      return {
        limitKw: (limit_A * LINE_V) / 1000,
        weight: ({ session }: Car) => {
          const evse = evseOf.get(String(session.station));
          const factor = coeff[String(session.station)] ?? 0;
          return evse === undefined || factor === 0
            ? 0
            : factor * Math.cos((evse.phase_angle_deg * Math.PI) / 180 - angle);
        },
      };
    }),
  );
  return { site, outletOf, rows };
}
