import assert from "node:assert/strict";
import { test } from "node:test";
import { MODE_OBSERVED, OBSERVED_WAITING_MAX, parseSiteMessage } from "@wattward/sitelink";
import { simulatedTime } from "@wattward/testing";
import { MODES_RATE, OBSERVED_RATE } from "./limits.ts";
import { Sightings } from "./sightings.ts";

const mode = (word: string) => JSON.stringify({ mode: word, islanded: false, reason: "x" });

function knockedAt(times: number) {
  const time = simulatedTime();
  const sightings = new Sightings(time);
  for (let n = 0; n < times; n++) sightings.see("connection-refused", "a stranger");
  return { time, sightings };
}

test("sightings: whoever knocks a thousand times holds no change of mode back, and its JSON is left as it is", async () => {
  const { time, sightings } = knockedAt(1_000);
  const told = sightings.see(MODE_OBSERVED, mode("fallback"));
  assert.deepEqual(JSON.parse(told?.detail ?? ""), JSON.parse(mode("fallback")));
  await time.advance(1_000 / OBSERVED_RATE.perSecond);
  const denied = sightings.see("modbus.denied", '{"exception":1}');
  assert.equal(denied?.detail, '{"exception":1}');
  await time.advance(1_000 / OBSERVED_RATE.perSecond);
  const next = sightings.see("connection-refused", "a stranger");
  assert.equal(next?.detail, `a stranger (and ${1_000 - OBSERVED_RATE.burst} not told before this)`);
  assert(parseSiteMessage(JSON.stringify(next)).ok);
});

test("sightings: modes that change all the time are told at a rate of their own, and take nothing from the rest", () => {
  const { sightings } = knockedAt(0);
  const told = Array.from({ length: 100 }, () => sightings.see(MODE_OBSERVED, mode("planned")));
  assert.equal(told.filter((one) => one !== undefined).length, MODES_RATE.burst);
  const other = sightings.see("connection-refused", "a stranger");
  assert.equal(other?.detail, "a stranger", "whoever told a mode in vain tries again");
});

test("sightings: of those that wait for a link the newest are kept, and modes before all else", async () => {
  const { time, sightings } = knockedAt(0);
  const keep = async (kind: string, detail: string) => {
    await time.advance(60_000);
    sightings.keep(sightings.see(kind, detail) ?? assert.fail());
  };
  await keep(MODE_OBSERVED, mode("fallback"));
  for (let n = 0; n < 2 * OBSERVED_WAITING_MAX; n++) await keep("connection-refused", `stranger ${n}`);
  const waiting = sightings.waiting();
  assert.equal(waiting.length, OBSERVED_WAITING_MAX);
  assert.deepEqual(
    [waiting[0]?.kind, waiting.at(-1)?.detail],
    [MODE_OBSERVED, `stranger ${2 * OBSERVED_WAITING_MAX - 1}`],
  );
  assert.deepEqual(sightings.waiting(), [], "told once");
});
