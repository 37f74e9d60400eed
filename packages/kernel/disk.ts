/**
 * Files that we write ourselves, as a port, so that a test can crash at any write. Paths are relative to the port's
 * root, with "/" between segments. Faults of the environment (full, read-only, gone) arrive as {@link DiskError}.
 */
export interface Disk {
  /** The file's bytes, or undefined where it does not exist. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Replaces the whole file or leaves the old one: temporary file, fdatasync, rename, fsync of the folder. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** Opens for appending, creating it (and its folder) durably; what was there stays. */
  appendTo(path: string): Promise<AppendFile>;
  /** Names (not paths) in a folder, sorted; empty where the folder does not exist. */
  list(folder: string): Promise<string[]>;
  /** Removes a file; nothing happens where there is none. */
  remove(path: string): Promise<void>;
}

export interface AppendFile {
  readonly sizeBytes: number;
  /** Adds bytes at the end. Not durable before {@link sync}: a crash may keep any prefix of them. */
  append(bytes: Uint8Array): Promise<void>;
  /** fdatasync: what was appended before this call survives a crash once it resolves. */
  sync(): Promise<void>;
  /** Cuts the file to its first `sizeBytes` bytes, durably. */
  truncate(sizeBytes: number): Promise<void>;
  close(): Promise<void>;
}

/** The environment's fault: `full` where space may return, `io` for everything else. */
export class DiskError extends Error {
  override readonly name = "DiskError";
  readonly kind: "full" | "io";
  constructor(kind: "full" | "io", message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
