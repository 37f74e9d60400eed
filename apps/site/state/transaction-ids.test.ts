import assert from "node:assert/strict";
import { test } from "node:test";
import { type StationId, silentLog } from "@wattward/kernel";
import { SimulatedDisk, seededChance } from "@wattward/testing";
import { LEASE_LOW_WATER, SCARCE_IDS_PER_STATION, STARTS_MAX, TransactionIds } from "./transaction-ids.ts";

const A = "A" as StationId;
const start = (n: number) => ({
  connectorId: 1,
  idTag: "T",
  timestamp: `2026-01-05T08:00:00.${n}Z`,
  meterStart: n,
});
const open = (disk: SimulatedDisk) => TransactionIds.open(disk.boot(), silentLog);
const fresh = () => new SimulatedDisk(seededChance(1));

test("transaction ids: from the lease, upwards, the same start the same id, none where there is no lease", async () => {
  const ids = await open(fresh());
  assert.equal(ids.assign(A, start(1)), undefined);
  assert.equal(await ids.fence(1), "newer");
  assert.equal(await ids.take({ csmsEpoch: 1, from: 10, to: 11 }), true);
  assert.deepEqual(
    [1, 1, 2, 3].map((n) => ids.assign(A, start(n))),
    [10, 10, 11, undefined],
  );
  assert.equal(ids.remaining, 0);
  assert.equal(await ids.take({ csmsEpoch: 1, from: 50, to: 60 }), true);
  assert.equal(ids.assign(A, start(3)), 50);
  assert.equal(ids.assign("B" as StationId, start(3)), 51);
});

test("transaction ids: leases outlive a restart; void, overlapping, used and wrong ones are refused", async () => {
  const disk = fresh();
  const ids = await open(disk);
  await ids.fence(2);
  const takes = [
    { csmsEpoch: 1, from: 1, to: 5 },
    { csmsEpoch: 2, from: 10, to: 19 },
    { csmsEpoch: 2, from: 10, to: 19 },
    { csmsEpoch: 2, from: 19, to: 30 },
    { csmsEpoch: 3, from: 40, to: 50 },
  ];
  const taken: boolean[] = [];
  for (const lease of takes) taken.push(await ids.take(lease));
  assert.deepEqual(taken, [false, true, false, false, false]);
  assert.equal((await open(disk)).remaining, 10);
});

test("transaction ids: a newer epoch voids the leases, an older CSMS is told apart, and ids never go back", async () => {
  const disk = fresh();
  const ids = await open(disk);
  await ids.fence(1);
  await ids.take({ csmsEpoch: 1, from: 100, to: 199 });
  assert.equal(ids.assign(A, start(1)), 100);
  assert.equal(await ids.fence(2), "newer");
  assert.equal(ids.remaining, 0);
  assert.equal(await ids.fence(1), "older");
  assert.equal(await ids.take({ csmsEpoch: 2, from: 50, to: 99 }), false, "all below what was used");
  assert.equal(await ids.take({ csmsEpoch: 2, from: 90, to: 110 }), true);
  assert.equal(ids.assign(A, start(2)), 101);
  assert.equal((await open(disk)).remaining, 21, "the snapshot was not saved: the journal would say 101");
});

test("transaction ids: not usable before durable: a full disk takes no lease", async () => {
  const disk = fresh();
  const ids = await open(disk);
  await ids.fence(1);
  disk.options.capacityBytes = 0;
  assert.equal(await ids.take({ csmsEpoch: 1, from: 1, to: 9 }), false);
  assert.equal(ids.assign(A, start(1)), undefined);
});

test("transaction ids: the snapshot brings back the highest id and the starts, bounded", async () => {
  const disk = fresh();
  const ids = await open(disk);
  await ids.fence(1);
  await ids.take({ csmsEpoch: 1, from: 1, to: 100_000 });
  for (let n = 0; n <= STARTS_MAX; n++) ids.assign(A, start(n));
  assert(await ids.save(3, 77));
  const again = await open(disk);
  assert.deepEqual(again.foldFrom, { generation: 3, afterSeq: 77 });
  assert.equal(again.assign(A, start(STARTS_MAX)), STARTS_MAX + 1);
  assert.equal(
    again.assign(A, start(0)),
    STARTS_MAX + 2,
    "the oldest start was forgotten, its id is not reused",
  );
});

test("transaction ids: one station cannot use up the last of them; with a new lease it goes on", async () => {
  const ids = await open(fresh());
  await ids.fence(1);
  await ids.take({ csmsEpoch: 1, from: 1, to: LEASE_LOW_WATER + 100 });
  const greedy = Array.from({ length: 1_000 }, (_, n) => ids.assign(A, start(n)));
  assert.equal(greedy.filter((id) => id !== undefined).length, 101 + SCARCE_IDS_PER_STATION);
  assert.equal(ids.assign(A, start(0)), 1, "the same start again is no new one");
  const others = Array.from({ length: 10 }, (_, n) => ids.assign(`B${n}` as StationId, start(n)));
  assert(others.every((id) => id !== undefined));
  await ids.take({ csmsEpoch: 1, from: 2_000, to: 4_000 });
  assert.notEqual(ids.assign(A, start(5_000)), undefined);
});
