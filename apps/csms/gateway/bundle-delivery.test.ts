/** Bundles that no site could take, and when one goes out again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BUNDLE_TOKENS_MAX } from "@wattward/sitelink";
import { BUNDLE_AGAIN_MS } from "./limits.ts";
import { beat, hello, north, relay, welcomed } from "./testing/site-messages.ts";

/** Each quote is escaped in the body, and both signs again in the message. */
const longToken = '"'.repeat(64);

for (const [name, tokens, says] of [
  ["has more in it than its parser takes", Array(BUNDLE_TOKENS_MAX + 1).fill("AB12"), /localList/],
  ["is too long for the link", Array(18_000).fill(longToken), /message has \d+ bytes, over 4194304/],
] as const)
  test(`a bundle that ${name} is not sent, and people see it; the site keeps its link, its last bundle and its stations`, async () => {
    const w = await north();
    w.core.tokens = [...tokens];
    const link = await w.link();
    await link.say(hello({ bundleVersion: 7 }), relay(1), beat);
    assert.deepEqual([link.heard("welcome").length, link.heard("bundle")], [1, []]);
    assert.equal(link.heard("answer").length, 1, "its stations are served");
    const [seen, ...more] = w.core
      .inputs("observe")
      .filter(({ kind }) => kind.startsWith("gateway.bundle") || kind === "gateway.foreign-station");
    assert.deepEqual([seen?.kind, seen?.site, more], ["gateway.bundle-unfit", "north", []]);
    assert.equal(seen?.detail["version"], 1);
    assert.match(String(seen?.detail["say"]), says);
    w.core.tokens = ["AB12"];
    w.core.commit("token.set");
    await link.say(beat, beat);
    assert.equal(link.heard("bundle").length, 1, "the next one that can be taken goes out");
  });

test("a bundle goes out again after each thing that may be in it has changed", async () => {
  const w = await north();
  const link = await welcomed(w);
  const kinds = ["setting.set", "energy.prices-dropped", "energy.limit-set", "station.handling"];
  for (const [i, kind] of kinds.entries()) {
    w.core.tokens = [kind];
    w.core.commit(kind, kind === "station.handling" ? { station: "CP-1" } : {});
    await link.say(beat, beat);
    assert.equal(link.heard("bundle").length, i + 2, kind);
  }
});

test("a bundle that the site refused, for want of room say, is offered again after a while, until it is in force", async () => {
  const w = await north();
  const link = await welcomed(w);
  const state = (accepted: boolean) => ({
    t: "bundle-state",
    version: 1,
    accepted,
    reason: "the disk is full",
  });
  const during = async (ms: number) => {
    for (let at = 0; at < ms; at += 1_000) {
      await w.time.advance(800);
      await link.say(beat);
    }
    return link.heard("bundle").length;
  };
  await link.say(state(false));
  assert.equal(await during(BUNDLE_AGAIN_MS - 2_000), 1, "not at once");
  assert.equal(await during(4_000), 2);
  await link.say(state(false));
  assert.equal(await during(BUNDLE_AGAIN_MS + 2_000), 3);
  await link.say(state(true));
  assert.equal(await during(2 * BUNDLE_AGAIN_MS), 3);
});
