/** The judge of traces, judged by hand: without these, a checker that sees nothing would find nothing wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, readTrace } from "./system-calls.ts";

const socket = "39<TCP:[127.0.0.1:9443->127.0.0.1:54090]>";
const log = "32</d/csms/wattward.db-wal>";
const request = `read(${socket}, ""..., 65536) = 234`;
const answer = `write(${socket}, ""..., 36) = 36`;
const append = `pwrite64(${log}, ""..., 4096, 0) = 4096`;
const sync = `fsync(${log}) = 0`;

/** `thread text`; the clock moves by a millisecond with each line, from 1 s. */
const traceOf = (lines: readonly string[]) =>
  lines
    .map((line, i) => {
      const [thread, ...words] = line.split(" ");
      // As strace writes it: a short id is padded to five.
      return `${thread!.padEnd(5)} ${(1 + i / 1000).toFixed(6)} ${words.join(" ")}`;
    })
    .join("\n");
const watch = { port: 9443, journal: /-wal$/, fromMs: 0, toMs: 10_000 };
const judged = (lines: readonly string[], more: Partial<typeof watch> = {}) => {
  const { answered, violations } = judge(readTrace(traceOf(lines)), { ...watch, ...more });
  return [answered, violations.length];
};

const table: readonly (readonly [what: string, lines: readonly string[], answered: number, wrong: number])[] =
  [
    ["written, synced, answered", [`1 ${request}`, `2 ${append}`, `2 ${sync}`, `1 ${answer}`], 1, 0],
    ["answered before the sync", [`1 ${request}`, `2 ${append}`, `1 ${answer}`, `2 ${sync}`], 1, 1],
    ["never synced", [`1 ${request}`, `2 ${append}`, `1 ${answer}`], 1, 1],
    ["never written", [`1 ${request}`, `1 ${answer}`], 1, 1],
    ["synced, then written", [`1 ${request}`, `2 ${sync}`, `2 ${append}`, `1 ${answer}`], 1, 1],
    ["half of it synced", [`1 ${request}`, `2 ${append}`, `2 ${sync}`, `2 ${append}`, `1 ${answer}`], 1, 1],
    ["written before the request came", [`2 ${append}`, `2 ${sync}`, `1 ${request}`, `1 ${answer}`], 1, 1],
    [
      "the sync failed",
      [`1 ${request}`, `2 ${append}`, `2 fsync(${log}) = -1 EIO (Input/output error)`, `1 ${answer}`],
      1,
      1,
    ],
    [
      "another file synced",
      [`1 ${request}`, `2 ${append}`, "2 fsync(33</d/csms/other-wal>) = 0", `1 ${answer}`],
      1,
      1,
    ],
    [
      "the sync was still running",
      [
        `1 ${request}`,
        `2 ${append}`,
        `2 fsync(${log} <unfinished ...>`,
        `1 ${answer}`,
        "2 <... fsync resumed>) = 0",
      ],
      1,
      1,
    ],
    [
      "the sync ended in time, in two lines",
      [
        `1 ${request}`,
        `2 ${append}`,
        `2 fsync(${log} <unfinished ...>`,
        `3 ${request.replace("54090", "1")}`,
        "2 <... fsync resumed>) = 0",
        `1 ${answer}`,
      ],
      1,
      0,
    ],
    [
      "the sync began before the write had ended",
      [
        `1 ${request}`,
        `2 pwrite64(${log}, ""..., 4096, 0 <unfinished ...>`,
        `3 ${sync}`,
        "2 <... pwrite64 resumed>) = 4096",
        `1 ${answer}`,
      ],
      1,
      1,
    ],
    [
      "a request in two reads, an answer in two writes",
      [`1 ${request}`, `1 ${request}`, `2 ${append}`, `2 ${sync}`, `1 ${answer}`, `1 ${answer}`],
      1,
      0,
    ],
    [
      "two requests, the second betrayed",
      [
        `1 ${request}`,
        `2 ${append}`,
        `2 ${sync}`,
        `1 ${answer}`,
        `1 ${request}`,
        `2 ${append}`,
        `1 ${answer}`,
      ],
      2,
      1,
    ],
    ["nothing to read yet", [`1 read(${socket}, ""..., 65536) = -1 EAGAIN (Try again)`, `1 ${answer}`], 0, 0],
    ["another port", [`1 ${request.replace("9443", "8080")}`, `1 ${answer.replace("9443", "8080")}`], 0, 0],
  ];

for (const [what, lines, answered, wrong] of table) {
  test(`no answer before its fdatasync, the judge: ${what}`, () => {
    assert.deepEqual(judged(lines), [answered, wrong]);
  });
}

test("no answer before its fdatasync, the judge: what came before or after the window is not its business", () => {
  const lines = [`1 ${request}`, `1 ${answer}`];
  assert.deepEqual(judged(lines, { fromMs: 2_000 }), [0, 0]);
  assert.deepEqual(judged(lines, { toMs: 500 }), [0, 0]);
});
