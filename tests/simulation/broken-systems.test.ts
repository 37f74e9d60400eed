/**
 * Would anybody notice? Each test puts one broken part in the place of a good one, runs an ordinary bad day, and demands
 * that the recount or a watched promise says so, in the words that belong to it. A harness that passes a broken system
 * proves nothing about a good one.
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { AppendFile, Disk } from "@wattward/kernel";
import type { BootedDisk } from "@wattward/testing";
import type { Core, Decisions } from "../../apps/csms/core/port.ts";
import { type MisfortuneName, weather } from "./misfortunes.ts";
import type { Outcome } from "./outcome.ts";
import { told, withDatabase } from "./seeded.ts";
import { Whole, type WholeOptions } from "./whole.ts";

const pace = { sampleS: 60, session: { leastS: 120, mostS: 900 }, gap: { leastS: 20, mostS: 300 } };
/** No full disks, and nothing that a station does to itself: what breaks here is the system. */
const names: readonly MisfortuneName[] = ["uplink-cut", "uplink-reset", "site-kill", "csms-kill", "mass-cut"];
const HOURS_MS = 2 * 3_600_000;

async function badDay(
  broken: WholeOptions["broken"],
  atTheEnd: (database: string) => void = () => {},
): Promise<Outcome> {
  return withDatabase(async (database) => {
    const shape = { sites: 2, stationsPerSite: 2, direct: 1, ...(broken && { broken }) };
    const whole = await Whole.create({ seed: 21, pace, database, ...shape });
    await weather(whole, { forMs: HOURS_MS, everyMs: 5 * 60_000, names });
    atTheEnd(database);
    return whole.finish();
  });
}

const noticed = (outcome: Outcome, list: "findings" | "violations", words: RegExp) =>
  assert(
    outcome[list].some((sentence) => words.test(sentence)),
    `unnoticed: ${words}\n${told(outcome)}`,
  );

/** The real core, but for one decision. */
const coreBut =
  <N extends keyof Decisions>(
    name: N,
    instead: (core: Core, input: Decisions[N]["input"]) => Promise<Decisions[N]["output"]>,
  ) =>
  (core: Core): Core => ({
    ...core,
    decide: (asked, input) =>
      (asked as string) === name
        ? (instead(core, input as Decisions[N]["input"]) as Promise<never>)
        : core.decide(asked, input),
  });

test("the good system passes the same day", async () => {
  const outcome = await badDay(undefined);
  assert.deepEqual([...outcome.findings, ...outcome.violations], [], told(outcome));
  assert(
    outcome.counts.replayed > 10 && outcome.counts.transactions.ended > 20,
    JSON.stringify(outcome.counts),
  );
});

test("noticed: a disk that says synced before it is", async () => {
  const lying = (disk: BootedDisk): BootedDisk =>
    filesOf(disk, (file) => ({ ...heldOpen(file), sync: async () => {} }));
  noticed(await badDay({ disk: lying }), "violations", /was answered before its record was durable/);
});

test("noticed: a disk that drops every fortieth append", async () => {
  let appends = 0;
  const dropping = (disk: BootedDisk): BootedDisk =>
    filesOf(disk, (file) => ({
      ...heldOpen(file),
      append: async (bytes) => void (++appends % 40 === 0 || (await file.append(bytes))),
    }));
  noticed(
    await badDay({ disk: dropping }),
    "violations",
    /answered before its record was durable|had to end/,
  );
});

test("noticed: a CSMS that acknowledges records which it has not stored", async () => {
  let records = 0;
  const forgetful = coreBut("site.record", async (core, input) => {
    const skipped = input.call?.action === "StopTransaction" && ++records % 2 === 0;
    if (!skipped) return core.decide("site.record", input);
    // Moves on as if it had: the record becomes one that says nothing.
    const { epoch, seq, station, receivedAtMs, clockQuality, trace } = input.record;
    const empty = {
      kind: "gap",
      action: "none",
      count: 0,
      epoch,
      seq,
      station,
      receivedAtMs,
      clockQuality,
      trace,
    } as const;
    const { call: _, ...rest } = input;
    const done = await core.decide("site.record", { ...rest, record: empty });
    return { ...done, ...(input.live && { answer: { kind: "result", payload: {} } as const }) };
  });
  const outcome = await badDay({ core: forgetful });
  noticed(outcome, "findings", /lost: StopTransaction .* is not stored/);
  noticed(outcome, "violations", /is open at the end|superseded/);
});

test("noticed: a CSMS that forgets with each link which records of a journal it has", async () => {
  const links = new Map<string, number>();
  const alias = (site: string, epoch: string) =>
    (links.get(`${site} ${epoch}`) ?? 0).toString(16).padStart(2, "0") + epoch.slice(2);
  const amnesiac = (core: Core): Core =>
    coreBut("site.record", (inner, input) => {
      const record = { ...input.record, epoch: alias(input.site, input.record.epoch) };
      return inner.decide("site.record", { ...input, record });
    })(
      coreBut("site.hello", (inner, input) => {
        const name = `${input.site} ${input.epoch}`;
        links.set(name, (links.get(name) ?? 0) + 1);
        return inner.decide("site.hello", { ...input, epoch: alias(input.site, input.epoch) });
      })(core),
    );
  noticed(await badDay({ core: amnesiac }), "violations", /record 1 of .* was applied after record/);
});

test("noticed: a CSMS that takes history for the present", async () => {
  const credulous = coreBut("site.record", (core, input) =>
    core.decide("site.record", { ...input, live: true }),
  );
  noticed(await badDay({ core: credulous }), "violations", /is called live, but was replayed/);
});

test("noticed: a CSMS that leases one block of ids to every site", async () => {
  let block: Promise<Decisions["site.lease"]["output"]> | undefined;
  const generous = coreBut("site.lease", (core, input) => (block ??= core.decide("site.lease", input)));
  noticed(await badDay({ core: generous }), "violations", /1\.6 transaction id \d+ was given to/);
});

test("noticed: a direct station that is answered before the commit", async () => {
  let late: (() => Promise<unknown>) | undefined;
  const hasty = coreBut("station.call", async (core, input) => {
    await late?.();
    late = undefined;
    const isSample = input.action === "MeterValues" || input.payload.eventType === "Updated";
    if (!isSample) return core.decide("station.call", input);
    // Where its process was killed meanwhile, it is lost with it.
    late = () => core.decide("station.call", input).catch(() => {});
    return { kind: "result", payload: {} };
  });
  noticed(
    await badDay({ port: hasty }),
    "violations",
    /message \S+ of D-1 was answered before it was committed/,
  );
});

for (const [what, sql, list, words] of [
  ["an outbox row is gone", "DELETE FROM outbox WHERE seq = 20", "violations", /the outbox has/],
  [
    "an event is gone",
    "DELETE FROM transaction_events WHERE rowid = (SELECT max(rowid) FROM transaction_events)",
    "findings",
    /is not stored/,
  ],
  [
    "one watt-hour too much",
    "UPDATE transactions SET energy_wh = energy_wh + 1 WHERE id = (SELECT min(id) FROM transactions WHERE state = 'ended')",
    "findings",
    /Wh were metered/,
  ],
  [
    "a transaction from nowhere",
    "INSERT INTO transactions SELECT '0', station_id, evse_id, connector_id, '999999', ocpp_version, token, state, started_at_ms, ended_at_ms, meter_start_wh, meter_last_wh, meter_stop_wh, energy_wh, power_w, power_at_ms, stop_reason, first_seq_no, seq_no, missing_seq, offline, review, changed_at_ms FROM transactions WHERE state = 'ended' LIMIT 1",
    "findings",
    /which no start accounts for/,
  ],
] as const) {
  test(`noticed: ${what}`, async () => {
    const outcome = await badDay(undefined, (database) => {
      const db = new DatabaseSync(database);
      assert.equal(Number(db.prepare(sql).run().changes), 1);
      db.close();
    });
    noticed(outcome, list, words);
  });
}

function filesOf(disk: BootedDisk, change: (file: AppendFile) => AppendFile): BootedDisk {
  const broken: Disk = { ...disk, appendTo: async (path) => change(await disk.appendTo(path)) };
  return Object.defineProperties(
    {
      ...broken,
      kill: () => disk.kill(),
      killAtWrite: (n: number, killed: () => void) => disk.killAtWrite(n, killed),
      writes: 0,
    },
    { writes: { get: () => disk.writes } },
  );
}

/** An open file whose methods may be replaced one by one. */
const heldOpen = (file: AppendFile): AppendFile => ({
  get sizeBytes() {
    return file.sizeBytes;
  },
  append: (bytes) => file.append(bytes),
  sync: () => file.sync(),
  truncate: (sizeBytes) => file.truncate(sizeBytes),
  close: () => file.close(),
});
