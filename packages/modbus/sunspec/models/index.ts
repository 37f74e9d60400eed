/**
 * The models that Wattward reads, as data of its own. What is not here is walked over by its length, and named where the name
 * matters: the curves of 707 to 712 are grid code, which a site neither reads nor writes.
 */
import type { Model } from "../model.ts";
import { batteryModels } from "./batteries.ts";
import { commonModels } from "./common.ts";
import { derModels } from "./der.ts";
import { inverterControlModels } from "./inverter-controls.ts";
import { inverterModels } from "./inverters.ts";
import { meterModels } from "./meters.ts";

export const models: ReadonlyMap<number, Model> = new Map([
  ...commonModels,
  ...inverterModels,
  ...inverterControlModels,
  ...meterModels,
  ...derModels,
  ...batteryModels,
]);

const unread: ReadonlyMap<number, string> = new Map([
  [707, "DER trip, low voltage"],
  [708, "DER trip, high voltage"],
  [709, "DER trip, low frequency"],
  [710, "DER trip, high frequency"],
  [711, "DER frequency droop"],
  [712, "DER watt-var"],
]);

/** For people: `meter, three phases, wye`; `model 64001` for what nobody here has heard of. */
export const modelName = (id: number): string => models.get(id)?.name ?? unread.get(id) ?? `model ${id}`;
