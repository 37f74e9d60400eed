/**
 * What a station of 2.1 says without waiting, on a real socket of a real central system: values of a stream between its
 * calls, and that it could not read an answer. It hears nothing back, and what it said is stored when a later call is
 * answered.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { csmsOn, enrolStations, stationIdentity } from "./rig/operator.ts";
import { Station } from "./rig/station.ts";
import { rows } from "./rig/stored.ts";
import { eventually, workplace } from "./rig/workplace.ts";

const out = workplace("sends");
const boot = { reason: "PowerUp", chargingStation: { vendorName: "V", model: "M" } };
const stream = { constantStreamData: { id: 4, variableMonitoringId: 17, params: { interval: 60 } } };
const values = (v: string) => ({
  ...{ id: 4, pending: 0, basetime: new Date().toISOString(), data: [{ t: 0, v }] },
});

test("sends: values between calls are stored in their order before the next call is answered, and get no reply", async () => {
  const csms = await csmsOn(out);
  await enrolStations(out, ["CP-1"]);
  const station = await Station.connect(csms, {
    ...{ id: "CP-1", version: "2.1", identity: stationIdentity(out, "CP-1") },
  } as const);
  assert.equal((await station.result("BootNotification", boot))["status"], "Accepted");
  assert.equal((await station.result("OpenPeriodicEventStream", stream))["status"], "Accepted");
  const send = (payload: object) =>
    station.wire.send(
      JSON.stringify([6, `s-${JSON.stringify(payload).length}`, "NotifyPeriodicEventStream", payload]),
    );
  for (let n = 0; n < 20; n += 1) send(values(`${n}`));
  // Neither of these means anything, and neither disturbs what comes after.
  send({ nothing: true });
  station.wire.send('[6,"x","NoSuchSend",{}]');
  await station.result("Heartbeat", {});
  const kept = rows(out, "SELECT value FROM event_streams WHERE station_id = 'CP-1'");
  assert.deepEqual(
    kept.map(({ value }) => value),
    ["19"],
  );

  station.wire.send('[5,"CP-1-1","FormatViolation","no time in it",{}]');
  const disputes = () =>
    rows(out, "SELECT data FROM outbox WHERE kind = 'observed' AND data LIKE '%answer-disputed%'");
  await eventually("the dispute was observed", () => disputes().length === 1);
  await station.result("ClosePeriodicEventStream", { id: 4 });
  assert.deepEqual(rows(out, "SELECT * FROM event_streams"), []);
  assert.deepEqual(station.commands, [], "it was asked for nothing");
});
