/** A mistake in what is asked of the demo is a sentence before anything starts. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readOptions, UsageError } from "./options.ts";

const folder = mkdtempSync(join(tmpdir(), "wattward-options-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const read = (line: string) => readOptions(line.split(" "), folder);
const file = join(folder, "file");
writeFileSync(file, "");

for (const [line, sentence] of [
  ["--for 40 --kill-ems abc", /^--kill-ems takes a whole number from 1 to 600, not 'abc'\.$/],
  ["--for 40 --kill-ems -5", /^--kill-ems takes a whole number from 1 to 600, not '-5'\.$/],
  ["--for 40 --cut-modbus 1.5", /^--cut-modbus takes a whole number from 1 to 600, not '1\.5'\.$/],
  ["--for 40 --for 60", /^--for is given twice/],
  ["--for 40 --kill-site --kill-site", /^--kill-site is given twice/],
  ["--for 40 --kill-ems --kill-ems 5", /^--kill-ems is given twice/],
  [`--out ${file}`, /file: that is a file\. Name a folder/],
  [`--out ${folder}`, /the folder is not empty/],
  ["--out /dev/null", /that is a file/],
] as const) {
  test(`options: '${line.replace(folder, "DIR")}' is refused`, () => {
    assert.throws(
      () => read(line),
      (error: Error) => error instanceof UsageError && sentence.test(error.message),
    );
  });
}

test("options: a fault lasts as long as is said, or as usual", () => {
  const { cutModbusS, freezeMeterS, killEmsS, killGuardS } = read(
    "--kill-ems --kill-guard 8 --cut-modbus=9 --for 60 --freeze-meter",
  );
  assert.deepEqual([killEmsS, killGuardS, cutModbusS, freezeMeterS], [10, 8, 9, 15]);
});
