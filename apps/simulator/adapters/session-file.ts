/**
 * The text of a file of sessions, plain or gzip (which its first bytes say, not its name), piece by piece. What it
 * inflates to is bounded: a small file can be made to hold terabytes.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** What is read at most, after inflating: room for more than a million sessions. */
export const TEXT_BYTES_MAX = 268_435_456;

/** The file cannot be read, or is not what it says: the fault of whoever named it. */
export class SessionFileError extends Error {
  override readonly name = "SessionFileError";
}

export async function* sessionText(path: string, bytesMax = TEXT_BYTES_MAX): AsyncGenerator<string> {
  const plain = new PassThrough();
  let failure: unknown;
  const gzip = await isGzip(path);
  const source = createReadStream(path);
  const piping = gzip ? pipeline(source, createGunzip(), plain) : pipeline(source, plain);
  const settled = piping.catch((error: unknown) => (failure = error));
  try {
    yield* decoded(plain, bytesMax);
  } catch (error) {
    throw error instanceof SessionFileError || error instanceof TypeError
      ? asSessionFileError(error)
      : asSessionFileError(failure ?? error);
  } finally {
    source.destroy();
    plain.destroy();
    await settled;
  }
}

async function* decoded(bytes: Readable, bytesMax: number): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let left = bytesMax;
  for await (const piece of bytes as AsyncIterable<Uint8Array>) {
    left -= piece.length;
    if (left < 0)
      throw new SessionFileError(`it is larger than ${bytesMax} bytes (inflated): no file of sessions.`);
    yield decoder.decode(piece, { stream: true });
  }
  yield decoder.decode();
}

async function isGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asSessionFileError(error);
  }
}

function asSessionFileError(error: unknown): SessionFileError {
  if (error instanceof SessionFileError) return error;
  const code = String((error as { code?: unknown }).code);
  const said: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file.",
    EISDIR: "it is a folder.",
    EACCES: "it may not be read.",
    ERR_ENCODING_INVALID_ENCODED_DATA: "it is no text in UTF-8.",
    Z_BUF_ERROR: "it ends in the middle: the gzip file is cut off.",
    Z_DATA_ERROR: "it is damaged: not what gzip wrote.",
  };
  return new SessionFileError(said[code] ?? `it cannot be read (${code}).`, { cause: error });
}
