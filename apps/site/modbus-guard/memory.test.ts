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
    it.battery.bank.registers[100] = 1_000;
    const guard = await it.start();
    assert.equal((await it.ask(it.ems(), 1, read(100))).kind, "response");
    assert.equal(await says(it, 1_200), 6, "which way it went last, nobody knows");
    assert.equal(await says(it, 500), "response", "towards 0");
    assert.equal(await says(it, 1_000), 6);
    await it.time.advance(601_000);
    assert.equal(await says(it, 1_000), "response");
    await guard.close();
  });

test("guard's memory: what nobody could read is not forgotten by the next fall, nor by an end before any policy came", async () => {
  for (const falls of ["killed", "ended"]) {
    const it = await world(bounded({ reversalsPer10MinMax: 5 }));
    it.disk.damage(PAST, new TextEncoder().encode("no guard's hand"));
    it.battery.bank.registers[100] = 1_000;
    const first = await it.start();
    await restarted(it, falls === "ended" ? first : undefined);
    assert.equal(await says(it, 500), "response", "towards 0");
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

/** On a disk without room: what the file holds may shrink, nothing may grow. */
const fill = (it: World) => {
  it.disk.options.capacityBytes = it.disk.usedBytes;
};

test("guard's memory: on a full disk no start gives new steps, towards 0 is free, and people are told", async () => {
  const it = await world(bounded({ reversalsPer10MinMax: 1 }));
  fill(it);
  it.battery.bank.registers[100] = 1_000;
  for (let life = 0; life < 6; life++) {
    const guard = await restarted(it, undefined);
    assert.equal(await says(it, life % 2 === 0 ? -500 : 1_500), 6, `away from 0, life ${life}`);
    assert.equal(await says(it, 900 - 100 * life), "response", `towards 0, life ${life}`);
    assert.equal(it.told("modbus.memory").length, life + 1);
    await it.time.advance(1_000);
    if (life % 2 === 0) await guard.close();
  }
  assert.match(it.told("modbus.memory")[0]!, /cannot be written: .*full/);
  await it.time.advance(601_000);
  assert.equal(await says(it, -500), "response", "ten minutes after its start its rules are as ever");
});

test("guard's memory: on a full disk every start begins with its dwell running and no ramp saved up", async () => {
  const it = await world(bounded({ dwellMs: 30_000, rampPerS: 100 }));
  fill(it);
  for (let life = 0; life < 4; life++) {
    await restarted(it, undefined);
    await it.time.advance(10_000);
    assert.equal(await says(it, life % 2 === 0 ? -500 : 500), 6, `life ${life}`);
  }
  await it.time.advance(20_000);
  assert.equal(await says(it, 2_000), 3);
  assert.equal(await says(it, 500), "response");
});

test("guard's memory: a guard that could not write what moved leaves nothing that is no longer so", async () => {
  const it = await world(bounded({ reversalsPer10MinMax: 3 }));
  const guard = await it.start();
  assert.equal(await says(it, 1_000), "response");
  await it.time.advance(100);
  fill(it);
  for (const value of [500, 1_000, 500]) assert.equal(await says(it, value), "response");
  await it.time.advance(100);
  assert.equal(it.told("modbus.memory").length, 1);
  delete it.disk.options.capacityBytes;
  // Killed before it could write again; the next one has room.
  await restarted(it, undefined);
  assert.equal(await says(it, 1_000), 6);
  assert.equal(await says(it, 0), "response");
  await guard.close();
});

test("guard's memory: with room again all is written without a turn, and told", async () => {
  const it = await world(bounded({ reversalsPer10MinMax: 3 }));
  const guard = await it.start();
  fill(it);
  for (const value of [1_000, 500]) assert.equal(await says(it, value), "response");
  delete it.disk.options.capacityBytes;
  await it.time.advance(11_000);
  const { past } = JSON.parse(new TextDecoder().decode(it.disk.peek(PAST)));
  assert.equal(past[0].reversalsAgoMs.length, 1);
  assert.match(it.told("modbus.memory").at(-1)!, /can be written again/);
  await guard.close();
});
