import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connector, Session, Station } from "../api/shapes.ts";
import { evsesOf, type StationState, stateOf } from "./state.ts";

const station = (more: Partial<Station>): Station => ({
  id: "LPD-01",
  serial: "LPD-01",
  site: "lyon",
  route: "site",
  admission: "accepted",
  connected: true,
  version: "2.0.1",
  securityProfile: 3,
  dispensation: null,
  seenAtMs: 0,
  bootedAtMs: 0,
  vendor: null,
  model: null,
  firmware: null,
  powerW: null,
  powerAtMs: null,
  connectors: [],
  ...more,
});
const connector = (evse: number, status: string, statusAtMs = 0): Connector => ({
  evse,
  connector: evse === 0 ? 0 : 1,
  status,
  errorCode: null,
  statusAtMs,
});
const session = (evse: number, powerW: number | null): Session => ({
  id: "01",
  wireId: "1",
  site: "depot",
  station: "LPD-01",
  evse,
  token: null,
  state: "open",
  startedAtMs: 0,
  endedAtMs: null,
  energyWh: null,
  powerW,
  powerAtMs: null,
  stopReason: null,
  offline: false,
  review: null,
});
const word = (more: Partial<Station>, sessions: Session[] = []) => {
  const it = station(more);
  return stateOf(it, evsesOf(it, sessions));
};

test("each word of either version has its state", () => {
  const table: readonly [string, StationState][] = [
    ["Available", "ready"],
    ["Preparing", "plugged"],
    ["Occupied", "plugged"],
    ["Charging", "charging"],
    ["SuspendedEV", "paused"],
    ["SuspendedEVSE", "paused"],
    ["Finishing", "finishing"],
    ["Reserved", "reserved"],
    ["Unavailable", "unavailable"],
    ["Faulted", "faulted"],
    ["Broken by its vendor", "unknown"],
  ];
  for (const [status, state] of table)
    assert.equal(word({ connectors: [connector(1, status)] }), state, status);
});

test("an occupied 2.0.1 EVSE charges while its transaction draws power, and pauses when it does not", () => {
  const connectors = [connector(1, "Occupied")];
  assert.equal(word({ connectors }, [session(1, 11_000)]), "charging");
  assert.equal(word({ connectors }, [session(1, null)]), "charging");
  assert.equal(word({ connectors }, [session(1, 12)]), "paused");
});

test("a station that never reported is unknown, not ready", () => {
  assert.equal(word({}), "unknown");
  assert.equal(word({ connectors: [connector(0, "Available")] }), "ready");
});

test("admission, then the link, then the whole station, then the foremost EVSE decide", () => {
  const charging = [connector(1, "Charging"), connector(2, "Faulted")];
  assert.equal(word({ connectors: charging }), "faulted");
  assert.equal(word({ connectors: [connector(1, "Available"), connector(2, "Charging")] }), "charging");
  assert.equal(word({ connectors: [connector(0, "Unavailable"), connector(1, "Available")] }), "unavailable");
  assert.equal(word({ connected: false, connectors: charging }), "offline");
  assert.equal(word({ connected: false, admission: "blocked", connectors: charging }), "blocked");
});

test("EVSEs come by number, the station itself is none, and a session alone makes one", () => {
  const it = station({ connectors: [connector(2, "Available", 5), connector(0, "Available")] });
  const evses = evsesOf(it, [session(1, 7_000)]);
  assert.deepEqual(
    evses.map((evse) => [evse.evse, evse.state, evse.sinceMs]),
    [
      [1, "charging", null],
      [2, "ready", 5],
    ],
  );
});
