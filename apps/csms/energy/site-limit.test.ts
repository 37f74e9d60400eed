import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteId } from "@wattward/kernel";
import { parseBundle } from "@wattward/sitelink";
import { SITE, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { checkDocument } from "./check-document.ts";
import { example } from "./testing/example.ts";

const HOUR_MS = 3_600_000;

async function managed(): Promise<TestCore> {
  const core = await testCore({ "CP-1": "site", "CP-2": "site", "CP-3": "site", "CP-4": "site" });
  const { compiled } = checkDocument(example);
  const set = await core.decide("energy.set", {
    ...{ site: SITE, base: 0, text: example, energy: compiled?.energy ?? "", stations: [] },
    ...{ actor: "ada", reason: "first", atMs: START_MS },
  });
  assert.equal(set.kind, "set");
  return core;
}
const limit = (
  core: TestCore,
  limitW: number | null,
  { forMs = HOUR_MS, site = SITE }: { forMs?: number; site?: SiteId } = {},
) =>
  core.decide("energy.limit", {
    ...{ site, actor: "ada", reason: "main fuse", atMs: START_MS },
    limit: limitW === null ? null : { limitW, untilMs: START_MS + forMs },
  });
async function inBundle(core: TestCore, atMs: number) {
  const { body, version } = await core.decide("bundle.compile", { site: SITE, atMs });
  const read = parseBundle(body);
  assert(read.ok, read.ok ? "" : read.fault.sentence);
  return { version, limit: read.value.energyLimit };
}

test("a limit stands in the site's next bundle, the newest in place of the one before, and is gone when it is over or taken back", async () => {
  const core = await managed();
  const first = await inBundle(core, START_MS);
  assert.equal(first.limit, undefined);
  assert.deepEqual(await limit(core, 40_000), { kind: "set" });
  const second = await inBundle(core, START_MS + 1);
  assert.deepEqual(second, {
    version: first.version + 1,
    limit: { limitW: 40_000, untilMs: START_MS + HOUR_MS },
  });
  await limit(core, 0, { forMs: 2 * HOUR_MS });
  const third = await inBundle(core, START_MS + HOUR_MS);
  assert.deepEqual(third.limit, { limitW: 0, untilMs: START_MS + 2 * HOUR_MS });
  assert.equal((await inBundle(core, START_MS + HOUR_MS + 1)).version, third.version, "the same, the same");
  assert.equal((await inBundle(core, START_MS + 2 * HOUR_MS)).limit, undefined, "it is over");
  await limit(core, 5, { forMs: 9 * HOUR_MS });
  await limit(core, null);
  assert.equal((await inBundle(core, START_MS + 2)).limit, undefined, "taken back");
  assert.deepEqual(
    (await core.outbox("energy.limit-set")).map(({ data }) => [data["limitW"], data["reason"]]),
    [40_000, 0, 5, null].map((limitW) => [limitW, "main fuse"]),
  );
});

test("a site that there is not, or that nobody manages, gets none; of one that is managed no more it is not told", async () => {
  const core = await managed();
  assert.deepEqual(await limit(core, 1, { site: "moon" as SiteId }), { kind: "unknown-site" });
  await limit(core, 40_000);
  await core.decide("energy.set", {
    ...{ site: SITE, base: 1, text: "", stations: [], actor: "ada", reason: "over", atMs: START_MS },
  });
  assert.equal((await inBundle(core, START_MS)).limit, undefined);
  assert.deepEqual(await limit(core, 1), { kind: "unmanaged" });
});

test("whoever can sign a bundle still writes no limit that is none: strict to the field", async () => {
  const core = await managed();
  await limit(core, 40_000);
  const { body } = await core.decide("bundle.compile", { site: SITE, atMs: START_MS });
  for (const wrong of ["-1", "1e9", "NaN", "null", '"40000"', "0.5"])
    assert(!parseBundle(body.replace('"limitW":40000', `"limitW":${wrong}`)).ok, wrong);
  assert(!parseBundle(body.replace('"limitW":40000', '"limitW":40000,"forever":true')).ok);
});
