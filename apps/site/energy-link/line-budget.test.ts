/** What an energy controller may cost the local controller: no more, whatever it sends; and one at its work never meets the bound. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LineBudget } from "./line-budget.ts";
import { CONNECTIONS_MAX, LINE_BYTES_MAX, TURN_CHARS_MAX, TURNS_MAX } from "./messages.ts";

const line = (length: number) => ({ length });

test("line budget: of a flood of lines, and of one of characters, so much is read and no more", () => {
  for (const length of [1, 1_000, LINE_BYTES_MAX]) {
    const budget = new LineBudget(0);
    let lines = 0;
    for (let ms = 0; ms < 10_000; ms++)
      for (let i = 0; i < 5; i++) if (budget.exceeded(line(length), ms) === undefined) lines++;
    assert(lines <= TURNS_MAX.burst + 10 * TURNS_MAX.perSecond, `${lines} lines of ${length}`);
    const chars = lines * length;
    assert(chars <= TURN_CHARS_MAX.burst + 10 * TURN_CHARS_MAX.perSecond, `${chars} characters`);
    assert(lines > 0);
  }
});

test("line budget: connections too", () => {
  const budget = new LineBudget(0);
  let made = 0;
  for (let ms = 0; ms < 10_000; ms++) if (budget.connects(ms)) made++;
  assert(made <= CONNECTIONS_MAX.burst + 10 * CONNECTIONS_MAX.perSecond, `${made}`);
});

test("line budget: an hour of ten turns a second, each second one with a snapshot, passes; so does what waited ten seconds", () => {
  const budget = new LineBudget(0);
  for (let ms = 0; ms < 3_600_000; ms += 100)
    assert.equal(budget.exceeded(line(ms % 1_000 === 0 ? 256 * 1024 : 20_000), ms), undefined, `${ms}`);
  const stalled = new LineBudget(0);
  for (let i = 0; i < 100; i++) assert.equal(stalled.exceeded(line(20_000), 10_000), undefined, `${i}`);
});
