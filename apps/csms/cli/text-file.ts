/** A file that somebody named on the command line, as text. */
import { readFileSync } from "node:fs";
import { CommandError } from "./arguments.ts";

const sentences = new Map<unknown, string>([
  ["ENOENT", "there is no such file"],
  ["EISDIR", "is a folder; a file is expected"],
  ["EACCES", "this user may not read it"],
]);

/** A CommandError says why it cannot be read. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const sentence = sentences.get((error as { code?: unknown }).code);
    if (sentence === undefined) throw error;
    throw new CommandError(`${path}: ${sentence}`);
  }
}
