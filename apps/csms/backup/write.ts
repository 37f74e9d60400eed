/** Everything that a backup holds, as the bytes of its file: rows of a snapshot, then the files of the data folder. */

import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { Snapshot } from "../store/snapshot.ts";
import { type Item, lineOf } from "./content.ts";
import { sealed } from "./envelope.ts";
import type { Header } from "./header.ts";

/** A log, and large; and what is true of live processes alone. A restore begins with none of them. */
export const notBackedUp: ReadonlySet<string> = new Set(["messages"]);

export type Backup = {
  readonly snapshot: Snapshot;
  readonly csmsEpoch: number;
  readonly createdAtMs: number;
  /** Read after the rows: a certificate that was issued meanwhile is in, and harms nothing. */
  files(): AsyncIterable<{ readonly path: string; readonly bytes: Uint8Array }>;
  /** Told now and then, in rows written so far. */
  progress(table: string, rows: number): void;
};

const PACKED_AT_ONCE_CHARS = 64 * 1024;
/** Rows of one table between two words about it. */
export const PROGRESS_EVERY_ROWS = 10_000;

/** The file from its first byte to its last. */
export async function* backupBytes(backup: Backup, header: Header): AsyncGenerator<Uint8Array> {
  yield Buffer.from(header.line);
  const source = Readable.from(lines(backup), { objectMode: true, highWaterMark: 2 });
  const packed = createGzip();
  source.on("error", (error) => packed.destroy(error));
  yield* sealed(source.pipe(packed), header);
}

/** Many lines at a time: packing each by itself would cost more than all the rest. */
async function* lines(backup: Backup): AsyncGenerator<Buffer> {
  let gathered = "";
  for await (const item of items(backup)) {
    gathered += lineOf(item);
    if (gathered.length < PACKED_AT_ONCE_CHARS) continue;
    yield Buffer.from(gathered);
    gathered = "";
  }
  yield Buffer.from(gathered);
}

async function* items({ snapshot, files, progress, ...head }: Backup): AsyncGenerator<Item> {
  const { csmsEpoch, createdAtMs } = head;
  yield { t: "backup", schema: snapshot.schema, csmsEpoch, createdAtMs, engine: snapshot.engine };
  const rows = new Map<string, number>();
  for (const table of snapshot.tables) {
    if (notBackedUp.has(table.name)) continue;
    yield { t: "table", name: table.name, columns: table.columns.map(({ name }) => name) };
    let count = 0;
    for await (const values of snapshot.rows(table)) {
      yield { t: "row", values };
      count += 1;
      if (count % PROGRESS_EVERY_ROWS === 0) progress(table.name, count);
    }
    rows.set(table.name, count);
  }
  let count = 0;
  for await (const { path, bytes } of files()) {
    yield { t: "file", path, bytes };
    count += 1;
  }
  yield { t: "end", rows, files: count };
}
