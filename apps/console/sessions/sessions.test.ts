import assert from "node:assert/strict";
import { test } from "node:test";
import type { Session } from "../api/shapes.ts";
import { durationMs, ENDED_SHOWN_MS, sessionRows } from "./rows.ts";
import { maskedToken } from "./token.ts";

const nowMs = Date.UTC(2026, 0, 5, 8);
const session = (id: string, more: Partial<Session>) =>
  ({ id, state: "open", startedAtMs: nowMs - 1_000, endedAtMs: null, ...more }) as Session;

test("open sessions come first, then the last hour's, newest first; older ones are gone", () => {
  const rows = sessionRows(
    [
      session("old-open", { startedAtMs: nowMs - 90_000 }),
      session("ended-long-ago", { state: "ended", endedAtMs: nowMs - ENDED_SHOWN_MS - 1 }),
      session("ended", { state: "ended", endedAtMs: nowMs - 5_000 }),
      session("just-ended", { state: "ended", endedAtMs: nowMs - 1_000 }),
      session("open", {}),
      session("partial", { state: "partial", startedAtMs: null }),
    ],
    nowMs,
  );
  assert.deepEqual(
    rows.map((row) => row.id),
    ["open", "old-open", "partial", "just-ended", "ended"],
  );
});

test("a duration runs while a session is open, stands when it ended, and is unknown without a start", () => {
  assert.equal(durationMs(session("a", {}), nowMs), 1_000);
  assert.equal(durationMs(session("a", { endedAtMs: nowMs - 400 }), nowMs), 600);
  assert.equal(durationMs(session("a", { startedAtMs: null }), nowMs), null);
});

test("no whole token is ever shown", () => {
  const table: readonly [string, string][] = [
    ["04A3B2C1D5", "…C1D5"],
    ["ABCD", "…CD"],
    ["A", "…"],
    ["…4F21", "…4F21"],
  ];
  for (const [token, shown] of table) assert.equal(maskedToken(token), shown);
});
