/** Every open command of every version, through the real gateway and the real core, to a station that sends frames. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, StationId } from "@wattward/kernel";
import { actionsFrom, type OcppVersion, ocppVersions, subprotocols } from "@wattward/ocpp";
import { type Bench, bench, bodyOf, bootOf, type RawStation } from "../quirks/testing/bench.ts";
import { closedGroupOf, closedGroups } from "./groups.ts";
import { openActions, routeOf, whyClosed } from "./routing.ts";
import { samples } from "./testing/samples.ts";

const CP = "CP-1" as StationId;

async function connected(version: OcppVersion): Promise<[Bench, RawStation]> {
  const b = await bench();
  await b.add(CP);
  const cp = await b.connect(CP, [subprotocols[version]]);
  const [answer] = await cp.say(bootOf[version === "1.6" ? "1.6" : "2.0.1"]);
  assert.equal(bodyOf(answer)["status"], "Accepted");
  return [b, cp];
}

/** Forced: what a sample names (a transaction, a reservation) is not there; what may never go out is tested by itself. */
async function run(
  b: Bench,
  action: string,
  payload: JsonObject,
): Promise<{ state: string; outcome: unknown }> {
  const atMs = b.time.now().wallMs;
  const asked = { station: CP, action, payload, actor: "test", reason: "a test", atMs, force: true };
  const said = await b.core.decide("command.request", { ...asked, expiresAtMs: atMs + 600_000 });
  assert(said.kind === "requested", JSON.stringify(said));
  await b.time.advance(2_000);
  const row = await b.core.query("command.get", { id: said.id });
  return { state: row?.state ?? "", outcome: row?.outcome };
}

for (const version of ocppVersions) {
  for (const action of openActions(version)) {
    const sample = samples[version][action] ?? assert.fail(`no sample of ${action} ${version}`);

    test(`command: ${action} ${version} goes out as it was asked, a yes is accepted and kept`, async () => {
      const [b, cp] = await connected(version);
      cp.answering(() => sample.yes);
      assert.deepEqual(await run(b, action, sample.payload), { state: "accepted", outcome: sample.yes });
      assert.deepEqual(cp.asked(), [[action, sample.payload]]);
      const holds = (await b.core.query("station.holds", { station: CP })) ?? assert.fail();
      if (sample.holds !== undefined) assert.deepEqual(sample.holds(holds), sample.held);
      const rows = await b.core.query("variables.list", { station: CP, most: 100 });
      assert.deepEqual(
        Object.fromEntries(rows.map(({ path, value }) => [path, value])),
        sample.variables ?? {},
      );
      await b.close();
    });

    if (sample.no !== undefined) {
      test(`command: ${action} ${version} refused by its station is refused, and nothing is kept of it`, async () => {
        const [b, cp] = await connected(version);
        cp.answering(() => sample.no);
        assert.deepEqual(await run(b, action, sample.payload), { state: "refused", outcome: sample.no });
        const holds = (await b.core.query("station.holds", { station: CP })) ?? assert.fail();
        const { reports, ...others } = holds;
        assert.deepEqual(others, {
          localListVersion: null,
          profiles: [],
          reservations: [],
          availability: [],
        });
        assert(reports.every(({ state }) => state === "refused"));
        assert.deepEqual(await b.core.query("variables.list", { station: CP, most: 100 }), []);
        await b.close();
      });
    }
  }
}

test("command: an error, an answer that is none, silence: failed, failed, unknown; each is an end", async () => {
  for (const [answer, state, error] of [
    ['[4,"ID","InternalError","it fell over",{}]', "failed", "InternalError"],
    ['[3,"ID",{"status":7}]', "failed", "invalid-reply"],
    [undefined, "unknown", "timeout"],
  ] as const) {
    const [b, cp] = await connected("1.6");
    cp.answering(() => answer);
    const ended = await run(b, "Reset", { type: "Soft" });
    await b.time.advance(61_000);
    const [row] = await b.core.query("commands.list", { station: CP, most: 1 });
    assert.equal(row?.state, state);
    assert.equal((row?.outcome as JsonObject | null)?.["error"], error, JSON.stringify(ended));
    await b.close();
  }
});

test("command: every action that a CSMS may send is open, or its group says what it waits for; none is both", () => {
  for (const version of ocppVersions) {
    for (const action of actionsFrom(version, "csms")) {
      const open = routeOf(version, action) !== undefined;
      assert.equal(open, closedGroupOf(action) === undefined, `${action} ${version}`);
      if (!open) assert.match(whyClosed(version, action), /belongs to the group '.+', which is not open yet/);
    }
    for (const action of openActions(version)) assert(actionsFrom(version, "csms").has(action), action);
  }
  const closed = closedGroups.flatMap(({ actions }) => actions);
  assert.equal(new Set(closed).size, closed.length);
  assert.match(
    whyClosed("1.6", "SetVariables"),
    /no command for a station of OCPP 1\.6, which takes: Cancel/,
  );
});
