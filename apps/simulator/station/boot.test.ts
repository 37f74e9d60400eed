/** Boot, heartbeat and reconnect (2.0.1 B01 to B03, Part 4 §5.3; 1.6 §4.2). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ocppVersions } from "@wattward/ocpp";
import { bench, one, someCar } from "../testing/bench.ts";
import type { Script } from "../testing/fake-csms.ts";

const versions = ocppVersions;

for (const version of versions) {
  test(`${version}: Pending, then Rejected, then Accepted: nothing else is sent before, at the interval that was told`, async () => {
    const { csms, station, time } = await bench(version);
    const answers = ["Pending", "Rejected"];
    csms.script = ({ action }) => {
      const status = action === "BootNotification" ? answers.shift() : undefined;
      if (status === undefined) return undefined;
      return boot(status, 7);
    };
    void station.powerOn();
    await time.advance(3_000);
    station.plug(one, someCar());
    await time.advance(17_000);
    const boots = csms.of("BootNotification").map(({ atMs }) => atMs);
    assert.deepEqual(
      boots.slice(1).map((atMs, i) => Math.round((atMs - boots[i]!) / 1000)),
      [7, 7],
    );
    assert.deepEqual(
      csms.story.slice(0, 3),
      boots.map(() => "BootNotification"),
    );
    assert.match(csms.story[3]!, /^(StatusNotification|NotifyEvent)/);
  });

  test(`${version}: a reconnect needs no new boot, and tells only what has changed`, async () => {
    const { csms, link, powerOn, station, time } = await bench(version);
    await powerOn();
    const before = csms.heard.length;
    link.reset();
    await time.advance(20_000);
    assert.equal(csms.heard.length, before);
    csms.drop("S1");
    station.plug(one, someCar());
    await time.advance(20_000);
    assert.equal(csms.of("BootNotification").length, 1);
    assert.equal(csms.of("StatusNotification", "NotifyEvent").length, 2);
    assert.equal(station.notebook.connections, 3);
  });

  test(`${version}: heartbeats keep the interval of the boot answer and set the clock`, async () => {
    const { csms, powerOn, station, time } = await bench(version);
    csms.heartbeatS = 20;
    await powerOn();
    station.clock.jump(-3_600_000);
    await time.advance(10_000);
    assert(station.clock.nowMs() < time.now().wallMs - 3_500_000);
    await time.advance(50_000);
    assert.equal(csms.of("Heartbeat").length, 3);
    assert(Math.abs(station.clock.nowMs() - time.now().wallMs) < 1_000);
  });
}

const remoteStarts = {
  "1.6": ["RemoteStartTransaction", { idTag: "X" }],
  "2.0.1": ["RequestStartTransaction", { idToken: { idToken: "X", type: "Central" }, remoteStartId: 1 }],
} as const;

for (const version of versions) {
  test(`${version}: Pending: commands are answered, remote starts are Rejected, triggered messages come`, async () => {
    const { csms, during, station, time } = await bench(version);
    csms.script = ({ action }) => (action === "BootNotification" ? boot("Pending", 600) : undefined);
    void station.powerOn();
    await time.advance(3_000);
    const [action, payload] = remoteStarts[version === "1.6" ? "1.6" : "2.0.1"];
    const started = await during(csms.command("S1", action, payload));
    assert.deepEqual(started[2], { status: "Rejected" });
    const triggered = await during(
      csms.command("S1", "TriggerMessage", { requestedMessage: "StatusNotification" }),
    );
    assert.deepEqual(triggered[2], { status: "Accepted" });
    await time.advance(3_000);
    assert.deepEqual(csms.story, ["BootNotification", "StatusNotification Available"]);
  });
}

test("a central system that forgot it: SecurityError makes the station boot again, and nothing is lost", async () => {
  const settings = { sampleS: 5, attempts: 3, attemptIntervalS: 1 };
  const { csms, powerOn, session, station, time } = await bench("2.0.1", { settings });
  await powerOn();
  let known = false;
  csms.script = ({ action }) => {
    if (action === "BootNotification") known = true;
    return known ? undefined : { kind: "error", code: "SecurityError" };
  };
  await time.advance(20_000);
  csms.drop("S1");
  await time.advance(10_000);
  station.line.takeDown();
  await session(8_000);
  station.line.restore();
  await time.advance(30_000);
  assert.equal(csms.of("BootNotification").length, 2);
  assert(station.notebook.transactions[0]!.messages.every(({ fate }) => fate === "answered"));
});

test("a central system that answers SecurityError for ever is not flooded with boots", async () => {
  const { csms, powerOn, station, time } = await bench("1.6");
  csms.heartbeatS = 1;
  csms.script = ({ action }) =>
    action === "BootNotification" ? undefined : { kind: "error", code: "SecurityError" };
  await powerOn();
  await time.advance(120_000);
  assert(csms.of("BootNotification").length <= 14, String(csms.of("BootNotification").length));
  assert.equal(station.view().connected, true);
});

test("Rejected: 1.6 answers nothing, 2.0.1 answers SecurityError", async () => {
  for (const version of versions) {
    const { csms, station, time } = await bench(version);
    csms.script = ({ action }) => (action === "BootNotification" ? boot("Rejected", 600) : undefined);
    void station.powerOn();
    await time.advance(3_000);
    let answer: unknown;
    void csms.command("S1", "DataTransfer", { vendorId: "x" }).then((frame) => (answer = frame[2]));
    await time.advance(3_000);
    assert.equal(answer, version === "1.6" ? undefined : "SecurityError");
  }
});

test("reconnecting: the pause doubles from its minimum, with a random part, up to its limit", async () => {
  const { csms, powerOn, time } = await bench("2.0.1", {
    settings: { backOffWaitS: 2, backOffRandomS: 1, backOffRepeats: 2 },
  });
  await powerOn();
  const dials: number[] = [];
  csms.refuse = 503;
  csms.onUpgrade = () => void dials.push(time.now().monotonicMs);
  csms.drop("S1");
  const lostMs = time.now().monotonicMs;
  await time.advance(60_000);
  const pauses = [lostMs, ...dials].slice(0, 5).map((atMs, i, all) => (all[i + 1] ?? Number.NaN) - atMs);
  for (const [i, leastS] of [2, 4, 8, 8].entries()) {
    assert(pauses[i]! >= leastS * 1000 && pauses[i]! <= leastS * 1000 + 1_100, `pause ${i}: ${pauses[i]} ms`);
  }
});

test("a silent line: two pings without a sign of life end the connection; the old socket is reset when it heals", async () => {
  const { csms, powerOn, station, time } = await bench("1.6", { settings: { pingS: 3 } });
  await powerOn();
  station.line.cut();
  await time.advance(15_000);
  assert.equal(station.view().connected, false);
  station.line.restore();
  await time.advance(15_000);
  assert.equal(station.view().connected, true);
  assert.equal(station.notebook.connections, 2);
  assert.equal(csms.of("BootNotification").length, 1);
});

const boot = (status: string, interval: number): Script => ({
  kind: "result",
  payload: { status, interval, currentTime: new Date(Date.UTC(2026, 0, 5, 8)).toISOString() },
});

test("a wire that ends before it is handed over is no connection: the station dials again", async () => {
  const { csms, link, station, time } = await bench("1.6");
  csms.onUpgrade = () => {
    csms.onUpgrade = () => {};
    time.after(0, () => link.reset());
  };
  void station.powerOn();
  await time.advance(60_000);
  assert.equal(csms.of("BootNotification").length, 1);
  assert.equal(station.view().accepted, true);
});
