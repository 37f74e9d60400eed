import assert from "node:assert/strict";
import { test } from "node:test";
import { StationTime } from "./station-time.ts";

/** Frames as [arrived, by the station's clock], and what its clock then shows at the last arrival. */
const learnt = (...frames: readonly (readonly [number, number])[]): number | undefined => {
  const time = new StationTime();
  for (const [atMs, stationMs] of frames) time.heard(stationMs, atMs);
  return time.at(frames.at(-1)?.[0] ?? 0);
};

test("station time: unknown before it said anything, then what it said, going on by itself", () => {
  assert.equal(learnt(), undefined);
  const time = new StationTime();
  time.heard(1_000_000, 0);
  assert.equal(time.at(5_000), 1_005_000);
});

test("station time: a first word out of a queue is no word of now, unless a second agrees with it long after", () => {
  const time = new StationTime();
  for (const [atMs, stationMs] of [
    [0, 900_000],
    [20, 910_000],
    [1_300, 911_200],
  ] as const)
    time.heard(stationMs, atMs, true);
  assert.equal(time.at(1_300), undefined);
  time.heard(1_000_000, 1_350);
  assert.equal(time.at(1_350), 1_000_000);
  const late = new StationTime();
  late.heard(900_000, 0, true);
  late.heard(910_000, 10_000, true);
  assert.equal(late.at(10_000), 910_000);
});

test("station time: the site's own time that was gone by is a word as any: one behind it needs another that agrees, and is told", () => {
  const time = new StationTime();
  assert.equal(time.likelyAt(1_000, 500_000), 500_000);
  assert.equal(time.heard(504_500, 5_000), undefined, "it is the same");
  const behind = new StationTime();
  behind.likelyAt(1_000, 5_000_000);
  assert.equal(behind.heard(1_404_000, 5_000), undefined, "it may be late");
  assert.equal(behind.likelyAt(5_000, 9_000_000), 5_004_000, "one guess for all");
  assert.equal(behind.heard(1_414_000, 15_000), "learnt");
  assert.equal(behind.likelyAt(16_000, 5_015_000), 1_415_000);
  const queued = new StationTime();
  queued.likelyAt(0, 1_000_000);
  assert.equal(queued.heard(1_100_000, 0, true), "learnt", "what is past, and later than that");
});

test("station time: a message that is late says nothing; a queue that is sent at once neither", () => {
  assert.equal(learnt([0, 1_000_000], [10_000, 950_000]), 1_010_000);
  const queue = Array.from({ length: 20 }, (_, i): [number, number] => [
    10_000 + i * 20,
    500_000 + i * 10_000,
  ]);
  assert.equal(learnt([0, 1_000_000], ...queue), 1_010_380);
});

test("station time: a jump forward counts at once, a jump back when two frames some time apart agree", () => {
  assert.equal(learnt([0, 1_000_000], [10_000, 4_610_000]), 4_610_000);
  assert.equal(learnt([0, 5_000_000], [10_000, 1_410_000]), 5_010_000, "one may be late");
  assert.equal(
    learnt([0, 5_000_000], [10_000, 1_410_000], [20_000, 1_420_500]),
    1_420_500,
    "two are not, in step",
  );
  assert.equal(
    learnt([0, 5_000_000], [10_000, 1_410_000], [10_500, 1_410_500]),
    5_010_500,
    "too close to each other",
  );
  assert.equal(
    learnt([0, 5_000_000], [10_000, 1_410_000], [400_000, 1_800_000]),
    5_400_000,
    "too far apart to be remembered",
  );
});

test("station time: forgotten at a boot", () => {
  const time = new StationTime();
  time.heard(5_000_000, 0);
  time.forget();
  assert.equal(time.at(0), undefined);
  time.heard(1_000, 0);
  assert.equal(time.at(0), 1_000);
});

test("station time: says when a clock was set, and only then", () => {
  const time = new StationTime();
  const heard = [
    [1_000_000, 0, false],
    [1_010_900, 10_000, false],
    [1_020_000, 20_000, false],
    // Half a minute back: the second that says so is believed.
    [1_000_000, 30_000, false],
    [1_010_000, 40_000, true],
    [1_020_000, 50_000, false],
    [4_630_000, 60_000, true],
    [4_640_000, 70_000, false],
  ] as const;
  for (const [stationMs, atMs, stepped] of heard)
    assert.equal(time.heard(stationMs, atMs), stepped ? "set" : undefined, `at ${atMs}`);
  time.forget();
  assert.equal(time.heard(1_000, 80_000), undefined, "a boot is told of elsewhere");
});

test("station time: what software writes for never and for not set is no word of a clock", () => {
  for (const text of ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]) {
    assert.equal(learnt([0, Date.parse(text)]), undefined, text);
    assert.equal(learnt([0, 1_000_000], [10_000, Date.parse(text)]), 1_010_000, text);
  }
});
