import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, StationId } from "@wattward/kernel";
import type { CommandAccepted, CommandRequest } from "../core/port.ts";
import { queries } from "../core/queries.ts";
import { START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { OPEN_PER_STATION_MAX } from "./limits.ts";

async function world(version = "1.6"): Promise<TestCore> {
  const core = await testCore({ cp: "direct" });
  await core.db.updateTable("stations").set({ ocpp_version: version }).execute();
  return core;
}
const ask = (core: TestCore, more: Partial<CommandRequest> = {}) =>
  core.decide("command.request", {
    station: "cp" as StationId,
    action: "Reset",
    payload: { type: "Soft" },
    actor: "person",
    reason: "why",
    atMs: core.nowMs,
    expiresAtMs: core.nowMs + 60_000,
    ...more,
  });
const take = (core: TestCore, most = 10) =>
  core.decide("command.take", { station: "cp" as StationId, atMs: core.nowMs, most });
const end = (core: TestCore, id: string, outcome: JsonObject, state: "accepted" | "failed" = "accepted") =>
  core.decide("command.outcome", { id, state, outcome, atMs: core.nowMs });
const idOf = (told: CommandAccepted) =>
  told.kind === "requested" ? told.id : assert.fail(JSON.stringify(told));
const states = async (core: TestCore) => (await core.rows("commands")).map(({ state }) => state);

test("command: requested, taken once, ended, each step observed", async () => {
  const core = await world();
  const id = idOf(await ask(core));
  assert.deepEqual(await take(core), [
    { id, action: "Reset", payload: { type: "Soft" }, expiresAtMs: START_MS + 60_000 },
  ]);
  assert.deepEqual(await take(core), []);
  await end(core, id, { status: "Accepted" });
  await end(core, id, { status: "Rejected" }, "failed");
  const [row] = await core.rows("commands");
  assert.deepEqual([row?.state, row?.outcome], ["accepted", '{"status":"Accepted"}']);
  const kinds = (await core.outbox()).map(({ kind }) => kind).filter((kind) => kind.startsWith("command."));
  assert.deepEqual(kinds, ["command.requested", "command.sent", "command.ended"]);
});

for (const [what, version, more, reason] of [
  ["a station that is not there", "1.6", { station: "nobody" as StationId }, "unknown-station"],
  ["an action of another version", "2.0.1", { action: "RemoteStartTransaction" }, "unsupported-action"],
  [
    "an action that is no command of ours",
    "1.6",
    { action: "UpdateFirmware", payload: {} },
    "unsupported-action",
  ],
  ["a name of the language", "1.6", { action: "constructor" }, "unsupported-action"],
  ["a payload that its schema refuses", "1.6", { payload: { type: "Softly" } }, "invalid-payload"],
  ["a payload of the other version", "2.0.1", { payload: { type: "Soft" } }, "invalid-payload"],
  [
    "a password, which would be kept",
    "1.6",
    { action: "ChangeConfiguration", payload: { key: "authorizationKey", value: "00112233445566778899" } },
    "invalid-payload",
  ],
  [
    "a password among variables",
    "2.0.1",
    {
      action: "SetVariables",
      payload: {
        setVariableData: [
          { attributeValue: "1", component: { name: "X" }, variable: { name: "Y" } },
          {
            attributeValue: "00112233445566778899",
            component: { name: "SecurityCtrlr" },
            variable: { name: "BasicAuthPassword" },
          },
        ],
      },
    },
    "invalid-payload",
  ],
  ["one that has expired already", "1.6", { expiresAtMs: START_MS }, "expired"],
  ["a station of unknown version", "", {}, "never-connected"],
] as const) {
  test(`command: ${what} is refused as ${reason}, and not stored`, async () => {
    const core = await world(version);
    const told = await ask(core, more);
    assert.equal(told.kind === "refused" && told.reason, reason);
    assert(told.kind === "refused" && told.sentence.length > 10);
    assert.deepEqual(await states(core), []);
  });
}

test("command: one asked for by a clock that has gone back since is never handed out", async () => {
  const core = await world();
  core.nowMs += 7 * 86_400_000;
  idOf(await ask(core));
  core.nowMs = START_MS;
  assert.deepEqual(await take(core), []);
  assert.deepEqual(await states(core), ["expired"]);
});

test("command: too many open ones are refused; those that expired make room", async () => {
  const core = await world();
  for (let n = 0; n < OPEN_PER_STATION_MAX; n += 1) idOf(await ask(core));
  const refused = await ask(core);
  assert.equal(refused.kind === "refused" && refused.reason, "too-many");
  core.nowMs += 60_000;
  const id = idOf(await ask(core));
  assert.deepEqual(
    (await take(core)).map((due) => due.id),
    [id],
    "what expired is never handed out",
  );
  assert.equal((await states(core)).filter((state) => state === "expired").length, OPEN_PER_STATION_MAX);
});

test("command: oldest first, no more than asked for", async () => {
  const core = await world();
  const ids = [];
  for (let n = 0; n < 3; n += 1) {
    ids.push(idOf(await ask(core)));
    core.nowMs += 1;
  }
  assert.deepEqual(
    (await take(core, 2)).map(({ id }) => id),
    ids.slice(0, 2),
  );
  assert.deepEqual(
    (await take(core, 2)).map(({ id }) => id),
    ids.slice(2),
  );
});

test("command: what was sent when the process died is unknown, not sent again; a late outcome is taken", async () => {
  const core = await world();
  const sent = idOf(await ask(core));
  await take(core);
  core.nowMs += 1;
  const waiting = idOf(await ask(core));
  await core.decide("service.start", { atMs: core.nowMs });
  assert.deepEqual(await states(core), ["unknown", "requested"]);
  assert.deepEqual(
    (await core.outbox("command.ended")).map(({ data }) => [data["command"], data["state"]]),
    [[sent, "unknown"]],
    "whoever watches the outbox sees it end",
  );
  assert.deepEqual(
    (await take(core)).map(({ id }) => id),
    [waiting],
  );
  await end(core, sent, { status: "Accepted" });
  assert.deepEqual(await states(core), ["accepted", "sent"]);
});

test("command: for a station that never comes it expires by itself; one sent and never told of is unknown; both observed", async () => {
  const core = await world();
  const unsent = idOf(await ask(core, { expiresAtMs: core.nowMs + 10 }));
  await core.decide("station.add", {
    station: "other" as StationId,
    serial: "other",
    route: "direct",
    actor: "t",
    atMs: core.nowMs,
  });
  await core.db.updateTable("stations").set({ ocpp_version: "1.6" }).execute();
  const elsewhere = { station: "other" as StationId };
  const untold = idOf(await ask(core, elsewhere));
  await core.decide("command.take", { ...elsewhere, atMs: core.nowMs, most: 1 });
  const overdue = (atMs: number) => ({ atMs, sentBeforeMs: atMs - 100 });
  const due = () => queries["commands.nextDue"](core.db, { untoldMs: 100 });
  const sweep = (atMs: number) => core.decide("command.expire", overdue(atMs));
  const byId = async () => new Map((await core.rows("commands")).map(({ id, state }) => [id, state]));

  assert.equal(await due(), START_MS + 10);
  await sweep(START_MS + 9);
  assert.deepEqual([(await byId()).get(unsent), (await byId()).get(untold)], ["requested", "sent"]);
  await sweep(START_MS + 10);
  assert.deepEqual([(await byId()).get(unsent), (await byId()).get(untold)], ["expired", "sent"]);
  assert.equal(await due(), START_MS + 100);
  await sweep(START_MS + 100);
  assert.deepEqual([(await byId()).get(unsent), (await byId()).get(untold)], ["expired", "unknown"]);
  assert.equal(await due(), undefined);
  assert.deepEqual(
    (await core.outbox("command.ended")).map(({ data }) => [data["command"], data["state"]]),
    [
      [unsent, "expired"],
      [untold, "unknown"],
    ],
  );
});

test("command: many overdue ones end in several goes, none is left", async () => {
  const core = await world();
  const id = idOf(await ask(core));
  const [row] = await core.db.selectFrom("commands").selectAll().where("id", "=", id).execute();
  assert(row !== undefined);
  for (let n = 0; n < 250; n += 1) {
    await core.db
      .insertInto("commands")
      .values({ ...row, id: `${id}${n}` })
      .execute();
  }
  const late = { atMs: START_MS + 60_000, sentBeforeMs: 0 };
  let goes = 0;
  const due = () => queries["commands.nextDue"](core.db, { untoldMs: 0 });
  for (; (await due()) !== undefined; goes += 1) await core.decide("command.expire", late);
  assert.equal(goes, 2);
  assert.deepEqual([...new Set(await states(core))], ["expired"]);
});

test("command: what a station answers of its configuration is remembered (1.6)", async () => {
  const core = await world();
  const id = idOf(await ask(core, { action: "GetConfiguration", payload: {} }));
  await take(core);
  await end(core, id, { configurationKey: [{ key: "HeartbeatInterval", readonly: false, value: "300" }] });
  const [row] = await core.rows("variables");
  assert.deepEqual(
    [row?.component, row?.variable, row?.value, row?.mutability, row?.key16],
    ["OCPPCommCtrlr", "HeartbeatInterval", "300", "ReadWrite", "HeartbeatInterval"],
  );
});

test("command: what a station answers of its variables is remembered, refused ones are not (2.0.1)", async () => {
  const core = await world("2.0.1");
  const component = { name: "Connector", evse: { id: 1, connectorId: 2 } };
  const getVariableData = [{ component, variable: { name: "Available" } }];
  const id = idOf(await ask(core, { action: "GetVariables", payload: { getVariableData } }));
  await take(core);
  await end(core, id, {
    getVariableResult: [
      { attributeStatus: "Accepted", attributeValue: "true", component, variable: { name: "Available" } },
      { attributeStatus: "UnknownVariable", component, variable: { name: "Nothing" } },
    ],
  });
  const rows = await core.rows("variables");
  assert.deepEqual(
    rows.map((row) => [row.component, row.evse_id, row.connector_id, row.variable, row.value]),
    [["Connector", 1, 2, "Available", "true"]],
  );
});

test("command: what was asked for in another version than the station speaks by now never goes out", async () => {
  const core = await world("1.6");
  await ask(core);
  await ask(core, { action: "ChangeConfiguration", payload: { key: "HeartbeatInterval", value: "60" } });
  await ask(core, { action: "ClearCache", payload: {} });
  await core.db.updateTable("stations").set({ ocpp_version: "2.1" }).execute();
  assert.deepEqual(
    (await take(core)).map(({ action }) => action),
    ["ClearCache"],
    "its payload is the same in both",
  );
  assert.deepEqual(await states(core), ["failed", "failed", "sent"]);
  const [first] = await core.rows("commands");
  assert.match(first?.outcome ?? "", /not-sent.*OCPP 2\.1/);
});

for (const [version, full, change] of [
  [
    "1.6",
    { listVersion: 3, updateType: "Full", localAuthorizationList: [{ idTag: "A" }] },
    { listVersion: 9, updateType: "Differential", localAuthorizationList: [{ idTag: "B" }] },
  ],
  ["2.1", { versionNumber: 3, updateType: "Full" }, { versionNumber: 9, updateType: "Differential" }],
] as const) {
  for (const [what, state, outcome] of [
    ["came to an end in the middle", "unknown", { error: "closed", parts: 3, done: 1 }],
    ["was refused", "refused", { status: "VersionMismatch" }],
    ["was stopped between two parts", "failed", { error: "not-sent", parts: 3, done: 1 }],
  ] as const) {
    test(`command: SendLocalList ${version} that ${what} leaves a list of which nothing is known`, async () => {
      const core = await world(version);
      const send = async (payload: JsonObject) => idOf(await ask(core, { action: "SendLocalList", payload }));
      const first = await send(full);
      await take(core);
      await end(core, first, { status: "Accepted" });
      const second = await send(change);
      await take(core);
      await core.decide("command.outcome", { id: second, state, outcome, atMs: core.nowMs });
      const third = await ask(core, { action: "SendLocalList", payload: change });
      assert(third.kind === "refused" && /in full/.test(third.sentence), JSON.stringify(third));
      await send({ ...full });
    });
  }
}

test("command: SendLocalList that never left the house changes nothing of what is known", async () => {
  const core = await world();
  await core.db
    .insertInto("local_lists")
    .values({ station_id: "cp", version: 4, source: "sent", changed_at_ms: 1 })
    .execute();
  const id = idOf(
    await ask(core, { action: "SendLocalList", payload: { listVersion: 5, updateType: "Full" } }),
  );
  await take(core);
  await end(core, id, { error: "not-sent", description: "the station disconnected" }, "failed");
  assert.equal((await core.rows("local_lists"))[0]?.version, 4);
});

test("command: GetBaseReport of two persons at once: one id is one report, and free again where it was not sent", async () => {
  const core = await world("2.0.1");
  const report = { action: "GetBaseReport", payload: { requestId: 7, reportBase: "FullInventory" } };
  const id = idOf(await ask(core, report));
  const second = await ask(core, { ...report, actor: "another" });
  assert(second.kind === "refused" && /still coming/.test(second.sentence), JSON.stringify(second));
  await take(core);
  await end(core, id, { error: "InternalError", description: "" }, "failed");
  idOf(await ask(core, report));
});

test("command: GetTransactionStatus 2.0.1 is asked of a transaction that has ended: its messages may wait", async () => {
  const core = await world("2.0.1");
  const event = (eventType: string, seqNo: number) =>
    core.call("cp", "2.0.1", "TransactionEvent", {
      ...{ eventType, seqNo, timestamp: "2026-01-05T08:00:00Z", triggerReason: "Authorized" },
      transactionInfo: { transactionId: "T" },
    });
  await event("Started", 0);
  await event("Ended", 1);
  idOf(await ask(core, { action: "GetTransactionStatus", payload: { transactionId: "T" } }));
  const stop = await ask(core, { action: "RequestStopTransaction", payload: { transactionId: "T" } });
  assert(stop.kind === "refused" && /has ended/.test(stop.sentence), JSON.stringify(stop));
});
