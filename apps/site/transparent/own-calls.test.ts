/** Our own CALLs beside the CSMS's (Part 4 §6.4): whose turn it is, whose answer it was, and that nothing of ours leaks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@wattward/kernel";
import type { CallOutcome, OcppVersion } from "@wattward/ocpp";
import { seededChance, simulatedTime } from "@wattward/testing";
import { HELD_CALLS_MAX, OWN_CALLS_MAX, QUIET_MS_MAX, THEIR_CALL_MS_MAX, THEIR_CALLS_MAX } from "./limits.ts";
import { OWN_ID_PREFIX, OwnCalls } from "./own-calls.ts";

function made(version: OcppVersion = "1.6", { quiet = false } = {}) {
  const time = simulatedTime();
  const down: string[] = [];
  const full: boolean[] = [];
  const own = new OwnCalls({
    ...{ version, clock: time, chance: seededChance(1), log: silentLog },
    toStation: (text) => void down.push(text),
    full: (now) => void full.push(now),
  });
  // An answer of the CSMS ends the quiet after a connect.
  if (!quiet) own.fromCsms('[3,"boot",{}]');
  down.length = 0;
  const outcomes: CallOutcome[] = [];
  const call = () => {
    void own.call("ClearCache", {}, { timeoutMs: 10_000 }).then((outcome) => outcomes.push(outcome));
  };
  const ownId = () =>
    /"(wattward-[^"]+)"/.exec(down.at(-1) ?? "")?.[1] ?? assert.fail("nothing of ours was sent");
  return { time, down, full, own, outcomes, call, ownId, settle: () => time.advance(0) };
}

const theirs = (id: string) => `[2,"${id}","Reset",{"type":"Soft"}]`;

test("own calls: the answer comes to us, in every spelling of its id, and goes nowhere else; a late one too", async () => {
  const { own, call, ownId, outcomes, settle, time } = made();
  for (const answer of [
    (id: string) => `[3,"${id}",{"status":"Accepted"}]`,
    (id: string) => `[ 3 ,\n "${id}" , {"status":"Accepted"} ]`,
    (id: string) => `[3,"\\u0077${id.slice(1)}",{"status":"Accepted"}]`,
    (id: string) => `${" ".repeat(200)}[3,"${id}",{"status":"Accepted"}]`,
    (id: string) => `[4,"${id}","GenericError","no",{}]`,
    (id: string) => `[3,"${id}",{"status":"Perhaps"}]`,
    (id: string) => `[3,"${id}",{"status":`,
  ]) {
    call();
    assert.equal(own.fromStation(answer(ownId())), true, answer("…"));
    await settle();
  }
  const ok = ["result", "result", "result", "result"];
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    [...ok, "error", "invalid", "invalid"],
  );
  call();
  const id = ownId();
  await time.advance(10_001);
  assert.equal(outcomes.at(-1)?.kind, "timeout");
  assert.equal(own.fromStation(`[3,"${id}",{"status":"Accepted"}]`), true, "late, and still not the CSMS's");
  assert.equal(own.fromStation(`[3,"${OWN_ID_PREFIX}of another socket",{}]`), true);
});

test("own calls: ids are 36 characters at most, none twice", async () => {
  const { own, call, ownId, settle } = made();
  const ids = new Set<string>();
  for (let i = 0; i < 200; i++) {
    call();
    assert(ownId().length <= 36);
    ids.add(ownId());
    own.fromStation(`[3,"${ownId()}",{"status":"Accepted"}]`);
    await settle();
  }
  assert.equal(ids.size, 200);
});

test("own calls: the station never has one of ours and one of theirs; theirs go first, answers and SEND wait for nothing", async () => {
  const { own, call, ownId, down, settle } = made("2.1");
  own.fromCsms(theirs("t1"));
  call();
  call();
  assert.deepEqual(down.splice(0), [theirs("t1")]);
  assert.equal(own.fromStation('[3,"t1",{}]'), false, "the CSMS's answer goes on");
  const first = ownId();
  own.fromCsms(theirs("t2"));
  own.fromCsms('[3,"a",{}]');
  own.fromCsms('[6,"s","NotifyPeriodicEventStream",{}]');
  own.fromCsms('[5,"r","GenericError","",{}]');
  own.fromCsms("no JSON");
  assert.deepEqual(
    down.splice(0).map((text) => text.slice(0, 4)),
    ['[2,"', '[3,"', '[6,"', '[5,"', "no J"],
  );
  own.fromStation(`[3,"${first}",{"status":"Accepted"}]`);
  await settle();
  assert.deepEqual(down.splice(0), [theirs("t2")], "theirs before our second");
  own.fromStation('[4,"t2","NotSupported","",{}]');
  assert.notEqual(ownId(), first);
});

test("own calls: a CSMS that sends many while it is our turn is not read at last, and gets all of them in order", async () => {
  const { own, call, ownId, down, full, settle } = made();
  call();
  const id = ownId();
  down.length = 0;
  for (let i = 0; i < HELD_CALLS_MAX; i++) own.fromCsms(theirs(`t${i}`));
  assert.deepEqual([down, full], [[], [true]]);
  own.fromStation(`[3,"${id}",{"status":"Accepted"}]`);
  await settle();
  assert.deepEqual(full, [true, false]);
  assert.deepEqual(
    down,
    Array.from({ length: HELD_CALLS_MAX }, (_, i) => theirs(`t${i}`)),
  );
});

test("own calls: a CALL of the CSMS that is never answered holds ours for its time, not for ever; nor do many", async () => {
  const { own, call, ownId, down, time } = made();
  own.fromCsms(theirs("t"));
  call();
  await time.advance(THEIR_CALL_MS_MAX - 1_000);
  assert.equal(down.length, 1);
  await time.advance(2_000);
  assert(ownId().length > 0);

  const many = made();
  for (let i = 0; i < 10 * THEIR_CALLS_MAX; i++) many.own.fromCsms(theirs(`t${i}`));
  assert.equal(many.down.length, 10 * THEIR_CALLS_MAX, "all are passed on, remembered or not");
});

test("own calls: an answer with our prefix to a CALL of the CSMS is the CSMS's: it may be another site", () => {
  const { own } = made();
  const id = `${OWN_ID_PREFIX}of the site above`;
  own.fromCsms(`[2,"${id.slice(0, 36)}","Reset",{}]`);
  assert.equal(own.fromStation(`[3,"${id.slice(0, 36)}",{}]`), false);
});

test("own calls: nothing before the CSMS has answered the station once, or for a while (QUIRKS 18)", async () => {
  const one = made("1.6", { quiet: true });
  one.call();
  assert.equal(one.down.length, 0);
  one.own.fromCsms('[3,"boot",{}]');
  assert.equal(one.down.length, 2);
  const two = made("1.6", { quiet: true });
  two.call();
  await two.time.advance(QUIET_MS_MAX - 1);
  assert.equal(two.down.length, 0);
  await two.time.advance(2);
  assert.equal(two.down.length, 1);
});

test("own calls: what its schema forbids is not sent; too many are refused; the end of the station is the end of each", async () => {
  const { own, call, down, outcomes, settle } = made();
  void own.call("ClearCache", { wrong: 1 }, { timeoutMs: 1_000 }).then((outcome) => outcomes.push(outcome));
  await settle();
  assert.equal(outcomes.pop()?.kind, "invalid");
  assert.equal(down.length, 0);
  for (let i = 0; i < OWN_CALLS_MAX + 2; i++) call();
  await settle();
  assert.deepEqual(
    outcomes.splice(0).map(({ kind }) => kind),
    ["busy"],
  );
  own.close();
  call();
  await settle();
  assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(["closed"]));
  assert.equal(outcomes.length, OWN_CALLS_MAX + 2);
  assert.equal(down.length, 1);
});
