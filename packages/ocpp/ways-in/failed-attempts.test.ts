/** What failed authentication costs, on simulated time: each claim of the head of failed-attempts.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AT_ONCE_MAX,
  FailedAttempts,
  FORGET_MS,
  IDS_MAX,
  PAIRS_MAX,
  PAUSE_FIRST_MS,
  PAUSE_MS_MAX,
  SOURCES_MAX,
  TOKENS,
} from "./failed-attempts.ts";

function fixture() {
  const attempts = new FailedAttempts();
  let nowMs = 0;
  const now = () => nowMs;
  const tryOnce = (address: string, id: string, right: boolean): "in" | "out" | "shed" => {
    const attempt = attempts.begin(address, id, now);
    if (attempt === undefined) return "shed";
    if (right) attempt.succeeded();
    else attempt.failed();
    return right ? "in" : "out";
  };
  return { attempts, tryOnce, now, pass: (ms: number) => void (nowMs += ms) };
}

test("attempts: a few failures are free, then each doubles the pause, up to its limit", () => {
  const { tryOnce, pass, attempts, now } = fixture();
  for (let i = 0; i < TOKENS; i++) assert.equal(tryOnce("192.0.2.1", `CP-${i}`, false), "out");
  for (let pauseMs = PAUSE_FIRST_MS; pauseMs < 4 * PAUSE_MS_MAX; pauseMs *= 2) {
    assert.equal(tryOnce("192.0.2.1", "CP-9", false), "out");
    const waitMs = Math.min(pauseMs, PAUSE_MS_MAX);
    pass(waitMs - 1);
    assert.equal(tryOnce("192.0.2.1", "CP-8", false), "shed", `${waitMs - 1} ms of ${waitMs}`);
    assert.equal(attempts.admits("192.0.2.1", now()), false);
    assert.equal(attempts.admits("192.0.2.2", now()), true, "nobody else pays");
    pass(1);
    assert.equal(attempts.admits("192.0.2.1", now()), true);
  }
});

test("attempts: an hour without failures, and all is forgotten", () => {
  const { tryOnce, pass } = fixture();
  for (let i = 0; i < 20; i++) {
    tryOnce("192.0.2.1", "CP-1", false);
    pass(PAUSE_MS_MAX);
  }
  pass(FORGET_MS);
  for (let i = 0; i < TOKENS; i++) assert.equal(tryOnce("192.0.2.1", `CP-${i}`, false), "out");
});

test("attempts: a stranger's guesses do not lock the station out of where it always came from", () => {
  const { tryOnce, pass } = fixture();
  assert.equal(tryOnce("192.0.2.7", "CP-1", true), "in");
  for (let i = 0; i < 5_000; i++) {
    tryOnce(`198.51.${i % 100}.${i % 250}`, "CP-1", false);
    if (i % 500 === 0) assert.equal(tryOnce("192.0.2.7", "CP-1", true), "in");
    pass(10);
  }
  assert.equal(tryOnce("203.0.113.1", "CP-1", true), "shed", "from anywhere else the id has its pause");
  pass(PAUSE_MS_MAX);
  assert.equal(tryOnce("203.0.113.1", "CP-1", true), "in");
});

test("attempts: known stations behind one carrier's address all come back while somebody there fails", () => {
  const { tryOnce, attempts, now } = fixture();
  for (let i = 0; i < 200; i++) assert.equal(tryOnce("192.0.2.7", `CP-${i}`, true), "in");
  for (let i = 0; i < 1_000; i++) tryOnce("192.0.2.7", `X-${i}`, false);
  assert.equal(attempts.admits("192.0.2.7", now()), true, "the door of a listener stays open to it");
  assert.equal(tryOnce("192.0.2.7", "X-1", false), "shed");
  for (let i = 0; i < 200; i++) assert.equal(tryOnce("192.0.2.7", `CP-${i}`, true), "in", `CP-${i}`);
});

test("attempts: guesses at a known pair are counted by themselves, and the next success clears them", () => {
  const { tryOnce, pass } = fixture();
  tryOnce("192.0.2.7", "CP-1", true);
  for (let i = 0; i <= TOKENS; i++) assert.equal(tryOnce("192.0.2.7", "CP-1", false), "out");
  assert.equal(tryOnce("192.0.2.7", "CP-1", true), "shed");
  assert.equal(tryOnce("192.0.2.7", "CP-2", true), "in", "its neighbours do not pay");
  pass(PAUSE_FIRST_MS);
  assert.equal(tryOnce("192.0.2.7", "CP-1", true), "in");
  for (let i = 0; i < TOKENS; i++) assert.equal(tryOnce("192.0.2.7", "CP-1", false), "out");
});

test("attempts: a success gives its source one token back, once: who has one password guesses no faster at others", () => {
  const { tryOnce } = fixture();
  let tried = 0;
  for (let i = 0; i < 100; i++) {
    tryOnce("192.0.2.1", "MINE", true);
    for (let guess = 0; guess < 2; guess++)
      if (tryOnce("192.0.2.1", `CP-${i}-${guess}`, false) === "out") tried++;
  }
  assert(tried <= TOKENS + 2, `${tried} of 200 guesses`);
});

test("attempts: IPv6 by its /64, an address that came mapped as itself", () => {
  const { tryOnce } = fixture();
  for (let i = 0; i <= TOKENS; i++) tryOnce(`2001:db8:1:2::${i.toString(16)}`, `CP-${i}`, false);
  assert.equal(tryOnce("2001:db8:1:2:ffff::1", "CP-9", false), "shed");
  assert.equal(tryOnce("2001:db8:1:3::1", "CP-9", false), "out");
  for (let i = 0; i <= TOKENS; i++) tryOnce("192.0.2.9", `CP-${i}`, false);
  assert.equal(tryOnce("::ffff:192.0.2.9", "CP-8", false), "shed");
});

test("attempts: those of one unknown source under way at once are few; of a known one, many", () => {
  const { attempts, now, tryOnce } = fixture();
  const begun = Array.from({ length: 100 }, (_, i) => attempts.begin("192.0.2.1", `CP-${i}`, now));
  assert.equal(begun.filter((attempt) => attempt !== undefined).length, AT_ONCE_MAX);
  for (const attempt of begun) attempt?.dropped();
  assert.equal(tryOnce("192.0.2.1", "CP-1", true), "in", "what was dropped cost nothing");
  const again = Array.from({ length: 100 }, (_, i) => attempts.begin("192.0.2.1", `CP-${i}`, now));
  assert.equal(again.filter((attempt) => attempt !== undefined).length, 100);
});

test("attempts: a certificate that was not accepted costs its source, one that was makes it known", () => {
  const { attempts, now } = fixture();
  for (let i = 0; i <= TOKENS; i++) attempts.failed("192.0.2.1", now());
  assert.equal(attempts.admits("192.0.2.1", now()), false);
  attempts.proved("192.0.2.1", "CP-1", now());
  assert.equal(attempts.admits("192.0.2.1", now()), true);
});

test("attempts: memory is bounded; what fails is forgotten before what is known, by whose flood it may be", () => {
  const { attempts, tryOnce, now } = fixture();
  tryOnce("192.0.2.7", "CP-1", true);
  for (let i = 0; i < SOURCES_MAX + IDS_MAX; i++)
    tryOnce(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, `X-${i}`, false);
  assert.equal(tryOnce("192.0.2.7", "CP-1", true), "in");
  for (let i = 0; i < PAIRS_MAX; i++)
    attempts.proved(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, "Y", now());
  for (let i = 0; i <= TOKENS; i++) attempts.failed("192.0.2.7", now());
  assert.equal(
    attempts.admits("192.0.2.7", now()),
    false,
    "the pair known longest ago is forgotten, and its source",
  );
});
