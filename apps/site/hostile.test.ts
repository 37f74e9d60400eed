/** A site among the hostile and the damaged: copied disks, restored CSMSs, stations that flood or break their schema. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Log, silentLog } from "@wattward/kernel";
import { readJournal } from "./journal/read.ts";
import { fakeBundle } from "./testing/fake-csms.ts";
import { keyOf, RetryingStation, SITE, World } from "./testing/world.ts";

const at = (n: number) => new Date(Date.UTC(2026, 0, 5, 8, n)).toISOString();
const start = (n: number) => ({ connectorId: 1, idTag: "TAG", timestamp: at(n), meterStart: 100 * n });
const stop = (transactionId: unknown, n: number) => ({ transactionId, timestamp: at(n), meterStop: 100 * n });
const idIn = (answer: unknown[]) => (answer[2] as { transactionId: number }).transactionId;

/** Lets simulated time pass until a promise is done. */
async function done<T>(world: World, promise: Promise<T>, limitMs = 120_000): Promise<T> {
  let result: { value: T } | undefined;
  void promise.then((value) => (result = { value }));
  await world.time.until(() => result !== undefined, limitMs);
  assert(result !== undefined, "not done in time");
  return result.value;
}

test("site: a copied disk that wrote its own history under the same numbers begins a new epoch, and loses nothing", async () => {
  const world = await new World(32).start();
  const station = new RetryingStation(world, "A");
  await done(world, station.tell("StartTransaction", start(1)));
  await world.time.advance(61_000);
  world.killSite();
  const copy = world.disk.paths().map((path) => [path, world.disk.peek(path)!] as const);
  await world.startSite();
  await done(world, station.tell("StartTransaction", start(2)));
  await world.time.advance(2_000);
  world.killSite();
  // The same machine, as it was before the second start; its own second start is another one.
  for (const path of world.disk.paths()) await world.disk.boot().remove(path);
  for (const [path, bytes] of copy) world.disk.damage(path, bytes);
  const { epoch } = (await readJournal(world.disk.boot()))!;
  world.uplink.cut();
  await world.startSite();
  const own = idIn(await done(world, station.tell("StartTransaction", start(3))));
  assert.equal(world.csms.applied.get(epoch)?.length, world.site.status().journal.lastSeq);
  world.uplink.heal();
  assert(
    await world.time.until(() => world.csms.transactions().size === 3, 60_000),
    "the copy took another's record for its own",
  );
  assert.notEqual(world.site.status().journal.epoch, epoch);
  assert(await world.time.until(() => world.site.status().transactionIdsLeft > 0, 60_000));
  assert(
    idIn(await done(world, station.tell("StartTransaction", start(4)))) > own + 500,
    "the lease is void",
  );
});

test("site: a CSMS restored from before what the journal still keeps gets all that is kept", async () => {
  const world = new World(31);
  world.limits = { segmentBytes: 2_000, retainedBytes: 6_000 };
  await world.start();
  const station = new RetryingStation(world, "A");
  for (let n = 1; n <= 40; n++) await done(world, station.tell("StartTransaction", start(n)));
  // Housekeeping prunes what is acknowledged and beyond the retention.
  await world.time.advance(120_000);
  const kept = (await readJournal(world.disk.boot()))!.records;
  assert(kept[0]!.seq > 1 && kept.length > 5, `${kept.length} kept from ${kept[0]!.seq}`);
  world.csms.applied.clear();
  world.csms.drop();
  assert(
    await world.time.until(() => world.csms.frames.length >= kept.length, 60_000),
    "kept, and never sent",
  );
  const ids = kept.map((record) => record.kind === "frame" && record.transactionId);
  assert.deepEqual(
    world.csms.frames.map(({ transactionId }) => transactionId),
    ids,
  );
});

test("site: a transaction message that breaks its schema is kept and answered, whatever the CSMS says of its form", async () => {
  const world = await new World(33).start();
  const station = new RetryingStation(world, "A");
  world.csms.twist = (frame) => JSON.stringify([4, JSON.parse(frame)[1], "FormationViolation", "no", {}]);
  const long = { ...stop(7, 2), idTag: "a tag of more than twenty characters" };
  const answer = await done(world, station.tell("StopTransaction", long));
  assert.deepEqual([answer[0], answer[2]], [3, {}]);
  assert.equal(world.site.status().journal.lastSeq, 2, "the message, and that the site answered it");
  const refused = await done(world, station.tell("StopTransaction", stop(7, 2)));
  assert.equal(refused[0], 4, "a valid one is the CSMS's to refuse");
});

test("site: one station's flood of starts, each a megabyte, ends at its allowance; its neighbour charges", async () => {
  const world = await new World(34).start();
  world.uplink.cut();
  await world.time.advance(10_000);
  const hostile = new RetryingStation(world, "A");
  const idTag = "x".repeat(1_000_000);
  let answered = 0;
  void (async () => {
    for (let n = 1; n < 60; n++, answered++) await hostile.tell("StartTransaction", { ...start(n), idTag });
  })();
  await world.time.until(() => answered >= 33, 120_000);
  await world.time.advance(20_000);
  assert(answered >= 32 && answered <= 40, `${answered} answered`);
  assert(world.disk.usedBytes < 45_000_000, `${world.disk.usedBytes} bytes on disk`);
  const before = await done(world, new RetryingStation(world, "B").tell("StartTransaction", start(1)));
  assert.equal(before[0], 3);
  await world.time.advance(61_000);
  assert(world.disk.peek("state/transactions.json")!.length < 100_000, "keys of a megabyte are remembered");
});

test("site: a key denied while its newcomer waits for the old socket's sign of life does not stay", async () => {
  const world = await new World(35).start();
  const old = new RetryingStation(world, "A");
  await done(world, old.tell("Heartbeat", {}));
  world.network.link("station-A", "site").cut();
  const dialled = world.dialStation("A", { from: "elsewhere" }).dial("/ocpp/A", ["ocpp1.6"]);
  world.time.after(1_000, () => {
    const deny = [{ kind: "key" as const, spkiSha256: keyOf("A") }];
    world.csms.sendBundle(fakeBundle(SITE, ["A", "B"], { version: 2, deny }));
  });
  const late = await done(world, dialled);
  assert(late.ok);
  const closed = new Promise((resolve) => late.value.listen({ message() {}, closed: resolve }));
  assert.equal(await done(world, closed), 1008);
});

test("site: whoever knocks a thousand times fills neither the link nor the log, and how often is told", async () => {
  const world = await new World(36).start();
  const lines: string[] = [];
  const log: Log = { ...silentLog, warn: (event) => void lines.push(event), with: () => log };
  world.killSite();
  world.log = log;
  await world.startSite();
  assert(await world.time.until(() => world.site.status().linkUp, 30_000));
  for (let n = 0; n < 1_000; n++)
    await done(world, world.dialStation("A", { cn: "SN-OTHER" }).dial("/ocpp/A", ["ocpp1.6"]));
  await world.time.advance(5_000);
  await done(world, world.dialStation("A", { cn: "SN-OTHER" }).dial("/ocpp/A", ["ocpp1.6"]));
  await world.time.advance(1_000);
  const told = world.csms.messages.flatMap((message) => (message.t === "observed" ? [message.detail] : []));
  assert(told.length >= 50 && told.length < 400, `${told.length} told`);
  assert(lines.filter((event) => event === "station-turned-away").length < 400);
  const counted = told.map((detail) => Number(/and (\d+) not told/.exec(detail)?.[1] ?? 0));
  assert.equal(counted.reduce((sum, count) => sum + count, 0) + told.length, 1_001);
});
