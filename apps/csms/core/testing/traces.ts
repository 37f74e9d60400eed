/**
 * What a message leaves behind: the tables it changes and what is observed of it, found by running it. The table of
 * messages in the documents is made of this, so that it cannot say what is not so.
 */
import { type OcppVersion, sendsFrom } from "@wattward/ocpp";
import type { Schema } from "../../store/schema.ts";
import type { SendTaken, StationAnswer } from "../port.ts";
import type { Step } from "./example.ts";
import type { Listed } from "./examples.ts";
import { type TestCore, testCore } from "./test-core.ts";

export type Traces = {
  readonly answer: StationAnswer | SendTaken;
  /** Names of tables with a row added, changed or gone; the outbox is told by `observed`. Sorted. */
  readonly tables: readonly string[];
  /** Kinds of observations, sorted. */
  readonly observed: readonly string[];
};

/** Runs an example on a core of its own. */
export async function tracesOf(version: OcppVersion, example: Listed): Promise<Traces> {
  const core = await testCore({ [STATION]: "either" });
  try {
    for (const step of example.before ?? []) await say(core, version, step);
    const before = await tablesOf(core);
    const seen = (await core.outbox()).length;
    const answer = await say(core, version, example);
    const tables = changed(before, await tablesOf(core));
    const observed = (await core.outbox()).slice(seen).map(({ kind }) => kind);
    return { answer, tables, observed: [...new Set(observed)].sort() };
  } finally {
    await core.close();
  }
}

export const STATION = "CP-1";

/** As its frame is: a CALL, or a SEND. */
export const say = (
  core: TestCore,
  version: OcppVersion,
  { action, payload }: Step,
): Promise<StationAnswer | SendTaken> =>
  sendsFrom(version, "station").has(action)
    ? core.send(STATION, version, action, payload)
    : core.call(STATION, version, action, payload);

/** Every table but the outbox, as text. */
export async function tablesOf(core: TestCore): Promise<ReadonlyMap<string, string>> {
  const tables = await core.db.introspection.getTables();
  const names = new Set(tables.map(({ name }) => name).filter((name) => name !== "outbox"));
  const dumps = new Map<string, string>();
  for (const name of [...names].sort()) {
    const rows = (await core.rows(name as keyof Schema)).map((row) => JSON.stringify(row)).sort();
    dumps.set(name, rows.join("\n"));
  }
  return dumps;
}

/** Names of the tables that differ. */
export const changed = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] => [...after.keys()].filter((name) => after.get(name) !== before.get(name));
