/** Rows of QUIRKS about sockets and calls to stations: handshakes and raw frames through the real gateway and core. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMPRESSED_UNASKED } from "@wattward/ocpp";
import { type Bench, bench, bootOf, minute } from "./testing/bench.ts";

const stateOf = async (b: Bench, id: string) => (await b.core.query("command.get", { id }))?.state;

test("quirk 18: after a connect nothing is sent until the first CALL is answered, or 30 s have passed; then one at a time", async () => {
  const b = await bench();
  await b.add("CP-1");
  await (await b.booted("CP-1")).say();
  const cp = await b.connect("CP-1");
  cp.answering(() => undefined);
  await b.command("CP-1", "Reset", { type: "Soft" });
  await b.command("CP-1", "Reset", { type: "Hard" });
  assert.equal(cp.received.length, 0);
  await cp.say(bootOf["1.6"]);
  await b.time.advance(2_000);
  const order = cp.received.map((text) => text.slice(0, 2));
  assert.deepEqual(order, ["[3", "[2"], "first the answer, then one call");

  await b.add("CP-2");
  await b.booted("CP-2");
  const silent = await b.connect("CP-2");
  await b.command("CP-2", "Reset", { type: "Soft" });
  await b.time.advance(20_000);
  assert.deepEqual(silent.received, []);
  await b.time.advance(12_000);
  assert.equal(silent.asked().length, 1);
  await b.close();
});

test("quirk 22: three calls without an answer make a station deaf: told, slowed down, and heard again by its first answer", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  const beats = async (minutes: number) => {
    for (let n = 0; n < minutes; n += 1) {
      await b.time.advance(minute);
      await cp.say('[2,"h","Heartbeat",{}]');
    }
  };
  const ids = [];
  for (let n = 0; n < 5; n += 1) ids.push(await b.command("CP-1", "Reset", { type: "Soft" }, 600));
  await beats(4);
  assert.equal(cp.asked().length, 3, "each timed out after a minute; the fourth waits");
  assert.deepEqual(await Promise.all(ids.map((id) => stateOf(b, id))), [
    "unknown",
    "unknown",
    "unknown",
    "requested",
    "requested",
  ]);
  assert.equal((await b.deviations("CP-1"))["answers-no-call"], 1);
  assert.equal((await b.outbox("station.deaf")).length, 1);
  const late = JSON.parse(cp.received.findLast((text) => text.startsWith("[2")) ?? "[]")[1];
  await cp.say(`[3,"${late}",{"status":"Accepted"}]`);
  assert(
    b.log.some(({ event }) => event === "answer-late"),
    "a late answer is logged and matched to nothing",
  );
  await beats(5);
  assert.equal(cp.asked().length, 4, "one try in five minutes");
  cp.answering(() => ({ status: "Accepted" }));
  await beats(7);
  assert.deepEqual(await stateOf(b, ids[4] ?? ""), "accepted");
  assert.equal((await b.outbox("station.hears")).length, 1);
  await b.close();
});

test("quirk 22: a deaf station that connects anew is tried at once", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  for (let n = 0; n < 4; n += 1) await b.command("CP-1", "Reset", { type: "Soft" }, 600);
  for (let n = 0; n < 4; n += 1) {
    await b.time.advance(minute);
    await cp.say('[2,"h","Heartbeat",{}]');
  }
  assert.equal(cp.asked().length, 3);
  cp.wire.close(1000, "");
  const again = await b.connect("CP-1");
  await again.say(bootOf["1.6"]);
  await b.time.advance(2_000);
  assert.equal(again.asked().length, 1);
  await b.close();
});

test("quirk 23: no sub-protocol, or none of ours: completed without and closed with 1002, shown; assumed where an operator says so", async () => {
  const b = await bench();
  await b.add("CP-1");
  for (const offered of [[], ["ocpp1.5"]]) {
    const cp = await b.connect("CP-1", offered);
    assert.deepEqual([cp.wire.protocol, cp.closed?.code], ["", 1002]);
  }
  assert.equal((await b.deviations("CP-1"))["no-sub-protocol"], 2);
  await b.add("CP-1", { assumed: "1.6" });
  const assumed = await b.connect("CP-1", []);
  assert.equal(assumed.wire.protocol, "");
  assert.match(JSON.stringify(await assumed.say(bootOf["1.6"])), /"Accepted"/);
  assert.equal((await b.detail("CP-1")).version, "1.6");
  await b.add("CP-1", { strict: true });
  assert.equal((await b.connect("CP-1", [])).closed?.code, 1002, "strictly held, nothing is assumed");
  await b.close();
});

test("quirk 24: the station's own first one that we speak; a pinned one whatever it prefers; and no boot is judged by the other's schema", async () => {
  const b = await bench();
  await b.add("CP-1");
  const both = ["ocpp2.1.9", "ocpp2.0.1", "ocpp1.6"];
  const modern = await b.connect("CP-1", both);
  assert.equal(modern.wire.protocol, "ocpp2.0.1");
  assert.match(JSON.stringify(await modern.say(bootOf["2.0.1"])), /"Accepted"/);
  const old = await b.connect("CP-1", ["ocpp1.6", "ocpp2.0.1"]);
  assert.equal(old.wire.protocol, "ocpp1.6");
  assert.match(JSON.stringify(await old.say(bootOf["1.6"])), /"Accepted"/);
  await b.add("CP-1", { pinned: "1.6" });
  await b.time.advance(11 * minute);
  assert.equal((await b.connect("CP-1", both)).wire.protocol, "ocpp1.6");
  const other = await b.connect("CP-1", ["ocpp2.0.1"]);
  assert.deepEqual([other.wire.protocol, other.closed?.code], ["", 1002], "the pinned one or none");
  await b.close();
});

test("quirk 26: a socket that ended because its station compresses is in that station's record", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  // What the socket's own fault reports (packages/ocpp/websocket/quirks.test.ts), told over the simulated wire.
  cp.wire.close(1002, COMPRESSED_UNASKED);
  assert.equal((await b.deviations("CP-1"))["compressed-unasked"], 1);
  await b.close();
});

test("quirk 30: the newest authenticated socket wins over a half-open one, whose late end changes nothing", async () => {
  const b = await bench();
  await b.add("CP-1");
  const old = await b.booted("CP-1");
  const fresh = await b.connect("CP-1");
  assert.equal((await fresh.say('[2,"h","Heartbeat",{}]'))[0]?.[0], 3);
  assert.equal(old.closed?.code, 1008);
  old.wire.terminate();
  await b.time.advance(minute);
  assert.equal((await b.detail("CP-1")).connected, true);
  fresh.answering(() => ({ status: "Accepted" }));
  assert.equal(await stateOf(b, await b.command("CP-1", "Reset", { type: "Soft" })), "accepted");
  await b.close();
});

test("quirk 40: a list of measurands that is refused is shortened to what the station says it takes, and read back", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  let kept = "Power.Active.Import";
  cp.answering((action, payload) => {
    const key = String(action === "GetConfiguration" ? (payload["key"] as string[])[0] : payload["key"]);
    if (action === "ChangeConfiguration") {
      const value = String(payload["value"]);
      if (value.split(",").length > 2) return { status: "Rejected" };
      kept = value;
      return { status: "Accepted" };
    }
    const value = key.endsWith("MaxLength") ? "2" : kept;
    return { configurationKey: [{ key, readonly: false, value }] };
  });
  const value = "Energy.Active.Import.Register,Power.Active.Import,SoC,Voltage";
  const key = "MeterValuesSampledData";
  const id = await b.command("CP-1", "ChangeConfiguration", { key, value });
  await b.time.advance(2_000);
  const command = await b.core.query("command.get", { id });
  const set = "Energy.Active.Import.Register,Power.Active.Import";
  assert.deepEqual(
    [command?.state, command?.outcome],
    ["accepted", { status: "Accepted", asked: value, set, kept: set }],
  );
  assert.deepEqual(
    cp.asked().map(([action]) => action),
    ["ChangeConfiguration", "GetConfiguration", "ChangeConfiguration", "GetConfiguration"],
  );
  assert.equal((await b.deviations("CP-1"))["list-too-long"], 1);

  await b.add("CP-1", { strict: true });
  await b.time.advance(1_000);
  const strictly = await b.command("CP-1", "ChangeConfiguration", { key, value });
  assert.equal(await stateOf(b, strictly), "refused", "strictly held, its refusal stands");
  await b.close();
});

test("quirk 40: a station that says no limit is tried one shorter at a time, a bounded number of times", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  cp.answering((action) =>
    action === "GetConfiguration"
      ? { unknownKey: ["MeterValuesSampledDataMaxLength"] }
      : { status: "Rejected" },
  );
  const value = Array.from({ length: 20 }, () => "SoC").join(",");
  const id = await b.command("CP-1", "ChangeConfiguration", { key: "MeterValuesSampledData", value });
  await b.time.advance(5_000);
  assert.equal(await stateOf(b, id), "refused");
  assert.equal(cp.asked().length, 6);
  await b.close();
});
