/** A small plant at work: cars at every outlet, and a watch over its fuse, its modes, and that the process does not end. */
import assert from "node:assert/strict";
import { every } from "@wattward/kernel";
import { SmallPlant } from "./small-plant.ts";

/** Its main fuse, where the settings name no other. */
export const MAIN_A = 63;
/** Those that an energy controller may say: the others are the local controller's. */
export const MODES = ["planned", "reactive", "conservative"];

type Settings = NonNullable<ConstructorParameters<typeof SmallPlant>[0]>;

/** Cars at every outlet, a battery, and somebody who looks at the fuse ten times a second. */
export async function busy(settings: Settings = {}) {
  const plant = new SmallPlant({ baseA: 25, battery: {}, ...settings });
  const seen = { worstMa: 0, modes: new Set<string>() };
  await plant.start();
  await plant.time.advance(70_000);
  for (let i = 0; i < 4; i++) plant.plugIn(i);
  await plant.time.advance(60_000);
  every(plant.time, 100, () => {
    seen.worstMa = Math.max(seen.worstMa, ...plant.trueMa());
    const mode = plant.turns.at(-1)?.turn.mode;
    if (mode !== undefined) seen.modes.add(mode);
  });
  const holds = () => {
    assert(seen.worstMa <= (settings.mainA ?? MAIN_A) * 1_000, `${seen.worstMa} mA`);
    assert([...seen.modes].every((mode) => MODES.includes(mode)));
    assert.deepEqual(plant.fatals, []);
  };
  return { plant, seen, holds };
}
/** What the energy controller said last. */
export const last = (plant: SmallPlant) => plant.turns.at(-1)!.turn;
/** What each car is granted now. */
export const limits = (plant: SmallPlant) => [...plant.cars.values()].map(({ limitMa }) => limitMa);
