/**
 * People with cars who come and leave at known times, as a scenario or a file of sessions says: at each EVSE one after the
 * other, in the order of their arrival. Whoever finds the EVSE taken waits until it is free.
 */
import type { Clock, EvseId, StationId } from "@wattward/kernel";
import { Car, type CarFacts } from "../car/car.ts";
import type { Token } from "../station/dialect.ts";
import type { Station } from "../station/station.ts";
import type { Closing } from "./drivers.ts";

/**
 * `usual`: cable, card; at the end the same card, then the cable. `card-first`: the other way round at the beginning.
 * `pulls-cable`: leaves without the card. `parks`: holds no card to the reader at all.
 */
export const manners = ["usual", "card-first", "pulls-cable", "parks"] as const;
export type Manner = (typeof manners)[number];

export type Visit = {
  /** For people, who find it in the summary. */
  readonly id: string;
  readonly station: StationId;
  readonly evse: EvseId;
  /** By the world's clock, ms since 1970. */
  readonly arriveAtMs: number;
  readonly leaveAtMs: number;
  readonly car: CarFacts;
  readonly card: Token;
  readonly manner: Manner;
};

/** `refused`: the card started nothing. `missed`: the station was dark, or its EVSE taken, until it was time to leave. */
export type VisitOutcome = "to-come" | "here" | "charged" | "parked" | "refused" | "missed";

/** What became of a visit. */
export type VisitTruth = {
  readonly visit: Visit;
  outcome: VisitOutcome;
  /** What the car took with it, exact. */
  takenWh: number;
};

/** A driver whom a dark reader does not answer tries again so often, in ms. */
const TRY_AGAIN_MS = 20_000;
/** A card that is refused is tried so often in all. */
const REFUSALS_MAX = 3;
/** From the cable to the card at the reader, and back. */
const HAND_MS = 1_000;
/** Timers cannot wait longer than 24 days. */
const NAP_MS_MAX = 86_400_000;

export type VisitPorts = { readonly clock: Clock; readonly closing: Closing };

/** The visits to one EVSE, in order of arrival, until the last has left or the site closes. */
export async function receive(
  station: Station,
  visits: readonly VisitTruth[],
  ports: VisitPorts,
): Promise<void> {
  for (const truth of visits) {
    await until(truth.visit.arriveAtMs, ports);
    if (ports.closing.closed) return;
    await stay(station, truth, ports);
  }
}

async function stay(station: Station, truth: VisitTruth, ports: VisitPorts): Promise<void> {
  const { car: facts, card, evse, leaveAtMs, manner } = truth.visit;
  const { clock, closing } = ports;
  if (clock.now().wallMs >= leaveAtMs) {
    truth.outcome = "missed";
    return;
  }
  truth.outcome = "here";
  const car = new Car(facts);
  if (manner !== "card-first") station.plug(evse, car);
  const light = manner === "parks" ? "parked" : await showCard(station, truth.visit, ports);
  if (manner === "card-first") station.plug(evse, car);
  if (light !== "refused") await until(leaveAtMs, ports);
  if (station.charging(evse) && manner !== "pulls-cable") {
    await station.card(evse, card);
    await closing.stay(clock, HAND_MS);
  }
  station.unplug(evse);
  truth.takenWh = car.takenWh;
  truth.outcome = light;
}

/** Holds the card to the reader until it shows something, or it is time to leave. */
async function showCard(
  station: Station,
  { card, evse, leaveAtMs }: Visit,
  { clock, closing }: VisitPorts,
): Promise<"charged" | "refused" | "missed"> {
  let refusals = 0;
  for (;;) {
    await closing.stay(clock, HAND_MS);
    const light = await station.card(evse, card);
    if (light === "started" || light === "waiting") return "charged";
    if (light === "refused" && ++refusals === REFUSALS_MAX) return "refused";
    if (closing.closed || clock.now().wallMs + TRY_AGAIN_MS >= leaveAtMs) {
      return refusals > 0 ? "refused" : "missed";
    }
    await closing.stay(clock, TRY_AGAIN_MS);
  }
}

/** Waits for that instant, or until the site closes. */
async function until(atMs: number, { clock, closing }: VisitPorts): Promise<void> {
  for (;;) {
    const leftMs = atMs - clock.now().wallMs;
    if (leftMs <= 0 || closing.closed) return;
    await closing.stay(clock, Math.min(leftMs, NAP_MS_MAX));
  }
}
