import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BEAT_INTERVAL_MS,
  DEVIATION_OBSERVED,
  LINK_SILENCE_MS_MAX,
  MODE_OBSERVED,
  OBSERVED_WAITING_MAX,
  parseSiteMessage,
} from "@wattward/sitelink";
import { simulatedTime } from "@wattward/testing";
import { World } from "../testing/world.ts";
import { MODES_RATE, OBSERVED_RATE, RETOLD_MAX, RETOLD_MS } from "./limits.ts";
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

test("sightings: what was told in the last seconds of a link is told again on the next, before what came after; older is not", async () => {
  const { time, sightings } = knockedAt(0);
  const see = (detail: string) => sightings.see("connection-refused", detail) ?? assert.fail();
  sightings.tell(see("arrived"));
  await time.advance(RETOLD_MS);
  sightings.tell(see("who knows"));
  sightings.cut();
  sightings.keep(see("meanwhile"));
  const details = () => sightings.waiting().map(({ detail }) => detail);
  assert.deepEqual(details(), ["who knows", "meanwhile"]);
  sightings.cut();
  assert.deepEqual(details(), ["who knows", "meanwhile"], "the next link did not last either");
  await time.advance(RETOLD_MS);
  sightings.cut();
  assert.deepEqual(details(), []);
});

test("sightings: on a line that never lasts the same is told four times in all; what the CSMS only counts, once", async () => {
  const { time, sightings } = knockedAt(0);
  sightings.keep(sightings.see("connection-refused", "a stranger") ?? assert.fail());
  sightings.keep(sightings.see(`${DEVIATION_OBSERVED}padded-refusal`, "x") ?? assert.fail());
  const told: string[] = [];
  for (let link = 0; link < 20; link++) {
    told.push(...sightings.waiting().map(({ kind }) => kind));
    await time.advance(1_000);
    sightings.cut();
  }
  const times = (kind: string) => told.filter((one) => one === kind).length;
  assert.deepEqual(
    [times("connection-refused"), times(`${DEVIATION_OBSERVED}padded-refusal`)],
    [1 + RETOLD_MAX, 1],
  );
});

test("site: what it saw while nobody knew yet that the line was cut arrives after all", async () => {
  const world = await new World(37).start();
  const stranger = () => world.dialStation("A", { cn: "SN-OTHER" }).dial("/ocpp/A", ["ocpp1.6"]);
  const refused = () => world.csms.messages.filter(({ t }) => t === "observed").length;
  const knocked = async () => {
    const knock = stranger();
    await world.time.advance(100);
    assert.equal((await knock).ok, false);
  };
  await knocked();
  await world.time.advance(RETOLD_MS);
  assert.equal(refused(), 1);
  world.uplink.cut();
  await knocked();
  assert(world.site.status().linkUp, "the cut is not noticed yet");
  await world.time.advance(LINK_SILENCE_MS_MAX + 2 * BEAT_INTERVAL_MS);
  assert(!world.site.status().linkUp);
  // What waited in the line goes with the one that it was for.
  world.killCsms();
  world.uplink.heal();
  await world.startCsms();
  assert(await world.time.until(() => world.site.status().linkUp, 30_000));
  await world.time.advance(1_000);
  assert.equal(refused(), 2);
});
