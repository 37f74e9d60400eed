/** What stations show of what they do and take, learned and respected: through the real gateway, frame by frame. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, StationId } from "@wattward/kernel";
import { type Bench, bench, minute, type RawStation } from "../quirks/testing/bench.ts";

const CP = "CP-1" as StationId;
const keys = (...key: string[]): JsonObject => ({ key });
const read = (payload: JsonObject) => ({
  configurationKey: (payload["key"] as string[]).map((key) => ({ key, readonly: false, value: `v-${key}` })),
});

async function station(version: "1.6" | "2.0.1" = "1.6"): Promise<[Bench, RawStation]> {
  const b = await bench();
  await b.add(CP);
  return [b, await b.booted(CP, version)];
}
async function ended(b: Bench, action: string, payload: JsonObject) {
  const id = await b.command(CP, action, payload);
  await b.time.advance(2_000);
  const row = await b.core.query("command.get", { id });
  return { state: row?.state, outcome: row?.outcome };
}
const ask = (b: Bench, action: string, payload: JsonObject, force = false) => {
  const atMs = b.time.now().wallMs;
  const asked = { station: CP, action, payload, actor: "t", reason: "r", atMs, force };
  return b.core.decide("command.request", { ...asked, expiresAtMs: atMs + 60_000 });
};
const values = async (b: Bench) =>
  (await b.core.query("variables.list", { station: CP, most: 100 })).map(({ key16, value }) => [
    key16,
    value,
  ]);

test("quirk 33: our own large messages are split by what the station says it takes, with one outcome", async () => {
  const [b, cp] = await station();
  cp.answering((_, payload) => ({
    configurationKey: [{ key: "GetConfigurationMaxKeys", readonly: true, value: "2" }],
    ...((payload["key"] as string[] | undefined)?.[0] !== "GetConfigurationMaxKeys" && read(payload)),
  }));
  await ended(b, "GetConfiguration", keys("GetConfigurationMaxKeys"));
  const { state, outcome } = await ended(b, "GetConfiguration", keys("a", "b", "c"));
  assert.deepEqual(cp.asked().slice(1), [
    ["GetConfiguration", keys("a", "b")],
    ["GetConfiguration", keys("c")],
  ]);
  assert.deepEqual([state, outcome?.["parts"]], ["accepted", 2]);
  assert.equal(((outcome?.["configurationKey"] ?? []) as JsonObject[]).length, 3);
  assert.deepEqual((await values(b)).slice(0, 3), [
    ["a", "v-a"],
    ["b", "v-b"],
    ["c", "v-c"],
  ]);
  await b.close();
});

test("learned: refused for its size, it goes in smaller parts at once, and the next time from the start", async () => {
  const [b, cp] = await station();
  cp.answering((_, payload) =>
    (payload["key"] as string[]).length > 2
      ? '[4,"ID","OccurenceConstraintViolation","too many keys",{}]'
      : read(payload),
  );
  const first = await ended(b, "GetConfiguration", keys("a", "b", "c", "d", "e"));
  assert.deepEqual([first.state, first.outcome?.["parts"]], ["accepted", 3]);
  assert.deepEqual(
    cp.asked().map(([, payload]) => (payload["key"] as string[]).length),
    [5, 2, 2, 1],
  );
  assert.deepEqual(
    (await b.detail(CP)).learned.map(({ kind, about, most }) => [kind, about, most]),
    [["items", "GetConfiguration", 2]],
  );
  await ended(b, "GetConfiguration", keys("a", "b", "c"));
  assert.deepEqual(
    cp
      .asked()
      .slice(4)
      .map(([, payload]) => (payload["key"] as string[]).length),
    [2, 1],
  );
  assert.equal((await b.outbox("station.learned")).length, 1);
  await b.close();
});

test("learned: the connection ends under a large message: unknown, not sent again, and the next is half as large", async () => {
  const [b, cp] = await station();
  const many = Array.from({ length: 200 }, (_, n) => `key-number-${n}-with-a-long-name`);
  const id = await b.command(CP, "GetConfiguration", keys(...many));
  cp.wire.terminate();
  await b.time.advance(1_000);
  assert.equal((await b.core.query("command.get", { id }))?.state, "unknown");
  const again = await b.booted(CP);
  again.answering((_, payload) => read(payload));
  const { state, outcome } = await ended(b, "GetConfiguration", keys(...many));
  assert.equal(state, "accepted");
  assert(Number(outcome?.["parts"]) >= 2, JSON.stringify(outcome?.["parts"]));
  assert.deepEqual(
    (await b.detail(CP)).learned.map(({ kind }) => kind),
    ["bytes"],
  );
  await b.close();
});

test("learned: a part that fails in the middle ends it; what was read before it is kept", async () => {
  const [b, cp] = await station();
  cp.answering((_, payload) => {
    const asked = payload["key"] as string[];
    if (asked.length > 1) return '[4,"ID","OccurrenceConstraintViolation","",{}]';
    return asked[0] === "b" ? '[4,"ID","InternalError","fell over",{}]' : read(payload);
  });
  const { state, outcome } = await ended(b, "GetConfiguration", keys("a", "b", "c"));
  assert.deepEqual(
    [state, outcome?.["error"], outcome?.["parts"], outcome?.["done"]],
    ["failed", "InternalError", 3, 1],
  );
  assert.deepEqual(await values(b), [["a", "v-a"]]);
  await b.close();
});

test("learned: an action that the station does not know is refused before it is sent, goes by force, and is forgotten with its firmware", async () => {
  const [b, cp] = await station();
  cp.answering(() => '[4,"ID","NotImplemented","",{}]');
  assert.equal((await ended(b, "ClearCache", {})).state, "failed");
  const said = await ask(b, "ClearCache", {});
  assert(said.kind === "refused" && said.reason === "objection", JSON.stringify(said));
  assert.match(said.sentence, /does not do ClearCache, with the firmware it has/);
  assert.equal(cp.asked().length, 1);

  cp.answering(() => ({ status: "Accepted" }));
  assert.equal((await ask(b, "ClearCache", {}, true)).kind, "requested");
  await b.time.advance(2_000);
  assert.deepEqual((await b.detail(CP)).learned, [], "it did it after all");
  assert.equal((await ask(b, "ClearCache", {})).kind, "requested");
  await b.time.advance(2_000);

  cp.answering(() => '[4,"ID","NotSupported","",{}]');
  await ended(b, "GetLocalListVersion", {});
  assert.equal((await ask(b, "GetLocalListVersion", {})).kind, "refused");
  await cp.say(
    '[2,"b2","BootNotification",{"chargePointVendor":"V","chargePointModel":"M","firmwareVersion":"2"}]',
  );
  assert.deepEqual((await b.detail(CP)).learned, []);
  assert.equal((await ask(b, "GetLocalListVersion", {})).kind, "requested");
  await b.close();
});

test("learned: one kind of trigger that is not known does not stand against another", async () => {
  const [b, cp] = await station();
  cp.answering((_, { requestedMessage }) => ({
    status: requestedMessage === "MeterValues" ? "NotImplemented" : "Accepted",
  }));
  assert.equal((await ended(b, "TriggerMessage", { requestedMessage: "MeterValues" })).state, "refused");
  assert.equal((await ask(b, "TriggerMessage", { requestedMessage: "MeterValues" })).kind, "refused");
  assert.equal((await ended(b, "TriggerMessage", { requestedMessage: "Heartbeat" })).state, "accepted");
  await b.close();
});

test("a local list that is too long for one message: full, then its changes; its version is known at the end, and not where it broke off", async () => {
  const [b, cp] = await station();
  let refuseFrom = 99;
  cp.answering((_, { localAuthorizationList, listVersion }) => ({
    status:
      (localAuthorizationList as []).length > 2 || Number(listVersion) >= refuseFrom ? "Failed" : "Accepted",
  }));
  const list = (listVersion: number) => ({
    listVersion,
    updateType: "Full",
    localAuthorizationList: ["a", "b", "c", "d"].map((idTag) => ({
      idTag,
      idTagInfo: { status: "Accepted" },
    })),
  });
  assert.equal((await ended(b, "SendLocalList", list(7))).state, "accepted");
  assert.deepEqual(
    cp
      .asked()
      .slice(1)
      .map(([, { listVersion, updateType }]) => [listVersion, updateType]),
    [
      [6, "Full"],
      [7, "Differential"],
    ],
  );
  assert.equal((await b.core.query("station.holds", { station: CP }))?.localListVersion, 7);
  refuseFrom = 9;
  assert.equal((await ended(b, "SendLocalList", list(9))).state, "refused");
  assert.equal((await b.core.query("station.holds", { station: CP }))?.localListVersion, null);
  await b.close();
});

test("deaf: told once and shown, its commands wait, a harmless question finds out that it hears, and they go", async () => {
  const [b, cp] = await station();
  const beat = async (minutes: number) => {
    for (let n = 0; n < minutes; n += 1) {
      await b.time.advance(minute);
      await cp.say('[2,"h","Heartbeat",{}]');
    }
  };
  for (let n = 0; n < 4; n += 1) await b.command(CP, "Reset", { type: "Soft" });
  await beat(4);
  assert(((await b.detail(CP)).deafSinceMs ?? 0) > 0);
  assert.equal((await b.outbox("station.deaf")).length, 1);
  cp.answering((action) =>
    action === "Reset" ? { status: "Accepted" } : { unknownKey: ["HeartbeatInterval"] },
  );
  await beat(6);
  assert.deepEqual(
    cp
      .asked()
      .slice(3)
      .map(([action]) => action),
    ["GetConfiguration", "Reset"],
  );
  assert.equal((await b.detail(CP)).deafSinceMs, null);
  assert.equal((await b.outbox("station.hears")).length, 1);
  assert.deepEqual(
    (await b.core.query("commands.list", { station: CP, most: 9 })).map(({ state }) => state).sort(),
    ["accepted", "unknown", "unknown", "unknown"],
  );
  await b.close();
});

test("deaf: closed where an operator wants it so, asked as soon as it comes again, and heard", async () => {
  const b = await bench();
  await b.add(CP, { closeDeaf: true });
  const cp = await b.booted(CP);
  for (let n = 0; n < 4; n += 1) await b.command(CP, "Reset", { type: "Soft" });
  for (let n = 0; n < 4 && cp.closed === undefined; n += 1) {
    await b.time.advance(minute);
    if (cp.closed === undefined) await cp.say('[2,"h","Heartbeat",{}]');
  }
  assert.equal(cp.closed?.code, 1001);
  const again = await b.connect(CP);
  again.answering((action) =>
    action === "Reset" ? { status: "Accepted" } : { unknownKey: ["HeartbeatInterval"] },
  );
  await again.say('[2,"h","Heartbeat",{}]');
  await b.time.advance(2_000);
  assert.deepEqual(
    again.asked().map(([action]) => action),
    ["GetConfiguration", "Reset"],
  );
  await b.close();
});

test("a 2.x report in parts, out of order and twice: whole with the last part, and what vanished goes with a full one", async () => {
  const [b, cp] = await station("2.0.1");
  cp.answering((action, payload) =>
    action === "GetBaseReport"
      ? { status: "Accepted" }
      : {
          getVariableResult: (payload["getVariableData"] as JsonObject[]).map((one) => ({
            ...one,
            attributeStatus: "Accepted",
            attributeValue: "old",
          })),
        },
  );
  const one = (name: string) => ({ component: { name: "C" }, variable: { name } });
  await ended(b, "GetVariables", { getVariableData: [one("gone"), one("kept")] });
  await ended(b, "GetBaseReport", { requestId: 5, reportBase: "FullInventory" });
  const part = (seqNo: number, tbc: boolean, name: string) =>
    JSON.stringify([
      2,
      `r${seqNo}`,
      "NotifyReport",
      {
        requestId: 5,
        generatedAt: b.at(),
        seqNo,
        tbc,
        reportData: [{ ...one(name), variableAttribute: [{ value: "new", mutability: "ReadOnly" }] }],
      },
    ]);
  const names = async () =>
    (await b.core.query("variables.list", { station: CP, most: 9 })).map(({ variable, value }) => [
      variable,
      value,
    ]);
  const state = async () =>
    (await b.core.query("station.holds", { station: CP }))?.reports.map((report) => report.state);
  await cp.say(part(2, false, "last"));
  await cp.say(part(0, true, "kept"));
  await cp.say(part(0, true, "kept"));
  assert.deepEqual(await state(), ["open"]);
  assert.equal((await names()).length, 3, "nothing vanishes before it is whole");
  const twice = await ask(b, "GetBaseReport", { requestId: 5, reportBase: "FullInventory" });
  assert(twice.kind === "refused" && /still coming/.test(twice.sentence));
  await cp.say(part(1, true, "middle"));
  assert.deepEqual(await state(), ["complete"]);
  assert.deepEqual(await names(), [
    ["kept", "new"],
    ["last", "new"],
    ["middle", "new"],
  ]);
  await b.close();
});

test("settings: asked for in the words of the model, they go as each version says it, all or none", async () => {
  const set = (component: string, variable: string, value: string) => ({ component, variable, value });
  const want = (b: Bench, ...variables: ReturnType<typeof set>[]) => {
    const atMs = b.time.now().wallMs;
    return b.core.decide("settings.request", {
      ...{ station: CP, variables, actor: "t", reason: "r", atMs },
      expiresAtMs: atMs + 60_000,
    });
  };
  const both = [
    set("OCPPCommCtrlr", "heartbeatInterval", "60"),
    set("Configuration16", "LightIntensity", "5"),
  ];

  const [old, cp16] = await station();
  cp16.answering(() => ({ status: "Accepted" }));
  const said = await want(old, ...both);
  assert(said.kind === "requested" && said.ids.length === 2, JSON.stringify(said));
  await old.time.advance(2_000);
  assert.deepEqual(cp16.asked(), [
    ["ChangeConfiguration", { key: "HeartbeatInterval", value: "60" }],
    ["ChangeConfiguration", { key: "LightIntensity", value: "5" }],
  ]);
  for (const odd of [
    set("SecurityCtrlr", "BasicAuthPassword", "x"),
    set("DisplayMessageCtrlr", "Enabled", "true"),
  ]) {
    assert.equal((await want(old, ...both, odd)).kind, "refused");
  }
  await old.time.advance(2_000);
  assert.equal(cp16.asked().length, 2, "of those that are refused together none goes");
  await old.close();

  const [now, cp2] = await station("2.0.1");
  cp2.answering((_, { setVariableData }) => ({
    setVariableResult: (setVariableData as JsonObject[]).map(({ attributeValue: _, ...one }) => ({
      ...one,
      attributeStatus: "Accepted",
    })),
  }));
  assert.equal((await want(now, ...both)).kind, "requested");
  await now.time.advance(2_000);
  assert.deepEqual(
    cp2.asked().map(([action, { setVariableData }]) => [action, (setVariableData as []).length]),
    [["SetVariables", 2]],
  );
  await now.close();
});
