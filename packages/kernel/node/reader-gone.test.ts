import assert from "node:assert/strict";
import { test } from "node:test";
import { isReaderGone } from "./reader-gone.ts";

test("reader gone: a pipe that broke, a socket that was reset; a full disk is none of these", () => {
  const coded = (code: string) => Object.assign(new Error(code), { code });
  assert.deepEqual(
    ["EPIPE", "ECONNRESET", "ENOSPC", "EIO"].map((code) => isReaderGone(coded(code))),
    [true, true, false, false],
  );
});
