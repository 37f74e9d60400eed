/** One car charges while a test watches: the driver in the test's own hand, at simulated time. */
import assert from "node:assert/strict";
import type { EvseId } from "@wattward/kernel";
import { Car } from "../../apps/simulator/car/car.ts";
import type { Station } from "../../apps/simulator/station/station.ts";
import { cardOf, type Whole } from "./whole.ts";

const one = 1 as EvseId;
/** A reader that is dark, or whose central system is slow, is tried again: this often, this long. */
const TRY_EVERY_MS = 5_000;
const TRIES_MAX = 120;

export function stationNamed(whole: Whole, id: string): Station {
  const station = whole.people.stations.find(({ options }) => options.id === id);
  assert(station !== undefined, `no station ${id}`);
  return station;
}

export type Sitting = {
  readonly station: Station;
  /** Holds the card to the reader again and drives away. */
  leave(): Promise<void>;
};

/** Plugs in and holds the `n`-th card to the reader until it charges. */
export async function sitDown(whole: Whole, id: string, n = 0): Promise<Sitting> {
  const station = stationNamed(whole, id);
  const card = { id: cardOf(n), type: "ISO14443" } as const;
  station.plug(one, new Car({ capacityWh: 60_000, maxW: 11_000, socPercent: 20 }));
  for (let tries = 0; !station.charging(one); tries++) {
    assert(tries < TRIES_MAX, `seed ${whole.options.seed}: ${id} never charged`);
    void station.card(one, card);
    await whole.time.until(() => station.charging(one), TRY_EVERY_MS);
  }
  return {
    station,
    async leave() {
      void station.card(one, card);
      await whole.advance(TRY_EVERY_MS);
      station.unplug(one);
    },
  };
}

/** A whole session, with time in between for a few meter values. */
export async function charge(whole: Whole, id: string, forMs: number): Promise<void> {
  const sitting = await sitDown(whole, id);
  await whole.advance(forMs);
  await sitting.leave();
}
