/** What a control box says that is no word: a sign of life, and no more. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { externalStart, nextExternal } from "@wattward/energy";
import type { ModbusClient } from "@wattward/modbus";
import { LimitSignalDriver } from "./limit-signal.ts";

const MINUTE_MS = 60_000;
const settings = { failsafeW: 9_000, failsafeMs: 120 * MINUTE_MS, devices: 1 };

/** A box that is asked once a second, its heart beating, and the state that follows from it. */
function box() {
  let registers: number[] = [];
  let [nowMs, beat] = [0, 0];
  const request = () => Promise.resolve({ kind: "response", response: { registers } });
  const driver = new LimitSignalDriver({ request } as unknown as ModbusClient, 1);
  let state = externalStart(nowMs);
  return {
    async says(word: number, limitW: number) {
      for (let s = 0; s < 5; s++) {
        registers = [++beat, word, Math.floor(limitW / 0x1_0000), limitW & 0xffff];
        const trouble = await driver.poll();
        nowMs += 1_000;
        state = nextExternal(state, driver.signals(state), { settings, nowMs });
        if (s === 4) return { kind: state.kind, limitW: state.limitW, trouble: trouble?.kind };
      }
      return undefined;
    },
    silent(ms: number) {
      nowMs += ms;
      state = nextExternal(state, driver.signals(state), { settings, nowMs });
      return state.kind;
    },
  };
}

test("control box: back with its heart and no word, it leaves no failsafe by what it said before", async () => {
  const one = box();
  assert.equal((await one.says(0, 0))?.kind, "unlimited");
  assert.equal(one.silent(3 * MINUTE_MS), "failsafe");
  assert.deepEqual(await one.says(7, 0), { kind: "failsafe", limitW: undefined, trouble: "unsuited" });
  assert.equal((await one.says(0, 0))?.kind, "unlimited");
});

test("control box: a limit beyond every site is no word; what held before holds on", async () => {
  const one = box();
  const notImplemented = 0xffff_ffff;
  assert.equal((await one.says(1, notImplemented))?.kind, "init");
  assert.equal((await one.says(1, 6_000))?.limitW, 6_000);
  assert.deepEqual(await one.says(1, notImplemented), {
    kind: "limited",
    limitW: 6_000,
    trouble: "unsuited",
  });
  assert.equal((await one.says(1, 10_000_000))?.limitW, 10_000_000);
});
