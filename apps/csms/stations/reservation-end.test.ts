import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { keepReservation } from "./reservations.ts";

const reserve = (core: TestCore, station: string, id: number, atMs = START_MS) =>
  core.writer.submit("test", undefined, (tx) =>
    keepReservation(
      tx,
      station,
      { id, evse: 1, tokenShown: "…1", expiresAtMs: atMs + 3_600_000 },
      { command: "c", atMs },
    ),
  );
const states = async (core: TestCore) =>
  (await core.rows("reservations"))
    .map((row) => `${row.station_id} ${row.reservation_id} ${row.state}`)
    .sort();

for (const [version, word, state] of [
  ["2.0.1", "Expired", "expired"],
  ["2.0.1", "Removed", "removed"],
  ["2.1", "NoTransaction", "no-transaction"],
] as const) {
  test(`message: ReservationStatusUpdate ${version} ${word}: its own ends, another's is a security matter, nobody's a record`, async () => {
    const core = await testCore({ cp: "direct", other: "direct" });
    await reserve(core, "cp", 1);
    await reserve(core, "other", 2);
    for (const reservationId of [1, 1, 2, 3]) {
      const payload = { reservationId, reservationUpdateStatus: word };
      assert.deepEqual(bodyOf(await core.call("cp", version, "ReservationStatusUpdate", payload)), {});
    }
    assert.deepEqual(await states(core), [`cp 1 ${state}`, "other 2 active"]);
    assert.deepEqual(
      (await core.outbox("security.foreign-reservation")).map(({ data }) => data["reservation"]),
      [2],
    );
    assert.deepEqual(
      (await core.outbox("station.reservation")).map(({ data }) => [data["reservation"], data["known"]]),
      [
        [1, true],
        [3, false],
      ],
    );
  });
}

test("message: ReservationStatusUpdate 2.1 out of a journal ends no reservation that was made since", async () => {
  const core = await testCore({ cp: "either" });
  await reserve(core, "cp", 1);
  const payload = { reservationId: 1, reservationUpdateStatus: "Expired" };
  const record = {
    station: "cp",
    version: "2.1",
    action: "ReservationStatusUpdate",
    payload,
    live: false,
  } as const;
  await core.record({ ...record, receivedAtMs: START_MS - 60_000 });
  assert.deepEqual(await states(core), ["cp 1 active"]);
  core.nowMs += 60_000;
  await core.record({ ...record, receivedAtMs: START_MS + 30_000 });
  assert.deepEqual(await states(core), ["cp 1 expired"]);
});

test("message: StartTransaction 1.6 and TransactionEvent 2.1 use the reservation that they name", async () => {
  const core = await testCore({ cp: "direct" });
  await reserve(core, "cp", 1);
  await reserve(core, "cp", 2);
  const start = { connectorId: 1, idTag: "x", timestamp: iso(START_MS), meterStart: 0 };
  bodyOf(await core.call("cp", "1.6", "StartTransaction", { ...start, reservationId: -1 }));
  bodyOf(await core.call("cp", "1.6", "StartTransaction", { ...start, connectorId: 2, reservationId: 1 }));
  bodyOf(
    await core.call("cp", "2.1", "TransactionEvent", {
      ...{ eventType: "Started", timestamp: iso(START_MS), triggerReason: "Authorized", seqNo: 0 },
      ...{ transactionInfo: { transactionId: "t" }, reservationId: 2 },
    }),
  );
  assert.deepEqual(await states(core), ["cp 1 used", "cp 2 used"]);
});
