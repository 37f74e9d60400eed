/** Rows of QUIRKS about form: raw frames of a direct station through the real gateway and core. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, bodyOf } from "./testing/bench.ts";

const status = (timestamp: string, id = "s") =>
  `[2,"${id}","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"${timestamp}"}]`;

test("quirk 01: a time without a zone is answered, counted, and its offset noted; strictly held, it is refused", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  const local = b.at(2 * 3_600_000).slice(0, 19);
  assert.deepEqual((await cp.say(status(local)))[0], [3, "s", {}]);
  const { deviations } = await b.detail("CP-1");
  const told = deviations.find(({ rule }) => rule === "time-without-zone");
  assert.equal(told?.lastExample, `/timestamp: "${local}" (+2 h of UTC)`);
  assert.equal(told?.row, 1);
  const [seen] = await b.outbox("station.deviates");
  assert.deepEqual([seen?.station, seen?.data["rule"]], ["CP-1", "time-without-zone"]);

  await b.add("CP-1", { strict: true });
  await b.time.advance(1_000);
  const [refused] = await cp.say(status(local, "strict"));
  assert.deepEqual(refused?.slice(0, 3), [4, "strict", "PropertyConstraintViolation"]);
  assert.equal((await b.deviations("CP-1"))["time-without-zone"], 1, "what is refused is no repair");
  await b.close();
});

test("quirk 02: +02 is read as an offset, and our own times end in Z with three decimals at most", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  const local = `${b.at(2 * 3_600_000).slice(0, 19)}+02`;
  assert.deepEqual((await cp.say(status(local)))[0], [3, "s", {}]);
  const { connectors } = await b.detail("CP-1");
  assert.equal(connectors[0]?.statusAtMs, Date.parse(`${local}:00`));
  assert.equal((await b.deviations("CP-1"))["offset-not-rfc3339"], 1);
  const [beat] = await cp.say('[2,"h","Heartbeat",{}]');
  assert.match(JSON.stringify(beat), /"currentTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z"/);
  await b.close();
});

test("quirk 03: a transaction of 1970 is begun by the time of reception, reviewed and counted; order is that of arrival", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  const beganMs = b.time.now().wallMs;
  await cp.say(
    '[2,"1","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":100,"timestamp":"1970-01-01T00:00:10Z"}]',
  );
  const [transaction] = await b.transactions("CP-1");
  assert.match(transaction?.review ?? "", /clock/);
  assert(Math.abs((transaction?.startedAtMs ?? 0) - beganMs) < 1_000, "by our clock");
  assert.equal((await b.deviations("CP-1"))["clock-not-believable"], 1);
  await b.close();
});

const samples = (id: string, value: string, more = "") =>
  `[2,"${id}","MeterValues",{"connectorId":1,${more}"meterValue":[{"timestamp":"2026-01-05T08:00:00Z","sampledValue":[${value}]}]}]`;

test("quirk 04: a meter value as a number is stored as it was meant", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  const [answer] = await cp.say(samples("m", '{"value":4200,"measurand":"Power.Active.Import","unit":"W"}'));
  assert.deepEqual(answer, [3, "m", {}]);
  const [meter] = await b.outbox("station.meter");
  assert.equal(meter?.data["powerW"], 4200);
  assert.equal((await b.deviations("CP-1"))["meter-value-number"], 1);
  await b.close();
});

test("quirk 05: a configuration value as integer is an answer, not a timeout; strictly held, it is an invalid one", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  cp.answering(() => ({ configurationKey: [{ key: "NumberOfConnectors", readonly: true, value: 2 }] }));
  const first = await b.command("CP-1", "GetConfiguration", { key: ["NumberOfConnectors"] });
  const done = await b.core.query("command.get", { id: first });
  assert.equal(done?.state, "accepted");
  assert.match(JSON.stringify(done?.outcome), /"value":"2"/);
  assert.equal((await b.deviations("CP-1"))["setting-value-number"], 1);
  await b.add("CP-1", { strict: true });
  await b.time.advance(1_000);
  const second = await b.command("CP-1", "GetConfiguration", { key: ["NumberOfConnectors"] });
  assert.equal((await b.core.query("command.get", { id: second }))?.state, "failed");
  await b.close();
});

test("quirk 06: a lone meterValue is a list of one", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  const [answer] = await cp.say(
    '[2,"m","MeterValues",{"connectorId":1,"meterValue":{"timestamp":"2026-01-05T08:00:00Z","sampledValue":{"value":"700"}}}]',
  );
  assert.deepEqual(answer, [3, "m", {}]);
  const [meter] = await b.outbox("station.meter");
  assert.equal(meter?.data["meterWh"], 700);
  assert.equal((await b.deviations("CP-1"))["lone-object"], 2);
  await b.close();
});

test("quirk 07: empty samples are acknowledged, counted, and stored as nothing", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  const raw =
    '[2,"m","MeterValues",{"connectorId":0,"transactionId":0,"meterValue":[{"timestamp":"2026-01-05T08:00:00Z","sampledValue":[{"value":""}]},{"timestamp":"2026-01-05T08:00:00Z","sampledValue":[]}]}]';
  assert.deepEqual((await cp.say(raw))[0], [3, "m", {}]);
  assert.deepEqual(await b.outbox("station.meter"), []);
  assert.deepEqual(await b.deviations("CP-1"), { "empty-sample": 2, "transaction-id-not-positive": 1 });
  await b.close();
});

test("quirk 08: what is no JSON gets its CALLERROR, the socket stays, and a broken reply fails its call at once", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  for (const frame of [
    '[2,"a","Heartbeat",{]',
    '[2,"b","StopTransaction",{"transactionId":,"x":1}]',
    '[2,"c","Hea',
  ]) {
    const [told] = await cp.say(frame);
    assert.deepEqual(told?.slice(0, 3), [4, frame.slice(4, 5), "FormationViolation"], frame);
  }
  assert.deepEqual(
    await cp.say("[,{", '[2,"n\u0000","Heartbeat",{}]'),
    [],
    "without an id 1.6 has no answer",
  );
  assert.equal((await cp.say('[2,"h","Heartbeat",{}]'))[0]?.[0], 3);
  cp.answering(() => '[3,"ID",{');
  const id = await b.command("CP-1", "Reset", { type: "Soft" });
  assert.equal((await b.core.query("command.get", { id }))?.state, "failed", "at once, not after a minute");
  assert.equal(cp.closed, undefined);
  assert.equal((await b.deviations("CP-1"))["frame-unreadable"], 6);

  await b.add("CP-2");
  const other = await b.booted("CP-2", "2.0.1");
  assert.deepEqual((await other.say("[,{"))[0]?.slice(0, 3), [4, "-1", "RpcFrameworkError"]);
  await b.close();
});

test("quirk 09: a boot with an empty vendor is accepted, and is no deviation", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.connect("CP-1");
  const [answer] = await cp.say('[2,"b","BootNotification",{"chargePointVendor":"","chargePointModel":""}]');
  assert.match(JSON.stringify(answer), /"status":"Accepted"/);
  assert.deepEqual(await b.deviations("CP-1"), {});
  await b.close();
});

test("quirk 10: an unknown errorCode is kept as OtherError with its own word; an unknown context costs no value", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  await cp.say('[2,"s","StatusNotification",{"connectorId":1,"errorCode":"Error","status":"Faulted"}]');
  const detail = await b.detail("CP-1");
  assert.deepEqual(detail.connectors[0]?.errorCode, "OtherError");
  assert.equal(detail.deviations[0]?.lastExample, '/errorCode: "Error"');
  await cp.say(samples("m", '{"value":"700","context":"Alfen.Own"},{"value":"9","measurand":"Own.Thing"}'));
  const [meter] = await b.outbox("station.meter");
  assert.equal(meter?.data["meterWh"], 700);
  assert.deepEqual(Object.keys(await b.deviations("CP-1")).sort(), [
    "unknown-context",
    "unknown-error-code",
    "unknown-sample-kind",
  ]);
  await b.close();
});

test("quirk 20: over-long tags are Invalid, the stop with a damaged one is taken, and case makes no other card", async () => {
  const b = await bench();
  await b.add("CP-1");
  await b.core.decide("token.set", { token: "Card-1", status: "Accepted", atMs: 1, actor: "test" });
  // Whoever lets unknown tokens charge still does not let in what is nobody's.
  await b.core.decide("setting.set", { name: "accept_unknown_tokens", value: 1, atMs: 1, actor: "test" });
  const cp = await b.booted("CP-1");
  const [invalid] = await cp.say('[2,"a","Authorize",{"idTag":"ABCDEFGHIJ01234567890"}]');
  assert.deepEqual(invalid, [3, "a", { idTagInfo: { status: "Invalid" } }]);
  const [free] = await cp.say(
    `[2,"b","StartTransaction",{"connectorId":2,"idTag":"${"x".repeat(40)}","meterStart":0,"timestamp":"${b.at()}"}]`,
  );
  assert.match(JSON.stringify(free), /"idTagInfo":\{"status":"Invalid"\}/);
  const [started] = await cp.say(
    `[2,"c","StartTransaction",{"connectorId":1,"idTag":"CARD-1","meterStart":0,"timestamp":"${b.at()}"}]`,
  );
  assert.match(JSON.stringify(started), /"Accepted"/);
  const transactionId = Number(bodyOf(started)["transactionId"]);
  const [stopped] = await cp.say(
    `[2,"d","StopTransaction",{"transactionId":${transactionId},"meterStop":900,"timestamp":"${b.at()}","idTag":"ABCDEFGHIJ0123456789\\u0003\\u0004"}]`,
  );
  assert.deepEqual(stopped, [3, "d", {}]);
  const ended = (await b.transactions("CP-1")).find(({ wireId }) => wireId === String(transactionId));
  assert.deepEqual([ended?.state, ended?.energyWh, ended?.token], ["ended", 900, "…D-1"]);
  assert.deepEqual(await b.deviations("CP-1"), { "bad-tag-of-stop": 1, "over-long-tag": 2 });
  const { deviations } = await b.detail("CP-1");
  assert(!JSON.stringify(deviations).includes("ABCDEFGHIJ"), "no tag is shown");
  await b.close();
});

test("quirk 21: separators are part of a tag; its other spelling is a card of its own until an operator says so", async () => {
  const b = await bench();
  await b.add("CP-1");
  await b.core.decide("token.set", { token: "2069C021", status: "Accepted", atMs: 1, actor: "test" });
  const cp = await b.booted("CP-1");
  const authorize = '[2,"a","Authorize",{"idTag":"20:69:C0:21"}]';
  assert.match(JSON.stringify(await cp.say(authorize)), /"Invalid"/);
  await b.core.decide("token.set", { token: "20:69:C0:21", status: "Accepted", atMs: 2, actor: "test" });
  assert.match(JSON.stringify(await cp.say(authorize)), /"Accepted"/);
  await b.close();
});

test("quirk 33: a DataTransfer of 200 kB is answered; a frame beyond the limit closes with 1009 and a line in the log", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  const large = (chars: number) => `[2,"d","DataTransfer",{"vendorId":"V","data":"${"x".repeat(chars)}"}]`;
  assert.deepEqual((await cp.say(large(200_000)))[0], [3, "d", { status: "UnknownVendorId" }]);
  await cp.say(large(1024 * 1024));
  assert.equal(cp.closed?.code, 1009);
  assert(b.log.some(({ event }) => event === "frame-too-long"));
  await b.close();
});

test("quirk 34: weeks of history with a bad message in it: old times stand, the bad one is set aside, the rest comes", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  const [begun, over] = [b.at(-21 * 86_400_000), b.at(-20 * 86_400_000)];
  const [started, bad, again, stopped] = await cp.say(
    `[2,"1","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"${begun}"}]`,
    `[2,"2","MeterValues",{"connectorId":"one","meterValue":7,"idTag":"SECRET-CARD"}]`,
    `[2,"3","MeterValues",{"connectorId":"one","meterValue":7,"idTag":"SECRET-CARD"}]`,
    `[2,"4","StopTransaction",{"transactionId":1,"meterStop":5000,"timestamp":"${over}"}]`,
  );
  assert.match(JSON.stringify(started), /"transactionId":1,/);
  assert.deepEqual(
    [bad, again, stopped],
    [
      [3, "2", {}],
      [3, "3", {}],
      [3, "4", {}],
    ],
  );
  const [transaction] = await b.transactions("CP-1");
  assert.deepEqual([transaction?.startedAtMs, transaction?.endedAtMs], [Date.parse(begun), Date.parse(over)]);
  assert.equal((await b.outbox("station.set-aside")).length, 1, "told once, however often it comes");
  assert.equal((await b.deviations("CP-1"))["message-set-aside"], 1);
  assert(!JSON.stringify(await b.outbox("station.set-aside")).includes("SECRET-CARD"));

  await b.add("CP-1", { strict: true });
  await b.time.advance(1_000);
  const [refused] = await cp.say(`[2,"5","MeterValues",{"connectorId":"one","meterValue":7}]`);
  assert.equal(refused?.[0], 4, "strictly held, it is refused");
  await b.close();
});

test("quirk 34: a StartTransaction past repair is answered with an id of its own and Invalid, the same each time", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  const raw = (id: string) =>
    `[2,"${id}","StartTransaction",{"connectorId":1,"meterStart":0,"timestamp":"${b.at().slice(0, 10)}"}]`;
  const [first] = await cp.say(raw("1"));
  const [second] = await cp.say(raw("2"));
  assert.deepEqual(first?.[2], second?.[2]);
  assert.deepEqual(bodyOf(first)["idTagInfo"], { status: "Invalid" });
  assert.deepEqual(await b.transactions("CP-1"), [], "no transaction is made of what cannot be read");
  await b.close();
});

test("quirk 35: a CALLERROR with a text for details fails its command with any code, and is never answered", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  cp.answering(() => '[4,"ID","SQLSyntaxError","you have an error","in your SQL"]');
  const id = await b.command("CP-1", "Reset", { type: "Soft" });
  const command = await b.core.query("command.get", { id });
  assert.deepEqual([command?.state, command?.outcome?.["error"]], ["failed", "SQLSyntaxError"]);
  const before = cp.received.length;
  await cp.say('[4,"nobody","FormationViolation","",{}]', '[4,"nobody"]', '[5,"x",{}]');
  assert.equal(cp.received.length, before, "no answer to a CALLERROR, nor to a type that 1.6 does not list");
  assert.equal((await b.deviations("CP-1"))["call-error-form"], 1);
  await b.close();
});

test("quirk 36: a Rejected reply padded with junk is a refusal; strictly held, it is an invalid reply", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1");
  cp.answering(() => ({ status: "Rejected", scheduleStart: "0" }));
  const id = await b.command("CP-1", "Reset", { type: "Soft" });
  const command = await b.core.query("command.get", { id });
  assert.deepEqual([command?.state, command?.outcome], ["refused", { status: "Rejected" }]);
  assert.equal((await b.deviations("CP-1"))["padded-refusal"], 1);
  await b.add("CP-1", { strict: true });
  await b.time.advance(1_000);
  const strictly = await b.command("CP-1", "Reset", { type: "Soft" });
  assert.equal((await b.core.query("command.get", { id: strictly }))?.state, "failed");
  await b.close();
});

test("quirk 43: a reply in another version's words fails its command with the text shown, once", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1", "2.0.1");
  cp.answering(() => ({ listVersion: 0 }));
  const id = await b.command("CP-1", "Reset", { type: "Immediate" });
  const command = await b.core.query("command.get", { id });
  assert.deepEqual([command?.state, command?.outcome?.["error"]], ["failed", "invalid-reply"]);
  assert.match(String(command?.outcome?.["reply"]), /"listVersion":0/);
  await b.time.advance(600_000);
  assert.equal(cp.asked().length, 1, "no retry");
  assert.equal((await b.deviations("CP-1"))["reply-invalid"], 1);
  await b.close();
});
