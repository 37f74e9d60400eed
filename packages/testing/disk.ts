/**
 * A simulated disk for files that we write ourselves. It keeps, per file, what is durable and what was only appended;
 * a crash keeps the first and a chance-given prefix of the second, as a real disk does.
 *
 * One `SimulatedDisk` outlives its processes: each boot gets a handle of its own, and when that process is killed every
 * call it still makes, or has waiting, never returns: as with a dead process, nothing after it happens.
 */
import { type AppendFile, type Chance, type Clock, type Disk, DiskError, sleep } from "@wattward/kernel";

type File = { durable: Uint8Array; appended: Uint8Array };
const never = new Promise<never>(() => {});
const nothing = new Uint8Array(0);

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
      const kept = this.chance.int(0, file.appended.length);
      file.durable = joined(file.durable, file.appended.subarray(0, kept));
      file.appended = nothing;
    }
    return bootedDisk(this.files, this.chance, this.options);
  }

  /** The bytes of a file as they are now, or undefined: for assertions, and for damage done on purpose. */
  peek(path: string): Uint8Array | undefined {
    const file = this.files.get(path);
    return file === undefined ? undefined : joined(file.durable, file.appended);
  }

  /** Overwrites a file's bytes from outside, as a failing disk or a person would. */
  damage(path: string, bytes: Uint8Array): void {
    this.files.set(path, { durable: bytes, appended: nothing });
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
    let used = 0;
    for (const { durable, appended } of files.values()) used += durable.length + appended.length;
    if (used + moreBytes > (options.capacityBytes ?? Number.POSITIVE_INFINITY)) {
      throw new DiskError("full", "the simulated disk is full");
    }
  }

  const fileAt = (path: string): File => {
    const file = files.get(path) ?? { durable: nothing, appended: nothing };
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
        return file === undefined ? undefined : joined(file.durable, file.appended);
      }),
    replace: (path, bytes) =>
      write(() => {
        reserve(Math.max(0, bytes.length - (files.get(path)?.durable.length ?? 0)));
        files.set(path, { durable: bytes.slice(), appended: nothing });
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
      return file.durable.length + file.appended.length;
    },
    append: (bytes) =>
      write(() => {
        reserve(bytes.length);
        file.appended = joined(file.appended, bytes);
      }),
    async sync() {
      // Only what was there when the sync began is covered by it.
      const lengthBytes = file.durable.length + file.appended.length;
      if (clock !== undefined && syncMs > 0) await sleep(clock, syncMs);
      return write(() => {
        const now = joined(file.durable, file.appended);
        const durableBytes = Math.min(now.length, Math.max(lengthBytes, file.durable.length));
        file.durable = now.slice(0, durableBytes);
        file.appended = now.slice(durableBytes);
      });
    },
    truncate: (sizeBytes) =>
      write(() => {
        file.durable = joined(file.durable, file.appended).slice(0, sizeBytes);
        file.appended = nothing;
      }),
    close: async () => {},
  };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
