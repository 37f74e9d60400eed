/** What stays of a command that has ended: cards by their end, credentials and passwords not at all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { testCore } from "../core/testing/test-core.ts";
import { keptOutcome, keptPayload } from "./kept.ts";

const spoken = (action: string) => ({ version: "1.6", action }) as const;

test("kept: the payload without its secrets; nothing of it where its version is not known", () => {
  const start = { idTag: "CARD16ZQ7XW0", connectorId: 1 };
  assert.deepEqual(keptPayload(spoken("RemoteStartTransaction"), start), {
    idTag: "…7XW0 (12 characters)",
    connectorId: 1,
  });
  assert.deepEqual(keptPayload(spoken("GetDiagnostics"), { location: "ftp://joe:secret@host/x?token=1" }), {
    location: "ftp://…@host/x?…",
  });
  assert.deepEqual(keptPayload({ version: undefined, action: "Reset" }, { type: "Soft" }), {});
  assert.deepEqual(keptPayload(spoken("NoSuchAction"), { idTag: "CARD16ZQ7XW0" }), {});
});

test("kept: the outcome: a result by its schema, an error in its words, a reply that was none by its length", () => {
  assert.deepEqual(keptOutcome(spoken("Reset"), { status: "Accepted", CARD16ZQ7XW0: 1 }), {
    status: "Accepted",
    "…": "1 not in the schema",
  });
  const error = { error: "GenericError", description: "see http://a:b@c/", details: { CARD16ZQ7XW0: 1 } };
  assert.deepEqual(keptOutcome(spoken("Reset"), error), {
    error: "GenericError",
    description: "see http://…@c/",
  });
  const invalid = { error: "invalid-reply", description: "d", reply: '[3,"m",{"status":"CARD16ZQ7XW0"}]' };
  assert.deepEqual(keptOutcome(spoken("Reset"), invalid), {
    error: "invalid-reply",
    description: "d",
    reply: '[3,"m",{"status":"… (12 characters)"}]',
  });
  const parts = {
    parts: 3,
    done: 1,
    before: { status: "Accepted", idTag: "CARD16ZQ7XW0" },
    error: "timeout",
  };
  assert.deepEqual(keptOutcome(spoken("SendLocalList"), parts), {
    parts: 3,
    done: 1,
    before: { status: "Accepted", "…": "1 not in the schema" },
    error: "timeout",
  });
});

test("kept: whole while it is open, because it is yet to be sent; redacted however it ends", async () => {
  const core = await testCore({ box: "direct" });
  await core.db.updateTable("stations").set({ ocpp_version: "1.6" }).execute();
  const payload = { idTag: "CARD16ZQ7XW0", connectorId: 1 };
  const asked = await core.decide("command.request", {
    station: "box" as never,
    action: "RemoteStartTransaction",
    payload,
    actor: "Ada",
    reason: "a test",
    atMs: core.nowMs,
    expiresAtMs: core.nowMs + 60_000,
  });
  assert.equal(asked.kind, "requested", JSON.stringify(asked));
  const stored = async () => JSON.parse((await core.rows("commands"))[0]?.payload ?? "{}");
  assert.deepEqual(await stored(), payload);
  await core.decide("command.expire", { atMs: core.nowMs + 70_000, sentBeforeMs: 0 });
  assert.deepEqual(await stored(), { ...payload, idTag: "…7XW0 (12 characters)" });
});
