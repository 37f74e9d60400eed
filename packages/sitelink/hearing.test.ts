import assert from "node:assert/strict";
import { test } from "node:test";
import { Hearing } from "./hearing.ts";
import { LINK_MESSAGE_MS_MAX, LINK_SILENCE_MS_MAX } from "./limits.ts";

test("hearing: silence is neither message nor byte", () => {
  const hearing = new Hearing(0);
  assert.equal(hearing.isSilent(LINK_SILENCE_MS_MAX, undefined), false);
  assert.equal(hearing.isSilent(LINK_SILENCE_MS_MAX + 1, undefined), true);
  hearing.heard(LINK_SILENCE_MS_MAX);
  assert.equal(hearing.isSilent(2 * LINK_SILENCE_MS_MAX, 0), false);
  assert.equal(hearing.isSilent(2 * LINK_SILENCE_MS_MAX + 1, 0), true);
});

test("hearing: a long message on a slow line is life while it comes, and not for ever", () => {
  const hearing = new Hearing(0);
  let atMs = 0;
  for (let bytes = 100; atMs < LINK_MESSAGE_MS_MAX; bytes += 100) {
    assert.equal(hearing.isSilent(atMs, bytes), false, `at ${atMs}`);
    atMs += 1_000;
  }
  assert.equal(hearing.isSilent(atMs + 1, 1_000_000), true, "a byte now and then keeps no link");
  hearing.heard(atMs);
  assert.equal(hearing.isSilent(atMs + LINK_SILENCE_MS_MAX, 1_000_000), false);
  assert.equal(hearing.isSilent(atMs + LINK_SILENCE_MS_MAX + 1, 1_000_000), true);
});
