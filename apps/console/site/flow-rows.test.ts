import assert from "node:assert/strict";
import { test } from "node:test";
import type { Station } from "../api/shapes.ts";
import { type FlowRow, flowRows, ROWS_MAX, ribbonsOf } from "./flow-rows.ts";
import { AGED_MS, HELD_MS, powerNow } from "./power-now.ts";

const nowMs = Date.UTC(2026, 0, 5, 8);
const station = (n: number, powerW: number | null, agoMs = 1_000, connected = true) =>
  ({ id: `S-${n}`, powerW, powerAtMs: powerW === null ? null : nowMs - agoMs, connected }) as Station;
const picture = { rowHeight: 28, widest: 22, least: 1.5 };

test("the total holds what is known: late values with a word, lost and unknown ones not at all", () => {
  const stations = [
    station(1, 11_000),
    station(2, 7_000, AGED_MS + 1),
    station(3, 3_000, 1_000, false),
    station(4, 5_000, HELD_MS + 1),
    station(5, null),
    station(6, 0),
  ];
  const now = powerNow(stations, nowMs);
  assert.equal(now.totalW, 21_000);
  assert.deepEqual([now.flowing, now.aged, now.lost], [3, 2, 1]);
  assert.deepEqual(
    now.stations.map((it) => it.freshness),
    ["fresh", "aged", "aged", "lost", "unknown", "fresh"],
  );
  assert.equal(powerNow([station(4, null)], nowMs).totalW, null);
  assert.equal(powerNow([station(4, 9, HELD_MS + 1)], nowMs).totalW, null);
  assert.equal(powerNow([station(5, 0)], nowMs).totalW, 0);
});

test("a small site shows every station by number; a large one its strongest and the rest as one", () => {
  const few = flowRows(powerNow([station(10, 1), station(2, null), station(1, 5)], nowMs));
  assert.deepEqual(
    few.map((row) => row.kind === "station" && row.station),
    ["S-1", "S-2", "S-10"],
  );
  const many = flowRows(
    powerNow(
      Array.from({ length: 50 }, (_, n) => station(n, n * 100)),
      nowMs,
    ),
  );
  assert.equal(many.length, ROWS_MAX);
  const last = many.at(-1);
  assert.equal(last?.kind === "others" && last.count, 41);
  const sum = many.reduce((total, row) => total + (row.powerW ?? 0), 0);
  assert.equal(sum, (49 * 50 * 100) / 2);
});

test("ribbons are in proportion, lie side by side at the trunk, and none leaves its row", () => {
  const rows = flowRows(powerNow([station(1, 22_000), station(2, 11_000), station(3, null)], nowMs));
  const ribbons = ribbonsOf(rows, picture);
  assert.deepEqual(
    ribbons.map(({ index, width }) => [index, width]),
    [
      [0, 22],
      [1, 11],
    ],
  );
  const [a, b] = ribbons;
  assert.equal((b?.y0 ?? 0) - (a?.y0 ?? 0), (22 + 11) / 2);
  assert.equal(a?.y1, 14);
  assert.deepEqual(ribbonsOf([], picture), []);
  assert.deepEqual(ribbonsOf(flowRows(powerNow([station(1, 0), station(2, null)], nowMs)), picture), []);
  const others: FlowRow = { kind: "others", count: 40, powerW: 400_000 };
  for (const { width } of ribbonsOf([...rows, others], picture)) assert.ok(width >= 1.5 && width <= 44);
});
