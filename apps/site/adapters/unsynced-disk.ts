/**
 * A disk whose appended files never wait for the platter: what a site would be without its fdatasync. For the one test
 * that proves that the fdatasync is what makes an answer durable, and for nothing else.
 */
import type { Disk, Log } from "@wattward/kernel";

export function unsyncedDisk(disk: Disk, log: Log): Disk {
  log.warn("synchronous-off", { say: "answers are NOT durable: a power cut loses what was acknowledged" });
  return {
    read: (path) => disk.read(path),
    replace: (path, bytes) => disk.replace(path, bytes),
    list: (folder) => disk.list(folder),
    remove: (path) => disk.remove(path),
    async appendTo(path) {
      const file = await disk.appendTo(path);
      return {
        get sizeBytes() {
          return file.sizeBytes;
        },
        append: (bytes) => file.append(bytes),
        sync: async () => {},
        truncate: (sizeBytes) => file.truncate(sizeBytes),
        close: () => file.close(),
      };
    },
  };
}
