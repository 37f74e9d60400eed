/** Every metric of one central system is fed: after one of everything, each has been counted or measured. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { metricTable } from "../../apps/csms/metrics/metrics.ts";
import { boot, Session } from "./rig/charging.ts";
import {
  apiToken,
  csmsOn,
  enrolCard,
  enrolSite,
  enrolStations,
  linked,
  siteOn,
  stationIdentity,
} from "./rig/operator.ts";
import { Station } from "./rig/station.ts";
import { rows } from "./rig/stored.ts";
import { eventually, workplace } from "./rig/workplace.ts";

const out = workplace("metrics");

/** What one process alone never has, or only in trouble; each is fed in the test named. */
const elsewhere: ReadonlySet<string> = new Set([
  // nodes.test.ts
  "wattward_nodes_alive",
  "wattward_bus_connected",
  // nodes-death.test.ts
  "wattward_node_fenced_total",
  // apps/csms/message-log
  "wattward_message_log_dropped_total",
]);

/** Highest value of each name; of a histogram, how often it was observed. */
function valuesOf(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const [, name = "", value = ""] of text.matchAll(
    /^(wattward_[a-z_]+?)(?:_count)?(?:\{[^}]*\})? (\S+)$/gm,
  )) {
    values.set(name, Math.max(values.get(name) ?? 0, Number(value)));
  }
  return values;
}

test("metrics: each name in the table is fed by somebody", async () => {
  const csms = await csmsOn(out);
  await enrolStations(out, ["CP-1", "CP-3"]);
  await enrolStations(out, ["CP-2"], "north");
  await enrolSite(out, "north");
  await enrolCard(out);
  await linked(await siteOn(out, "north", { csmsPort: csms.port }), 1);
  const identity = stationIdentity(out, "CP-1");
  const station = await Station.connect(csms, { id: "CP-1", version: "1.6", identity });
  await station.tell(boot("1.6"));
  await station.tell(new Session("1.6", "", 0).start());
  assert.equal((await Station.dial(csms, { id: "CP-2", version: "1.6", identity })).kind, "out");

  const disputing = { id: "CP-3", version: "2.1", identity: stationIdentity(out, "CP-3") } as const;
  (await Station.connect(csms, disputing)).wire.send('[5,"x","FormatViolation","",{}]');

  const token = await apiToken(out);
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://localhost:${csms.httpPort}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    });
  const stream = await ask("/api/v1/events?after=0");
  assert.equal(stream.status, 200);
  const command = { action: "Reset", payload: { type: "Soft" }, reason: "a test" };
  const asked = await ask("/api/v1/stations/CP-1/commands", {
    method: "POST",
    body: JSON.stringify(command),
  });
  assert.equal(asked.status, 202, await asked.text());
  const reset = await eventually("the station was asked to reset", () => station.commands[0]);
  station.reply(reset, { status: "Accepted" });

  const missing = async () => {
    const values = valuesOf(await (await ask("/metrics")).text());
    return Object.keys(metricTable).filter((name) => !elsewhere.has(name) && !((values.get(name) ?? 0) > 0));
  };
  let left = await missing();
  for (let i = 0; left.length > 0 && i < 50; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    left = await missing();
  }
  assert.deepEqual(left, []);
  await stream.body?.cancel();

  // A station that does not come back: its command ends by itself, observed and counted like the others.
  station.leave();
  await station.closed;
  const brief = JSON.stringify({ ...command, expiresInS: 1 });
  const alone = await ask("/api/v1/stations/CP-1/commands", { method: "POST", body: brief });
  assert.equal(alone.status, 202, await alone.text());
  const endings = () => rows(out, "SELECT data FROM outbox WHERE kind = 'command.ended' ORDER BY seq");
  await eventually("the command ended", () => endings().length === 2);
  assert.match(String(endings().at(-1)?.["data"]), /"state":"expired"/);
  const expired = /^wattward_commands_total\{action="Reset",state="expired"\} 1$/m;
  let seen = "";
  while (!expired.test(seen)) seen = await (await ask("/metrics")).text();
});
