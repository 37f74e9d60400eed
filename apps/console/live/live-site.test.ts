import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation, SiteSnapshot } from "../api/shapes.ts";
import { applyObservation, type LiveSite, liveSite, RECENT_MAX, SESSIONS_MAX } from "./live-site.ts";

const atMs = Date.UTC(2026, 0, 5, 8);

const snapshot = (): SiteSnapshot => ({
  seq: 100,
  site: {
    id: "lyon",
    connected: true,
    seenAtMs: atMs,
    stations: 1,
    stationsConnected: 1,
    charging: 0,
    powerW: null,
    clockQuality: "synced",
    bundleVersion: 3,
  },
  stations: [
    {
      id: "LPD-01",
      serial: "LPD-01",
      site: "lyon",
      route: "site",
      admission: "accepted",
      connected: true,
      version: "1.6",
      securityProfile: 3,
      dispensation: null,
      seenAtMs: atMs,
      bootedAtMs: atMs,
      vendor: "A",
      model: "B",
      firmware: "1",
      powerW: null,
      powerAtMs: null,
      connectors: [{ evse: 1, connector: 1, status: "Available", errorCode: null, statusAtMs: atMs }],
    },
  ],
  transactions: [],
  recent: [],
});

const seen = (seq: number, kind: string, data: object, more: Partial<Observation> = {}): Observation => ({
  seq,
  atMs: atMs + seq * 1000,
  source: "station",
  kind,
  station: "LPD-01",
  site: "lyon",
  live: true,
  data: { ...data },
  ...more,
});

function after(...observations: Observation[]): LiveSite {
  let site = liveSite(snapshot());
  for (const observation of observations) {
    const applied = applyObservation(site, observation);
    assert.equal(applied.whole, true, `${observation.kind} asks for a snapshot`);
    site = applied.site;
  }
  return site;
}
const started = (seq: number, more: Partial<Observation> = {}) =>
  seen(
    seq,
    "transaction.started",
    {
      transaction: "T1",
      wireId: "7",
      evse: 1,
      state: "open",
      meterWh: 5,
      energyWh: null,
      powerW: null,
      token: "…4F21",
    },
    more,
  );
const updated = (seq: number, energyWh: number, powerW: number) =>
  seen(seq, "transaction.updated", {
    transaction: "T1",
    wireId: "7",
    evse: 1,
    state: "open",
    energyWh,
    powerW,
  });
const ended = (seq: number) =>
  seen(seq, "transaction.ended", {
    transaction: "T1",
    evse: 1,
    state: "ended",
    energyWh: 900,
    reason: "Local",
  });

test("a session starts, draws power, and ends; the station's power follows and is unknown after", () => {
  const charging = after(started(101), updated(102, 400, 11_000));
  assert.equal(charging.sessions.get("T1")?.energyWh, 400);
  assert.equal(charging.sessions.get("T1")?.token, "…4F21");
  assert.equal(charging.stations.get("LPD-01")?.powerW, 11_000);
  const over = after(started(101), updated(102, 400, 11_000), ended(103));
  const session = over.sessions.get("T1");
  assert.deepEqual(
    [session?.state, session?.endedAtMs, session?.stopReason, session?.energyWh],
    ["ended", atMs + 103_000, "Local", 900],
  );
  assert.equal(over.stations.get("LPD-01")?.powerW, null);
});

test("an observation that the snapshot includes, or that comes twice, changes nothing", () => {
  const site = liveSite(snapshot());
  assert.equal(applyObservation(site, started(100)).site, site);
  const once = after(started(101));
  assert.equal(applyObservation(once, started(101)).site, once);
});

test("a replayed session is in the list as offline and moves no live power", () => {
  const site = after(started(101, { live: false }));
  assert.equal(site.sessions.get("T1")?.offline, true);
  assert.equal(site.stations.get("LPD-01")?.powerW, null);
});

test("a replayed status asks for a snapshot and leaves the live state alone", () => {
  const status = seen(101, "station.status", { evse: 1, connector: 1, status: "Faulted" }, { live: false });
  const applied = applyObservation(liveSite(snapshot()), status);
  assert.equal(applied.whole, false);
  assert.equal(applied.site.stations.get("LPD-01")?.connectors[0]?.status, "Available");
  assert.equal(applied.site.seq, 101);
});

test("a status says since when, and the same status again does not move that", () => {
  const site = after(
    seen(101, "station.status", { evse: 1, connector: 1, status: "Charging", errorCode: null }),
    seen(102, "station.status", { evse: 1, connector: 1, status: "Charging", errorCode: null }),
  );
  assert.deepEqual(site.stations.get("LPD-01")?.connectors, [
    { evse: 1, connector: 1, status: "Charging", errorCode: null, statusAtMs: atMs + 101_000 },
  ]);
});

test("what is not known here asks for a snapshot: a new station, an older session, a site link", () => {
  const site = liveSite(snapshot());
  for (const strange of [
    seen(101, "station.connected", { version: "1.6" }, { station: "LPD-99" }),
    updated(101, 5, 5),
    seen(101, "station.added", {}),
    seen(101, "site.disconnected", {}, { source: "site" }),
    seen(101, "transaction.review", { transaction: "T9", codes: ["x"] }),
    seen(101, "transaction.started", {}),
  ]) {
    assert.equal(applyObservation(site, strange).whole, false, strange.kind);
  }
});

test("connection, boot, review and commands find their place", () => {
  const site = after(
    started(101),
    seen(102, "transaction.review", { transaction: "T1", codes: ["meter-went-back"] }),
    seen(103, "transaction.review", { transaction: "T1", codes: ["meter-went-back", "old-clock"] }),
    seen(104, "station.disconnected", {}),
    seen(105, "command.sent", { command: "C1", action: "Reset" }, { source: "csms" }),
  );
  assert.equal(site.sessions.get("T1")?.review, "meter-went-back,old-clock");
  assert.equal(site.stations.get("LPD-01")?.connected, false);
  assert.equal(site.stations.get("LPD-01")?.seenAtMs, atMs + 104_000);
  assert.equal(site.commandSeq.get("LPD-01"), 105);
});

test("data of hostile shape neither throws nor enters the picture", () => {
  const odd: unknown[] = [null, [], {}, "x", -1, Number.NaN, { toString: null }];
  const kinds = ["station.status", "station.meter", "transaction.started", "transaction.review", "__proto__"];
  for (const kind of kinds) {
    for (const value of odd) {
      const data = { evse: value, status: value, powerW: value, transaction: value, codes: value };
      const applied = applyObservation(liveSite(snapshot()), seen(101, kind, data));
      assert.equal(applied.site.seq, 101);
      const powerW = applied.site.stations.get("LPD-01")?.powerW;
      assert.ok(powerW === null || powerW === -1);
    }
  }
});

test("lists stay bounded and open sessions are the last to go", () => {
  let site = liveSite(snapshot());
  for (let n = 0; n < SESSIONS_MAX + 50; n++) {
    const facts = { transaction: `T${n}`, evse: 1, state: n === 0 ? "open" : "ended" };
    site = applyObservation(site, seen(101 + n, "transaction.started", facts)).site;
  }
  assert.equal(site.sessions.size, SESSIONS_MAX);
  assert.ok(site.sessions.has("T0"));
  assert.equal(site.recent.length, RECENT_MAX);
});
