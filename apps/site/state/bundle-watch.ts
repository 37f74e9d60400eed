/**
 * The bundle as the energy controller and the Modbus guard have it: read from the file that the local controller keeps, its
 * signature verified by each of them for itself, looked at again every second. What is no good changes nothing and is told
 * once; an older one is never taken.
 */
import { type Cancel, type Clock, every } from "@wattward/kernel";
import type { Bundle } from "@wattward/sitelink";
import { BundleShelf, type ShelfPorts } from "./bundle-shelf.ts";

const BUNDLE_LOOK_EVERY_MS = 1_000;

export type BundleWatchPorts = ShelfPorts & {
  readonly clock: Clock;
  /** The bundle that came into force. */
  taken(bundle: Bundle): void;
  refused(sentence: string): void;
};

/** Resolves after the first look, so that what is there is in force when it does. Returns how to stop. */
export async function watchBundle(ports: BundleWatchPorts): Promise<Cancel> {
  const shelf = BundleShelf.empty(ports);
  const look = async () => {
    try {
      const seen = await shelf.reread(ports.clock.now());
      if (seen?.kind === "taken") ports.taken(seen.bundle);
      if (seen?.kind === "refused") ports.refused(seen.sentence);
    } catch (error) {
      ports.log.error("bundle-not-read", { say: error instanceof Error ? error.message : String(error) });
    }
  };
  await look();
  return every(ports.clock, BUNDLE_LOOK_EVERY_MS, look);
}
