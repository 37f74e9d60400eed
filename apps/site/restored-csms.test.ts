/** A CSMS that was restored from a backup: it gets again what it lacks, and is told what nobody has any more. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBundle } from "./testing/fake-csms.ts";
import { RetryingStation, SITE, World } from "./testing/world.ts";

const start = (n: number) => ({
  connectorId: 1,
  idTag: "TAG",
  timestamp: new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString(),
  meterStart: 100 * n,
});

/** The id that a start was answered with, in simulated time. */
async function started(world: World, station: RetryingStation, n: number): Promise<number> {
  let answer: unknown[] | undefined;
  void station.tell("StartTransaction", start(n)).then((told) => (answer = told));
  await world.time.until(() => answer !== undefined, 120_000);
  const { transactionId } = (answer?.[2] ?? assert.fail("not answered in time")) as { transactionId: number };
  return transactionId;
}

/** Forgets what was applied after the first `kept` records, as an older backup does. */
function restore({ csms }: World, kept: number): void {
  for (const records of csms.applied.values()) records.splice(kept);
  csms.csmsEpoch = 1_800_000_000;
  csms.messages.length = 0;
  csms.drop();
}

const told = ({ csms }: World) =>
  csms.messages.flatMap((message) =>
    message.t === "observed" ? [`${message.kind}: ${message.detail}`] : [],
  );

test("site: a CSMS that was restored gets the records since its backup again, under the same numbers, and leases anew", async () => {
  const world = await new World(71).start();
  const station = new RetryingStation(world, "A");
  const ids: number[] = [];
  for (let i = 1; i <= 6; i += 1) ids.push(await started(world, station, i));
  const { epoch } = world.site.status().journal;
  restore(world, 2);
  world.csms.sendBundle(fakeBundle(SITE, ["A", "B"], { version: 1, csmsEpoch: 1_800_000_000 }));
  assert(await world.time.until(() => world.csms.applied.get(epoch)?.length === 6, 60_000));
  assert.equal(world.site.status().journal.epoch, epoch, "the same journal goes on");
  assert(await world.time.until(() => world.site.status().transactionIdsLeft > 0, 60_000));
  const next = await started(world, station, 7);
  assert(!ids.includes(next) && next > Math.max(...ids), `${next} after ${ids}`);
  assert.deepEqual(told(world), []);
});

test("site: what a restored CSMS lacks and the site keeps no longer is told, record by record, and the rest comes", async () => {
  const world = new World(72);
  world.limits = { segmentBytes: 2_000, retainedBytes: 4_000 };
  await world.start();
  const station = new RetryingStation(world, "A");
  for (let i = 1; i <= 60; i += 1) await started(world, station, i);
  const before = world.site.status().journal;
  await world.time.advance(200_000);
  restore(world, 2);
  assert(await world.time.until(() => world.site.status().journal.epoch !== before.epoch, 60_000));
  const { epoch } = world.site.status().journal;
  assert(await world.time.until(() => told(world).length > 0, 60_000), "it is told");
  const [, from, to] =
    /records (\d+) to (\d+) of journal/.exec(told(world)[0] ?? "") ?? assert.fail(told(world)[0]);
  assert.equal(Number(from), 3);
  assert(Number(to) > 3 && Number(to) < before.lastSeq, `${from} to ${to} of ${before.lastSeq}`);
  const brought = () => world.csms.applied.get(epoch)?.length ?? 0;
  const owed = before.lastSeq - Number(to);
  assert(await world.time.until(() => brought() >= owed, 60_000), `${brought()} of ${owed}`);
  assert(told(world)[0]?.includes(before.epoch), "and of which journal");
});
