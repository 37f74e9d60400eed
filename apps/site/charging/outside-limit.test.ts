/** The limit that a dead energy controller leaves behind: held to its own end, failsafe and all, and never left for nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ToldExternal } from "../energy-link/messages.ts";
import { OutsideLimit } from "./outside-limit.ts";

const MINUTE_MS = 60_000;
const settings = { failsafeW: 10_000, failsafeMs: 120 * MINUTE_MS, devices: 1 };
const at = (minutes: number, quality: "synced" | "unknown" = "synced") => ({
  monotonicMs: minutes * MINUTE_MS,
  wallMs: 1_000_000_000_000 + minutes * MINUTE_MS,
  quality,
});
const untilMs = at(30).wallMs;
const ordered = { limitW: 7_000, untilMs };

/** What holds so many minutes after the last word of the energy controller. */
const rows: readonly [
  string,
  ToldExternal | undefined,
  readonly (readonly [number, string | undefined])[],
][] = [
  [
    "never told: the failsafe, from the first moment",
    undefined,
    [
      [0, "init 10000"],
      [3, "failsafe 10000"],
      [119, "failsafe 10000"],
      [123, undefined],
    ],
  ],
  [
    "limited without an end",
    { kind: "limited", limitW: 6_000 },
    [
      [0, "limited 6000"],
      [60, "limited 6000"],
      [119, "limited 6000"],
      [123, undefined],
    ],
  ],
  [
    "limited to an end",
    { kind: "limited", limitW: 6_000, forMs: 60 * MINUTE_MS },
    [
      [1, "limited 6000"],
      [59, "limited 6000"],
      [61, "failsafe 10000"],
    ],
  ],
  [
    "limited, longer than any failsafe",
    { kind: "limited", limitW: 6_000, forMs: 600 * MINUTE_MS },
    [
      [1, "limited 6000"],
      [500, "limited 6000"],
      [601, undefined],
    ],
  ],
  [
    "limited above the failsafe",
    { kind: "limited", limitW: 20_000 },
    [
      [1, "limited 20000"],
      [5, "failsafe 10000"],
    ],
  ],
  ["limited below what the law leaves", { kind: "limited", limitW: 0 }, [[1, "limited 4200"]]],
  [
    "unlimited, then silence",
    { kind: "unlimited" },
    [
      [1, undefined],
      [5, "failsafe 10000"],
      [123, undefined],
    ],
  ],
  [
    "failsafe",
    { kind: "failsafe" },
    [
      [1, "failsafe 10000"],
      [121, undefined],
    ],
  ],
];
for (const [name, told, says] of rows)
  test(`outside limit: ${name}`, () => {
    const limit = new OutsideLimit(0);
    if (told !== undefined) limit.told(told, 0);
    // As the fallback does, it looks again and again: what is over is over when it is looked at.
    for (let minutes = 0; minutes <= says.at(-1)![0]; minutes++) {
      const found = limit.standing({ now: at(minutes), settings, ordered: undefined });
      const row = says.find(([then]) => then === minutes);
      if (row === undefined) continue;
      const [, expected] = row;
      assert.equal(found && `${found.kind} ${found.limitW}`, expected, `after ${minutes} min`);
    }
  });

test("outside limit: an energy controller that has just begun has heard nothing, and ends nothing that its predecessor told", () => {
  const limit = new OutsideLimit(0);
  limit.told({ kind: "limited", limitW: 6_000 }, 0);
  const standing = (minutes: number) =>
    limit.standing({ now: at(minutes), settings, ordered: undefined })?.limitW;
  for (const minutes of [1, 1.5, 2.5]) limit.told({ kind: "init" }, minutes * MINUTE_MS);
  assert.equal(standing(3), 6_000);
  limit.told({ kind: "unlimited" }, 4 * MINUTE_MS);
  assert.equal(standing(4), undefined);
});

test("outside limit: what a person ordered holds to its end by the clock, and on where nobody knows the time", () => {
  const limit = new OutsideLimit(0);
  const facts = { settings: undefined, ordered };
  assert.deepEqual(limit.standing({ now: at(29), ...facts }), {
    kind: "ordered",
    limitW: 7_000,
    untilWallMs: untilMs,
  });
  assert.equal(limit.standing({ now: at(31), ...facts }), undefined);
  assert.equal(limit.standing({ now: at(31, "unknown"), ...facts })?.limitW, 7_000);
});

test("outside limit: of both the lowest; a site without a signal knows none", () => {
  const limit = new OutsideLimit(0);
  limit.told({ kind: "limited", limitW: 8_000 }, 0);
  assert.equal(limit.standing({ now: at(1), settings, ordered })?.kind, "ordered");
  assert.equal(limit.standing({ now: at(31), settings, ordered })?.kind, "limited");
  assert.equal(limit.standing({ now: at(31), settings: undefined, ordered }), undefined);
});
