import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import { basicCredentials, CREDENTIAL_BYTES_MAX, isUser, passwordForms } from "./basic-credentials.ts";

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

test("quirk 31: a key sent as its hex text is tried as its bytes too, and told; strictly held, as sent alone", () => {
  const bytes = Buffer.from("00112233445566778899aabbccddeeff00112233", "hex");
  const text = Buffer.from(bytes.toString("hex").toUpperCase());
  const forms = passwordForms(text, true);
  assert.deepEqual(
    forms.map(({ password }) => Buffer.from(password)),
    [text, bytes],
  );
  assert.deepEqual(
    forms.map(({ deviations }) => deviations.map(({ rule }) => rule)),
    [[], ["password-as-hex"]],
  );
  assert(!JSON.stringify(forms[1]?.deviations).includes("0011"), "no part of a key is shown");
  assert.equal(passwordForms(text, false).length, 1);
  for (const other of ["sixteen chars pw", "abc", "0".repeat(66)]) {
    assert.equal(passwordForms(Buffer.from(other), true).length, 1, other);
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
