import assert from "node:assert/strict";
import { test } from "node:test";
import { readArguments, UsageError } from "../arguments.ts";
import { handlingFrom, handlingOptions, said } from "./handling.ts";

const from = (...args: string[]) => handlingFrom(readArguments(args, handlingOptions).values);

test("station add: what is said of handling, and nothing where nothing is said", () => {
  assert.equal(from(), undefined);
  assert.equal(said(undefined), "");
  assert.deepEqual(from("--strict", "--pin", "1.6", "--no-ping"), {
    strict: true,
    pinned: "1.6",
    pinged: false,
  });
  assert.deepEqual(from("--tolerant", "--unpin", "--assume-none", "--ping"), {
    strict: false,
    pinned: null,
    assumed: null,
    pinged: true,
  });
  assert.equal(said(from("--strict", "--assume", "1.6")), "; held strictly, OCPP 1.6 assumed");
  assert.equal(said(from("--tolerant", "--unpin")), "; handled tolerantly, no version pinned");
});

test("station add: both of a pair, or a version that nobody speaks, is wrong usage", () => {
  for (const args of [
    ["--strict", "--tolerant"],
    ["--ping", "--no-ping"],
    ["--pin", "1.6", "--unpin"],
    ["--assume", "1.6", "--assume-none"],
    ["--pin", "1.5"],
    ["--assume", "toString"],
  ]) {
    assert.throws(() => from(...args), UsageError, args.join(" "));
  }
});
