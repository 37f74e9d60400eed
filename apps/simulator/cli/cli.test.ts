import assert from "node:assert/strict";
import { test } from "node:test";
import { LINE_CHARS_MAX, readRequest } from "./control.ts";
import { readOptions } from "./options.ts";

const needed = ["--stations", "in", "--out", "out"];

test("options: what is not given has its default", () => {
  const read = readOptions(needed);
  assert(read.ok);
  const { deadlineS, faults, forS, seed, session } = read.value;
  assert.deepEqual([deadlineS, faults, forS, seed], [60, [], undefined, 1]);
  assert.deepEqual(session, { leastS: 8, mostS: 25 });
});

test("options: faults are read in seconds", () => {
  const read = readOptions([
    ...needed,
    "--fault",
    "power-cut,at=10,for=5,station=A",
    "--fault",
    "clock-jump,at=0,by=-60",
  ]);
  assert(read.ok);
  assert.deepEqual(read.value.faults, [
    { atS: 10, fault: { what: "power-cut", forMs: 5_000 }, station: "A" },
    { atS: 0, fault: { what: "clock-jump", byMs: -60_000 }, station: undefined },
  ]);
});

for (const [args, expected] of [
  [["--session-s", "25-8"], /goes from less to more/],
  [["--session-s", "8"], /--session-s is a whole number/],
  [["--url", "https://x"], /--url begins with wss/],
  [["--connect", "host"], /--connect is HOST:PORT/],
  [["--connect", "host:99999"], /1 to 65535/],
  [["--cards", "04AA,zz"], /hexadecimal digits/],
  [["--seed", "-1"], /--seed/],
  [["--fault", "earthquake,at=1"], /a fault is one of/],
  [["--fault", "power-cut,at=1"], /needs 'for'/],
  [["--fault", "link-cut,for=1"], /at=/],
  [["--fault", "crash,at=1,how=hard"], /'how' is none of them/],
  [["--after-outage", "cry"], /one of end, resume, mixed/],
] as const) {
  test(`options: ${args.join(" ")} is refused with a sentence`, () => {
    const read = readOptions([...needed, ...args]);
    assert(!read.ok);
    assert.match(read.fault, expected);
  });
}

test("control: lines that ask for something", () => {
  assert.deepEqual(readRequest('{"do":"finish"}'), { ok: true, value: { kind: "finish" } });
  const fault = readRequest('{"do":"fault","what":"link-cut","for":2.5}');
  assert(fault.ok && fault.value.kind === "fault");
  assert.deepEqual(fault.value.wish, { fault: { what: "link-cut", forMs: 2_500 }, station: undefined });
});

for (const line of [
  "",
  "finish",
  "null",
  "[]",
  "{}",
  '{"do":"constructor"}',
  '{"do":"fault"}',
  '{"do":"fault","what":"power-cut","for":-1}',
  '{"do":"fault","what":"power-cut","for":"1"}',
  '{"do":"fault","what":"crash","station":7}',
  `{"do":"finish","x":"${"y".repeat(LINE_CHARS_MAX)}"}`,
]) {
  test(`control: ${line.slice(0, 60)} is answered, never obeyed`, () => {
    assert.equal(readRequest(line).ok, false);
  });
}
