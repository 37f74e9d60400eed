import assert from "node:assert/strict";
import { test } from "node:test";
import { PING_INTERVAL_MS } from "./limits.ts";
import { world } from "./testing/world.ts";

const call = (id: string, action: string, payload: object) => JSON.stringify([2, id, action, payload]);
const boot = call("b", "BootNotification", { chargePointVendor: "V", chargePointModel: "M" });
/** A message that the core hears of each time. */
const status = (id: string) =>
  call(id, "StatusNotification", { connectorId: 1, errorCode: "NoError", status: "Available" });
const minute = 60_000;

test("an answer leaves after the commit, in the order of the calls, each handed to the core once", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  w.core.commitMs = 50;
  for (const id of ["1", "2", "3"]) peer.wire.send(status(id));
  await w.time.advance(40);
  assert.deepEqual(peer.received, []);
  await w.time.advance(200);
  assert.deepEqual(
    peer.received.map((text) => JSON.parse(text)[1]),
    ["1", "2", "3"],
  );
  const calls = w.core.inputs("station.call");
  assert.deepEqual(
    calls.map(({ id }) => id),
    ["1", "2", "3"],
  );
  assert.equal(new Set(calls.map(({ trace }) => trace)).size, 3);
  assert.match(calls[0]?.trace ?? "", /^[0-9a-f]{16}$/);
});

test("what is not valid never reaches the core; the station gets the code of its version and the socket stays", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  await peer.say(call("1", "StatusNotification", {}), call("2", "NoSuchAction", {}), "[2,", "{}", "\u0000");
  await peer.say(call("3", "Heartbeat", {}));
  const told = peer.received.map((text) => JSON.parse(text).slice(0, 3));
  assert.deepEqual(told.slice(0, 2), [
    [4, "1", "ProtocolError"],
    [4, "2", "NotImplemented"],
  ]);
  assert.deepEqual(
    told.slice(2).map(([kind, id]) => [kind, id]),
    [[3, "3"]],
  );
  assert.deepEqual(
    w.core.inputs("station.call").map(({ id }) => id),
    ["3"],
  );
  assert.equal(peer.closed, undefined);
});

test("a store that is full or busy: InternalError to what is not billed, so that it is tried again; closing: no answer", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  for (const kind of ["full", "busy", "broken"] as const) {
    w.core.failures.set("station.call", kind);
    await peer.say(call(kind, "Heartbeat", {}));
    assert.match(peer.received.at(-1) ?? "", new RegExp(`^\\[4,"${kind}","InternalError",`));
  }
  w.core.failures.set("station.call", "closed");
  const before = peer.received.length;
  await peer.say(call("x", "Heartbeat", {}));
  assert.equal(peer.received.length, before);
  await peer.say(call("y", "Heartbeat", {}));
  assert.match(peer.received.at(-1) ?? "", /^\[3,"y",/);
});

test("a transaction message that breaks the core is set aside and acknowledged; broken again, it is refused", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  const stop = (id: string) =>
    call(id, "StopTransaction", { transactionId: 7, meterStop: 900, timestamp: "2026-01-05T08:00:00Z" });
  w.core.failures.set("station.call", "broken");
  await peer.say(stop("1"));
  assert.match(peer.received.at(-1) ?? "", /^\[3,"1",/);
  assert.deepEqual(
    w.core.inputs("station.call").map(({ id, fault }) => [id, fault?.code]),
    [
      ["1", undefined],
      ["1", "InternalError"],
    ],
  );
  w.core.trouble = { kind: "broken" };
  await peer.say(stop("2"));
  assert.match(peer.received.at(-1) ?? "", /^\[4,"2","InternalError",/);
});

test("10,000 messages a second from one station: it is slowed down, not cut, and others are served", async () => {
  const w = await world();
  const [loud, calm] = [await w.addStation("LOUD"), await w.addStation("CALM")];
  const [flood, other] = [
    await w.station("LOUD", { identity: loud }),
    await w.station("CALM", { identity: calm }),
  ];
  for (let second = 0; second < 3; second++) {
    for (let i = 0; i < 10_000; i++) flood.wire.send(status(`${second}-${i}`));
    await other.say(call(`c${second}`, "Heartbeat", {}));
    await w.time.advance(800);
  }
  assert.deepEqual(
    other.received.map((text) => JSON.parse(text)[1]),
    ["c0", "c1", "c2"],
  );
  const answered = w.core.inputs("station.call").filter(({ station }) => station === "LOUD").length;
  assert.equal(flood.closed, undefined);
  assert(answered > 100 && answered < 500, `${answered} of 30000 reached the core in 3 s`);
});

test("a rate of the operator's own: so much of one station is heard, and no more", async () => {
  const heard = async (stationFramesPerSecond: number) => {
    const w = await world({ rates: { stationFramesPerSecond } });
    const flood = await w.station("CP-1", { identity: await w.addStation("CP-1") });
    for (let i = 0; i < 400; i++) flood.wire.send(status(`${i}`));
    await w.time.advance(1_000);
    return w.core.inputs("station.call").length;
  };
  const [few, many] = [await heard(10), await heard(1_000)];
  assert(few >= 40 && few <= 55, `${few} of 400 with 10 a second`);
  assert.equal(many, 400);
});

test("silence: a peer that answers pings lives for ever; a dead one that did is ended after three intervals", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1"), host: "cp" });
  await w.time.advance(30 * minute);
  assert.equal(peer.closed, undefined);
  assert.equal(w.csms.gateway.counts().direct, 1);
  w.network.link("cp", "csms").cut();
  await w.time.advance(3 * PING_INTERVAL_MS + 1_000);
  assert.equal(w.csms.gateway.counts().direct, 1, "not before the third interval of silence has passed");
  await w.time.advance(PING_INTERVAL_MS);
  assert.equal(w.csms.gateway.counts().direct, 0);
  assert.deepEqual(
    w.core.inputs("station.presence").map(({ connected }) => connected),
    [true, false],
  );
});

test("after a connect nothing is sent until the first call was answered, or 30 seconds have passed", async () => {
  const w = await world();
  const talks = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  w.core.request("CP-1");
  await w.time.advance(5_000);
  assert.deepEqual(talks.received, []);
  await talks.say(boot);
  assert.match(talks.received[0] ?? "", /^\[3,"b",/);
  assert.match(talks.received[1] ?? "", /^\[2,"[^"]+","Reset",/);

  const quiet = await w.station("CP-2", { identity: await w.addStation("CP-2") });
  w.core.request("CP-2");
  await w.time.advance(24_000);
  assert.deepEqual(quiet.received, []);
  await w.time.advance(5_000);
  assert.match(quiet.received[0] ?? "", /"Reset"/);
});

test("the CSMS stops: sockets are closed with 1001, the core hears every farewell, and newcomers get 503", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  const peer = await w.station("CP-1", { identity });
  const closing = w.csms.close();
  await w.time.advance(6_000);
  await closing;
  assert.equal(peer.closed?.code, 1001);
  assert.deepEqual(
    w.core.inputs("station.presence").map(({ connected }) => connected),
    [true, false],
  );
  assert(w.core.closed);
});
