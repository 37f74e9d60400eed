/** Damage to the frame around a payload: what is no JSON, no OCPP, or no answer to anything. */
import type { Chance } from "@wattward/kernel";
import { pick } from "./damage.ts";

type FrameDamage = (frame: string, chance: Chance) => string;

/** None of them may be answered with a CALLRESULT. */
const damages: readonly FrameDamage[] = [
  (frame, chance) => frame.slice(0, chance.int(0, frame.length - 1)),
  (frame) => `${frame}]`,
  (frame) => frame.replace("[", "{"),
  (frame) => frame.replace(/^\[\d/, '["2"'),
  (frame, chance) => frame.replace(/^\[\d/, `[${pick(chance, [0, 1, 7, 42, -2, 2.5])}`),
  (frame) => frame.replace(/^(\[\d,)"[^"]*"/, "$17"),
  (frame) => frame.replace(/^(\[\d,)"[^"]*"/, '$1""'),
  (frame) => frame.replace(/^(\[\d,)"[^"]*"/, `$1"${"x".repeat(300)}"`),
  (frame) => frame.replace(/^(\[\d,"[^"]*",)"[^"]*"/, '$1"NoSuchAction"'),
  (frame) => frame.replace(/^(\[\d,"[^"]*",)"[^"]*"/, '$1"constructor"'),
  (frame) => frame.replace(/^(\[\d,"[^"]*",)"[^"]*"/, "$1null"),
  (frame) => frame.replace(/\]$/, ",1]"),
  (frame) => frame.replace(/,\{.*\}\]$/s, ',"text"]'),
  (frame) => frame.replace(/,\{.*\}\]$/s, ",[]]"),
  (frame) => frame.replace(/\{/, '{"__proto__":{"admin":true},'),
  (frame) => frame.replace(/,\{.*\}\]$/s, `,{"a":${"[".repeat(40)}${"]".repeat(40)}}]`),
  (frame) => frame.replace(/\}\]$/, ',"n":1e400}]'),
  () => "",
  () => "null",
  () => "[]",
  () => "[".repeat(5_000),
  (_, chance) => String.fromCharCode(...Array.from({ length: 40 }, () => chance.int(32, 0xd7ff))),
];
export const damagedFrame = (frame: string, chance: Chance): string => pick(chance, damages)(frame, chance);

/** Answers to what nobody asked: an honest peer's, but too late, too early or for another. */
export const strayAnswer = (chance: Chance, ids: readonly string[]): string => {
  const id = pick(chance, [...ids, "never-asked", "-1"]);
  return pick(chance, [
    `[3,"${id}",{}]`,
    `[3,"${id}",{"status":"Accepted"}]`,
    `[3,"${id}",{"status":7}]`,
    `[3,"${id}"]`,
    `[4,"${id}","InternalError","",{}]`,
    `[4,"${id}","NoSuchCode"]`,
    `[5,"${id}","FormatViolation","your answer was wrong",{}]`,
  ]);
};
