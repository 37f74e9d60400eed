/** The last wall time persisted: the site's time never falls below it (ADR 20). */
import type { Disk, Log } from "@wattward/kernel";
import { fieldsOf, isWallMs, keep, readKept } from "./kept.ts";

export const CLOCK = "state/clock.json";
/** How often it is written, and so how much time a site without any clock loses at a power cut. */
export const WALL_SAVED_EVERY_MS = 60_000;

export async function readWallFloorMs(disk: Disk, log: Log): Promise<number> {
  const parse = (value: unknown) => {
    const wallMs = fieldsOf(value).get("wallMs");
    return isWallMs(wallMs) ? wallMs : undefined;
  };
  return (await readKept(disk, log, { path: CLOCK, parse })) ?? 0;
}

export const saveWallFloorMs = (disk: Disk, log: Log, wallMs: number): Promise<boolean> =>
  keep(disk, log, CLOCK, { wallMs });
