import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import {
  basicCredentials,
  CREDENTIAL_BYTES_MAX,
  formDeviation,
  isUser,
  type PasswordForm,
  passwordForm,
} from "./basic-credentials.ts";

const header = (bytes: string | Buffer) => `Basic ${Buffer.from(bytes).toString("base64")}`;

test("quirk 31: bytes of any value are a password; the user name is the id as it stands, or nobody", () => {
  const key = Buffer.from([0, 0xff, 0x3a, 0x80, 1]);
  const read = basicCredentials(header(Buffer.concat([Buffer.from("RDAM|123:"), key])));
  assert(read !== undefined);
  assert.deepEqual(Buffer.from(read.password), key, "a colon in the password is the password's");
  for (const [id, is] of [
    ["RDAM|123", true],
    ["rdam|123", false],
    ["RDAM%7C123", false],
    ["", false],
  ] as const) {
    assert.equal(isUser(read, id as StationId), is, id);
  }
});

test("quirk 31: a key sent as its digits or as their bytes is one password; the form of the other version is told", () => {
  const bytes = Buffer.from("00112233445566778899aabbccddeeff00112233", "hex");
  const digits = Buffer.from(bytes.toString("hex"));
  const rows: [sent: Buffer, form: PasswordForm, tellsIn16: boolean, tellsIn2x: boolean][] = [
    [bytes, "bytes", false, true],
    [digits, "text", true, false],
    [Buffer.from(digits.toString().toUpperCase()), "text", true, false],
  ];
  for (const [sent, form, tellsIn16, tellsIn2x] of rows) {
    const read = passwordForm(sent);
    assert.deepEqual([Buffer.from(read.secret), read.form], [digits, form]);
    assert.equal(formDeviation(read.form, "1.6")?.rule, tellsIn16 ? "password-as-hex" : undefined);
    for (const version of ["2.0.1", "2.1"] as const)
      assert.equal(formDeviation(read.form, version)?.rule, tellsIn2x ? "password-as-hex" : undefined);
  }
  assert(!JSON.stringify(formDeviation("text", "1.6")).includes("0011"), "no part of a key is shown");
});

test("quirk 31: what can be no key of ours stays as it was sent, and never meets one by folding", () => {
  for (const other of [
    "",
    "abc",
    "a longer password than any key",
    "0".repeat(30),
    "0".repeat(42),
    "g".repeat(40),
  ]) {
    assert.deepEqual(Buffer.from(passwordForm(Buffer.from(other)).secret).toString(), other);
  }
});

test("quirk 31: what is no Basic header is nobody's: each of these, and none of them throws", () => {
  const rows = [
    "",
    "Basic",
    "Basic ",
    "Basic !!!!",
    "Bearer abcd",
    header(""),
    header("nocolon"),
    header(":only"),
  ];
  for (const row of [
    ...rows,
    header("a:".padEnd(CREDENTIAL_BYTES_MAX + 1, "x")),
    `Basic ${"A".repeat(1e6)}`,
  ]) {
    assert.equal(basicCredentials(row), undefined, row.slice(0, 30));
  }
});
