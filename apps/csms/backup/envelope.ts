/**
 * The encryption of a backup, as a stream of whatever length in memory of two chunks (the STREAM construction of Hoang,
 * Reyhanitabar, Rogaway and Vizár, as age uses it):
 *
 *     header line │ chunk 0 │ chunk 1 │ … │ last chunk          each AES-256-GCM over at most 64 KiB, and its tag
 *     nonce = counter (11 bytes, big-endian) ‖ last? (1 byte)   associated data = SHA-256 of the header line
 *
 * Counter and last flag make order and end part of what is proven: a chunk that is changed, moved, repeated, left out
 * or added is seen, and so is a file that was cut at a chunk's end. Nothing is given on before its chunk is proven. The
 * key is new with every file, so no nonce is used twice under it.
 */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { cutShort, damaged } from "./fault.ts";
import type { Header } from "./header.ts";

export const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const SEALED_BYTES = CHUNK_BYTES + TAG_BYTES;

/** What is written after the header's line. */
export async function* sealed(plain: AsyncIterable<Uint8Array>, header: Header): AsyncGenerator<Uint8Array> {
  const seal = (chunk: Uint8Array, counter: number, last: boolean) => {
    const cipher = createCipheriv("aes-256-gcm", header.keys.chunks, nonceOf(counter, last));
    cipher.setAAD(aadOf(header));
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  };
  let counter = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of inChunks(plain, CHUNK_BYTES)) {
    if (held !== undefined) yield seal(held, counter++, false);
    held = chunk;
  }
  yield seal(held ?? new Uint8Array(0), counter, true);
}

/** The plain text of what follows the header's line. Rejects with BackupFault `damaged` or `cut-short`. */
export async function* opened(
  cipherText: AsyncIterable<Uint8Array>,
  header: Header,
): AsyncGenerator<Uint8Array> {
  const open = (chunk: Uint8Array, counter: number, last: boolean): Uint8Array | undefined => {
    if (chunk.length < TAG_BYTES) return undefined;
    const decipher = createDecipheriv("aes-256-gcm", header.keys.chunks, nonceOf(counter, last));
    decipher.setAAD(aadOf(header));
    decipher.setAuthTag(chunk.subarray(chunk.length - TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(chunk.subarray(0, -TAG_BYTES)), decipher.final()]);
    } catch {
      return undefined; // The tag does not fit: the caller says so.
    }
  };
  let counter = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of inChunks(cipherText, SEALED_BYTES)) {
    if (held !== undefined) {
      yield open(held, counter, false) ??
        fail(`what stands ${counter * SEALED_BYTES} bytes after its first line`);
      counter += 1;
    }
    held = chunk;
  }
  if (held === undefined) throw cutShort();
  const last = open(held, counter, true);
  if (last === undefined) throw cutShort();
  if (last.length > 0) yield last;
}

const fail = (what: string): never => {
  throw damaged(what);
};

const aadOf = ({ line }: Header): Buffer => createHash("sha256").update(line).digest();

function nonceOf(counter: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  // 2⁵³ chunks are more than any disk holds: the counter's upper bytes stay 0.
  nonce.writeBigUInt64BE(BigInt(counter), NONCE_BYTES - 9);
  nonce[NONCE_BYTES - 1] = last ? 1 : 0;
  return nonce;
}

/** The same bytes in pieces of exactly `size`, the last one shorter; none where there are no bytes. */
async function* inChunks(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let chunk = Buffer.alloc(size);
  let filled = 0;
  for await (const piece of bytes) {
    for (let from = 0; from < piece.length; ) {
      const taken = Math.min(size - filled, piece.length - from);
      chunk.set(piece.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
      if (filled < size) continue;
      yield chunk;
      chunk = Buffer.alloc(size);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
