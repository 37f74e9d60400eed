/** The document that the console offers for a site that is not managed yet: the CSMS takes it, and it claims nothing that nobody has proven. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { starterDocument } from "../apps/console/energy/starter.ts";
import { checkDocument } from "../apps/csms/energy/check-document.ts";

for (const count of [0, 1, 2, 4, 50, 300])
  test(`the starter document of a site with ${count} stations is sound, and counts every outlet at its rating`, () => {
    const stations = Array.from({ length: count }, (_, i) => `LPD-${i + 1}`);
    const { faults, compiled, safeSums } = checkDocument(starterDocument(stations, "Europe/Paris"));
    assert.deepEqual(faults, []);
    const outlets = compiled?.config.site.outlets ?? [];
    assert.equal(outlets.length, Math.max(1, count));
    assert(outlets.every(({ limiting, expiry }) => limiting === "none" && expiry === "unproven"));
    assert.equal(safeSums[0]?.safeMa[0], 16_000 * outlets.length);
  });

test("a connection smaller than its unproven stations is refused, and the fault says what counts", () => {
  const text = starterDocument(["A", "B", "C", "D"], "Europe/Paris").replace(
    "ratedMa: 94000",
    "ratedMa: 63000",
  );
  const [fault] = checkDocument(text).faults;
  assert.match(fault?.sentence ?? "", /ratings where limiting is none, of 64000 mA, room for 33000 mA/);
  assert.deepEqual(checkDocument(text.replace("limiting: none", "limiting: proven")).faults, []);
});
