/** Masters that misbehave: floods, half requests, garbage, answers never taken; and that nobody else feels it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BACKLOG_BYTES_MAX, type Request } from "@wattward/modbus";
import { bytesOf } from "@wattward/modbus/testing";
import { CLIENT_LINKS_MAX, DENIAL_WINDOW_MS, DENIALS_PER_WINDOW, OUTSTANDING_MAX } from "./limits.ts";
import { EMS_UID, many, policyText, read, VENDOR, world, write } from "./testing/world.ts";

test("master: what is no Modbus ends the connection, is told, and nothing after it is looked at (AT-M11)", async () => {
  const garbage = ["16 03 01 02 00 01 00", "00 01 00 00 00 01 01", "00 01 00 00 01 00 01 03", "00 01 00 07"];
  for (const bytes of garbage) {
    const it = await world();
    const guard = await it.start();
    const master = await it.raw("address", { address: VENDOR });
    master.link.send(Uint8Array.of(...bytesOf(bytes), ...many(1, [read(0)])));
    await it.time.advance(200);
    assert.equal(master.closed, true, bytes);
    assert.equal(it.battery.asked.length, 0, bytes);
    assert.match(it.told("modbus.malformed").join(), /vendor at 10\.0\.0\.9: what it sends is no Modbus/);
    assert.equal(guard.status().masters, 0);
    await guard.close();
  }
});

test("master: a PDU that is no request gets its exception, is told with its bytes, and the connection stays", async () => {
  const it = await world();
  const guard = await it.start();
  const master = await it.raw("address", { address: VENDOR });
  const adus = [
    "00 01 00 00 00 02 01 63",
    "00 02 00 00 00 06 01 03 00 00 00 00",
    "00 03 00 00 00 06 01 03 ff ff 00 02",
  ];
  master.link.send(bytesOf(adus.join(" ")));
  await it.time.advance(100);
  assert.deepEqual(master.codes, [1, 3, 2]);
  assert.equal(master.closed, false);
  assert.equal(it.told("modbus.denied").length, 3);
  assert.match(it.told("modbus.denied")[0]!, /vendor, function 99.*exception 01/);
  master.link.send(many(1, [read(0)]));
  await it.time.advance(100);
  assert.deepEqual(master.codes, [1, 3, 2, 0]);
  await guard.close();
});

test("master: half a request for 5 s ends it (slow loris); a byte now and then does not help", async () => {
  const it = await world();
  const guard = await it.start();
  const master = await it.raw("address", { address: VENDOR });
  const request = many(1, [read(0)]);
  let sent = 0;
  while (!master.closed && sent < request.length - 1) {
    master.link.send(request.subarray(sent, ++sent));
    await it.time.advance(900);
  }
  assert.equal(master.closed, true);
  assert(sent >= 5 && sent <= 8, `closed after ${sent} bytes`);
  assert.match(it.told("modbus.master-ended").join(), /did not finish/);
  await guard.close();
});

test("master: silent for two minutes is ended quietly; one that polls is not", async () => {
  const it = await world();
  const guard = await it.start();
  const silent = await it.raw("address", { address: VENDOR });
  const polling = await it.raw("socket", { uid: EMS_UID });
  for (let s = 0; s < 130; s++) {
    polling.link.send(many(1, [read(0)]));
    await it.time.advance(1_000);
  }
  assert.deepEqual([silent.closed, polling.closed], [true, false]);
  assert.equal(polling.codes.length, 130);
  assert.deepEqual(it.observed, []);
  await guard.close();
});

test("master: one that never takes its answers is ended before they fill the memory", async () => {
  const it = await world();
  const guard = await it.start();
  const master = await it.raw("socket", { uid: EMS_UID });
  master.link.pause();
  // On the simulated network bytes leave the guard at once; a socket that is not read keeps them.
  const { clients } = guard as unknown as { clients: { masters: Map<{ link: object }, unknown> } };
  for (const { link: ours } of clients.masters.keys())
    Object.defineProperty(ours, "bufferedBytes", { value: 64 * 1024 + 1 });
  master.link.send(many(1, [read(0)]));
  await it.time.advance(200);
  assert.match(it.told("modbus.master-ended").join(), /does not take its answers/);
  assert.equal(guard.status().masters, 0);
  await guard.close();
});

test("master: a flood of refusals is read slowly, and costs the energy controller nothing", async () => {
  const it = await world();
  const guard = await it.start();
  const flood = await it.raw("address", { address: VENDOR });
  flood.link.send(many(1, Array<Request>(5_000).fill(write(100, 1))));
  const ems = it.ems();
  for (let i = 0; i < 50; i++) {
    const fromMs = it.time.now().monotonicMs;
    assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
    assert(it.time.now().monotonicMs - fromMs <= 10);
    await it.time.advance(15);
  }
  // What waited already when the window was full is refused too.
  const windows = (it.time.now().monotonicMs / DENIAL_WINDOW_MS + 1) * (DENIALS_PER_WINDOW + OUTSTANDING_MAX);
  assert(flood.codes.length > 100 && flood.codes.length <= windows, `${flood.codes.length} of ${windows}`);
  // The right of the client is a rate too: beyond it 06.
  assert(flood.codes.includes(1) && flood.codes.includes(6));
  assert.equal(it.battery.asked.length, 50);
  await guard.close();
});

test("master: a flood of bytes without an end ends the connection, with bounded memory", async () => {
  const it = await world();
  const guard = await it.start();
  const flood = await it.raw("address", { address: VENDOR });
  for (let i = 0; i < 40 && !flood.closed; i++) {
    flood.link.send(many(1, Array<Request>(1_500).fill(write(100, 1))));
    await it.time.advance(1);
  }
  await it.time.advance(5_000);
  const { clients } = guard as unknown as {
    clients: { masters: Map<{ cutter: { pendingBytes: number } }, unknown> };
  };
  const kept = [...clients.masters.keys()];
  for (const { cutter } of kept) assert(cutter.pendingBytes <= BACKLOG_BYTES_MAX);
  assert.equal((await it.ask(it.ems(), 1, read(0))).kind, "response");
  await guard.close();
});

test("master: connections of one client are bounded; another's are not touched by it", async () => {
  const it = await world();
  const guard = await it.start();
  const links = [];
  for (let i = 0; i < CLIENT_LINKS_MAX + 3; i++) links.push(await it.raw("address", { address: VENDOR }));
  await it.time.advance(50);
  assert.equal(links.filter(({ closed }) => closed).length, 3);
  assert.match(it.told("modbus.master-ended").join(), /more than 8 connections/);
  assert.equal((await it.ask(it.ems(), 1, read(0))).kind, "response");
  await guard.close();
});

test("master: who comes by the socket has room for a connection to each device besides", async () => {
  const it = await world();
  const guard = await it.start();
  const devices = 2;
  const links = [];
  for (let i = 0; i < CLIENT_LINKS_MAX + devices + 3; i++)
    links.push(await it.raw("socket", { uid: EMS_UID }));
  await it.time.advance(50);
  assert.equal(links.filter(({ closed }) => closed).length, 3);
  assert.match(it.told("modbus.master-ended").join(), /more than 10 connections/);
  await guard.close();
});

test("master: its connection gone, what waits of it is never sent", async () => {
  const it = await world();
  const guard = await it.start();
  const answers: (() => void)[] = [];
  it.battery.answer = (request) =>
    new Promise((resolve) => answers.push(() => resolve(it.battery.bank.answer(request))));
  const master = await it.raw("socket", { uid: EMS_UID });
  master.link.send(many(1, [read(0), write(100, 1), write(100, 2)]));
  await it.time.advance(50);
  master.link.destroy();
  await it.time.advance(50);
  for (const answer of answers) answer();
  await it.time.advance(50);
  assert.deepEqual(
    it.battery.asked.map(({ request }) => request.kind),
    ["read-holding-registers"],
  );
  await guard.close();
});

test("observations: a storm is told by a few lines, and by how many it was", async () => {
  const it = await world({ guard: policyText() });
  const guard = await it.start();
  const vendor = await it.raw("address", { address: VENDOR });
  for (let s = 0; s < 60; s++) {
    vendor.link.send(many(1, Array<Request>(20).fill(write(100, 1))));
    await it.time.advance(1_000);
  }
  const told = it.told("modbus.denied");
  assert(told.length <= 12, `${told.length} told`);
  const more = told.map((text) => Number(/and (\d+) more of vendor/.exec(text)?.[1] ?? 0));
  const all = told.length + more.reduce((sum, n) => sum + n, 0);
  assert(all > 1_000 && all <= 1_200, `${all} counted`);
  assert(it.observed.every(({ detail }) => detail.length <= 1_024));
  await guard.close();
});
