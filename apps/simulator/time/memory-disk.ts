/** A disk in memory: for worlds whose stations need their flash through power cuts, and nobody needs it afterwards. */
import type { AppendFile, Disk } from "@wattward/kernel";

/** A file grows by this factor, so that appending costs what is appended. */
const GROWTH = 2;

type File = { bytes: Uint8Array; sizeBytes: number };

export function memoryDisk(): Disk {
  const files = new Map<string, File>();
  return {
    read: async (path) => {
      const file = files.get(path);
      return file?.bytes.slice(0, file.sizeBytes);
    },
    replace: async (path, bytes) => {
      files.set(path, { bytes: bytes.slice(), sizeBytes: bytes.length });
    },
    appendTo: async (path) => {
      const file = files.get(path) ?? { bytes: new Uint8Array(0), sizeBytes: 0 };
      files.set(path, file);
      return appendFile(file);
    },
    list: async (folder) =>
      [...files.keys()]
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
    remove: async (path) => void files.delete(path),
  };
}

function appendFile(file: File): AppendFile {
  return {
    get sizeBytes() {
      return file.sizeBytes;
    },
    append: async (bytes) => {
      const sizeBytes = file.sizeBytes + bytes.length;
      if (sizeBytes > file.bytes.length) {
        const grown = new Uint8Array(Math.max(sizeBytes, file.bytes.length * GROWTH));
        grown.set(file.bytes.subarray(0, file.sizeBytes));
        file.bytes = grown;
      }
      file.bytes.set(bytes, file.sizeBytes);
      file.sizeBytes = sizeBytes;
    },
    sync: async () => {},
    truncate: async (toBytes) => {
      file.sizeBytes = Math.min(file.sizeBytes, toBytes);
    },
    close: async () => {},
  };
}
