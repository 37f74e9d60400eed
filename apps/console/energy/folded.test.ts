import assert from "node:assert/strict";
import { test } from "node:test";
import { FOLD_GAP_MS, folded } from "./folded.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

const refusal = (seq: number, atMs: number, more: object = {}): Refusal =>
  refusalOf({
    ...{ seq, atMs, what: "modbus.denied" },
    detail: {
      exchange: {
        client: "ems",
        device: "bess",
        functionCode: 3,
        address: 7,
        quantity: 1,
        pdu: `0${seq}`,
        values: [],
      },
      ...{ exception: 1, why: "no rule" },
      ...more,
    },
  });

test("what is asked again and again stands once, with how often and since when; others keep their place", () => {
  const rows = [
    refusal(9, 90_000),
    refusal(8, 82_000),
    refusal(7, 80_000, { why: "another" }),
    refusal(6, 74_000),
    refusal(5, 70_000, { text: "a scan", why: undefined }),
  ];
  assert.deepEqual(
    folded(rows).map(({ seq, times, firstAtMs, seqs }) => [seq, times, firstAtMs, seqs]),
    [
      [9, 3, 74_000, [9, 8, 6]],
      [7, 1, 80_000, [7]],
      [5, 1, 70_000, [5]],
    ],
  );
  assert.deepEqual(folded([]), []);
});

test("after a silence the same is news; another value is another refusal", () => {
  const day = 24 * FOLD_GAP_MS;
  const rows = [refusal(4, day), refusal(3, day - FOLD_GAP_MS), refusal(2, day - 2 * FOLD_GAP_MS - 1)];
  assert.deepEqual(
    folded(rows).map(({ times }) => times),
    [2, 1],
  );
  const write = (seq: number, value: number) =>
    refusal(seq, seq, { exchange: { client: "ems", values: [{ register: "W", value, unit: "%" }] } });
  assert.equal(folded([write(2, 1), write(1, 2)]).length, 2);
});
