/**
 * Sites by chance, each of them one that `checkSite` lets pass: up to two fuses below the grid connection, with a meter or without,
 * stations of one and two EVSEs with any wiring and coarse steps, some that let cars give back, loads with and without a declared rise, a
 * battery, solar at any fuse.
 *
 * No fuse is below what one station can draw with all its outlets beside the building at its highest, nor below what all sources
 * together can feed: where a station does not obey, no software could end that. Milliamperes, watts; times in milliseconds.
 */
import {
  type Battery,
  checkSite,
  type Fuse,
  type FuseId,
  type Load,
  type LoadId,
  type Meter,
  type MeterId,
  type Outlet,
  type OutletId,
  PHASES,
  type Phase,
  type Site,
  type Source,
  type SourceId,
  type Steps,
  type Wiring,
} from "@wattward/energy";
import { VOLTAGE_V } from "@wattward/energy/testing";
import type { Chance, EvseId, StationId } from "@wattward/kernel";
import { ratings } from "../../../../packages/energy/spared.ts";
import { lowest } from "../../../../packages/energy/steps.ts";
import { three, turned, turnedTwice } from "../wirings.ts";
import { inPercent, oneOf } from "./dice.ts";

/** From a station's yes to its car's lower draw: what all are declared to take at most. */
export const RESPONDS_MS = 5_000;
const A = 1_000;
const TRIES_MAX = 200;
const MAIN = "main" as FuseId;
const threePhases = [three, turned, turnedTwice] as const;
const singlePhases = [["L1"], ["L2"], ["L3"]] as const;
const coarse: Steps = { kind: "list", ma: [0, 8 * A, 16 * A, 24 * A, 32 * A] };
/** From a circuit breaker to a slow fuse (gG), for a minute. */
const CARRIES_PERMILLE = [1_300, 1_450, 1_600, 1_800] as const;
/** Lives of grants at one site. */
const LIVES_MS = [[60_000], [120_000, 60_000], [300_000, 120_000]] as const;

type Throw = { readonly chance: Chance; readonly tight: boolean; readonly subs: readonly FuseId[] };
type Model = Omit<Outlet, "id" | "station" | "evse" | "fuse" | "wiring" | "switchesPhases">;
type Parts = Pick<Site, "outlets" | "loads" | "sources">;

/** `tight`: more stations below smaller fuses, so that power is short for most of the time. */
export function randomSite(chance: Chance, tight: boolean): Site {
  for (let i = 0; i < TRIES_MAX; i++) {
    const subs = Array.from({ length: chance.int(0, 2) }, (_, sub) => `sub${sub}` as FuseId);
    const site = madeSafe(anySite({ chance, tight, subs }));
    if (site !== undefined) return site;
  }
  throw new Error(`none of ${TRIES_MAX} sites was safe without a controller`);
}

function anySite(by: Throw): Site {
  const parts = { outlets: outletsOf(by), loads: loadsOf(by), sources: sourcesOf(by) };
  return { voltageV: VOLTAGE_V, fuses: fusesOf(by, parts), ...parts, meters: metersOf(by) };
}

/** With fewer safe defaults, one station after the other, and in the end with nothing spared, until it passes; or it never does. */
function madeSafe(site: Site): Site | undefined {
  let tried = site;
  for (const station of [undefined, ...new Set(site.outlets.map((outlet) => outlet.station))]) {
    const outlets = tried.outlets.map((one) => (one.station === station ? { ...one, safeMa: 0 } : one));
    tried = { ...tried, outlets };
    if (checkSite(tried).ok) return tried;
  }
  tried = { ...tried, fuses: tried.fuses.map(({ spares: _, ...fuse }) => fuse) };
  return checkSite(tried).ok ? tried : undefined;
}

function outletsOf(by: Throw): Outlet[] {
  const { chance, subs, tight } = by;
  const givesBack = inPercent(chance, 35);
  const livesMs = inPercent(chance, 50) ? LIVES_MS[0] : oneOf(chance, [LIVES_MS[1], LIVES_MS[2]]);
  const count = tight ? chance.int(4, 8) : chance.int(2, 7);
  return Array.from({ length: count }, (_, i) => {
    const fuse = subs.length > 0 && inPercent(chance, 65) ? oneOf(chance, subs) : MAIN;
    const station = stationOf(chance, givesBack, livesMs);
    const wirings = inPercent(chance, 25) ? singlePhases : threePhases;
    const evses = inPercent(chance, 15) ? 2 : 1;
    return Array.from(
      { length: evses },
      (_, e): Outlet => ({
        ...{ id: `o${i}_${e + 1}` as OutletId, station: `S${i}` as StationId, evse: (e + 1) as EvseId, fuse },
        ...station,
        wiring: wirings[(i + e) % 3]!,
        ratedMa: evses === 2 ? 16 * A : station.ratedMa,
        switchesPhases: inPercent(chance, 10),
      }),
    );
  }).flat();
}

/** What all outlets of one station have in common. */
function stationOf(chance: Chance, givesBack: boolean, livesMs: readonly number[]): Model {
  const steps: Steps = inPercent(chance, 20)
    ? coarse
    : { kind: "every", stepMa: oneOf(chance, [A, 2 * A, A / 10]) };
  const minMa = 6 * A;
  const discharges = givesBack && inPercent(chance, 50);
  return {
    ...{ ratedMa: inPercent(chance, 30) ? 16 * A : 32 * A, minMa, steps },
    safeMa: inPercent(chance, 50) ? lowest({ steps, minMa, ratedMa: 16 * A }) : 0,
    limiting: "proven",
    ...{ ttlMs: oneOf(chance, livesMs), respondsMs: RESPONDS_MS },
    expiry: discharges || inPercent(chance, 85) ? "proven" : "unproven",
    ...(discharges && { dischargeMaMax: 16 * A }),
  };
}

function loadsOf({ chance, subs }: Throw): Load[] {
  const load = (fuse: FuseId, highestA: number): Load => {
    const phase = () => Math.max(0, highestA - chance.int(0, 3)) * A;
    const highestMa = [phase(), phase(), phase()] as const;
    const part = (ma: number) => Math.round((ma * chance.int(10, 100)) / 100);
    const declared = inPercent(chance, 85);
    const riseMa = [part(highestMa[0]), part(highestMa[1]), part(highestMa[2])] as const;
    return { id: `load-${fuse}` as LoadId, fuse, highestMa, ...(declared && { riseMa }) };
  };
  const some = subs.filter(() => inPercent(chance, 50));
  return [load(MAIN, chance.int(2, 20)), ...some.map((sub) => load(sub, chance.int(1, 12)))];
}

function sourcesOf({ chance, subs, tight }: Throw): Source[] {
  const placed = () => ({
    fuse: subs.length > 0 && inPercent(chance, 35) ? oneOf(chance, subs) : MAIN,
    wiring: inPercent(chance, 80) ? three : oneOf(chance, singlePhases),
  });
  const sources: Source[] = inPercent(chance, 60) ? [batteryAt(placed(), chance)] : [];
  for (const id of ["sun0", "sun1"]) {
    if (!inPercent(chance, 50)) continue;
    const at = placed();
    const feedWMax = chance.int(1, tight ? 4 : 6) * at.wiring.length * 1_000;
    sources.push({ kind: "solar", id: id as SourceId, ...at, feedWMax });
  }
  return sources;
}

function batteryAt(at: { readonly fuse: FuseId; readonly wiring: Wiring }, chance: Chance): Battery {
  const phases = at.wiring.length;
  return {
    ...{ kind: "battery", id: "battery" as SourceId, ...at },
    chargeWMax: chance.int(1, 2) * phases * 1_000,
    dischargeWMax: chance.int(1, 4) * phases * 1_000,
    ...{ capacityWh: 20_000, reservePermille: 100, fullPermille: 950, temperatureC: { min: 0, max: 45 } },
    ...{ rampWPerS: 4_000, deadbandW: 200 },
    revert: inPercent(chance, 90) ? { kind: "proven", afterMs: 60_000 } : { kind: "unproven" },
  };
}

function fusesOf({ chance, subs, tight }: Throw, parts: Parts): Fuse[] {
  const spares = inPercent(chance, 30);
  const facts = () => ({
    carriesPermille: oneOf(chance, CARRIES_PERMILLE),
    ...(spares && { spares: "rating" as const }),
  });
  const rated = (below: Parts, moreA: number) => (Math.ceil(leastMa(below) / A) + chance.int(0, moreA)) * A;
  const below = subs.map((id): Fuse => {
    const ratedMa = rated(partsAt(id, parts), tight ? 3 : 10);
    return { id, parent: MAIN, ratedMa, ...facts() };
  });
  const ratedMa = Math.max(rated(parts, tight ? 6 : 25), ...below.map((fuse) => fuse.ratedMa));
  return [{ id: MAIN, ratedMa, ...facts() }, ...below];
}

const partsAt = (fuse: FuseId, { loads, outlets, sources }: Parts): Parts => ({
  outlets: outlets.filter((one) => one.fuse === fuse),
  loads: loads.filter((one) => one.fuse === fuse),
  sources: sources.filter((one) => one.fuse === fuse),
});

/** What a fuse above these must be rated for at least. */
function leastMa({ loads, outlets, sources }: Parts): number {
  const stations = [...ratings(outlets).values()];
  const perPhase = PHASES.map((phase, i) => {
    const baseMa = loads.reduce((ma, { highestMa }) => ma + highestMa[i]!, 0);
    const unprovenMa = on(phase, sources).reduce((ma, one) => ma + unprovenOf(one), 0);
    const feedMa = on(phase, sources).reduce((ma, one) => ma + eachMa(one, feedsW(one)), 0);
    const givenMa = on(phase, outlets).reduce((ma, { dischargeMaMax = 0 }) => ma + dischargeMaMax, 0);
    const stationMa = Math.max(0, ...stations.map((ma) => ma[i]!));
    return Math.max(baseMa + unprovenMa + stationMa, feedMa + givenMa);
  });
  return Math.max(16 * A, ...perPhase);
}

const on = <Wired extends { readonly wiring: Wiring }>(phase: Phase, all: readonly Wired[]): Wired[] =>
  all.filter(({ wiring }) => wiring.includes(phase));
const eachMa = ({ wiring }: Source, w: number): number => (w * 1_000) / (VOLTAGE_V * wiring.length);
const feedsW = (one: Source): number => (one.kind === "battery" ? one.dischargeWMax : one.feedWMax);
const unprovenOf = (one: Source): number =>
  one.kind === "battery" && one.revert.kind === "unproven" ? eachMa(one, one.chargeWMax) : 0;

function metersOf({ chance, subs }: Throw): Meter[] {
  const metered = [
    ...(inPercent(chance, 95) ? [MAIN] : []), // a grid connection without one: what is declared counts
    ...subs.filter(() => inPercent(chance, 60)),
  ];
  return metered.map((fuse) => ({ id: `m-${fuse}` as MeterId, fuse, staleMs: 3_000, frozenMs: 5_000 }));
}
