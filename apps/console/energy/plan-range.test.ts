import assert from "node:assert/strict";
import { test } from "node:test";
import { planRanges } from "../site/search.ts";
import { rangeFor, spanOf } from "./plan-range.ts";
import { QUARTER_MS } from "./plan-series.ts";

test("each range is as long as it is called, on whole quarters, with what is under way in it", () => {
  const nowMs = 1_000 * QUARTER_MS + 700_000;
  for (const range of planRanges) {
    const { fromMs, toMs } = spanOf(range, nowMs);
    assert.equal((toMs - fromMs) / 3_600_000, Number.parseInt(range, 10), range);
    assert.equal(fromMs % QUARTER_MS, 0);
    assert(fromMs < nowMs - QUARTER_MS && toMs > nowMs, range);
  }
});

test("while little has happened the range is short; whoever chooses is heeded", () => {
  assert.deepEqual(
    [undefined, 0, 1, 7, 8, 56].map((told) => rangeFor(undefined, told)),
    [...["36h", "6h", "6h", "6h", "36h", "36h"]],
  );
  assert.equal(rangeFor("1h", 56), "1h");
  assert.equal(rangeFor("36h", 1), "36h");
});
