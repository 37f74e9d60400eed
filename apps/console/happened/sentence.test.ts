import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../api/shapes.ts";
import { toldOf } from "./sentence.ts";

const seen = (kind: string, data: object = {}): Observation => ({
  seq: 1,
  atMs: 0,
  source: "station",
  kind,
  station: "LPD-01",
  live: true,
  data: { ...data },
});

test("what happened is said in words, with the meaning of its tone", () => {
  const table: readonly [string, object, string, string][] = [
    ["station.disconnected", {}, "lost its connection", "care"],
    ["station.status", { evse: 1, status: "SuspendedEV", errorCode: "NoError" }, "EVSE 1 is paused", "calm"],
    [
      "station.status",
      { evse: 0, status: "Faulted", errorCode: "GroundFailure" },
      "is faulted: ground failure",
      "danger",
    ],
    ["transaction.started", { token: "…4F21" }, "session started with token …4F21", "well"],
    [
      "transaction.ended",
      { energyWh: 4_020, reason: "EVDisconnected" },
      "session ended after 4.02 kWh: car unplugged",
      "calm",
    ],
    ["transaction.ended", { energyWh: null, reason: null }, "session ended", "calm"],
    ["authorisation.decided", { token: "…1", status: "Blocked" }, "did not accept token …1: blocked", "care"],
    ["command.ended", { action: "Reset", state: "refused" }, "restart was refused by the station", "care"],
    [
      "observed",
      { what: "gateway.clock-stepped", detail: { steppedMs: -3_600_000 } },
      "its clock was set back by 3600 seconds",
      "care",
    ],
    [
      "observed",
      { what: "gateway.profile-not-in-force", detail: { after: 32, before: 6, unit: "A" } },
      "took a charging profile that does not hold: it shows 32 A, and 6 A before",
      "care",
    ],
    ["observed", { what: "gateway.heartbeat-flood" }, "more heartbeats than it was asked for", "care"],
    ["observed", { what: "toString", detail: 7 }, "to string", "calm"],
    ["transaction.frozen", { minutes: 30 }, "its meter has stood still for 30 minutes", "danger"],
    ["site.bundle", { version: 7, accepted: true, reason: "" }, "runs on bundle 7", "calm"],
    [
      "site.bundle",
      { version: 7, accepted: false, reason: "signature" },
      "refused its new bundle: signature",
      "danger",
    ],
    [
      "transaction.review",
      { codes: ["no-meter", "new-doubt"] },
      "start or end came without a meter value; new-doubt",
      "care",
    ],
  ];
  for (const [kind, data, text, tone] of table) {
    const told = toldOf(seen(kind, data));
    assert.ok(told?.text.endsWith(text), `${kind}: ${told?.text}`);
    assert.equal(told?.tone, tone, kind);
  }
});

test("meter values, leases and accepted tokens are no news; a kind that is new is shown by its name", () => {
  for (const kind of ["transaction.updated", "station.meter", "site.leased"])
    assert.equal(toldOf(seen(kind)), undefined);
  assert.equal(toldOf(seen("authorisation.decided", { status: "Accepted" })), undefined);
  assert.deepEqual(toldOf(seen("weather.changed")), { text: "weather.changed", tone: "calm" });
  assert.deepEqual(toldOf(seen("toString")), { text: "toString", tone: "calm" });
});

test("data of any shape is told without breaking", () => {
  const kinds = [
    "station.status",
    "transaction.ended",
    "transaction.review",
    "command.ended",
    "site.bundle",
    "observed",
  ];
  for (const kind of kinds) {
    for (const value of [null, 7, [], {}, "x"]) {
      const data = {
        evse: value,
        status: value,
        reason: value,
        codes: value,
        action: value,
        state: value,
        what: value,
      };
      assert.equal(typeof toldOf(seen(kind, data))?.text, "string", kind);
    }
  }
});

test("a mode is as grave as its alert; what the guard refused is told in words", () => {
  const at = (kind: string, data: object) => toldOf(seen(kind, data));
  assert.deepEqual(at("site.mode", { mode: "fallback", reason: "It is dead.", alert: "alarm" }), {
    text: "energy mode is fallback now: It is dead.",
    tone: "danger",
  });
  assert.equal(at("site.mode", { mode: "planned", reason: "", alert: "none" })?.tone, "calm");
  const exchange = {
    client: "vendor",
    device: "bess",
    functionCode: 6,
    values: [{ register: "WSet", value: 9, unit: "kW" }],
  };
  assert.equal(
    at("site.guard", { what: "modbus.denied", detail: { exchange, why: "above 5 kW" } })?.text,
    "the guard refused vendor (bess WSet = 9 kW): above 5 kW",
  );
  assert.equal(
    at("site.guard", { what: "modbus.unknown-master", detail: { text: "10.0.0.9" } })?.text,
    "the guard noticed (unknown master): 10.0.0.9",
  );
  assert.equal(at("energy.set", { version: 3, managed: false })?.text, "its energy is no longer managed");
});
