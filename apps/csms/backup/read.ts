/**
 * A backup's items out of its bytes, in order and whole: the last is `end`, and what it counted was there. Whoever takes
 * an item before that holds what is proven to be of this backup, but not yet that it is all of it.
 */
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type Item, itemIn, LINE_BYTES_MAX } from "./content.ts";
import { opened } from "./envelope.ts";
import { BackupFault, cutShort, damaged } from "./fault.ts";
import { HEADER_CHARS_MAX, openHeader } from "./header.ts";

/** Rejects with {@link BackupFault}, and with what reading the bytes rejects with. */
export async function* backupItems(
  bytes: AsyncIterable<Uint8Array>,
  passphrase: string,
): AsyncGenerator<Item> {
  const { line, rest } = await firstLine(bytes);
  const header = await openHeader(line, passphrase);
  const rows = new Map<string, number>();
  let table: { readonly name: string; readonly width: number } | undefined;
  let files = 0;
  let begun = false;
  let ended = false;
  for await (const text of lines(unpacked(opened(rest, header)))) {
    const item = itemIn(text);
    if (ended || begun === (item.t === "backup")) throw damaged("what is in it is not in its order");
    begun = true;
    if (item.t === "table") {
      if (rows.has(item.name)) throw damaged(`the table ${item.name} is in it twice`);
      table = { name: item.name, width: item.columns.length };
      rows.set(item.name, 0);
    }
    if (item.t === "row") {
      if (table === undefined || item.values.length !== table.width)
        throw damaged("a row is not of its table");
      rows.set(table.name, (rows.get(table.name) ?? 0) + 1);
    }
    if (item.t === "file") files += 1;
    if (item.t === "end") {
      const same =
        item.rows.size === rows.size && [...rows].every(([name, count]) => item.rows.get(name) === count);
      if (!same || item.files !== files) throw damaged("it does not hold as many rows and files as it says");
      ended = true;
    }
    yield item;
  }
  if (!ended) throw cutShort();
}

/** The header's line, and all that follows it. */
async function firstLine(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ line: string; rest: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) throw head.length === 0 ? cutShort() : notOne();
    head = Buffer.concat([head, next.value]);
    const end = head.subarray(0, HEADER_CHARS_MAX).indexOf("\n");
    if (end >= 0) {
      return {
        line: head.subarray(0, end + 1).toString(),
        rest: following(head.subarray(end + 1), iterator),
      };
    }
    if (head.length > HEADER_CHARS_MAX) throw notOne();
  }
}

const notOne = (): BackupFault =>
  new BackupFault("not-a-backup", "this is no backup of Wattward, or its first line is gone");

async function* following(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** Gunzip, with the fault of whatever feeds it kept as it is: that names the cause. */
async function* unpacked(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let cause: unknown;
  const source = Readable.from(
    (async function* () {
      try {
        yield* packed;
      } catch (error) {
        cause = error;
        throw error;
      }
    })(),
  );
  const gunzip = createGunzip();
  source.on("error", (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (cause !== undefined) throw cause;
    throw damaged("it does not unpack", error);
  }
}

async function* lines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    let from = 0;
    for (let end = piece.indexOf(0x0a, from); end >= 0; end = piece.indexOf(0x0a, from)) {
      yield Buffer.concat([...parts, piece.subarray(from, end)]).toString();
      parts = [];
      length = 0;
      from = end + 1;
    }
    if (from < piece.length) parts.push(piece.subarray(from));
    length += piece.length - from;
    if (length > LINE_BYTES_MAX) throw damaged("a line in it is longer than any row");
  }
  if (length > 0) throw cutShort();
}
