/** The order of turns, on names instead of sockets: a table that can be checked by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Turn, Turns } from "./turns.ts";

function queue(most: number) {
  const turns = new Turns(most);
  const started: string[] = [];
  const held = new Map<string, Turn>();
  return {
    started,
    wait: (source: string, name: string) =>
      held.set(
        name,
        turns.wait(source, () => started.push(name)),
      ),
    end: (name: string) => held.get(name)?.end(),
  };
}

test("sources take turns; within one, first come is first served", () => {
  const { wait, end, started } = queue(2);
  for (const name of ["a1", "a2", "a3", "a4"]) wait("a", name);
  wait("b", "b1");
  wait("c", "c1");
  wait("b", "b2");
  assert.deepEqual(started, ["a1", "b1"], "one source has half of the turns at most");
  end("a1");
  assert.deepEqual(started, ["a1", "b1", "a2"]);
  end("b1");
  end("a2");
  assert.deepEqual(started, ["a1", "b1", "a2", "c1", "b2"], "c came before b's second, and a had its second");
  end("c1");
  end("b2");
  end("a3");
  assert.deepEqual(started, ["a1", "b1", "a2", "c1", "b2", "a3", "a4"]);
});

test("who gives up waiting is not started, who ends twice ends once, and a turn may end as it starts", () => {
  const { wait, end, started } = queue(1);
  wait("a", "a1");
  wait("b", "b1");
  wait("c", "c1");
  end("b1");
  end("a1");
  end("a1");
  assert.deepEqual(started, ["a1", "c1"]);
  wait("d", "d1");
  assert.deepEqual(started, ["a1", "c1"], "the turn that ended twice was given back once");
  const turns = new Turns(1);
  let begun = 0;
  for (let i = 0; i < 1_000; i++) {
    turns.wait("a", (turn) => {
      begun++;
      turn.end();
    });
  }
  assert.equal(begun, 1_000);
});
