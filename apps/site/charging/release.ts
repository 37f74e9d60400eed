/** A station that nobody manages any more gets its own limits back: what this site wrote there is cleared, once, and its page is removed. */
import type { Disk, Log, StationId } from "@wattward/kernel";
import { Book, bookPath } from "./book.ts";
import { ask, type StationCaller } from "./caller.ts";
import { GRANT_ID, SAFE_DEFAULT_ID, SAFE_WHOLE_ID } from "./limits.ts";
import { clearProfile } from "./profile.ts";

type ReleasePorts = {
  readonly disk: Disk;
  readonly log: Log;
  readonly station: StationId;
  readonly caller: StationCaller;
  /** Somebody manages it again: what stands in it is theirs to write. */
  isManaged(): boolean;
  fatal(error: Error): void;
};

export async function release(ports: ReleasePorts): Promise<void> {
  const { caller, disk, fatal, log, station } = ports;
  try {
    if ((await disk.read(bookPath(station))) === undefined) return;
    const { page } = await Book.open({ disk, log, fatal }, station);
    const grants = page.evses.map((evse) => GRANT_ID + evse);
    const written = page.safeMa === undefined ? [] : [SAFE_DEFAULT_ID, SAFE_WHOLE_ID, ...grants];
    for (const id of written) {
      if (ports.isManaged()) return;
      const told = await ask(caller, clearProfile(caller.version, id));
      // It did not say: once more when it connects again.
      if (told.kind === "silent") return;
    }
    if (ports.isManaged()) return;
    await disk.remove(bookPath(station));
    log.info("station-released", { station });
  } catch (error) {
    fatal(error instanceof Error ? error : new Error(String(error)));
  }
}
