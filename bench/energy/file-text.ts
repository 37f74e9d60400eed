/** The text of a file of others: plain or gzip, whatever its name says; what is wrong with it is one sentence that names it. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Unpacked; more is no table that this benchmark can hold. */
const BYTES_MAX = 400_000_000;

export function fileText(file: string): string {
  try {
    const bytes = readFileSync(file);
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (packed ? gunzipSync(bytes, { maxOutputLength: BYTES_MAX }) : bytes).toString("utf8");
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
