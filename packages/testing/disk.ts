/**
 * A simulated disk for files that we write ourselves. It keeps, per file, what is durable and what was only appended;
 * a crash keeps the first and a chance-given prefix of the second, as a real disk does.
 *
 * One `SimulatedDisk` outlives its processes: each boot gets a handle of its own, and when that process is killed every
 * call it still makes, or has waiting, never returns: as with a dead process, nothing after it happens.
 */
import { type AppendFile, type Chance, type Clock, type Disk, DiskError, sleep } from "@wattward/kernel";

/** The first `durableBytes` of its `sizeBytes` survive a crash; `bytes` has room for more. */
type File = { bytes: Uint8Array; sizeBytes: number; durableBytes: number };
const never = new Promise<never>(() => {});

export type SimulatedDiskOptions = {
  /** Room for all files together; appends and replacements beyond it fail as `full`. */
  capacityBytes?: number;
  /** What a sync costs on `clock`; 0 without one. */
  syncMs?: number;
  clock?: Clock;
};

/** One boot's view: the kernel's port, and how to end it. */
export type BootedDisk = Disk & {
  /** Kills the process that holds this handle: from now on nothing it asks is answered. */
  kill(): void;
  /** Kills at the `n`-th write from now (1 is the next), before or in the middle of it as chance wills; tells when. */
  killAtWrite(n: number, killed: () => void): void;
  /** Writes (append, sync, replace, truncate, remove) that this boot has asked for so far. */
  readonly writes: number;
};

export class SimulatedDisk {
  private readonly files = new Map<string, File>();
  private readonly chance: Chance;
  readonly options: SimulatedDiskOptions;

  constructor(chance: Chance, options: SimulatedDiskOptions = {}) {
    this.chance = chance;
    this.options = { ...options };
  }

  /** What a process sees when it starts: everything durable, and of the rest what the last crash left. */
  boot(): BootedDisk {
    for (const file of this.files.values()) {
      file.durableBytes += this.chance.int(0, file.sizeBytes - file.durableBytes);
      file.sizeBytes = file.durableBytes;
    }
    return bootedDisk(this.files, this.chance, this.options);
  }

  /** The bytes of a file as they are now, or undefined: for assertions, and for damage done on purpose. */
  peek(path: string): Uint8Array | undefined {
    const file = this.files.get(path);
    return file?.bytes.slice(0, file.sizeBytes);
  }

  /** The bytes of a file that any crash from now on leaves; empty where there is none. A view: not to be kept. */
  durable(path: string): Uint8Array {
    const file = this.files.get(path);
    return file === undefined ? new Uint8Array(0) : file.bytes.subarray(0, file.durableBytes);
  }

  /** Bytes of all files together, as {@link SimulatedDiskOptions.capacityBytes} counts them. */
  get usedBytes(): number {
    return usedBytes(this.files);
  }

  /** Overwrites a file's bytes from outside, as a failing disk or a person would. */
  damage(path: string, bytes: Uint8Array): void {
    this.files.set(path, durableFile(bytes));
  }

  paths(): string[] {
    return [...this.files.keys()].sort();
  }
}

function bootedDisk(files: Map<string, File>, chance: Chance, options: SimulatedDiskOptions): BootedDisk {
  let dead = false;
  let writes = 0;
  let killAt = Number.POSITIVE_INFINITY;
  let onKilled = () => {};

  /** Runs one write, unless this is where the process dies: then perhaps, and without ever returning. */
  async function write<T>(effect: () => T): Promise<T> {
    if (dead) return never;
    writes++;
    if (writes >= killAt) {
      dead = true;
      if (chance.int(0, 1) === 1) effect();
      onKilled();
      return never;
    }
    const result = effect();
    await undefined;
    return dead ? never : result;
  }

  async function read<T>(look: () => T): Promise<T> {
    if (dead) return never;
    const result = look();
    await undefined;
    return dead ? never : result;
  }

  function reserve(moreBytes: number): void {
    const { capacityBytes } = options;
    if (capacityBytes === undefined) return;
    if (usedBytes(files) + moreBytes > capacityBytes) {
      throw new DiskError("full", "the simulated disk is full");
    }
  }

  const fileAt = (path: string): File => {
    const file = files.get(path) ?? durableFile(new Uint8Array(0));
    files.set(path, file);
    return file;
  };

  return {
    get writes() {
      return writes;
    },
    kill() {
      dead = true;
    },
    killAtWrite(n, killed) {
      killAt = writes + n;
      onKilled = killed;
    },
    read: (path) =>
      read(() => {
        const file = files.get(path);
        return file?.bytes.slice(0, file.sizeBytes);
      }),
    replace: (path, bytes) =>
      write(() => {
        reserve(Math.max(0, bytes.length - (files.get(path)?.durableBytes ?? 0)));
        files.set(path, durableFile(bytes));
      }),
    list: (folder) =>
      read(() => {
        const prefix = folder === "" ? "" : `${folder}/`;
        const names = [...files.keys()]
          .filter((path) => path.startsWith(prefix))
          .map((path) => path.slice(prefix.length));
        return [...new Set(names.map((name) => name.split("/")[0]!))].sort();
      }),
    remove: (path) => write(() => void files.delete(path)),
    appendTo: (path) => read(() => appendFile(fileAt(path), write, reserve, options)),
  };
}

function appendFile(
  file: File,
  write: <T>(effect: () => T) => Promise<T>,
  reserve: (bytes: number) => void,
  { clock, syncMs = 0 }: SimulatedDiskOptions,
): AppendFile {
  return {
    get sizeBytes() {
      return file.sizeBytes;
    },
    append: (bytes) =>
      write(() => {
        reserve(bytes.length);
        add(file, bytes);
      }),
    async sync() {
      // Only what was there when the sync began is covered by it.
      const coveredBytes = file.sizeBytes;
      if (clock !== undefined && syncMs > 0) await sleep(clock, syncMs);
      return write(() => {
        file.durableBytes = Math.max(file.durableBytes, Math.min(coveredBytes, file.sizeBytes));
      });
    },
    truncate: (sizeBytes) =>
      write(() => {
        file.sizeBytes = file.durableBytes = Math.min(sizeBytes, file.sizeBytes);
      }),
    close: async () => {},
  };
}

function usedBytes(files: ReadonlyMap<string, File>): number {
  let used = 0;
  for (const { sizeBytes } of files.values()) used += sizeBytes;
  return used;
}

const durableFile = (bytes: Uint8Array): File => ({
  bytes: bytes.slice(),
  sizeBytes: bytes.length,
  durableBytes: bytes.length,
});

/** Appends in place; the room doubles, so that a long file costs no more per byte than a short one. */
function add(file: File, bytes: Uint8Array): void {
  const sizeBytes = file.sizeBytes + bytes.length;
  if (sizeBytes > file.bytes.length) {
    const roomier = new Uint8Array(Math.max(1024, 2 * file.bytes.length, sizeBytes));
    roomier.set(file.bytes.subarray(0, file.sizeBytes));
    file.bytes = roomier;
  }
  file.bytes.set(bytes, file.sizeBytes);
  file.sizeBytes = sizeBytes;
}
