import assert from "node:assert/strict";
import { test } from "node:test";
import { dialInTurn } from "./dial-in-turn.ts";
import { failed, ok } from "./result.ts";
import type { Dialer, Wire } from "./wire.ts";

const wire = {} as Wire;

function addresses(...answers: boolean[]): {
  dialled: string[];
  dialers: [Dialer, ...Dialer[]];
  answers: boolean[];
} {
  const dialled: string[] = [];
  const one = (_: boolean, i: number): Dialer => ({
    async dial(path, protocols) {
      dialled.push(`${i} ${path} ${protocols.join()}`);
      return answers[i] ? ok(wire) : failed({ kind: "unreachable", sentence: `${i} is not there` });
    },
  });
  return { dialled, dialers: answers.map(one) as [Dialer, ...Dialer[]], answers };
}

test("dial in turn: one address is its own dialer", () => {
  const { dialers } = addresses(true);
  assert.equal(dialInTurn(...dialers), dialers[0]);
});

test("dial in turn: where one does not answer the next is tried at once, with the same path", async () => {
  const { dialled, dialers } = addresses(false, false, true);
  const found = await dialInTurn(...dialers).dial("/x", ["p"]);
  assert(found.ok);
  assert.deepEqual(dialled, ["0 /x p", "1 /x p", "2 /x p"]);
});

test("dial in turn: nobody answers: each is tried once, and the last one's fault is told", async () => {
  const { dialled, dialers } = addresses(false, false);
  const found = await dialInTurn(...dialers).dial("/x", []);
  assert(!found.ok && found.fault.sentence === "1 is not there");
  assert.equal(dialled.length, 2);
});

test("dial in turn: after a connection the next dial begins elsewhere, and comes round", async () => {
  const { dialled, dialers, answers } = addresses(true, true);
  const dialer = dialInTurn(...dialers);
  for (let i = 0; i < 3; i += 1) await dialer.dial("/x", []);
  assert.deepEqual(
    dialled.map((text) => text[0]),
    ["0", "1", "0"],
  );
  answers[1] = false;
  assert((await dialer.dial("/x", [])).ok);
  assert.deepEqual(
    dialled.map((text) => text[0]),
    ["0", "1", "0", "1", "0"],
  );
});
