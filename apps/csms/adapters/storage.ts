/** How much room the store has: free where a data folder is, or used by a database on its server, which alone knows. */
import { statfs } from "node:fs/promises";
import type { Core, MeasuredStorage } from "../core/port.ts";
import type { DatabasePlace } from "../store/database-place.ts";

const MIB = 1024 * 1024;

/** For the gateway's keeper. Rejects where neither the folder nor the server answers. */
export function storageOf(
  folder: string,
  place: DatabasePlace,
  core: Pick<Core, "query">,
): () => Promise<MeasuredStorage | undefined> {
  if (place.kind === "file") {
    return async () => {
      const { bavail, bsize } = await statfs(folder);
      return { kind: "free", mb: Math.floor((bavail * bsize) / MIB) };
    };
  }
  return async () => {
    const bytes = await core.query("store.usedBytes", undefined);
    return bytes === undefined ? undefined : { kind: "used", mb: Math.ceil(bytes / MIB) };
  };
}
