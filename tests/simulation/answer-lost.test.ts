/**
 * The CSMS has committed, and its answer never arrives: the link is cut without a word, or reset, or the CSMS dies, at the
 * very moment of the commit. The site answers by itself, and everything is stored once.
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Decisions } from "../../apps/csms/core/port.ts";
import { told, withDatabase } from "./seeded.ts";
import { charge } from "./session.ts";
import { Whole } from "./whole.ts";

const pace = { sampleS: 5, session: { leastS: 1, mostS: 1 }, gap: { leastS: 1, mostS: 1 } };

const ends = {
  "the link is cut without FIN": (whole: Whole) => {
    const link = whole.uplink(whole.sites[0]!);
    link.cut();
    whole.time.after(40_000, () => link.heal());
  },
  "the link is reset": (whole: Whole) => whole.uplink(whole.sites[0]!).reset(),
  "the CSMS dies": (whole: Whole) => {
    whole.csms.kill();
    whole.time.after(20_000, () => void whole.csms.start());
  },
} as const;

/** Messages of one session, by what each version calls them. */
const moments = [
  { version: "1.6", what: "the start", is: (action: string) => action === "StartTransaction" },
  { version: "1.6", what: "a sample", is: (action: string) => action === "MeterValues" },
  { version: "1.6", what: "the stop", is: (action: string) => action === "StopTransaction" },
  { version: "2.0.1", what: "the start", is: (_: string, type: unknown) => type === "Started" },
  { version: "2.0.1", what: "a sample", is: (_: string, type: unknown) => type === "Updated" },
  { version: "2.0.1", what: "the end", is: (_: string, type: unknown) => type === "Ended" },
  { version: "2.1", what: "the start", is: (_: string, type: unknown) => type === "Started" },
  { version: "2.1", what: "the end", is: (_: string, type: unknown) => type === "Ended" },
] as const;

for (const [how, end] of Object.entries(ends)) {
  for (const { version, what, is } of moments) {
    test(`${version}: the CSMS committed ${what}, and ${how} before its answer arrived`, () =>
      withDatabase(async (database) => {
        const shape = { sites: 1, stationsPerSite: 1, direct: 0, withoutDrivers: true, versions: [version] };
        const whole = await Whole.create({ seed: 7, pace, database, ...shape });
        await whole.advance(2_000);
        let struck: Decisions["site.record"]["input"]["record"] | undefined;
        whole.commits.onDecided = (name, input) => {
          if (name !== "site.record" || struck !== undefined) return;
          const { call, record } = input as Decisions["site.record"]["input"];
          if (call === undefined || !is(call.action, call.payload["eventType"])) return;
          struck = record;
          end(whole);
        };
        await charge(whole, "N1-1", 30_000);
        await whole.advance(60_000);
        const outcome = await whole.finish();
        assert(struck !== undefined, "it never came to that");
        assert.deepEqual([...outcome.findings, ...outcome.violations], [], told(outcome));
        assert.deepEqual(outcome.counts.transactions, { started: 1, ended: 1 });
        assert.deepEqual(eventOf(database, struck.seq), { path: "live", answered_locally: 1, n: 1 });
      }));
  }
}

/** What is stored of one journal record: it was applied live, and the site's answer to it is known. */
function eventOf(database: string, seq: number): object {
  const db = new DatabaseSync(database, { readOnly: true });
  const sql = `SELECT path, answered_locally, count(*) AS n FROM transaction_events WHERE journal_seq = ${seq}`;
  const row = { ...db.prepare(sql).get() };
  db.close();
  return row;
}
