/** AT-C4 before and after sending: what holds at the outlet by the station's own word, and who is told where a yes was none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@wattward/kernel";
import type { CallOutcome, OcppVersion } from "@wattward/ocpp";
import { lookBefore } from "./profile-look.ts";
import { world } from "./testing/world.ts";

const NOW_MS = Date.UTC(2026, 0, 5, 12);
const iso = (ms: number) => new Date(ms).toISOString();

type Over = { readonly profile?: object; readonly schedule?: object };
const request = (version: OcppVersion, { profile, schedule }: Over = {}): JsonObject => {
  const chargingSchedule = {
    ...{ startSchedule: iso(NOW_MS), chargingRateUnit: "A" },
    ...{ chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }], ...schedule },
  };
  const common = { stackLevel: 3, chargingProfileKind: "Absolute", chargingProfilePurpose: "TxProfile" };
  return version === "1.6"
    ? {
        connectorId: 1,
        csChargingProfiles: { chargingProfileId: 4, ...common, chargingSchedule, ...profile },
      }
    : { evseId: 1, chargingProfile: { id: 4, ...common, chargingSchedule: [chargingSchedule], ...profile } };
};

/** A station that says these limits, one after the other. */
function link(version: OcppVersion, route: "direct" | "site", ...says: readonly (number | undefined)[]) {
  const asked: JsonObject[] = [];
  let next = 0;
  return {
    version,
    asked,
    route: route === "direct" ? ({ kind: "direct" } as const) : ({ kind: "site", site: "s" } as never),
    async call(action: string, payload: JsonObject): Promise<CallOutcome> {
      assert.equal(action, "GetCompositeSchedule");
      asked.push(payload);
      const limit = says[next++];
      if (limit === undefined) return { kind: "timeout" };
      const schedule = { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit }] };
      const said = version === "1.6" ? { chargingSchedule: schedule } : { schedule };
      return { kind: "result", payload: { status: "Accepted", ...said }, raw: "" };
    },
  };
}

for (const version of ["1.6", "2.0.1", "2.1"] as const) {
  const found = async (route: "direct" | "site", says: readonly (number | undefined)[], over?: Over) => {
    const station = link(version, route, ...says);
    const due = { action: "SetChargingProfile", payload: request(version, over) };
    const look = await lookBefore(station, due, NOW_MS);
    return { asked: station.asked, found: await look?.after() };
  };

  test(`AT-C4: look ${version}: a profile that holds is no news; one that another sticks above, or keeps below, is`, async () => {
    assert.equal((await found("direct", [32, 16])).found, undefined);
    assert.equal((await found("direct", [32, 15.9])).found, undefined, "stations round");
    const meant = { evse: 1, unit: "A", meant: [16, 16] };
    assert.deepEqual((await found("direct", [32, 32])).found, { ...meant, before: 32, after: 32 });
    assert.deepEqual((await found("direct", [6, 6])).found, { ...meant, before: 6, after: 6 });
    assert.equal((await found("site", [6, 6])).found, undefined, "a site may hold less");
    assert.deepEqual((await found("site", [6, 20])).found, { ...meant, before: 6, after: 20 });
  });

  test(`AT-C4: look ${version}: any of its periods may be the one of this moment`, async () => {
    const schedule = {
      chargingSchedulePeriod: [
        { startPeriod: 0, limit: 16 },
        { startPeriod: 60, limit: 6 },
      ],
    };
    for (const limit of [6, 10, 16])
      assert.equal((await found("direct", [32, limit], { schedule })).found, undefined);
    assert.deepEqual((await found("direct", [32, 32], { schedule })).found?.meant, [6, 16]);
  });

  test(`AT-C4: look ${version}: what is over, to come, a default, or not to be understood is not looked at; nor is a silent station again`, async () => {
    const nothings: Over[] = [
      { profile: { chargingProfilePurpose: "TxDefaultProfile" } },
      { profile: { validTo: iso(NOW_MS - 1) } },
      { profile: { validFrom: iso(NOW_MS + 3_600_000) } },
      { schedule: { startSchedule: iso(NOW_MS + 3_600_000) } },
      { schedule: { startSchedule: iso(NOW_MS - 7_200_000), duration: 3_600 } },
      { schedule: { chargingSchedulePeriod: [{ startPeriod: 0 }] } },
    ];
    for (const over of nothings)
      assert.deepEqual(await found("direct", [32, 32], over), { asked: [], found: undefined });
    assert.equal((await found("direct", [undefined])).asked.length, 1);
    assert.equal((await found("direct", [32, undefined])).found, undefined);
  });
}

test("AT-C4: at the gateway: the composite schedule is asked before a profile is sent, and after; what does not hold is told", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  await peer.say('[2,"h","Heartbeat",{}]');
  const payload = request("1.6", { schedule: { startSchedule: iso(w.time.now().wallMs) } });
  w.core.request("CP-1", { action: "SetChargingProfile", payload });
  const calls = () => peer.received.map((text) => JSON.parse(text)).filter(([kind]) => kind === 2);
  const composite = {
    status: "Accepted",
    chargingSchedule: { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 32 }] },
  };
  for (const [i, answer] of [composite, { status: "Accepted" }, composite].entries()) {
    await w.time.advance(200);
    await peer.say([3, calls()[i]?.[1], answer]);
  }
  await w.time.advance(200);
  assert.deepEqual(
    calls().map(([, , action]) => action),
    ["GetCompositeSchedule", "SetChargingProfile", "GetCompositeSchedule"],
  );
  assert.deepEqual(
    w.core.outcomes.map(({ state, outcome }) => [state, outcome]),
    [["accepted", { status: "Accepted" }]],
  );
  const told = w.core.inputs("observe").filter(({ kind }) => kind === "gateway.profile-not-in-force");
  assert.deepEqual(
    told.map(({ station, detail }) => [station, detail.before, detail.after]),
    [["CP-1", 32, 32]],
  );
});
