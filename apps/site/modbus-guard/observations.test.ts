/** What is told when there is too much to tell: nobody's noise hides what another did, and reads hide no write. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { simulatedTime } from "@wattward/testing";
import { WITNESS_RATE } from "../link/limits.ts";
import { TOLD_SHARES } from "./limits.ts";
import { Observations } from "./observations.ts";
import { many, policyOf, policyText, read, VENDOR, world, write } from "./testing/world.ts";

const twoRegisters = () => {
  const { devices, rules } = policyOf();
  const registers = ["setpoint", "limit"].map((name, i) => ({ name, address: 100 + i, type: "int16" }));
  return policyText({
    devices: devices.map((one) => (one.unit === 1 ? { ...one, registers } : one)),
    rules: [
      ...rules.filter(({ writes }) => writes === undefined),
      ...(["ems", "vendor"] as const).map((client) => ({
        ...{ client, device: "battery", functions: [6], from: 100, to: 101 },
        writes: registers.map(({ name }) => ({ register: name, min: -5_000, max: 5_000 })),
      })),
    ],
  });
};

test("observations: refused reads hide no refused write, however long they go on", async () => {
  const it = await world();
  const guard = await it.start();
  const ems = it.ems();
  for (let i = 0; i < 8; i++) await it.ask(ems, 1, read(2_000));
  for (let i = 0; i < 60; i++) {
    await it.time.advance(10_100);
    await it.ask(ems, 1, read(2_000));
    await it.ask(ems, 1, write(100, 6_000));
  }
  const told = it.told("modbus.denied").filter((text) => /setpoint = 6000 W/.test(text));
  assert.equal(told.length, 60);
  await guard.close();
});

test("observations: refused writes of one register hide none of another, nor those of another client", async () => {
  const it = await world({ guard: twoRegisters() });
  const guard = await it.start();
  const vendor = await it.raw("address", { address: VENDOR });
  const ems = it.ems();
  for (let s = 0; s < 120; s++) {
    vendor.link.send(many(1, Array(10).fill(write(100, 7_000))));
    if (s === 60) await it.ask(ems, 1, write(100, 6_000));
    if (s === 60) vendor.link.send(many(1, [write(101, 8_000)]));
    await it.time.advance(1_000);
  }
  const told = it.told("modbus.denied").join("\n");
  assert.match(told, /ems, write-single-register 100 of battery: setpoint = 6000/);
  assert.match(told, /vendor, write-single-register 101 of battery: limit = 8000/);
  const writes = it.told("modbus.denied").length;
  assert(writes <= TOLD_SHARES.writes.burst + TOLD_SHARES.writes.perSecond * 121, `${writes}`);
  await guard.close();
});

test("observations: what found no room is told when its turn comes, with how long ago it was", async () => {
  const time = simulatedTime();
  const told: string[] = [];
  const observations = new Observations({ clock: time, log: silentLog }, (_kind, text) => told.push(text));
  const tell = (party: string, what: string) =>
    observations.tell({ kind: "modbus.device-lost", party, what }, { detail: () => `${party} ${what}` });
  for (let n = 0; n < 500; n++) tell("noisy", `${n}`);
  tell("quiet", "once");
  assert.equal(told.length, TOLD_SHARES.usual.burst);
  for (let s = 0; s < 13; s++) {
    await time.advance(1_000);
    observations.turn();
  }
  assert.deepEqual(told.slice(TOLD_SHARES.usual.burst), ["quiet once (13 s ago)"]);
  assert.equal(observations.leftOut, 500 + 1 - TOLD_SHARES.usual.burst - 256);
});

test("observations: a rogue's new kind of incident is told before what of him was told of before, and no refusal takes its room", async () => {
  const time = simulatedTime();
  const told: string[] = [];
  const observations = new Observations({ clock: time, log: silentLog }, (kind) => told.push(kind));
  const tell = (kind: "unit-scan" | "malformed" | "listen-only", what: string) =>
    observations.tell(
      { kind: `modbus.${kind}`, party: "vendor", what, share: "incidents" },
      { detail: () => what },
    );
  for (let n = 0; n < 20; n++) tell("unit-scan", `${n}`);
  for (let n = 0; n < 20; n++)
    observations.tell({ kind: "modbus.denied", party: "vendor", what: `${n}` }, { detail: () => `${n}` });
  tell("malformed", "beginning");
  tell("listen-only", "beginning");
  const before = told.length;
  for (let n = 0; n < 18; n++) {
    await time.advance(1_000);
    observations.turn();
  }
  const incidents = told.slice(before).filter((kind) => kind !== "modbus.denied");
  assert.deepEqual(incidents, ["modbus.malformed", "modbus.listen-only"]);
});

test("observations: no more than the local controller hands on, so that none is lost behind", () => {
  const all = Object.values(TOLD_SHARES);
  assert(all.reduce((sum, { burst }) => sum + burst, 0) <= WITNESS_RATE.burst);
  assert(all.reduce((sum, { perSecond }) => sum + perSecond, 0) <= WITNESS_RATE.perSecond + 1e-9);
});
