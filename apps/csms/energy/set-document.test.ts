/** Documents on the tables themselves: versions, lost updates, what a bundle says then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteId, StationId } from "@wattward/kernel";
import { parseBundle } from "@wattward/sitelink";
import type { Core } from "../core/port.ts";
import { queries } from "../core/queries.ts";
import { SITE, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { checkDocument } from "./check-document.ts";
import { saveDocument, saveStrategy } from "./save-document.ts";
import { changed, example } from "./testing/example.ts";

const stations = { "CP-1": "site", "CP-2": "site", "CP-3": "site", "CP-4": "either" } as const;
const who = { site: SITE, actor: "ada", reason: "new fuse", atMs: START_MS };
const doors = (core: TestCore): Pick<Core, "decide" | "query"> => ({
  decide: core.decide,
  query: (name, input) => core.writer.between(() => queries[name](core.db, input)),
});
const bundleOf = async (core: TestCore, site = SITE) => {
  const { body } = await core.decide("bundle.compile", { site, atMs: core.nowMs });
  const bundle = parseBundle(body);
  assert(bundle.ok);
  return bundle.value;
};

test("a document: set, in the bundle as energy and guard, and every version kept with actor, time and reason", async () => {
  const core = await testCore(stations);
  const before = await bundleOf(core);
  assert.deepEqual([before.energy, before.guard], [undefined, undefined]);
  assert.equal("energy" in before || "guard" in before, false, "absent where there is none");
  const { saved } = await saveDocument(doors(core), { ...who, base: 0, text: example });
  assert.deepEqual(saved, { kind: "set", version: 1 });
  const { compiled } = checkDocument(example);
  const bundle = await bundleOf(core);
  assert.deepEqual([bundle.energy, bundle.guard], [compiled?.energy, compiled?.guard]);
  assert.equal(bundle.version, before.version + 1);
  const second = await saveStrategy(doors(core), {
    ...who,
    reason: "sun",
    atMs: START_MS + 5,
    strategy: "self-consumption",
  });
  assert.deepEqual(second.saved, { kind: "set", version: 2 });
  assert.equal(JSON.parse((await bundleOf(core)).energy ?? "").strategy, "self-consumption");
  const versions = await doors(core).query("energy.versions", { site: SITE, most: 10 });
  assert.deepEqual(versions, [
    { version: 2, atMs: START_MS + 5, actor: "ada", reason: "sun", managed: true },
    { version: 1, atMs: START_MS, actor: "ada", reason: "new fuse", managed: true },
  ]);
  const first = await doors(core).query("energy.document", { site: SITE, version: 1 });
  assert.equal(first?.document?.text, example, "as it was written, comments and all");
  const told = (await core.outbox("energy.set")).map(({ data }) => [
    data["version"],
    data["actor"],
    data["managed"],
  ]);
  assert.deepEqual(told, [
    [1, "ada", true],
    [2, "ada", true],
  ]);
});

test("a document: whoever was slower is told, the same again is no version, and nothing is left of what was faulty", async () => {
  const core = await testCore(stations);
  const save = async (base: number, text: string) =>
    (await saveDocument(doors(core), { ...who, base, text })).saved;
  assert.deepEqual(await save(0, example), { kind: "set", version: 1 });
  assert.deepEqual(await save(1, example), { kind: "unchanged", version: 1 });
  assert.deepEqual(await save(0, changed("cost", "fairness")), { kind: "conflict", version: 1 });
  assert.deepEqual(await save(7, changed("cost", "fairness")), { kind: "conflict", version: 1 });
  assert.deepEqual(await save(1, changed("ratedMa: 80000", "ratedMa: 180000")), { kind: "faulty" });
  assert.equal((await core.rows("energy_documents")).length, 1);
});

test("a document: the same text that means something else by now, as to a later program, is a new version", async () => {
  const core = await testCore(stations);
  const { compiled } = checkDocument(example);
  const { config, policy, ...means } = compiled ?? assert.fail("it is sound");
  const earlier = { ...who, ...means, text: example, guard: "{}" };
  await core.decide("energy.set", { ...earlier, base: 0 });
  const { saved } = await saveDocument(doors(core), { ...who, base: 1, text: example });
  assert.deepEqual(saved, { kind: "set", version: 2 });
  assert.equal((await bundleOf(core)).guard, means.guard);
});

test("a document: of a site that there is not, and of stations that have left meanwhile", async () => {
  const core = await testCore(stations);
  const elsewhere = await saveDocument(doors(core), {
    ...who,
    site: "moon" as SiteId,
    base: 0,
    text: example,
  });
  assert.deepEqual(elsewhere.saved, { kind: "faulty" }, "its stations are another site's");
  const { compiled } = checkDocument(example);
  const change = {
    ...who,
    base: 0,
    text: example,
    energy: compiled?.energy ?? "",
    stations: compiled?.stations ?? [],
  };
  assert.deepEqual(await core.decide("energy.set", { ...change, site: "moon" as SiteId }), {
    kind: "unknown-site",
  });
  await core.decide("station.add", {
    ...{ station: "CP-3" as StationId, serial: "CP-3", route: "site", site: "north" as SiteId },
    ...{ actor: "ada", atMs: START_MS },
  });
  assert.deepEqual(await core.decide("energy.set", change), { kind: "refused", station: "CP-3" });
  assert.deepEqual(await core.rows("energy_documents"), []);
});

test("a document: empty, the site's energy is no longer managed, and its bundle says so by silence", async () => {
  const core = await testCore(stations);
  const save = async (base: number, text: string) =>
    (await saveDocument(doors(core), { ...who, base, text })).saved;
  assert.deepEqual(await save(0, ""), { kind: "unchanged", version: 0 });
  await save(0, example);
  assert.deepEqual(await save(1, " \n"), { kind: "set", version: 2 });
  const bundle = await bundleOf(core);
  assert.equal("energy" in bundle || "guard" in bundle, false);
  assert.deepEqual((await saveStrategy(doors(core), { ...who, strategy: "cost" })).saved, {
    kind: "no-document",
  });
  assert.deepEqual(await save(2, example), { kind: "set", version: 3 });
  assert((await bundleOf(core)).energy !== undefined);
});

test("a document: the largest site that there may be fits into its bundle, or is refused with a sentence", async () => {
  const outlet = (i: number) => `      - { <<: *outlet, id: X${i}, station: CP-1, evse: ${i} }\n`;
  const many = (count: number) =>
    changed("    loads:\n", `${Array.from({ length: count }, (_, i) => outlet(i + 2)).join("")}    loads:\n`)
      .replaceAll("safeMa: 6000 ", "safeMa: 0 ")
      .replaceAll(", spares: rating", "");
  assert.deepEqual(checkDocument(many(900)).faults, []);
  const long = checkDocument(many(996).replaceAll(/id: X(\d+)/g, (_, i) => `id: ${"X".repeat(60)}${i}`));
  // 1,000 outlets under the longest names are the most that checkSite takes.
  assert(
    long.faults.length === 0 || /too long for a bundle/.test(long.faults[0]?.sentence ?? ""),
    JSON.stringify(long.faults[0]),
  );
});
