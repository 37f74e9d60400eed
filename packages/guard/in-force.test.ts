/**
 * What of a setpoint is in force, against a device that does as it is told and lets go when its time is over: whoever may write, and
 * whatever becomes of answers, guards and policies, the device's power keeps to the bounds.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Chance } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { ModbusGuard } from "./guard.ts";
import type { GuardPast } from "./past.ts";
import { GuardedBank } from "./testing/guarded-bank.ts";
import { smallPolicy } from "./testing/small-policy.ts";

const AT = { setpoint: 10, enable: 20, revertTime: 21, charge: 30 } as const;
const RAMP = 100;
const KEPT_S = 10;
const TURNS_MAX = 6;
const TEN_MINUTES_MS = 600_000;

const policy = smallPolicy((data) => ({
  ...data,
  devices: data.devices.map((device) => ({
    ...device,
    registers: [
      { name: "setpoint", address: AT.setpoint, type: "int16", enable: "on", revertTime: "seconds" },
      { name: "on", address: AT.enable, type: "uint16" },
      { name: "seconds", address: AT.revertTime, type: "uint16" },
      { name: "charge", address: AT.charge, type: "uint16" },
    ],
  })),
  rules: [
    data.rules[0],
    {
      ...data.rules[1],
      writes: [
        { register: "setpoint", min: -5000, max: 5000, rampPerS: RAMP, reversalsPer10MinMax: TURNS_MAX },
        { register: "on", min: 0, max: 1 },
        { register: "seconds", min: 10, max: 60 },
      ],
    },
  ],
  crossRules: [
    {
      ...{ device: "battery", when: { register: "charge", below: 10 }, freshMs: 3_600_000 },
      ...{ limit: { register: "setpoint", min: -5000, max: 0 }, why: "empty: it is not discharged" },
    },
  ],
}));

/** The device as it truly is, and what its power did. */
class Device {
  readonly it = new GuardedBank(policy);
  private readonly renewedByAll: boolean;
  private renewedAtMs = 0;
  private creditW = RAMP * KEPT_S;
  private creditAtMs = 0;
  private lastW = 0;
  private way = 0;
  private turnsAtMs: number[] = [];
  private lostAtMs: number[] = [];

  constructor(renewedByAll: boolean) {
    this.renewedByAll = renewedByAll;
  }

  private word(at: number): number {
    return (this.it.bank.registers[at]! << 16) >> 16;
  }

  powerW(): number {
    const seconds = this.word(AT.revertTime);
    if (seconds > 0 && this.it.nowMs >= this.renewedAtMs + seconds * 1000) {
      this.it.bank.registers[AT.enable] = 0;
      this.it.bank.registers[AT.setpoint] = 0;
    }
    return this.word(AT.enable) === 0 ? 0 : this.word(AT.setpoint);
  }

  pass(ms: number): void {
    this.it.nowMs += ms;
    this.moved();
  }

  write(at: number, value: number, fate: "answered" | "lost" | "never-sent"): string | number {
    this.powerW();
    if (fate !== "answered") this.it.fate = { kind: "failed", sent: fate === "lost" };
    if (fate === "lost") this.lostAtMs.push(this.it.nowMs);
    const said = this.it.write(at, value);
    this.it.fate = undefined;
    if (said === "pass" && fate === "lost") this.it.bank.registers[at] = value & 0xffff;
    if (said === "pass" && fate !== "never-sent" && (this.renewedByAll || at === AT.setpoint))
      this.renewedAtMs = this.it.nowMs;
    return said;
  }

  /** How its power moved since the last look: what it spent of its ramp, and its turns in ten minutes. */
  moved(): {
    readonly roomW: number;
    readonly rises: boolean;
    readonly turns: number;
    readonly powerW: number;
  } {
    const { nowMs } = this.it;
    const powerW = this.powerW();
    const baseW = Math.sign(powerW) === Math.sign(this.lastW) ? Math.abs(this.lastW) : 0;
    const rises = Math.abs(powerW) > baseW;
    this.creditW = Math.min(RAMP * KEPT_S, this.creditW + (RAMP * (nowMs - this.creditAtMs)) / 1000);
    this.creditAtMs = nowMs;
    if (rises) this.creditW -= Math.abs(powerW) - baseW;
    const way = Math.sign(powerW - this.lastW);
    this.turnsAtMs = this.turnsAtMs.filter((atMs) => nowMs - atMs < TEN_MINUTES_MS);
    this.lostAtMs = this.lostAtMs.filter((atMs) => nowMs - atMs < TEN_MINUTES_MS);
    if (way !== 0) {
      if (this.way === -way) this.turnsAtMs.push(nowMs);
      this.way = way;
    }
    this.lastW = powerW;
    // An answer that is lost may hide that it fell.
    const turns = this.turnsAtMs.length - this.lostAtMs.length;
    return { roomW: this.creditW, rises, turns, powerW };
  }
}

function succeed({ it }: Device, chance: Chance): void {
  if (chance.int(0, 1) === 0) {
    it.guard = new ModbusGuard(policy, it.guard);
    return;
  }
  const past = JSON.parse(JSON.stringify(it.guard.past(it.nowMs))) as GuardPast;
  it.guard = new ModbusGuard(policy, undefined, { atMs: it.nowMs, past, unknown: "nothing" });
  it.read(0, 40);
}

test("property: in any order of writes, lost answers, falls, restarts and policies power keeps to its ramp, its turns and its charge", () => {
  const figures = { rises: 0, falls: 0, refused: 0, charged: 0 };
  for (let seed = 1; seed <= 150; seed++) {
    const chance = seededChance(seed);
    const device = new Device(chance.int(0, 1) === 0);
    const restarts = chance.int(0, 1) === 0;
    const { it } = device;
    it.bank.registers[AT.charge] = 50;
    it.read(0, 40);
    for (let step = 0; step < 120; step++) {
      const place = `seed ${seed}, step ${step}`;
      device.pass([0, 0, 100, 6_000, 20_000, 70_000][chance.int(0, 5)]!);
      if (chance.int(0, 2) === 0) it.read(0, 40);
      if (chance.int(0, 5) === 0) {
        it.bank.registers[AT.charge] = chance.int(0, 1) === 0 ? 5 : 50;
        it.read(AT.charge, 1);
      }
      if (restarts && chance.int(0, 9) === 0) succeed(device, chance);
      const at = [AT.setpoint, AT.setpoint, AT.enable, AT.revertTime][chance.int(0, 3)]!;
      const values =
        at === AT.setpoint
          ? [0, 100, 500, 1000, -500, -1000, 1400]
          : at === AT.enable
            ? [0, 1, 1]
            : [10, 30, 60];
      const value = values[chance.int(0, values.length - 1)]!;
      const fate = (["answered", "answered", "answered", "lost", "never-sent"] as const)[chance.int(0, 4)]!;
      const beforeW = device.powerW();
      const said = device.write(at, value, fate);
      const { roomW, rises, turns, powerW } = device.moved();
      if (said !== "pass") {
        figures.refused++;
        assert(at === AT.revertTime || value !== 0, `${place}: 0 is refused at ${at}`);
        continue;
      }
      if (rises) figures.rises++;
      if (Math.abs(powerW) < Math.abs(beforeW)) figures.falls++;
      assert(roomW >= -1e-6, `${place}: ${beforeW} to ${powerW} W, ${-roomW} W more than its ramp`);
      assert(!rises || restarts || turns <= TURNS_MAX, `${place}: ${turns} turns`);
      const empty = it.bank.registers[AT.charge]! < 10;
      const isRenewal = fate !== "never-sent" && (at !== AT.enable || value !== 0);
      assert(!(empty && isRenewal && powerW > 0), `${place}: discharged with ${powerW} W at its reserve`);
      if (empty) figures.charged++;
    }
  }
  assert(
    figures.rises > 300 && figures.falls > 200 && figures.refused > 1_000 && figures.charged > 1_000,
    JSON.stringify(figures),
  );
});

describe("a setpoint that another register brings into force", () => {
  const enabled = (bounds: object, links: object = { enable: "limit" }) => {
    const guard = new GuardedBank(
      smallPolicy((data) => ({
        ...data,
        devices: data.devices.map((device) => ({
          ...device,
          registers: device.registers.map((one) => (one.name === "setpoint" ? { ...one, ...links } : one)),
        })),
        rules: [
          data.rules[0],
          {
            ...data.rules[1],
            writes: [
              { register: "setpoint", min: -5000, max: 5000, ...bounds },
              { register: "limit", min: 0, max: 100 },
            ],
          },
        ],
      })),
    );
    guard.read(10, 4);
    return guard;
  };
  const enable = (guard: GuardedBank, on: number) => guard.write(12, 0, on);

  test("is a step when it is enabled, wherever it was led before", () => {
    const guard = enabled({ rampPerS: 100 });
    for (let value = 100; value <= 400; value += 100) {
      assert.equal(guard.write(10, value), "pass");
      guard.nowMs += 10_000;
    }
    assert.equal(enable(guard, 1), 3, "4000 W at once");
    assert.deepEqual([guard.write(10, 100), enable(guard, 1)], ["pass", "pass"]);
  });

  test("is not switched to and fro; it is switched off whenever somebody wants", () => {
    const turning = enabled({ reversalsPer10MinMax: 2 });
    assert.equal(turning.write(10, 100), "pass");
    assert.deepEqual(
      [1, 0, 1, 0, 1, 0].map((on) => enable(turning, on)),
      ["pass", "pass", "pass", "pass", 6, "pass"],
    );
    const dwelling = enabled({ dwellMs: 60_000 });
    assert.equal(dwelling.write(10, 100), "pass");
    assert.deepEqual(
      [1, 1, 0, 1, 0].map((on) => enable(dwelling, on)),
      ["pass", "pass", "pass", 6, "pass"],
    );
    dwelling.nowMs += 60_000;
    assert.equal(enable(dwelling, 1), "pass");
  });

  test("is within its bounds, whoever left it there; unknown it is not enabled", () => {
    const guard = enabled({});
    guard.bank.registers[10] = 900;
    guard.read(10, 1);
    assert.equal(enable(guard, 1), 3, "9000 W");
    assert.deepEqual([guard.write(10, 0), enable(guard, 1)], ["pass", "pass"]);
    guard.guard = new ModbusGuard(guard.guard.policy);
    assert.deepEqual([enable(guard, 1), enable(guard, 0)], [3, "pass"]);
    assert.deepEqual([guard.write(10, 0), enable(guard, 1)], ["pass", "pass"], "a way out without any read");
  });

  test("falls back after its time: then the same again is a change", () => {
    const links = { revertTime: "limit" };
    const guard = enabled({ reversalsPer10MinMax: 2 }, links);
    assert.deepEqual([guard.write(12, 0, 20), guard.write(10, 100)], ["pass", "pass"]);
    for (let renewals = 0; renewals < 10; renewals++) {
      guard.nowMs += 19_999;
      assert.equal(guard.write(10, 100), "pass");
    }
    const said = Array.from({ length: 4 }, () => {
      guard.nowMs += 20_000;
      return guard.write(10, 100);
    });
    assert.deepEqual(said, ["pass", 6, 6, 6]);
    assert.equal(guard.write(10, 0), "pass");
    const ramped = enabled({ rampPerS: 10 }, links);
    ramped.write(12, 0, 20);
    for (let value = 10; value <= 50; value += 10) {
      assert.equal(ramped.write(10, value), "pass");
      ramped.nowMs += 10_000;
    }
    assert.equal(ramped.write(10, 50), "pass");
    ramped.nowMs += 20_000;
    assert.deepEqual([ramped.write(10, 50), ramped.write(10, 10)], [3, "pass"]);
  });
});
