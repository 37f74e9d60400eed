/** A check of a document in words: faults and notes by line, the safe sum of each fuse and phase, and who gets nothing without a controller. */
import type { DocumentCheck, DocumentFault } from "../../energy/check-document.ts";

/** For a script: all but what only the bundle needs. */
export const factsOf = ({ compiled: _, ...facts }: DocumentCheck) => facts;

export function faultsIn({ faults }: DocumentCheck, file: string): string {
  const count = faults.length === 1 ? "one fault" : `${faults.length} faults`;
  return [`${file} cannot be in force: ${count}`, ...faults.map(lineOf)].join("\n  ");
}

export function wordsOf({ notes, safeSums, withoutPower }: DocumentCheck): string {
  const lines = [
    "With no controller at all each fuse carries, on L1 L2 L3:",
    ...safeSums.map(
      ({ fuse, safeMa, roomMa }) => `  ${fuse.padEnd(24)} ${amperes(safeMa)} A   of ${amperes(roomMa)} A`,
    ),
    withoutPower.length === 0
      ? "Every car keeps charging then, at its outlet's safe default."
      : "Cars get nothing then at:",
    ...withoutPower.map(({ outlet, station, evse }) => `  ${outlet.padEnd(24)} ${station}, EVSE ${evse}`),
    ...(notes.length === 0 ? [] : ["Worth knowing:", ...notes.map((note) => `  ${lineOf(note)}`)]),
  ];
  return `${lines.join("\n")}\n`;
}

function lineOf({ line, path, sentence }: DocumentFault): string {
  const at = line === null ? "" : `line ${line}: `;
  return `${at}${path === "" ? "" : `${path} `}${sentence}`;
}

/** Rounded down: room is never told larger than it is. */
const amperes = (ma: readonly number[]): string =>
  ma.map((one) => (Math.floor(one / 100) / 10).toFixed(1).padStart(7)).join("");
