/**
 * A site that boots in 1970 without uplink, and charges: its machine has no clock, nobody can tell it the time, and still
 * its stations' certificates are judged, cars charge, and what was written down in 1970 arrives with dates of today.
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { ocppVersions } from "@wattward/ocpp";
import { told, withDatabase } from "./seeded.ts";
import { sitDown } from "./session.ts";
import { Whole } from "./whole.ts";

const pace = { sampleS: 60, session: { leastS: 1, mostS: 1 }, gap: { leastS: 1, mostS: 1 } };
const HOUR_MS = 3_600_000;

for (const floor of ["kept", "lost"] as const) {
  for (const version of ocppVersions) {
    test(`${version}: a site that boots in 1970 without uplink charges (its last wall time ${floor})`, () =>
      withDatabase(async (database) => {
        const shape = { sites: 1, stationsPerSite: 1, direct: 0, withoutDrivers: true, versions: [version] };
        const whole = await Whole.create({ seed: 3, pace, database, ...shape });
        await whole.advance(5 * 60_000);
        const site = whole.sites[0]!;
        const beganMs = whole.time.now().wallMs;

        whole.uplink(site).cut();
        whole.people.fault({ what: "power-cut", forMs: 10_000 });
        site.kill();
        site.setClock(0, "unknown");
        if (floor === "lost") site.disk.damage("state/clock.json", new TextEncoder().encode("{}"));
        await site.start();
        await whole.advance(30_000);
        const { clock, linkUp } = site.status!;
        assert.deepEqual([clock.quality, linkUp], ["unknown", false]);
        assert.equal(clock.wallMs < HOUR_MS, floor === "lost", `it believes ${new Date(clock.wallMs)}`);

        const sitting = await sitDown(whole, "N1-1");
        await whole.advance(HOUR_MS);
        await sitting.leave();
        assert(sitting.station.evses[0]!.deliveredWh > 10_000);
        const outcome = await whole.finish();
        assert.deepEqual([...outcome.findings, ...outcome.violations], [], told(outcome));
        assert.deepEqual(outcome.counts.transactions, { started: 1, ended: 1 });
        assert(
          outcome.counts.answeredOffline >= 3 && outcome.counts.replayed >= 3,
          JSON.stringify(outcome.counts),
        );

        const { started, ended, review } = datesIn(database);
        const endMs = whole.time.now().wallMs;
        assert(beganMs <= started && started <= ended && ended <= endMs, JSON.stringify({ started, ended }));
        assert.equal(review, floor === "lost" ? "clock" : null);
      }));
  }
}

function datesIn(database: string) {
  const db = new DatabaseSync(database, { readOnly: true });
  const row = db.prepare("SELECT started_at_ms, ended_at_ms, review FROM transactions").get()!;
  db.close();
  return { started: Number(row["started_at_ms"]), ended: Number(row["ended_at_ms"]), review: row["review"] };
}
