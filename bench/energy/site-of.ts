/**
 * The site that a replay runs on: one fuse of the cap over an outlet for each seat of the file, on three phases whose voltage makes 32 A
 * the power of a car (6.656 kW: 208 V × 32 A, as ACN's stations have it); battery and solar beside.
 *
 * With a network its own fuses, of which what hangs there lies below the grid connection beside battery and solar. The cap is then what the
 * site may import at any instant (`peakW`), no fuse: cars between two lines burden the phases unevenly, and a cap is of their sum.
 */
import { checkSite, type OutletId, type Site, type Wiring } from "@wattward/energy";
import { obeys } from "@wattward/energy/testing";
import type { Car, Fleet } from "./cars.ts";
import type { Network } from "./network.ts";
import { fuseOf, type NetworkFuse, networkFuses, parentOf, wiringsOf } from "./network-fuses.ts";

const LINE_V = 208;
const CAR_A = 32;
export const CAR_KW = (LINE_V * CAR_A) / 1000;
/** No car charges with less. */
const LEAST_A = 6;
/** What a site's document may say of a fuse, and of a peak. */
const FUSE_MA = { min: 1_000, max: 6_000_000 } as const;
const PEAK_W_MAX = 10_000_000;

export type Sources = {
  readonly bess?: { readonly kwh: number; readonly kw: number };
  readonly solarPeakW?: number;
};
export type Placed = {
  readonly site: Site;
  readonly outletOf: ReadonlyMap<string, OutletId>;
  /** What whoever reads the figures must know of how the site differs from what was asked for. */
  readonly notes: readonly string[];
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

const clampedMa = (ma: number, mostMa: number = FUSE_MA.max): number =>
  Math.max(FUSE_MA.min, Math.round(Math.min(ma, mostMa)));

export function plainSite({ cars }: Fleet, capKw: number, sources: Sources): Placed {
  const voltageV = LINE_V / 3;
  const { outletOf, outlets } = seats(cars);
  const wiring: Wiring = ["L1", "L2", "L3"];
  const capMa = (capKw * 1e6) / (3 * voltageV);
  const ratedMa = clampedMa(capMa);
  const mostW = (Math.min(ratedMa, capMa) * 3 * voltageV) / 1000;
  const site = read({
    voltageV,
    fuses: [{ id: "main", ratedMa, carriesPermille: 2_000 }],
    outlets: outlets.map((seat) => ({
      ...{ ...seat, ...obeys },
      ...{ ratedMa: CAR_A * 1000, fuse: "main", wiring },
    })),
    loads: [],
    ...sourcesAt("main", sources, mostW),
  });
  const notes = [
    ...(outlets.length > 0 ? capNote(capKw, (LEAST_A * LINE_V) / 1000) : []),
    ...(capMa > FUSE_MA.max && outlets.length * CAR_KW * 1000 > mostW
      ? [`the replay's fuse carries ${(mostW / 1000).toFixed(0)} kW, the most that a site may have`]
      : []),
    ...chargingNote(sources, mostW),
  ];
  return { site, outletOf, notes };
}

/** `mostW`: what a battery may charge with at the most, so that it overloads no fuse with no controller at all (a site's document is refused else). */
function sourcesAt(fuse: string, { bess, solarPeakW }: Sources, mostW: number) {
  const wiring: Wiring = ["L1", "L2", "L3"];
  const sources: object[] = [];
  if (bess !== undefined)
    sources.push({
      ...{ kind: "battery", id: "bess", fuse, wiring },
      chargeWMax: Math.min(bess.kw * 1000, Math.floor(mostW)),
      dischargeWMax: bess.kw * 1000,
      capacityWh: bess.kwh * 1000,
      reservePermille: 100,
      fullPermille: 1_000,
      temperatureC: { min: 0, max: 45 },
      rampWPerS: bess.kw * 100,
      deadbandW: 100,
      revert: { kind: "proven", afterMs: 120_000 },
    });
  if (solarPeakW !== undefined)
    sources.push({ kind: "solar", id: "solar", fuse, wiring, feedWMax: solarPeakW });
  const meters = sources.length === 0 ? [] : [{ id: "grid", fuse, staleMs: 30_000, frozenMs: 600_000 }];
  return { sources, meters };
}

/** `leastKw`: of one car. */
const capNote = (capKw: number, leastKw: number): string[] =>
  capKw >= leastKw
    ? []
    : [`a cap of ${capKw} kW is less than the ${LEAST_A} A of a car: without battery or sun none can charge`];

const chargingNote = ({ bess }: Sources, mostW: number): string[] =>
  bess === undefined || bess.kw * 1000 <= mostW
    ? []
    : [
        `the battery charges with ${(mostW / 1000).toFixed(1)} kW at the most: ${bess.kw} kW would overload the fuse with no controller at all; the bound has it charge with ${bess.kw} kW`,
      ];

function read(data: unknown): Site {
  const checked = checkSite(data);
  if (!checked.ok)
    throw new Error(
      `the site of the replay: ${checked.fault.map(({ path, sentence }) => `${path}: ${sentence}`).join("; ")}`,
    );
  return checked.value;
}

/**
 * A network of ACN-Sim as a site. Our sums add magnitudes, which is never less than adding phasors; bound and rules are given the phasors.
 * A station that the network lacks hangs at the grid connection, where only the cap holds it: for the bound as for us.
 */
export function networkSite(
  network: Network,
  { cars }: Fleet,
  of: { capKw: number; sources: Sources },
): Placed {
  const { capKw, sources } = of;
  const { outletOf, outlets } = seats(cars);
  const wiringOf = wiringsOf(network);
  const voltageV = network.voltage / wiringOf("").length;
  // A car's power is the same everywhere, so that at a lower voltage it takes more amperes.
  const ratedMa = Math.max(CAR_A, Math.ceil((CAR_KW * 1000) / network.voltage)) * 1000;
  const mostA = new Map<string, number>();
  for (const { station } of outlets) mostA.set(station, (mostA.get(station) ?? 0) + ratedMa / 1000);
  const { fuses, crossing } = networkFuses(network, mostA);
  const mainMa = FUSE_MA.max;
  const ratedOf = new Map<NetworkFuse, number>();
  for (const fuse of fuses) {
    const parent = parentOf(fuses, fuse);
    ratedOf.set(fuse, clampedMa(fuse.ratedA * 1000, parent === undefined ? mainMa : ratedOf.get(parent)));
  }
  const idOf = (fuse: NetworkFuse | undefined) =>
    fuse === undefined ? "main" : `fuse ${fuses.indexOf(fuse) + 1}`;
  const mostW = (mainMa * 3 * voltageV) / 1000;
  const site = read({
    voltageV,
    fuses: [
      { id: "main", ratedMa: mainMa, carriesPermille: 2_000 },
      ...fuses.map((fuse) => ({
        ...{ id: idOf(fuse), parent: idOf(parentOf(fuses, fuse)) },
        ...{ ratedMa: ratedOf.get(fuse)!, carriesPermille: 2_000 },
      })),
    ],
    outlets: outlets.map((seat) => ({
      ...{ ...seat, ...obeys },
      ...{ ratedMa, fuse: idOf(fuseOf(fuses, seat.station)), wiring: wiringOf(seat.station) },
    })),
    loads: [],
    ...sourcesAt("main", sources, mostW),
    peakW: Math.min(capKw * 1000, PEAK_W_MAX),
  });
  const notes = [
    ...networkNotes(network, cars, crossing),
    ...fuses
      .filter((fuse) => ratedOf.get(fuse)! < LEAST_A * 1000)
      .map(({ name, ratedA }) => `'${name}' allows ${ratedA.toFixed(1)} A: no car can charge below it`),
    ...(outlets.length > 0 ? capNote(capKw, (LEAST_A * network.voltage) / 1000) : []),
    ...chargingNote(sources, mostW),
  ];
  return { site, outletOf, notes };
}

function networkNotes(network: Network, cars: readonly Car[], crossing: readonly string[]): string[] {
  const lacks = cars.filter(({ session }) => !network.angleOf.has(session.station));
  const stations = new Set(lacks.map(({ session }) => session.station)).size;
  const notes: string[] = [];
  if (lacks.length > 0)
    notes.push(
      `the network lacks ${stations} of the stations, where ${lacks.length} of the sessions are: only the cap holds them`,
    );
  if (network.voltages > 1)
    notes.push(`EVSEs of ${network.voltages} voltages: all are taken for ${network.voltage} V, as most have`);
  if (crossing.length > 0)
    notes.push(
      `constraints that cross others are held in parts, which is less than they allow: ${crossing.join(", ")}`,
    );
  return notes;
}
