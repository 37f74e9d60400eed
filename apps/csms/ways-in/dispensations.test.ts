/** Dispensations in the core, on both engines: who gets one, what ends it, who is let in by it, what a bundle says of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteId, StationId } from "@wattward/kernel";
import type { PasswordProfile } from "@wattward/ocpp/ways-in";
import type { Bundle } from "@wattward/sitelink";
import type { PasswordAdmission } from "../core/port.ts";
import { SITE, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { dispensationsAll } from "../queries/dispensations.ts";
import { stationGet } from "../queries/stations.ts";
import { DISPENSATION_MS_MAX } from "./dispensations.ts";

const DAY_MS = 86_400_000;
const hashOf = (text: string) => `$argon2id$v=19$m=19456,t=2,p=1$${text.padEnd(22, "A")}$${"B".repeat(43)}`;

const give = (
  core: TestCore,
  station: string,
  more: { untilMs?: number; hash?: string; profile?: PasswordProfile } = {},
) =>
  core.decide("dispensation.give", {
    station: station as StationId,
    securityProfile: more.profile ?? 2,
    untilMs: more.untilMs ?? START_MS + DAY_MS,
    passwordHash: hashOf(more.hash ?? "first"),
    actor: "ada",
    atMs: START_MS,
  });
const admit = async (core: TestCore, station: string, more: Partial<PasswordAdmission> = {}) => {
  const asked = { securityProfile: 2, passwordHash: hashOf("first"), atMs: START_MS, ...more } as const;
  const told = await core.decide("station.admitByPassword", { station: station as StationId, ...asked });
  return told.kind === "admitted" ? "admitted" : told.reason;
};
const connects = (core: TestCore, station: string, securityProfile: 1 | 2 | 3, route?: SiteId) =>
  core.decide("station.presence", {
    ...{ station: station as StationId, connected: true, generation: 1, version: "2.0.1" },
    ...{ address: "10.0.0.1", atMs: START_MS, securityProfile },
    route: route === undefined ? { kind: "direct" } : { kind: "site", site: route },
  });
const ended = async (core: TestCore) =>
  (await core.outbox("dispensation.ended")).map(({ station, data }) => `${station} ${String(data.why)}`);

test("given to a station of the inventory, replaced by the next, and taken back; each is told, no password with it", async () => {
  const core = await testCore({ cp: "direct" });
  assert.deepEqual(await give(core, "cp"), { kind: "given", replaced: false });
  assert.deepEqual(await give(core, "cp", { hash: "second", profile: 1 }), { kind: "given", replaced: true });
  const unknown = await give(core, "nobody");
  assert(unknown.kind === "refused" && unknown.reason === "unknown-station");
  assert.match(unknown.sentence, /nobody.*add it first/);
  const end = () =>
    core.decide("dispensation.end", { station: "cp" as StationId, actor: "ada", atMs: START_MS });
  assert.deepEqual([(await end()).kind, (await end()).kind], ["ended", "none"]);
  const told = JSON.stringify(await core.outbox());
  assert(told.includes("dispensation.given") && !told.includes("argon2id"), "no hash goes into the outbox");
  assert.deepEqual(await ended(core), ["cp taken-back"]);
});

test("not for the past, and not for longer than a year", async () => {
  const core = await testCore({ cp: "direct" });
  for (const [untilMs, may] of [
    [START_MS, false],
    [START_MS - 1, false],
    [START_MS + 1, true],
    [START_MS + DISPENSATION_MS_MAX, true],
    [START_MS + DISPENSATION_MS_MAX + 1, false],
  ] as const) {
    assert.equal(
      (await give(core, "cp", { untilMs })).kind === "given",
      may,
      `${untilMs - START_MS} ms from now`,
    );
  }
});

test("a station seen once on security profile 3 never returns: directly by its certificate, at a site by its presence", async () => {
  const core = await testCore({ cp: "direct", box: "site", other: "direct" });
  await give(core, "cp");
  await give(core, "box");
  await give(core, "other");
  await core.decide("station.admit", {
    ...{ station: "cp" as StationId, route: { kind: "direct" }, atMs: START_MS },
    certificate: { serial: "cp", key: "k", notBeforeMs: 1 },
  });
  assert.equal(await admit(core, "cp"), "no-dispensation", "before its socket is open");
  await connects(core, "cp", 3);
  await connects(core, "box", 3, SITE);
  assert.deepEqual(await ended(core), ["cp profile-3", "box profile-3"]);
  for (const station of ["cp", "box"]) {
    const again = await give(core, station);
    assert(again.kind === "refused" && again.reason === "seen-on-profile-3", station);
    assert.match(again.sentence, /never goes back/);
  }
  assert.equal(await admit(core, "other"), "admitted", "its neighbour is none the worse");
});

test("admitted by the password of its dispensation alone: right profile, this password, in time, right route, not blocked", async () => {
  const core = await testCore({ cp: "direct", box: "site", both: "either" });
  for (const station of ["cp", "box", "both"]) await give(core, station);
  assert.equal(await admit(core, "cp"), "admitted");
  assert.equal(await admit(core, "both"), "admitted");
  assert.equal(await admit(core, "cp", { securityProfile: 1 }), "no-dispensation");
  assert.equal(await admit(core, "cp", { passwordHash: hashOf("second") }), "no-dispensation");
  assert.equal(await admit(core, "cp", { atMs: START_MS + DAY_MS - 1 }), "admitted");
  assert.equal(await admit(core, "cp", { atMs: START_MS + DAY_MS }), "no-dispensation");
  assert.equal(await admit(core, "box"), "wrong-route");
  assert.equal(await admit(core, "nobody"), "unknown-station");
  await core.db.updateTable("stations").set({ admission: "blocked" }).execute();
  assert.equal(await admit(core, "cp"), "blocked");
  assert.equal((await core.outbox("station.refused")).length, 6);
});

test("expired: deleted with their passwords, told once; what is still in force stays", async () => {
  const core = await testCore({ cp: "direct", box: "site" });
  await give(core, "cp", { untilMs: START_MS + 1_000 });
  await give(core, "box", { untilMs: START_MS + 2_000 });
  const expire = (atMs: number) => core.decide("dispensations.expire", { atMs });
  await expire(START_MS + 999);
  assert.deepEqual(await ended(core), []);
  await expire(START_MS + 1_000);
  await expire(START_MS + 1_500);
  assert.deepEqual(await ended(core), ["cp expired"]);
  assert.deepEqual(
    (await core.rows("dispensations")).map(({ station_id }) => station_id),
    ["box"],
  );
});

test("a bundle has those of its own stations, and not a word of dispensations where there are none", async () => {
  const core = await testCore({ cp: "direct", box: "site", both: "either" });
  const bundle = async () => {
    const { body, version } = await core.decide("bundle.compile", { site: SITE, atMs: START_MS });
    return { version, given: (JSON.parse(body) as Bundle).dispensations };
  };
  assert.deepEqual(await bundle(), { version: 1, given: undefined });
  for (const station of ["cp", "box", "both"]) await give(core, station);
  const { version, given } = await bundle();
  assert.equal(version, 2);
  assert.deepEqual(
    given?.map(({ station, securityProfile, passwordHash }) => [station, securityProfile, passwordHash]),
    [
      ["both", 2, hashOf("first")],
      ["box", 2, hashOf("first")],
    ],
  );
  assert.equal((await bundle()).version, 2, "the same again");
  await core.decide("dispensations.expire", { atMs: START_MS + DAY_MS });
  assert.deepEqual(await bundle(), { version: 3, given: undefined });
});

test("people see by which profile a station came and what leave it has, and gateways what they compare with", async () => {
  const core = await testCore({ cp: "direct" });
  const seen = async () => {
    const row = await stationGet(core.db, { station: "cp" as StationId });
    return { securityProfile: row?.securityProfile, dispensation: row?.dispensation };
  };
  assert.deepEqual(await seen(), { securityProfile: null, dispensation: null });
  await give(core, "cp", { profile: 1 });
  await connects(core, "cp", 1);
  const untilMs = START_MS + DAY_MS;
  const dispensation = { securityProfile: 1, untilMs, givenAtMs: START_MS, givenBy: "ada" };
  assert.deepEqual(await seen(), { securityProfile: 1, dispensation });
  const passwordHash = hashOf("first");
  const held = { station: "cp", securityProfile: 1, untilMs, passwordHash, route: "direct" };
  assert.deepEqual(await dispensationsAll(core.db, undefined), [held]);
  await connects(core, "cp", 3);
  assert.deepEqual(await seen(), { securityProfile: 3, dispensation: null });
  await core.db.updateTable("stations").set({ admission: "pending" }).execute();
  assert.deepEqual(await dispensationsAll(core.db, undefined), []);
});
