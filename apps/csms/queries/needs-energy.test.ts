/** Which sites somebody is told of for the mode of their energy: by their last word, and no longer than it holds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MODES } from "@wattward/energy";
import { queries } from "../core/queries.ts";
import { type QueryWorld, queryWorld } from "./world.ts";

async function world(): Promise<
  QueryWorld & { mode(site: string, mode: string, atMs: number): Promise<void>; told(): Promise<string[]> }
> {
  const world = await queryWorld();
  let seq = 0;
  for (const id of ["north", "south"]) {
    await world.add("sites", { id, connected: 1, seen_at_ms: 1, clock_quality: "synced" });
    await world.add("stations", { id: `${id}-1`, site_id: id, connected: 1 });
    await document(world, id, 1, "{}");
  }
  return {
    ...world,
    async mode(site, mode, at_ms) {
      seq += 1;
      const alert = MODES.find((row) => row.mode === mode)?.alert;
      await world.add("outbox", {
        seq,
        at_ms,
        source: "site",
        kind: "site.mode",
        site_id: site,
        data: JSON.stringify({ mode, alert }),
      });
    },
    async told() {
      const { needs, counts } = await queries["fleet.now"](world.db, { nowMs: 2, todayMs: 0 });
      assert.equal(
        counts.reduce((sum, { count }) => sum + count, 0),
        needs.length,
      );
      return needs.map(({ kind, weight, site, sinceMs, concerned, words }) =>
        [kind, weight, site, sinceMs, concerned, words].join(" "),
      );
    },
  };
}
const document = ({ db }: QueryWorld, site_id: string, version: number, energy: string | null) =>
  db
    .insertInto("energy_documents")
    .values({ ...{ site_id, version, at_ms: 1, actor: "a", reason: "r", text: "t", energy, guard: null } })
    .execute();

test("now: alarms before notices, each since its last word, and nothing of modes that are well", async () => {
  const w = await world();
  assert.deepEqual(await w.told(), []);
  await w.mode("south", "planned", 1);
  await w.mode("north", "conservative", 2);
  assert.deepEqual(await w.told(), ["site-conservative attention north 2 1 conservative"]);
  await w.mode("south", "fallback", 3);
  assert.deepEqual(await w.told(), [
    "site-fallback danger south 3 1 fallback",
    "site-conservative attention north 2 1 conservative",
  ]);
  await w.mode("north", "reactive", 4);
  await w.mode("south", "default", 5);
  assert.deepEqual(await w.told(), ["site-fallback danger south 5 1 default"]);
  await w.mode("south", "planned", 6);
  assert.deepEqual(await w.told(), []);
  w.close();
});

test("now: a mode is nobody's concern of a site without link, or whose energy is no longer managed", async () => {
  const w = await world();
  await w.mode("north", "fallback", 1);
  await w.db.updateTable("sites").set({ connected: 0 }).where("id", "=", "north").execute();
  assert.deepEqual(await w.told(), ["site-offline danger north 1 1 "]);
  await w.db.updateTable("sites").set({ connected: 1 }).where("id", "=", "north").execute();
  assert.equal((await w.told()).length, 1);
  await document(w, "north", 2, null);
  assert.deepEqual(await w.told(), []);
  await document(w, "north", 3, "{}");
  assert.equal((await w.told()).length, 1);
  w.close();
});

test("now: each managed site has its last mode, linked or not; one that has told none has none, and an unmanaged one is null", async () => {
  const w = await world();
  const modes = async () => {
    const { sites } = await queries["fleet.now"](w.db, { nowMs: 2, todayMs: 0 });
    return sites.map(({ id, energy }) => [id, energy]);
  };
  await w.add("sites", { id: "west" });
  await w.add("stations", { id: "direct" });
  await w.mode("north", "planned", 1);
  await w.mode("north", "conservative", 7);
  await w.db.updateTable("sites").set({ connected: 0 }).where("id", "=", "north").execute();
  assert.deepEqual(await modes(), [
    ["north", { mode: "conservative", sinceMs: 7 }],
    ["south", { mode: null, sinceMs: null }],
    ["west", null],
    [null, null],
  ]);
  await document(w, "north", 2, null);
  assert.deepEqual((await modes())[0], ["north", null]);
  w.close();
});
