/** The visits of a plan: cars of the scenario, and the sessions of its file. */

import type { Session } from "@wattward/energy/sessions";
import type { EvseId, StationId } from "@wattward/kernel";
import type { CarFacts, PhaseCount } from "../car/car.ts";
import { seat } from "../sessions/seats.ts";
import type { Visit } from "../world/visits.ts";
import { type Complain, momentOr, spanOr, tokenOf } from "./reading.ts";
import type { CarWords, ScenarioWords } from "./shape.ts";
import { type PlannedStation, SESSION_CAR_KW } from "./stations.ts";

type Ports = {
  readonly stations: readonly PlannedStation[];
  readonly cards: readonly string[];
  readonly startMs: number;
  /** What is added to the times of replayed sessions. */
  readonly shiftMs: number;
  readonly complain: Complain;
};

/** Visits of one scenario. */
const VISITS_MAX = 1_000_000;
const CAR = { batteryKwh: 60, socPercent: 20, maxKw: 11, keepsPercent: 40, wantsPercent: 80 };

export function planVisits(words: ScenarioWords, sessions: readonly Session[], ports: Ports): Visit[] {
  const places = placesOf(ports.stations);
  const cardOf = cardsOf(ports);
  const visits: Visit[] = [];
  for (const [i, car] of (words.cars ?? []).entries()) {
    if (visits.length + (car.times ?? 1) > VISITS_MAX) {
      ports.complain(["cars", i], `these are more than ${VISITS_MAX} visits.`);
      break;
    }
    visits.push(...visitsOf(car, ["cars", i], { ...ports, places, cardOf }));
  }
  for (const { carW, evse, session } of seat(sessions, (words.sessions?.carKw ?? SESSION_CAR_KW) * 1000)
    .seats) {
    const { arriveAtMs, energyWh, id, leaveAtMs, station } = session;
    const { shiftMs } = ports;
    visits.push({
      ...{ id, station, evse, manner: "usual" },
      arriveAtMs: arriveAtMs + shiftMs,
      leaveAtMs: leaveAtMs + shiftMs,
      car: exactCar(energyWh, carW),
      card: tokenOf(cardOf(station, evse)),
    });
  }
  return visits;
}

type Places = ReadonlyMap<string, { readonly station: StationId; readonly evse: EvseId }>;
type CardOf = (station: StationId, evse: EvseId) => string;

function visitsOf(
  car: CarWords,
  path: readonly (string | number)[],
  ports: Ports & { readonly places: Places; readonly cardOf: CardOf },
): Visit[] {
  const { complain } = ports;
  const place = ports.places.get(car.at) ?? ports.places.get(`${car.at}/1`);
  if (place === undefined) {
    complain(
      [...path, "at"],
      `there is no station or EVSE '${car.at}'; write CP-1, or CP-1/2 for its second EVSE.`,
    );
    return [];
  }
  if (car.leaves === undefined && car.stays === undefined) complain(path, "'stays' or 'leaves' is missing.");
  if (car.energyKwh !== undefined && (car.batteryKwh ?? car.socPercent) !== undefined) {
    complain(
      [...path, "energyKwh"],
      "it says what the car takes; 'batteryKwh' and 'socPercent' would say it otherwise.",
    );
  }
  const arriveAtMs = momentOr(car.arrives, [...path, "arrives"], ports);
  const leaveAtMs =
    car.leaves === undefined
      ? arriveAtMs + spanOr(car.stays ?? 0, [...path, "stays"], complain)
      : momentOr(car.leaves, [...path, "leaves"], ports);
  if (leaveAtMs <= arriveAtMs) complain(path, "the car leaves before, or when, it arrives.");
  const { times = 1 } = car;
  if (times > 1 && car.every === undefined)
    complain([...path, "times"], "'every' is missing: how long after its last arrival it comes again.");
  const everyMs = car.every === undefined ? 0 : spanOr(car.every, [...path, "every"], complain);
  return Array.from({ length: times }, (_, i) => ({
    id: `${path.join(" ")}${times > 1 ? `, time ${i + 1}` : ""}`,
    ...place,
    arriveAtMs: arriveAtMs + i * everyMs,
    leaveAtMs: leaveAtMs + i * everyMs,
    car: carOf(car, leaveAtMs + i * everyMs),
    card: tokenOf(car.card ?? ports.cardOf(place.station, place.evse)),
    manner: car.behaviour ?? "usual",
  }));
}

function carOf(
  {
    batteryKwh = CAR.batteryKwh,
    energyKwh,
    givesKw,
    keepsPercent = CAR.keepsPercent,
    maxKw = CAR.maxKw,
    phases,
    socPercent = CAR.socPercent,
    wantsPercent = CAR.wantsPercent,
  }: CarWords,
  leavesAtMs: number,
): CarFacts {
  const gives = givesKw !== undefined && {
    gives: { maxW: givesKw * 1000, keepsPercent },
    wants: { percent: wantsPercent, leavesAtMs },
  };
  const own = phases === undefined ? {} : { phases: phases as PhaseCount };
  if (energyKwh !== undefined) return { ...exactCar(Math.round(energyKwh * 1000), maxKw * 1000), ...own };
  return { capacityWh: batteryKwh * 1000, maxW: maxKw * 1000, socPercent, ...own, ...gives };
}

/** Takes exactly so much, at its full power to the last. One that takes nothing is full already. */
const exactCar = (energyWh: number, maxW: number): CarFacts =>
  energyWh > 0
    ? { capacityWh: energyWh, maxW, socPercent: 0, curve: "flat" }
    : { capacityWh: 1_000, maxW, socPercent: 100, curve: "flat" };

function placesOf(stations: readonly PlannedStation[]): Places {
  return new Map(
    stations.flatMap(({ options: { evses, id } }) =>
      Array.from(
        { length: evses },
        (_, i) => [`${id}/${i + 1}`, { station: id, evse: (i + 1) as EvseId }] as const,
      ),
    ),
  );
}

/** A card for each EVSE, as far as they reach: so one card charges at one place at a time. */
function cardsOf({ cards, stations }: Ports): CardOf {
  const numbers = new Map([...placesOf(stations).keys()].map((place, i) => [place, i]));
  return (station, evse) => cards[(numbers.get(`${station}/${evse}`) ?? 0) % Math.max(1, cards.length)] ?? "";
}
