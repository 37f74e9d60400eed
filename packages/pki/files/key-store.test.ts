import assert from "node:assert/strict";
import { verify } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { seededChance } from "@wattward/testing";
import { PkiError, type PkiErrorCode } from "../errors.ts";
import { openKeyFiles } from "./key-store.ts";

const root = mkdtempSync(join(tmpdir(), "wattward-keys-"));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = () => join(root, String(folders++));

const chance = seededChance(1);
const PASSPHRASE = "sixteen characters or more";
const open = (folder: string, passphrase?: string) => openKeyFiles(folder, { passphrase, chance });

/** Right code, and a message that names the file and what to do about it. */
const says =
  (code: PkiErrorCode, ...words: string[]) =>
  (error: unknown) => {
    assert(error instanceof PkiError, String(error));
    assert.equal(error.code, code);
    for (const word of words)
      assert(error.message.includes(word), `'${word}' is missing in: ${error.message}`);
    return true;
  };

test("a key is generated, kept encrypted with mode 0600, and signs after it was loaded again", async () => {
  for (const kind of ["ec-p256", "rsa-3072"] as const) {
    const folder = newFolder();
    const made = await (await open(folder, PASSPHRASE)).generate("root", kind);
    const loaded = await (await open(folder, PASSPHRASE)).load("root");
    assert(loaded !== undefined);
    assert.equal(loaded.kind, kind);
    assert.deepEqual(loaded.publicKey, made.publicKey);
    assert.equal(statSync(join(folder, "root.pem")).mode & 0o777, 0o600);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.match(readFileSync(join(folder, "root.pem"), "latin1"), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    const data = Buffer.from("text");
    const key = {
      key: Buffer.from(made.publicKey),
      format: "der",
      type: "spki",
      dsaEncoding: "ieee-p1363",
    } as const;
    assert(verify("sha256", data, key, await loaded.sign(data)), kind);
  }
});

test("no key is overwritten, and a name cannot leave the folder", async () => {
  const folder = newFolder();
  const keys = await open(folder, PASSPHRASE);
  await keys.generate("root", "ec-p256");
  const before = readFileSync(join(folder, "root.pem"));
  await assert.rejects(keys.generate("root", "ec-p256"), says("key-exists", "root.pem"));
  assert.deepEqual(readFileSync(join(folder, "root.pem")), before);
  for (const name of ["../root", "a/b", "", ".", "Root", "x".repeat(41)]) {
    await assert.rejects(keys.load(name), RangeError);
    await assert.rejects(keys.generate(name, "ec-p256"), RangeError);
  }
  assert.equal(await keys.load("absent"), undefined);
});

test("a wrong passphrase is told from a damaged file, and both say what to do", async () => {
  const folder = newFolder();
  await (await open(folder, PASSPHRASE)).generate("root", "ec-p256");
  const file = join(folder, "root.pem");
  const wrong = await open(folder, `${PASSPHRASE}!`);
  await assert.rejects(wrong.load("root"), says("wrong-passphrase", file, "WATTWARD_PASSPHRASE"));
  const whole = readFileSync(file, "latin1");
  const keys = await open(folder, PASSPHRASE);
  for (let length = 0; length < whole.length - 1; length += 5) {
    writeFileSync(file, whole.slice(0, length));
    await assert.rejects(keys.load("root"), says("damaged-key", file, "backup"), `${length} characters`);
  }
  const lines = whole.split("\n");
  writeFileSync(file, [...lines.slice(0, 3), ...lines.slice(4)].join("\n"));
  await assert.rejects(keys.load("root"), says("damaged-key"), "a line is missing within");
});

test("a key or passphrase that others may read is refused", async () => {
  const folder = newFolder();
  const keys = await open(folder);
  await keys.generate("root", "ec-p256");
  for (const mode of [0o640, 0o604, 0o666, 0o620]) {
    chmodSync(join(folder, "root.pem"), mode);
    await assert.rejects(keys.load("root"), says("exposed-file", join(folder, "root.pem"), "chmod 600"));
  }
  chmodSync(join(folder, "root.pem"), 0o600);
  chmodSync(join(folder, "passphrase"), 0o644);
  await assert.rejects(open(folder), says("exposed-file", join(folder, "passphrase")));
});

test("without a passphrase one is made, 0600, and used again; lost, it is not made a second time", async () => {
  const folder = newFolder();
  await (await open(folder)).generate("root", "ec-p256");
  const file = join(folder, "passphrase");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.match(readFileSync(file, "latin1"), /^[0-9a-f]{64}\n$/);
  assert.equal((await (await open(folder)).load("root"))?.kind, "ec-p256");
  rmSync(file);
  await assert.rejects(open(folder), says("missing-passphrase", folder, "WATTWARD_PASSPHRASE"));
  assert.deepEqual(readdirSync(folder), ["root.pem"]);
});

test("a short passphrase is refused, whoever gives it", async () => {
  await assert.rejects(open(newFolder(), "fifteen letters"), says("weak-passphrase", "openssl rand"));
  await assert.rejects(open(newFolder(), ""), says("weak-passphrase"));
  const folder = newFolder();
  await open(folder);
  writeFileSync(join(folder, "passphrase"), "\n");
  await assert.rejects(open(folder), says("weak-passphrase", "passphrase"));
});
