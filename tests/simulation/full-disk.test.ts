/** A site's disk is full for a while: samples are given up and counted, to the last one; starts and ends never are. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { told, withDatabase } from "./seeded.ts";
import { Whole } from "./whole.ts";

const pace = { sampleS: 20, session: { leastS: 60, mostS: 400 }, gap: { leastS: 20, mostS: 60 } };

test("a full disk at the site gives up samples, says how many, and loses no start and no end", () =>
  withDatabase(async (database) => {
    const whole = await Whole.create({ seed: 5, pace, database, sites: 1, stationsPerSite: 4, direct: 0 });
    const { disk, promises } = whole.sites[0]!;
    await whole.advance(10 * 60_000);
    disk.options.capacityBytes = disk.usedBytes;
    await whole.advance(10 * 60_000);
    delete disk.options.capacityBytes;
    const startedBefore = promises.givenUp.length;
    await whole.advance(60_000);
    const outcome = await whole.finish();
    assert.deepEqual([...outcome.findings, ...outcome.violations], [], told(outcome));
    assert(startedBefore > 10, `only ${startedBefore} messages were given up`);
    assert(outcome.counts.transactions.ended > 10);
    assert.deepEqual(
      gapsIn(database),
      tally(promises.givenUp.map(({ station, action }) => `${station} ${action}`)),
    );
  }));

function gapsIn(database: string): Record<string, number> {
  const db = new DatabaseSync(database, { readOnly: true });
  const rows = db.prepare("SELECT station_id, data FROM outbox WHERE kind = 'journal.gap'").all();
  db.close();
  const gaps = rows.map((row) => {
    const { action, count } = JSON.parse(String(row["data"])) as { action: string; count: number };
    return { name: `${row["station_id"]} ${action}`, count };
  });
  const sums: Record<string, number> = {};
  for (const { name, count } of gaps) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
