import assert from "node:assert/strict";
import { test } from "node:test";
import type { OcppVersion } from "@wattward/ocpp";
import { bench } from "../testing/bench.ts";

test("1.6: a session from boot to free connector, frame by frame", async () => {
  const { csms, failures, powerOn, sent, session, station } = await open("1.6");
  await powerOn();
  await session(25_000);
  assert.deepEqual(failures, []);
  assert.deepEqual(csms.story, [
    "BootNotification",
    "StatusNotification Available",
    "StatusNotification Preparing",
    "Authorize",
    "StartTransaction",
    "StatusNotification Charging",
    "MeterValues",
    "MeterValues",
    "StopTransaction",
    "StatusNotification Finishing",
    "StatusNotification Available",
  ]);
  assert.deepEqual(station.notebook.complaints, []);
  assert.equal(sent.length, csms.heard.length);
});

test("2.0.1: a session from boot to free connector, frame by frame", async () => {
  const { csms, failures, powerOn, session, station } = await open("2.0.1");
  await powerOn();
  await session(25_000);
  assert.deepEqual(failures, []);
  assert.deepEqual(csms.story, [
    "BootNotification",
    "StatusNotification Available",
    "StatusNotification Occupied",
    "Authorize",
    "TransactionEvent Started",
    "TransactionEvent Updated",
    "TransactionEvent Updated",
    "TransactionEvent Ended",
    "StatusNotification Available",
  ]);
  assert.deepEqual(station.notebook.complaints, []);
});

const open = (version: OcppVersion) => bench(version, { settings: { sampleS: 10 } });
