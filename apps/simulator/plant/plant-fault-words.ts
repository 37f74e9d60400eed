/** A fault of the plant as people and programs ask for it, seconds in their words. */
import { failed, ok, type Result } from "@wattward/kernel";
import { LATE_MS_MAX } from "./meter.ts";
import { type PlantFault, plantFaultNames } from "./plant-fault.ts";

/** A fault, and which device it is to befall; by chance where none is named. */
export type PlantWish = { readonly fault: PlantFault; readonly device: string | undefined };

export type PlantFaultWords = {
  readonly what: unknown;
  readonly for?: unknown;
  readonly by?: unknown;
  readonly factor?: unknown;
  readonly device?: unknown;
};

/** A week. */
const SECONDS_MAX = 604_800;
const FACTOR_MAX = 10;

export const isPlantFault = (what: unknown): boolean => plantFaultNames.some((name) => name === what);

export function readPlantFault(words: PlantFaultWords): Result<PlantWish, string> {
  const what = plantFaultNames.find((name) => name === words.what);
  if (what === undefined) return failed(`a fault of the plant is one of ${plantFaultNames.join(", ")}.`);
  const { by = 30, device, factor = 1 } = words;
  if (device !== undefined && typeof device !== "string") return failed("'device' is a device's id.");
  const { for: seconds } = words;
  if (!(typeof seconds === "number" && seconds > 0 && seconds <= SECONDS_MAX))
    return failed(`${what} needs 'for', in seconds above 0.`);
  const forMs = seconds * 1000;
  if (what === "load-step") {
    if (!(typeof factor === "number" && factor >= 0 && factor <= FACTOR_MAX))
      return failed(`load-step takes 'factor', of the declared highest, 0 to ${FACTOR_MAX}.`);
    return ok({ fault: { what, forMs, factor }, device });
  }
  if (what !== "meter-late") return ok({ fault: { what, forMs }, device });
  if (!(typeof by === "number" && by > 0 && by * 1000 <= LATE_MS_MAX))
    return failed(`meter-late takes 'by', in seconds, up to ${LATE_MS_MAX / 1000}.`);
  return ok({ fault: { what, forMs, byMs: by * 1000 }, device });
}
