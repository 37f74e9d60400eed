/** A store that takes nothing for a while: stations are sent away to queue, before their attempts are used up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { STORE_PATIENCE_MS, STORE_TRY_MS } from "./limits.ts";
import { Peer, type World, world } from "./testing/world.ts";

const call = (id: string, action: string, payload: object) => JSON.stringify([2, id, action, payload]);
const heartbeat = (id: string) => call(id, "Heartbeat", {});
const stop16 = call("stop", "StopTransaction", {
  transactionId: 7,
  meterStop: 9,
  timestamp: "2026-01-01T00:00:00Z",
});
const ended201 = call("ended", "TransactionEvent", {
  eventType: "Ended",
  timestamp: "2026-01-01T00:00:00Z",
  triggerReason: "EVDeparted",
  seqNo: 3,
  transactionInfo: { transactionId: "T" },
});
const TRY_AGAIN = 1013;

async function refusedWith(w: World, id: string, from: Parameters<World["dial"]>[1]) {
  const dialled = await w.dial(`/ocpp/${id}`, { withinMs: 100, ...from });
  return dialled instanceof Peer ? "let in" : dialled.status;
}

for (const kind of ["full", "busy", "storage"] as const) {
  test(`store ${kind}: a transaction message is not refused, its socket is closed: no attempt is used up`, async () => {
    const w = await world();
    const identity = await w.addStation("CP-1");
    for (const [protocol, message] of [
      ["ocpp1.6", stop16],
      ["ocpp2.0.1", ended201],
    ] as const) {
      const peer = await w.station("CP-1", { identity, protocols: [protocol] });
      w.core.failures.set("station.call", kind);
      await peer.say(message);
      assert.deepEqual([peer.received, peer.closed?.code], [[], TRY_AGAIN]);
      const again = await w.station("CP-1", { identity, protocols: [protocol] });
      await again.say(message);
      assert.match(again.received[0] ?? "", /^\[3,/, "one failure alone keeps nobody out");
      again.wire.close(1000, "");
      await w.time.advance(1_000);
    }
  });

  test(`store ${kind} and nothing taken for ${STORE_PATIENCE_MS} ms: sockets closed, upgrades refused, until it takes`, async () => {
    const w = await world();
    const identity = await w.addStation("CP-1");
    const password = await w.dispense("CP-2", 2, w.time.now().wallMs + 3_600_000);
    const peer = await w.station("CP-1", { identity });
    const link = await w.site("lyon", { identity: await w.addSite("lyon"), withinMs: 100 });
    w.core.trouble = { kind };
    await peer.say(heartbeat("1"));
    assert.match(peer.received[0] ?? "", /^\[4,"1","InternalError"/);
    await w.time.advance(STORE_PATIENCE_MS - 500);
    assert(!peer.closed, "a moment's trouble sends nobody away");
    await w.time.advance(1_000);
    assert.deepEqual(
      [peer, link].map(({ closed }) => closed?.code),
      [TRY_AGAIN, TRY_AGAIN],
    );
    const asked = w.core.inputs("station.admit").length;
    assert.equal(await refusedWith(w, "CP-1", { identity }), 503);
    assert.equal(await refusedWith(w, "CP-2", { by: 2, password }), 503);
    assert.equal(w.core.inputs("station.admit").length, asked, "a store that is away is not asked for each");

    await w.time.advance(3_600_000);
    w.core.trouble = undefined;
    await w.time.advance(2 * STORE_TRY_MS);
    const told = w.core.inputs("station.presence").at(-1);
    assert.deepEqual([told?.station, told?.connected], ["CP-1", false], "told however late");
    const back = await w.station("CP-1", { identity });
    await back.say(stop16);
    assert.match(back.received[0] ?? "", /^\[3,"stop"/);
    await w.time.advance(10 * STORE_PATIENCE_MS);
    assert.equal(back.closed, undefined);
  });
}

test("store full: decisions that write nothing succeed meanwhile, and prove nothing", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  const peer = await w.station("CP-1", { identity });
  w.core.trouble = { kind: "full", of: ["station.call", "store.try"] };
  await peer.say(heartbeat("1"));
  await w.time.advance(STORE_PATIENCE_MS);
  assert(w.core.inputs("station.presence").length > 0);
  assert.equal(peer.closed?.code, TRY_AGAIN);
  assert.equal(await refusedWith(w, "CP-1", { identity }), 503);
});

test("store that says nothing at all: sockets are closed all the same, once it has failed once", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  w.core.failures.set("station.call", "storage");
  await peer.say(heartbeat("1"));
  w.core.commitMs = 20_000;
  await w.time.advance(STORE_PATIENCE_MS);
  assert.equal(peer.closed?.code, TRY_AGAIN);
  w.core.commitMs = 2;
  await w.time.advance(30_000);
  await w.station("CP-1", { identity: await w.ca.station("SN-CP-1") });
});

test("store that is behind, and commits: nobody is sent away", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  w.core.trouble = { kind: "busy" };
  for (let i = 0; i < 30; i += 1) {
    await peer.say(heartbeat(`${i}`));
    w.core.commit("csms.started");
    await w.time.advance(800);
  }
  assert.equal(peer.closed, undefined);
});

test("store silent, then the CSMS stops: it ends, though nothing can be told", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  w.core.trouble = { kind: "storage" };
  await peer.say(heartbeat("1"));
  await w.time.advance(STORE_PATIENCE_MS + 1_000);
  assert.equal(peer.closed?.code, TRY_AGAIN);
  let ended = false;
  void w.csms.close().then(() => (ended = true));
  await w.time.advance(10_000);
  assert(ended);
});
