/** Many at once: sites that share one CSMS, and all of them cut off in one instant. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { told, withDatabase } from "./seeded.ts";
import { Whole } from "./whole.ts";

const pace = { sampleS: 60, session: { leastS: 120, mostS: 900 }, gap: { leastS: 20, mostS: 300 } };
const MINUTE_MS = 60_000;
/** A station's longest pause between two attempts, and the time for its boot. */
const BACK_MS_MAX = 2 * MINUTE_MS;

test("two sites at once, each cut off, killed and restarted while the other works: their ids and records never meet", () =>
  withDatabase(async (database) => {
    const whole = await Whole.create({ seed: 11, pace, database, sites: 2, stationsPerSite: 3, direct: 0 });
    const [north, south] = whole.sites;
    for (let round = 0; round < 6; round++) {
      const [victim, other] = round % 2 === 0 ? [north!, south!] : [south!, north!];
      whole.uplink(victim).cut();
      await whole.advance(5 * MINUTE_MS);
      victim.kill();
      await victim.start();
      await whole.advance(5 * MINUTE_MS);
      assert(other.status?.linkUp, "one site's misfortune reached the other");
      whole.uplink(victim).heal();
      await whole.advance(5 * MINUTE_MS);
    }
    const outcome = await whole.finish();
    assert.deepEqual([...outcome.findings, ...outcome.violations], [], told(outcome));
    assert(outcome.counts.transactions.ended > 20, JSON.stringify(outcome.counts));
    assert(
      outcome.counts.replayed > 20 && outcome.counts.answeredOffline > 20,
      JSON.stringify(outcome.counts),
    );
  }));

test("a mass cut of all links and the CSMS at once: everybody is back soon after, and nothing is missing", () =>
  withDatabase(async (database) => {
    const whole = await Whole.create({ seed: 12, pace, database, sites: 3, stationsPerSite: 3, direct: 3 });
    await whole.advance(20 * MINUTE_MS);
    for (const link of whole.allLinks) link.cut();
    whole.csms.kill();
    await whole.advance(10 * MINUTE_MS);
    assert.equal(whole.sites.filter(({ status }) => status?.linkUp).length, 0);
    assert.equal(whole.people.view().stations.filter(({ connected }) => connected).length, 0);

    await whole.csms.start();
    for (const link of whole.allLinks) link.heal();
    const back = () =>
      whole.sites.every(({ status }) => status?.linkUp) &&
      whole.people.view().stations.every(({ accepted }) => accepted);
    assert(await whole.time.until(back, BACK_MS_MAX), "somebody is still away");
    await whole.advance(20 * MINUTE_MS);
    const outcome = await whole.finish();
    assert.deepEqual([...outcome.findings, ...outcome.violations], [], told(outcome));
    assert(outcome.counts.transactions.ended > 40, JSON.stringify(outcome.counts));
  }));
