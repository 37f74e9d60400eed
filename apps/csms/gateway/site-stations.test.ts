import assert from "node:assert/strict";
import { test } from "node:test";
import { beat, frame, north, presence, record, relay, welcomed } from "./testing/site-messages.ts";

test("a site speaks for its own stations alone: presence, relays and answers of another have no effect", async () => {
  const w = await north();
  const link = await welcomed(w);
  await link.say(presence("FOREIGN"), relay(1, "FOREIGN"), {
    t: "up",
    station: "FOREIGN",
    frame: '[3,"1",{}]',
  });
  assert.deepEqual(w.core.inputs("station.presence"), []);
  assert.deepEqual(w.core.inputs("site.relay"), []);
  assert.deepEqual(new Set(w.core.observed()), new Set(["gateway.foreign-station"]));
  assert.equal(link.closed, undefined, "a bundle may just have changed");
  // A record of such a station is the journal's business: the core keeps it apart and the journal goes on.
  await link.say(record(1, { station: "FOREIGN" }));
  assert.equal(link.heard("ack").at(-1)?.seq, 1);
});

test("commands go down the link of the site that holds the station, and its answer comes up", async () => {
  const w = await north();
  const link = await welcomed(w);
  await link.say(presence("CP-1"));
  w.core.request("CP-1");
  await link.say(beat);
  const [down = assert.fail()] = link.heard("down");
  assert.equal(down.station, "CP-1");
  const [, id, action] = JSON.parse(down.frame);
  assert.equal(action, "Reset");
  await link.say({ t: "up", station: "CP-2", frame: JSON.stringify([3, id, { status: "Rejected" }]) });
  assert.deepEqual(w.core.outcomes, [], "another station's answer is none");
  await link.say({ t: "up", station: "CP-1", frame: JSON.stringify([3, id, { status: "Accepted" }]) });
  assert.deepEqual(
    w.core.outcomes.map(({ state }) => state),
    ["accepted"],
  );
});

test("the link dies under a command: unknown; its stations are gone, and come back with the next link", async () => {
  const w = await north();
  const link = await welcomed(w);
  await link.say(presence("CP-1"), presence("CP-2"));
  assert.equal(w.csms.gateway.counts().stations, 2);
  w.core.request("CP-1");
  await link.say(beat);
  link.wire.terminate();
  await w.time.advance(500);
  assert.deepEqual(
    w.core.outcomes.map(({ state }) => state),
    ["unknown"],
  );
  assert.equal(w.csms.gateway.counts().stations, 0);
  const farewells = w.core.inputs("station.presence").filter(({ connected }) => !connected);
  assert.deepEqual(
    farewells.map(({ station }) => station),
    ["CP-1", "CP-2"],
  );
  const again = await welcomed(w);
  await again.say(presence("CP-1", 7));
  assert.equal(w.csms.gateway.counts().stations, 1);
});

test("presence: a late farewell of an earlier socket changes nothing", async () => {
  const w = await north();
  const link = await welcomed(w);
  await link.say(presence("CP-1", 1), presence("CP-1", 2), presence("CP-1", 1, false));
  assert.equal(w.csms.gateway.counts().stations, 1);
  await link.say(presence("CP-1", 2, false));
  assert.equal(w.csms.gateway.counts().stations, 0);
  const generations = w.core.inputs("station.presence").map(({ generation }) => generation);
  assert.deepEqual(generations, [...generations].sort(), "the store sees them grow");
});

test("a station that is live directly is not taken over through a site", async () => {
  const w = await north();
  const link = await welcomed(w);
  const identity = await w.addStation("CP-1", { site: "north", route: "either" });
  const direct = await w.station("CP-1", { identity });
  await link.say(presence("CP-1"));
  assert.equal(direct.closed, undefined);
  assert(w.core.observed().includes("gateway.takeover-refused"));
  w.core.request("CP-1");
  await direct.say(frame("h"));
  assert.equal(link.heard("down").length, 0);
  assert.equal(direct.received.length, 2);
  direct.wire.close(1000, "");
  await w.time.advance(500);
  assert.equal(w.csms.gateway.counts().stations, 1, "it is reached through its site as soon as it has left");
  const last = w.core.inputs("station.presence").at(-1);
  assert.deepEqual([last?.connected, last?.route.kind], [true, "site"]);
});
