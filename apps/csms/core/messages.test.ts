/**
 * Every message that a station may send, in every version, on the same claims: it is served, by its schema, both ways;
 * it leaves what it is meant to leave; the same again leaves nothing more; history never overwrites what is live; and
 * no number in it, however large, breaks anything. What is particular to one is tested beside its file.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json, JsonObject } from "@wattward/kernel";
import {
  actionsFrom,
  type OcppVersion,
  ocppVersions,
  sendsFrom,
  validateCall,
  validateResult,
  validateSend,
} from "@wattward/ocpp";
import { routes16 } from "../ocpp16/routes.ts";
import { routes21, sends21 } from "../ocpp21/routes.ts";
import { routes201 } from "../ocpp201/routes.ts";
import { examplesOf, type Listed } from "./testing/examples.ts";
import { START_MS, type TestCore, testCore } from "./testing/test-core.ts";
import { changed, STATION, say, tablesOf, tracesOf } from "./testing/traces.ts";

const routes = { "1.6": routes16, "2.0.1": routes201, "2.1": { ...routes21, ...sends21 } };

for (const version of ocppVersions) {
  const allowed = [...actionsFrom(version, "station"), ...sendsFrom(version, "station")].sort();
  test(`routes ${version}: a line for each message that a station may send, and an example`, () => {
    assert.deepEqual(Object.keys(routes[version]).sort(), allowed);
    assert.deepEqual([...new Set(examplesOf(version).map(({ action }) => action))].sort(), allowed);
  });
  for (const action of allowed) {
    const examples = examplesOf(version).filter((example) => example.action === action);
    const about = `message: ${action} ${version}`;
    test(`${about} is valid, stored and answered by its schema; again, it leaves nothing more`, async () => {
      for (const example of examples) await servedOnce(version, example);
    });
    test(`${about} out of a journal is history, and overwrites nothing that is live`, async () => {
      for (const example of examples) await history(version, example);
    });
    test(`${about} with numbers beyond all breaks nothing`, async () => {
      for (const example of examples) await beyond(version, example);
    });
  }
}

/** What counts how often something came is meant to change. */
const counters: ReadonlySet<string> = new Set(["boot_windows", "deviations"]);

async function servedOnce(version: OcppVersion, example: Listed): Promise<void> {
  assert.equal(checked(version, example).kind, "valid", example.action);
  const core = await testCore({ [STATION]: "either" });
  for (const step of example.before ?? []) await served(core, version, step);
  const first = await served(core, version, example);
  const once = await tablesOf(core);
  const again = await served(core, version, example);
  assert.deepEqual(again, first, "the same answer again");
  const more = changed(once, await tablesOf(core)).filter((name) => !counters.has(name));
  assert.deepEqual(more, []);
  await core.close();
}

async function served(core: TestCore, version: OcppVersion, step: Pick<Listed, "action" | "payload">) {
  const answer = await say(core, version, step);
  if (answer.kind === "taken" || answer.kind === "dropped") {
    assert.deepEqual(answer, { kind: "taken" });
    return answer;
  }
  assert.equal(answer.kind, "result", `${step.action}: ${JSON.stringify(answer)}`);
  if (answer.kind !== "result") return answer;
  const valid = validateResult(version, "csms", step.action, answer.payload);
  assert.equal(valid.kind, "valid", valid.kind === "invalid" ? `${step.action}: ${valid.reason}` : "");
  return answer;
}

const checked = (version: OcppVersion, { action, payload }: Pick<Listed, "action" | "payload">) =>
  sendsFrom(version, "station").has(action)
    ? validateSend(version, "station", action, payload)
    : validateCall(version, "station", action, payload);

async function history(version: OcppVersion, example: Listed): Promise<void> {
  // A SEND is never written into a journal.
  if (sendsFrom(version, "station").has(example.action)) return;
  const core = await testCore({ [STATION]: "either" });
  for (const step of example.before ?? []) await served(core, version, step);
  await served(core, version, example);
  const live = await tablesOf(core);
  const seen = (await core.outbox()).length;
  core.nowMs = START_MS + 3_600_000;
  const old = { station: STATION, version, live: false, receivedAtMs: START_MS - 3_600_000 };
  const done = await core.record({ ...old, action: example.action, payload: example.payload });
  assert.equal(done.kind, "applied");
  const touched = changed(live, await tablesOf(core)).filter((name) => !counters.has(name));
  assert.deepEqual(touched, ["site_journals"]);
  for (const { kind, live: told } of (await core.outbox()).slice(seen)) {
    assert.equal(told, 0, `${kind} of history raises nothing live`);
  }
  await core.close();
}

const NUMBERS: readonly number[] = [1e300, -1e300, Number.MAX_SAFE_INTEGER, -1, 0.5, -0.5];

async function beyond(version: OcppVersion, example: Listed): Promise<void> {
  const core = await testCore({ [STATION]: "either" });
  for (const step of example.before ?? []) await served(core, version, step);
  for (const payload of mutated(example.payload)) {
    const step = { action: example.action, payload };
    if (checked(version, step).kind !== "valid") continue;
    const answer = await say(core, version, step);
    if (answer.kind === "error")
      assert.equal(answer.code, "PropertyConstraintViolation", JSON.stringify(payload));
    if (answer.kind === "result") {
      assert.equal(validateResult(version, "csms", example.action, answer.payload).kind, "valid");
    }
  }
  await readable(core);
  await core.close();
}

/** Whatever was stored, every number of it can be read back as the whole number it is. */
async function readable(core: TestCore): Promise<void> {
  for (const [name, dump] of await tablesOf(core)) {
    const rows = dump.split("\n").filter((row) => row !== "");
    for (const value of rows.flatMap((row) => Object.values(JSON.parse(row) as JsonObject))) {
      assert(typeof value !== "number" || Number.isSafeInteger(value), `${name}: ${value}`);
    }
  }
}

/** The message with each number in it replaced by each of {@link NUMBERS}, one at a time. */
function* mutated(value: JsonObject): Generator<JsonObject> {
  for (const place of placesOf(value))
    for (const number of NUMBERS) yield put(value, place, number) as JsonObject;
}

function placesOf(value: Json, at: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value === "number") return [[...at]];
  if (typeof value !== "object" || value === null) return [];
  const entries: [string | number, Json][] = Array.isArray(value)
    ? (value as readonly Json[]).map((inner, index) => [index, inner])
    : (Object.entries(value) as [string, Json][]);
  return entries.flatMap(([key, inner]) => placesOf(inner, [...at, key]));
}

function put(value: Json, [key, ...rest]: readonly (string | number)[], number: number): Json {
  if (key === undefined) return number;
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((inner, index) =>
      index === key ? put(inner, rest, number) : inner,
    );
  }
  const object = value as JsonObject;
  return { ...object, [key]: put(object[key] as Json, rest, number) };
}

test("traces: what a message leaves is found by running it", async () => {
  const [status] = examplesOf("2.1").filter(({ action }) => action === "StatusNotification");
  assert(status);
  const { tables, observed } = await tracesOf("2.1", status);
  assert.deepEqual([tables, observed], [["connectors", "stations"], ["station.status"]]);
});
