import assert from "node:assert/strict";
import { test } from "node:test";
import { accepted, blocked, endOf, faultsOf, statusOf } from "./draft.ts";

const nowMs = Date.UTC(2026, 0, 5, 12);
const card = (token: string, status: string, expiresAtMs: number | null = null) => ({
  ...{ token, status, expiresAtMs },
  ...{ changedAtMs: 0, open: 0, usedAtMs: null },
});

test("a token that cannot be added says at its field what is wrong", () => {
  const known = [card("04A1B2", "Blocked")];
  const table: readonly [string, string, RegExp | undefined][] = [
    ["", "", /Write the token/],
    ["x".repeat(37), "", /at most 36/],
    ["04 A1", "", /without spaces/],
    ["04Ä1", "", /without spaces/],
    ["04a1b2", "", /here already: blocked/],
    [" 04A1B3 ", "", undefined],
  ];
  for (const [token, lastDay, fault] of table) {
    const found = faultsOf({ token, lastDay }, known, nowMs).token;
    if (fault === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "", fault);
  }
  assert.match(faultsOf({ token: "A", lastDay: "2026-01-03" }, [], nowMs).lastDay ?? "", /over/);
  assert.deepEqual(faultsOf({ token: "A", lastDay: "2026-01-07" }, [], nowMs), {});
});

test("a token may charge to the end of its last day, and is expired then", () => {
  assert.equal(endOf("2026-01-31"), endOf("2026-02-01") - 86_400_000);
  const ends = card("A", "Accepted", nowMs);
  assert.deepEqual([statusOf(ends, nowMs - 1), statusOf(ends, nowMs)], ["Accepted", "Expired"]);
  assert.equal(statusOf(card("A", "Blocked", 0), nowMs), "Blocked");
});

test("blocking keeps the end; letting it charge again drops one that is over", () => {
  assert.deepEqual(blocked(card("A", "Accepted", 5)), { status: "Blocked", expiresAtMs: 5 });
  assert.deepEqual(accepted(card("A", "Blocked", 5), nowMs), { status: "Accepted" });
  assert.deepEqual(accepted(card("A", "Blocked", nowMs + 1), nowMs), {
    status: "Accepted",
    expiresAtMs: nowMs + 1,
  });
});
