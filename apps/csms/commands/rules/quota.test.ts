/** What one station is sent in an hour, and what one card holds: refused with a sentence, sent where a person insists. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, StationId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { iso, START_MS, type TestCore } from "../../core/testing/test-core.ts";
import { RATE_WINDOW_MS, RATES, RESERVATIONS_PER_TOKEN_MAX } from "../limits.ts";
import { ask, until, world } from "../testing/world.ts";

const payloads: readonly (readonly [OcppVersion, string, (n: number) => JsonObject])[] = [
  ["1.6", "UnlockConnector", () => ({ connectorId: 1 })],
  ["2.0.1", "UnlockConnector", () => ({ evseId: 1, connectorId: 1 })],
  ["1.6", "ChangeAvailability", () => ({ connectorId: 1, type: "Inoperative" })],
  ["2.1", "ChangeAvailability", () => ({ operationalStatus: "Inoperative" })],
  ["1.6", "ReserveNow", (n) => reserve16(n, `CARD-${n}-${1_000 + n}`)],
];

const reserve16 = (id: number, idTag: string, expiryDate = until): JsonObject => ({
  ...{ connectorId: 1, expiryDate, idTag, reservationId: 100 + id },
});
const reserve2 = (id: number, card: string): JsonObject => ({
  ...{ id: 100 + id, expiryDateTime: until, idToken: { idToken: card, type: "ISO14443" } },
});

/** Hands out what is open and ends it with that answer, so that the next is not held up by what is under way. */
async function answered(core: TestCore, status: string): Promise<void> {
  const station = "A" as StationId;
  for (const { id } of await core.decide("command.take", { station, atMs: core.nowMs, most: 32 })) {
    const state = status === "Accepted" || status === "Unlocked" ? "accepted" : "refused";
    await core.decide("command.outcome", {
      id,
      state,
      outcome: { status },
      atMs: core.nowMs,
      answered: true,
    });
  }
}

for (const [version, action, payload] of payloads) {
  test(`AT-O20: command: ${action} ${version} past what is usual in an hour waits for a person who insists`, async () => {
    const core = await world(version);
    const most = RATES.get(action) ?? assert.fail();
    for (let n = 0; n < most; n++) {
      assert.equal((await ask(core, action, payload(n))).kind, "requested", `${n + 1} of ${most}`);
      await answered(core, "Rejected");
    }
    const refused = await ask(core, action, payload(most));
    assert(refused.kind === "refused" && refused.reason === "objection");
    assert.match(refused.sentence, new RegExp(`A was sent ${most} ${action} within 60 minutes.*force`));
    assert.equal((await ask(core, action, payload(most), true)).kind, "requested");
    await answered(core, "Rejected");
    const heartbeat = { requestedMessage: "Heartbeat" };
    assert.equal((await ask(core, "TriggerMessage", heartbeat)).kind, "requested", "other commands go on");
    core.nowMs += RATE_WINDOW_MS + 1;
    const later = action === "ReserveNow" ? reserve16(most, "CARD", iso(core.nowMs + 60_000)) : payload(most);
    assert.equal((await ask(core, action, later)).kind, "requested", "an hour later it is usual again");
    await core.close();
  });
}

test("AT-O20: command: one card holds three places at all stations together, in any spelling; a person may insist", async () => {
  const core = await world("2.0.1");
  for (let n = 0; n < RESERVATIONS_PER_TOKEN_MAX; n++) {
    assert.equal((await ask(core, "ReserveNow", reserve2(n, "04A1B2C3D4"))).kind, "requested");
    // The first is accepted and kept; the others are still under way.
    if (n === 0) await answered(core, "Accepted");
  }
  const refused = await ask(core, "ReserveNow", reserve2(9, "04a1b2c3d4"));
  assert(refused.kind === "refused" && refused.reason === "objection");
  assert.match(refused.sentence, /the card that ends in …c3d4 holds 3 reservations already.*force/);
  assert(!refused.sentence.toLowerCase().includes("04a1b2"), "the whole card is told to nobody");

  assert.equal(
    (await ask(core, "ReserveNow", reserve2(9, "0455667788"))).kind,
    "requested",
    "another's card",
  );
  assert.equal(
    (await ask(core, "ReserveNow", reserve2(0, "04A1B2C3D4"))).kind,
    "requested",
    "the same place",
  );
  assert.equal((await ask(core, "ReserveNow", reserve2(9, "04A1B2C3D4"), true)).kind, "requested");
  await core.close();
});

test("AT-O20: command: reservations that were refused, or have run out, are held by nobody", async () => {
  const core = await world("1.6");
  for (let n = 0; n < RESERVATIONS_PER_TOKEN_MAX; n++)
    await ask(core, "ReserveNow", reserve16(n, "CARD-1234"));
  await answered(core, "Occupied");
  for (let n = 0; n < RESERVATIONS_PER_TOKEN_MAX; n++) {
    assert.equal((await ask(core, "ReserveNow", reserve16(n, "CARD-1234"))).kind, "requested");
  }
  await answered(core, "Accepted");
  assert.equal((await ask(core, "ReserveNow", reserve16(7, "CARD-1234"))).kind, "refused");
  core.nowMs = START_MS + 3_600_001;
  const later = reserve16(7, "CARD-1234", iso(core.nowMs + 60_000));
  assert.equal((await ask(core, "ReserveNow", later)).kind, "requested");
  await core.close();
});
