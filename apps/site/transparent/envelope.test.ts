/** Kind and id off a frame's front: the same as the whole frame says, however it is written; nothing throws. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFrame } from "@wattward/ocpp";
import { seededChance } from "@wattward/testing";
import { envelopeOf } from "./envelope.ts";

const rows: readonly (readonly [text: string, kind: string | undefined, id?: string])[] = [
  ['[2,"a","Heartbeat",{}]', "call", "a"],
  ['[3,"a",{}]', "answer", "a"],
  ['[4,"a","GenericError","",{}]', "answer", "a"],
  ['[5,"a","GenericError","",{}]', "other", "a"],
  ['[6,"a","X",{}]', "other", "a"],
  ['[7,"a"]', "other", "a"],
  ['[2,"a\\u0062","Heartbeat",{}]', "call", "ab"],
  [`${" ".repeat(1_000)}[3,"a",{}]`, "answer", "a"],
  ['[3,"a",{}', "answer", "a"],
  [`[2,"${"x".repeat(37)}","Heartbeat",{}]`, undefined],
  ['[2,"a\\u0000","Heartbeat",{}]', undefined],
  ["[2,5]", undefined],
  ["{}", undefined],
  ["", undefined],
  ["[".repeat(100_000), undefined],
];

for (const [text, kind, id] of rows) {
  test(`envelope: ${text.slice(0, 40)}`, () => {
    assert.deepEqual(envelopeOf(text, "2.1"), kind === undefined ? undefined : { kind, id });
  });
}

test("envelope: of any frame that can be read, spelled in any way, it says what the frame says; of noise it throws nothing", () => {
  const chance = seededChance(20261);
  const pick = <T>(items: readonly T[]): T => items[chance.int(0, items.length - 1)]!;
  const space = () => " \n\t".repeat(chance.int(0, 9)).slice(0, chance.int(0, 20));
  const escaped = (text: string) =>
    [...text]
      .map((c) => (chance.int(0, 9) === 0 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}` : c))
      .join("");
  const rests = {
    2: ',"Heartbeat",{}',
    3: ",{}",
    4: ',"GenericError","",{}',
    5: ',"GenericError","",{}',
    6: ',"X",{}',
  };
  const kinds = { call: "call", result: "answer", error: "answer", "result-error": "other", send: "other" };
  let read = 0;
  let slow = 0;
  for (let i = 0; i < 5_000; i++) {
    const type = pick([2, 3, 4, 5, 6] as const);
    const id = escaped(
      Array.from({ length: chance.int(1, 36) }, () => pick([..."abz09-_:.é🔌"]))
        .join("")
        .slice(0, 36),
    );
    const text = `${space()}[${space()}${type}${space()},${space()}"${id}"${rests[type]}]`;
    const parsed = parseFrame(text, "2.1");
    const found = envelopeOf(text, "2.1");
    if (parsed.kind === "frame") {
      read++;
      if (id.includes("\\")) slow++;
      assert.deepEqual(
        found,
        { kind: kinds[parsed.frame.kind], id: parsed.frame.id },
        `seed 20261, ${i}: ${text}`,
      );
    }
    const at = chance.int(0, text.length);
    envelopeOf(text.slice(0, at), "2.1");
    envelopeOf(`${text.slice(0, at)}${String.fromCharCode(chance.int(0, 65_535))}${text.slice(at)}`, "1.6");
  }
  assert(read > 4_000 && slow > 1_000, `${read} read, ${slow} with escapes`);
});
