/** A policy out of a file: at most as much of it is read as a policy may have, whatever the file is. */
import { closeSync, openSync, readSync } from "node:fs";
import { POLICY_CHARS_MAX, type Policy, type PolicyFault, readPolicy } from "@wattward/guard";
import { failed, type Result } from "@wattward/kernel";

/** UTF-8 has up to four for a character. */
const BYTES_MAX = 4 * POLICY_CHARS_MAX;

export function readPolicyFile(path: string): Result<Policy, readonly PolicyFault[]> {
  const bytes = beginningOf(path, BYTES_MAX + 1);
  if (bytes.length > BYTES_MAX) {
    const sentence = `has more than ${BYTES_MAX} bytes; at most ${POLICY_CHARS_MAX} characters`;
    return failed([{ path: "", sentence, line: 1 }]);
  }
  return readPolicy(new TextDecoder().decode(bytes));
}

function beginningOf(path: string, bytesMax: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const pieces: Uint8Array[] = [];
    for (let left = bytesMax; left > 0; ) {
      const piece = new Uint8Array(Math.min(left, 64 * 1024));
      const bytes = readSync(file, piece);
      if (bytes === 0) break;
      pieces.push(piece.subarray(0, bytes));
      left -= bytes;
    }
    return new Uint8Array(Buffer.concat(pieces));
  } finally {
    closeSync(file);
  }
}
