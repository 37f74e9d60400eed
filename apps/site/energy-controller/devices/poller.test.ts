/** How often a device is asked: in its own time while it answers, and seldom where it floods us with refusals (AT-M7). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedTime } from "@wattward/testing";
import { REFUSALS_MAX, RETRY_MS } from "../limits.ts";
import { Poller } from "./poller.ts";
import { type Trouble, trouble } from "./trouble.ts";

async function askedAt(says: (time: number) => Trouble | undefined, forMs: number, pollMs = 250) {
  const time = simulatedTime();
  const fromMs = time.now().monotonicMs;
  const at: number[] = [];
  const poller = new Poller(time, pollMs, async () => {
    at.push(time.now().monotonicMs - fromMs);
    return says(at.length);
  });
  poller.start();
  await time.advance(forMs);
  poller.stop();
  return { at, health: poller.health.kind };
}

test("AT-M7: poller: a device that refuses again and again is asked once a second, and in its time when it answers again", async () => {
  const flood = await askedAt(() => trouble("refused", "busy"), 60_000);
  assert(flood.at.length <= 60 + REFUSALS_MAX, `${flood.at.length} times in a minute`);
  assert.equal(flood.health, "ailing");
  const again = await askedAt((n) => (n <= 10 ? trouble("refused", "busy") : undefined), 20_000);
  const wellFromMs = again.at[10]!;
  assert(wellFromMs <= (10 - REFUSALS_MAX + 1) * RETRY_MS + REFUSALS_MAX * 250, `${wellFromMs}`);
  assert.equal(again.at[12]! - again.at[11]!, 250);
  assert.equal(again.health, "well");
});

test("poller: one refusal now and then slows nothing down", async () => {
  const { at } = await askedAt((n) => (n % 4 === 0 ? trouble("refused", "busy") : undefined), 10_000);
  assert.equal(at.length, 41);
});

test("poller: one that is asked seldom is asked no oftener for refusing", async () => {
  const { at } = await askedAt(() => trouble("refused", "busy"), 60_000, 5_000);
  assert(at.length <= 13, `${at.length}`);
});
