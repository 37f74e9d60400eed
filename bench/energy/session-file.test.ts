/** Session files as others hand them out: wrong lines are left out and named, and none of them stops the run. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Clock } from "./clock.ts";
import { readSessionFile } from "./session-file.ts";

const folder = mkdtempSync(join(tmpdir(), "wattward-session-file-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = "arrival,departure,delivered_energy (kWh),station_id,session_id";
const GOOD = "2019-05-06 08:00:00-07:00,2019-05-06 12:00:00-07:00,10,CA-1,good";

function read(
  lines: readonly string[],
  { zone = "America/Los_Angeles", name = "sessions.csv", zip = false } = {},
) {
  const file = join(folder, name);
  const text = `${lines.join("\n")}\n`;
  writeFileSync(file, zip ? gzipSync(text) : text);
  return readSessionFile(file, new Clock(zone));
}

test("session file: each wrong line is left out, counted and named, and the others are read", async () => {
  const long = "x".repeat(100);
  const wrong: readonly (readonly [says: RegExp, line: string])[] = [
    [/is not after the arrival/, "2019-05-06 08:00:00-07:00,2019-05-06 08:00:00-07:00,1,CA-1,a"],
    [/'' is not/, "2019-05-06 08:00:00-07:00,2019-05-06 12:00:00-07:00,,CA-1,a"],
    [/'-0.01' is not/, "2019-05-06 08:00:00-07:00,2019-05-06 12:00:00-07:00,-0.01,CA-1,a"],
    [/'1200' is not/, "2019-05-06 08:00:00-07:00,2019-05-06 12:00:00-07:00,1200,CA-1,a"],
    [/longer than 60 days/, "2019-05-06 08:00:00-07:00,2019-09-06 12:00:00-07:00,1,CA-1,a"],
    [/stands in line 2/, GOOD],
    [/has 2 fields/, "half a,line"],
    [/a quote/, '2019-05-06 08:00:00-07:00,2019-05-06 12:00:00-07:00,1,CA-1,12" pod'],
    [/its year/, "1970-01-01 00:00:00Z,1970-01-01 01:00:00Z,1,CA-1,a"],
  ];
  for (const [says, line] of wrong) {
    const { sessions, skipped, remarks } = await read([HEAD, GOOD, line, GOOD.replace("good", "last")]);
    assert.deepEqual(
      sessions.map(({ id }) => id),
      ["good", "last"],
      line,
    );
    assert.equal(skipped, 1, line);
    assert.match(remarks.join("\n"), says);
  }
  const ids = [`${long}1`, `${long}2`].map((id) => GOOD.replace("good", id));
  assert.equal(new Set((await read([HEAD, ...ids])).sessions.map(({ id }) => id)).size, 2, "no twins");
});

test("session file: a station's name gets the characters that a station may have, and two stay two", async () => {
  const names = ["A 7/1", "A_7_1", "A 7/1", "A-2"];
  const { sessions, skipped } = await read([
    HEAD,
    ...names.map((name, i) => GOOD.replace("CA-1", name).replace("good", `s${i}`)),
  ]);
  assert.equal(skipped, 0);
  assert.deepEqual(
    sessions.map(({ station }) => String(station)),
    ["A_7_1", "A_7_1=2", "A_7_1", "A-2"],
  );
});

test("session file: a time without an offset is one of the site's clock, summer and winter; another zone is told", async () => {
  const naive = (day: string) => `${day} 08:00:00,${day} 12:00:00,10,CA-1,${day}`;
  const { sessions, remarks } = await read([HEAD, naive("2019-01-07"), naive("2019-07-08")]);
  assert.deepEqual(
    sessions.map(({ arriveAtMs }) => new Date(arriveAtMs).toISOString()),
    ["2019-01-07T16:00:00.000Z", "2019-07-08T15:00:00.000Z"],
  );
  assert.match(remarks.join("\n"), /4 times say no offset and are read as America\/Los_Angeles/);
  const elsewhere = await read([HEAD, GOOD], { zone: "Europe/Berlin" });
  assert.match(elsewhere.remarks.join("\n"), /at -07:00, which Europe\/Berlin never is/);
});

test("session file: gzip is known by its bytes; what is no file, or has no session, is one sentence", async () => {
  for (const [name, zip] of [
    ["packed.csv", true],
    ["plain.csv.gz", false],
  ] as const)
    assert.equal((await read([HEAD, GOOD], { name, zip })).sessions.length, 1, name);
  assert.deepEqual((await read([HEAD])).sessions, []);
  await assert.rejects(read([HEAD, "a,b"]), /has no session: line 2/);
  mkdirSync(join(folder, "folder.gz"));
  await assert.rejects(
    readSessionFile(join(folder, "folder.gz"), new Clock("UTC")),
    /folder.gz cannot be read/,
  );
});
