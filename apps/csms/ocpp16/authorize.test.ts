import assert from "node:assert/strict";
import { test } from "node:test";
import { verdict } from "../authorisation/tokens.ts";
import { bodyOf, iso, START_MS, testCore } from "../core/testing/test-core.ts";

const known = (status: string, expires_at_ms: number | null = null) => ({
  token: "t",
  shown: "T",
  status,
  expires_at_ms,
  changed_at_ms: 0,
});

for (const [what, row, open, acceptUnknown, status] of [
  ["known", known("Accepted"), 0, false, "Accepted"],
  ["known, not yet expired", known("Accepted", 101), 0, false, "Accepted"],
  ["known, expired this very instant", known("Accepted", 100), 0, false, "Expired"],
  ["blocked, also when expired", known("Blocked", 1), 0, false, "Blocked"],
  ["expired by status", known("Expired"), 0, false, "Expired"],
  ["known, charging elsewhere", known("Accepted"), 1, false, "ConcurrentTx"],
  ["unknown", undefined, 0, false, "Invalid"],
  ["unknown where that is allowed", undefined, 0, true, "Accepted"],
  ["unknown, charging elsewhere", undefined, 1, true, "ConcurrentTx"],
] as const) {
  test(`verdict: ${what} is ${status}`, () => {
    assert.equal(verdict(row, 100, open, { acceptUnknown, openMax: 1 }).status, status);
  });
}

test("authorize: both versions give the same verdict with its expiry, and no whole token is observed", async () => {
  const core = await testCore({ cp: "direct" });
  const expiresAtMs = START_MS + 60_000;
  await core.decide("token.set", {
    token: "AABBCCDD",
    status: "Accepted",
    expiresAtMs,
    atMs: START_MS,
    actor: "t",
  });
  const v16 = await core.call("cp", "1.6", "Authorize", { idTag: "aabbccdd" });
  assert.deepEqual(bodyOf(v16), { idTagInfo: { status: "Accepted", expiryDate: iso(expiresAtMs) } });
  const idToken = { idToken: "AaBbCcDd", type: "ISO14443" };
  const v201 = await core.call("cp", "2.0.1", "Authorize", { idToken });
  assert.deepEqual(bodyOf(v201), {
    idTokenInfo: { status: "Accepted", cacheExpiryDateTime: iso(expiresAtMs) },
  });
  assert.doesNotMatch(JSON.stringify(await core.outbox()), /aabbccdd/i);
});

test("authorize: never ConcurrentTx, which only a start is told (§7.2)", async () => {
  const core = await testCore({ cp: "direct" });
  await core.decide("token.set", { token: "t", status: "Accepted", atMs: START_MS, actor: "t" });
  const start = { connectorId: 1, idTag: "t", timestamp: iso(START_MS), meterStart: 0 };
  await core.call("cp", "1.6", "StartTransaction", start);
  const told = bodyOf(await core.call("cp", "1.6", "Authorize", { idTag: "t" }));
  assert.deepEqual(told, { idTagInfo: { status: "Accepted" } });
});
