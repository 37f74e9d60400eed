/** A guard that is killed, in simulated time: its successor is as strict as it was, and a file that nobody can read makes it stricter. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { REVERSALS_MAX } from "@wattward/guard";
import { PAST } from "./memory.ts";
import { policyOf, policyText, read, type World, world, write } from "./testing/world.ts";

const bounded = (bound: object) => {
  const rules = policyOf().rules.map((rule) =>
    rule.writes === undefined ? rule : { ...rule, writes: [{ ...rule.writes[0], ...bound }] },
  );
  return { guard: policyText({ rules }) };
};
const says = async (it: World, value: number) => {
  const outcome = await it.ask(it.ems(), 1, write(100, value));
  return outcome.kind === "exception" ? outcome.code : outcome.kind;
};
const restarted = async (it: World, killed: Awaited<ReturnType<World["start"]>> | undefined) => {
  // Dead at once, or ended in order: what lies on the disk is what the next one has.
  await killed?.close();
  it.network.reset();
  const guard = await it.start();
  assert.equal((await it.ask(it.ems(), 1, read(100))).kind, "response");
  return guard;
};

test("guard's memory: the first start is nobody's successor; each later one begins with its dwell running", async () => {
  const it = await world(bounded({ dwellMs: 30_000 }));
  await it.start();
  assert.equal(await says(it, 1_000), "response");
  await it.time.advance(40_000);
  await restarted(it, undefined);
  assert.equal(await says(it, 2_000), 6);
  assert.equal(await says(it, 500), "response", "towards 0");
  await it.time.advance(31_000);
  assert.equal(await says(it, 2_000), "response");
});

test("guard's memory: a kill gives no new changes of direction, however often; an end in order takes none away", async () => {
  const it = await world(bounded({ reversalsPer10MinMax: 3 }));
  let guard = await it.start();
  for (const value of [1_000, 500, 1_000]) assert.equal(await says(it, value), "response", `${value}`);
  guard = await restarted(it, guard);
  assert.equal(await says(it, 500), "response", "towards 0, and the third turn");
  assert.equal(await says(it, 1_000), 6);
  for (let kills = 0; kills < 5; kills++) {
    await it.time.advance(1_000);
    guard = await restarted(it, undefined);
    assert.equal(await says(it, 1_000), 6, `after ${kills + 1} kills`);
  }
  await it.time.advance(601_000);
  assert.equal(await says(it, 1_000), "response");
  await guard.close();
});

test("guard's memory: of what was let through just before a kill one turn is counted that nobody wrote down", async () => {
  const it = await world(bounded({ reversalsPer10MinMax: 2 }));
  await it.start();
  for (const value of [1_000, 500]) await says(it, value);
  const kept = it.disk.peek(PAST)!;
  assert.equal(await says(it, 1_000), "response", "the second turn");
  it.disk.damage(PAST, kept);
  await restarted(it, undefined);
  assert.equal(await says(it, 800), "response", "towards 0");
  assert.equal(await says(it, 1_000), 6);
});

for (const [what, text] of Object.entries({
  "cut off": '{"ended":tr',
  "another's": "[]",
  "beyond all measure": '{"ended":true,"past":[{"device":"battery","register":"setpoint","direction":9}]}',
}))
  test(`guard's memory: ${what}: no turn until ten minutes are over, and the guard serves`, async () => {
    const it = await world(bounded({ reversalsPer10MinMax: 5 }));
    it.disk.damage(PAST, new TextEncoder().encode(text));
    const guard = await it.start();
    assert.equal((await it.ask(it.ems(), 1, read(100))).kind, "response");
    assert.equal(await says(it, 1_000), "response");
    assert.equal(await says(it, 500), "response");
    assert.equal(await says(it, 1_000), 6);
    await it.time.advance(601_000);
    assert.equal(await says(it, 1_000), "response");
    await guard.close();
  });

test("guard's memory: what nobody could read is not forgotten by the next fall, nor by an end before any policy came", async () => {
  for (const falls of ["killed", "ended"]) {
    const it = await world(bounded({ reversalsPer10MinMax: 5 }));
    it.disk.damage(PAST, new TextEncoder().encode("no guard's hand"));
    const first = await it.start();
    await restarted(it, falls === "ended" ? first : undefined);
    assert.equal(await says(it, 1_000), "response");
    assert.equal(await says(it, 500), "response");
    assert.equal(await says(it, 1_000), 6, falls);
  }
});

test("guard's memory: whoever makes it fall six hundred times gets no turn by it, and leaves a file that can be read", async () => {
  const it = await world(bounded({ reversalsPer10MinMax: 2 }));
  await it.start();
  for (const value of [1_000, 500]) assert.equal(await says(it, value), "response");
  const text = () => new TextDecoder().decode(it.disk.peek(PAST));
  const { past } = JSON.parse(text());
  const reversalsAgoMs = Array.from({ length: REVERSALS_MAX }, () => 1);
  const many = { ...JSON.parse(text()), past: [{ ...past[0], reversalsAgoMs }] };
  it.disk.damage(PAST, new TextEncoder().encode(JSON.stringify(many)));
  for (let kills = 0; kills < 3; kills++) {
    await restarted(it, undefined);
    assert.equal(JSON.parse(text()).past[0].reversalsAgoMs.length, REVERSALS_MAX, `after ${kills + 1} kills`);
  }
  assert.equal(await says(it, 400), "response", "towards 0");
  assert.equal(await says(it, 1_000), 6);
});

test("guard's memory: a full disk stops no request, and with room it is kept", async () => {
  const it = await world(bounded({ reversalsPer10MinMax: 3 }));
  const guard = await it.start();
  it.disk.options.capacityBytes = it.disk.usedBytes;
  for (const value of [1_000, 500, 1_000]) assert.equal(await says(it, value), "response");
  delete it.disk.options.capacityBytes;
  assert.equal(await says(it, 500), "response");
  await it.time.advance(100);
  const { past } = JSON.parse(new TextDecoder().decode(it.disk.peek(PAST)));
  assert.equal(past[0].reversalsAgoMs.length, 3);
  await guard.close();
});
