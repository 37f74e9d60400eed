import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "@wattward/energy";
import { ChargingSession } from "./session.ts";
import { StationTime } from "./station-time.ts";

test("session: a station that tells its register alone is seen by its steps, also where it is asked in between and answers unevenly", () => {
  const kept = { transaction: 1, evse: 1, sinceWallMs: 0, fromWh: 0, needs: {} };
  const session = new ChargingSession("s" as SessionId, kept, 0);
  const time = new StationTime();
  // 7,360 W: 32 A on one phase. Every 10 s by itself, and once in between, a little early or late.
  for (let i = 1; i <= 100; i++) {
    const nowMs = i * 5_000 + (i % 2 === 0 ? 0 : (i % 4) * 20 - 40);
    time.heard(nowMs, nowMs);
    const registerWh = (7_360 * nowMs) / 3_600_000;
    const reading = { atStationMs: nowMs, registerWh, terminalsMa: undefined, exportWh: undefined };
    session.read([reading], time, { count: 1, voltageV: 230 }, nowMs);
    if (i < 4) continue;
    const { atMs = Number.NEGATIVE_INFINITY, terminalsMa = [] } = session.observed ?? {};
    assert(nowMs - atMs <= 10_000, `not seen for ${nowMs - atMs} ms`);
    assert(Math.abs(terminalsMa[0]! - 32_000) < 1, `${terminalsMa}`);
  }
});

test("session: a register that begins anew is seen by its steps again, and what comes late is no new beginning", () => {
  const kept = { transaction: 1, evse: 1, sinceWallMs: 0, fromWh: 0, needs: {} };
  const session = new ChargingSession("s" as SessionId, kept, 0);
  const time = new StationTime();
  const says = (nowMs: number, registerWh: number, atStationMs = nowMs) => {
    time.heard(nowMs, nowMs);
    const reading = { atStationMs, registerWh, terminalsMa: undefined, exportWh: undefined };
    session.read([reading], time, { count: 1, voltageV: 230 }, nowMs);
    return session.observed;
  };
  const wattsOf = (s: number) => (2_300 * s) / 3_600;
  for (let s = 10; s <= 60; s += 10) says(s * 1_000, s === 30 ? 0 : 50_000 + wattsOf(s));
  assert(Math.abs(session.observed!.terminalsMa[0]! - 10_000) < 1, "a zero in between is none");
  // The station restarts, and counts from nothing.
  for (let s = 70; s <= 100; s += 10) says(s * 1_000, wattsOf(s - 65));
  says(101_000, 50_000, 60_000);
  assert.equal(session.observed?.atMs, 100_000);
  const seen = says(110_000, wattsOf(110 - 65));
  assert.equal(seen?.atMs, 110_000);
  assert(Math.abs(seen!.terminalsMa[0]! - 10_000) < 1, `${seen?.terminalsMa}`);
});

for (const [unitWh, withinMs] of [
  [1, 10_000],
  [10, 60_000],
  [100, 310_000],
] as const)
  test(`session: a register that counts in ${unitWh} Wh, and is asked every five seconds, never looks like disobedience`, () => {
    const kept = { transaction: 1, evse: 1, sinceWallMs: 0, fromWh: 0, needs: {} };
    const session = new ChargingSession("s" as SessionId, kept, 0);
    const time = new StationTime();
    const drawnW = 3 * 230 * 16;
    for (let nowMs = 5_000; nowMs <= 1_800_000; nowMs += 5_000) {
      time.heard(nowMs, nowMs);
      const registerWh = Math.floor((120_340 + (drawnW * nowMs) / 3_600_000) / unitWh) * unitWh;
      const reading = { atStationMs: nowMs, registerWh, terminalsMa: undefined, exportWh: undefined };
      session.read([reading], time, { count: 3, voltageV: 230 }, nowMs);
      if (nowMs <= 2 * withinMs) continue;
      const { atMs, terminalsMa } = session.observed!;
      assert(nowMs - atMs <= withinMs, `not seen for ${nowMs - atMs} ms`);
      // What the loop allows a meter to be wrong by: an ampere and a twentieth.
      assert(Math.abs(terminalsMa[0]! - 16_000) <= 1_800, `${terminalsMa[0]} mA`);
    }
  });
