/** For tests: the document of docs/examples, and others that differ from it in one place of its text. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export const example = readFileSync(
  new URL("../../../../docs/examples/site-energy.yaml", import.meta.url),
  "utf8",
);
/** Its stations. */
export const exampleStations = ["CP-1", "CP-2", "CP-3", "CP-4"] as const;

/** `what` must be in it: a change that changes nothing tests nothing. */
export function changed(what: string | RegExp, to: string): string {
  const text = example.replace(what, to);
  assert.notEqual(text, example, `${what} is not in the example`);
  return text;
}

/** The line of the example in which a text stands, from 1. */
export function lineWith(what: string): number {
  const line = example.split("\n").findIndex((one) => one.includes(what)) + 1;
  assert(line > 0, `${what} is not in the example`);
  return line;
}
