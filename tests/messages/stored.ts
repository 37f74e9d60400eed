/** What each message leaves in the store: found by running it, so that it cannot say what is not so. */
import assert from "node:assert/strict";
import type { StationId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { samples } from "../../apps/csms/commands/testing/samples.ts";
import { examplesOf } from "../../apps/csms/core/testing/examples.ts";
import { testCore } from "../../apps/csms/core/testing/test-core.ts";
import { changed, STATION, tablesOf, tracesOf } from "../../apps/csms/core/testing/traces.ts";

export type Left = { readonly tables: readonly string[]; readonly observed: readonly string[] };

/** A station's row says when it was last heard: every message leaves that. */
const always = new Set(["stations"]);
/** What keeps the books and says nothing of a message. */
const books = new Set(["meta"]);

/** A CALL or SEND of a station: all of its examples together. */
export async function leftByMessage(version: OcppVersion, action: string): Promise<Left> {
  const tables = new Set<string>();
  const observed = new Set<string>();
  for (const example of examplesOf(version).filter((one) => one.action === action)) {
    const traces = await tracesOf(version, example);
    for (const name of traces.tables) if (!books.has(name)) tables.add(name);
    for (const kind of traces.observed) observed.add(kind);
  }
  const beyond = [...tables].filter((name) => !always.has(name));
  return { tables: beyond.length > 0 ? beyond.sort() : [...tables], observed: [...observed].sort() };
}

/** A command that its station did: from the request to the outcome. */
export async function leftByCommand(version: OcppVersion, action: string): Promise<Left> {
  const sample = samples[version][action] ?? assert.fail(`no sample of ${action} ${version}`);
  const core = await testCore({ [STATION]: "either" });
  try {
    const station = STATION as StationId;
    await core.db.updateTable("stations").set({ ocpp_version: version }).execute();
    const before = await tablesOf(core);
    const seen = (await core.outbox()).length;
    const atMs = core.nowMs;
    const asked = { station, action, payload: sample.payload, actor: "table", reason: "table", atMs };
    const told = await core.decide("command.request", { ...asked, force: true, expiresAtMs: atMs + 60_000 });
    assert(told.kind === "requested", JSON.stringify(told));
    await core.decide("command.take", { station, atMs, most: 1 });
    await core.decide("command.outcome", { id: told.id, state: "accepted", outcome: sample.yes, atMs });
    const tables = changed(before, await tablesOf(core)).filter((name) => !books.has(name));
    const observed = (await core.outbox()).slice(seen).map(({ kind }) => kind);
    return { tables, observed: [...new Set(observed)].sort() };
  } finally {
    await core.close();
  }
}
