/**
 * People with cars: each EVSE gets one after the other, by seeded chance. A driver plugs in, holds a card to the
 * reader (some do it the other way round), stays a while, stops with the same card or simply pulls the cable, leaves.
 */
import { type Cancel, type Chance, type Clock, type EvseId, sleep } from "@wattward/kernel";
import { Car, type PhaseCount } from "../car/car.ts";
import type { Token } from "../station/dialect.ts";
import type { Station } from "../station/station.ts";

/** Seconds, both ends included. */
export type Span = { readonly leastS: number; readonly mostS: number };

export type DriverOptions = {
  /** How long a car charges before its driver comes back. */
  readonly session: Span;
  /** How long an EVSE stays free. */
  readonly gap: Span;
  readonly cards: readonly Token[];
};

/** Of a hundred drivers. */
const CARD_FIRST_PERCENT = 15;
const PULLS_CABLE_PERCENT = 20;
const CARD_TRIES_MAX = 3;

/** A car's battery and appetite. */
const CAPACITY_WH = { least: 30_000, most: 100_000 };
const POWER_W = { least: 7_000, most: 150_000 };
const SOC_PERCENT = { least: 10, most: 85 };

/** Cards that nobody is charging with: one card charges at one place at a time. */
export class Cards {
  private readonly free: Token[];

  constructor(cards: readonly Token[]) {
    this.free = [...cards];
  }

  take(chance: Chance): Token | undefined {
    return this.free.splice(chance.int(0, Math.max(0, this.free.length - 1)), 1)[0];
  }

  giveBack(card: Token): void {
    this.free.push(card);
  }
}

export type DriverPorts = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly cards: Cards;
  /** Everybody leaves now, and nobody comes any more. */
  readonly closing: Closing;
};

/** Tells all drivers at once that the site closes. */
export class Closing {
  private readonly waiting = new Set<() => void>();
  closed = false;

  close(): void {
    this.closed = true;
    for (const leave of [...this.waiting]) leave();
  }

  /** Waits `ms`, or until the site closes. */
  stay(clock: Clock, ms: number): Promise<void> {
    if (this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      let cancel: Cancel = () => {};
      const leave = () => {
        cancel();
        this.waiting.delete(leave);
        resolve();
      };
      this.waiting.add(leave);
      cancel = clock.after(ms, leave);
    });
  }
}

/** Drivers at one EVSE, one after the other, until the site closes. */
export async function drivers(
  station: Station,
  evse: EvseId,
  ports: DriverPorts,
  options: DriverOptions,
): Promise<void> {
  const { cards, chance, clock, closing } = ports;
  // At first some are there already, and the others do not come at once.
  await closing.stay(clock, Math.min(spanMs(chance, options.gap), chance.int(0, 3_000)));
  while (!closing.closed) {
    const card = cards.take(chance);
    if (card !== undefined) {
      await visit(station, evse, ports, { card, stayMs: spanMs(chance, options.session) });
      cards.giveBack(card);
    }
    await closing.stay(clock, spanMs(chance, options.gap));
  }
}

type Visit = { readonly card: Token; readonly stayMs: number };

async function visit(
  station: Station,
  evse: EvseId,
  ports: DriverPorts,
  { card, stayMs }: Visit,
): Promise<void> {
  const { chance, clock, closing } = ports;
  const { build } = station.options;
  const car = build?.phases === undefined ? someCar(chance) : carOfItsOwn(chance);
  const cardFirst = chance.int(1, 100) <= CARD_FIRST_PERCENT;
  if (!cardFirst) station.plug(evse, car);
  for (let tries = 1; tries <= CARD_TRIES_MAX && !closing.closed; tries++) {
    await closing.stay(clock, chance.int(300, 1_500));
    const light = await station.card(evse, card);
    if (light === "started" || light === "waiting") break;
  }
  if (cardFirst) station.plug(evse, car);
  await closing.stay(clock, stayMs);
  if (station.charging(evse) && chance.int(1, 100) > PULLS_CABLE_PERCENT) {
    await station.card(evse, card);
    await sleep(clock, chance.int(200, 800));
  }
  station.unplug(evse);
  await sleep(clock, chance.int(200, 800));
}

function someCar(chance: Chance): Car {
  const pick = ({ least, most }: { least: number; most: number }) => chance.int(least, most);
  return new Car({ capacityWh: pick(CAPACITY_WH), maxW: pick(POWER_W), socPercent: pick(SOC_PERCENT) });
}

/** Of a hundred cars with a charger of their own: those of one phase, and of two. */
const ONE_PHASE_PERCENT = 25;
const TWO_PHASES_PERCENT = 5;
const PHASE_VOLTS = 230;

/** One that charges with alternating current, 16 or 32 A on its phases. */
function carOfItsOwn(chance: Chance): Car {
  const pick = ({ least, most }: { least: number; most: number }) => chance.int(least, most);
  const kind = chance.int(1, 100);
  const phases: PhaseCount =
    kind <= ONE_PHASE_PERCENT ? 1 : kind <= ONE_PHASE_PERCENT + TWO_PHASES_PERCENT ? 2 : 3;
  const maxW = chance.int(1, 2) * 16 * PHASE_VOLTS * phases;
  return new Car({ capacityWh: pick(CAPACITY_WH), maxW, socPercent: pick(SOC_PERCENT), phases });
}

const spanMs = (chance: Chance, { leastS, mostS }: Span): number => chance.int(leastS * 1000, mostS * 1000);
