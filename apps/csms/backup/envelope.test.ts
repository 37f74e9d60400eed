/** The envelope of a backup, against whoever cuts, swaps, repeats or changes it, and whoever has another passphrase. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { seededChance } from "@wattward/testing";
import { type Item, itemIn, lineOf } from "./content.ts";
import { CHUNK_BYTES, opened, sealed } from "./envelope.ts";
import { BackupFault, type BackupFaultKind } from "./fault.ts";
import { type Header, newHeader, openHeader } from "./header.ts";
import { backupItems } from "./read.ts";

const PASSPHRASE = "correct horse battery staple";
const CHEAP = 2 ** 10;
const SEALED = CHUNK_BYTES + 16;
let header: Header;

before(async () => {
  header = await newHeader(PASSPHRASE, seededChance(1), CHEAP);
});

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
async function all(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}
const noise = (length: number, seed = 2) => seededChance(seed).bytes(length);
const seal = (plain: Uint8Array, pieces = 1_000) => all(sealed(inPieces(plain, pieces), header));
const open = (cipherText: Uint8Array, pieces = 1_000) => all(opened(inPieces(cipherText, pieces), header));

const rejects = (work: Promise<unknown>, ...kinds: BackupFaultKind[]) =>
  assert.rejects(work, (error) => {
    assert(error instanceof BackupFault, String(error));
    assert(kinds.includes(error.kind), `${error.kind}: ${error.message}`);
    return true;
  });

test("envelope: any length comes back, in pieces of any size", async () => {
  for (const length of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 200_001]) {
    const plain = noise(length);
    for (const pieces of [7_919, SEALED, 1_000_000]) {
      assert(
        Buffer.from(plain).equals(await open(await seal(plain, pieces), pieces)),
        `${length} in ${pieces}`,
      );
    }
  }
});

test("envelope: cut anywhere, at a chunk's end too, it is known to be cut", async () => {
  const whole = await seal(noise(3 * CHUNK_BYTES + 100));
  const cuts = [0, 1, 15, 16, 17, SEALED - 1, SEALED, SEALED + 1, 2 * SEALED, 3 * SEALED, whole.length - 1];
  for (const at of cuts) await rejects(open(whole.subarray(0, at)), "cut-short");
});

test("envelope: a bit that is turned anywhere, chunks swapped, repeated, left out or added: nothing of it is given on", async () => {
  const whole = await seal(noise(3 * CHUNK_BYTES + 100));
  const chance = seededChance(3);
  for (let i = 0; i < 64; i += 1) {
    const changed = Buffer.from(whole);
    const at = chance.int(0, whole.length - 1);
    changed[at] = (changed[at] ?? 0) ^ (1 << chance.int(0, 7));
    await rejects(open(changed), "damaged", "cut-short");
  }
  const chunk = (i: number) => whole.subarray(i * SEALED, (i + 1) * SEALED);
  for (const order of [[1, 0, 2, 3], [0, 0, 1, 2, 3], [0, 2, 3], [0, 1, 2, 3, 3], [3], [0, 3]]) {
    await rejects(open(Buffer.concat(order.map(chunk))), "damaged", "cut-short");
  }
});

test("envelope: what was sealed under one header does not open under another of the same passphrase", async () => {
  const other = await newHeader(PASSPHRASE, seededChance(9), CHEAP);
  const cipherText = await seal(noise(10));
  await rejects(all(opened(inPieces(cipherText, 100), other)), "cut-short");
});

test("header: another passphrase, a changed line, another's line: each has its sentence", async () => {
  await rejects(openHeader(header.line, "another passphrase, long enough"), "wrong-passphrase");
  const salt = /"salt":"(.)/.exec(header.line)?.[1] === "A" ? "B" : "A";
  await rejects(
    openHeader(header.line.replace(/"salt":"./, `"salt":"${salt}`), PASSPHRASE),
    "wrong-passphrase",
  );
  await rejects(openHeader(header.line.replace('"format":1', '"format":2'), PASSPHRASE), "newer-format");
  await rejects(openHeader(header.line.replace(/"n":\d+/, '"n":4611686018427387904'), PASSPHRASE), "damaged");
  await rejects(openHeader(header.line.replace('"r":8', '"r":8000'), PASSPHRASE), "damaged");
  for (const line of ["{}\n", "null\n", '"x"\n', "PK\u0003\u0004\n", '{"wattward":"bundle","format":1}\n']) {
    await rejects(openHeader(line, PASSPHRASE), "not-a-backup");
  }
  const { keys } = await openHeader(header.line, PASSPHRASE);
  assert.deepEqual(keys, header.keys);
});

const items: readonly Item[] = [
  { t: "backup", schema: 3, csmsEpoch: 1, createdAtMs: 5, engine: "sqlite" },
  { t: "table", name: "meta", columns: ["key", "value"] },
  { t: "row", values: ["a\n\u0000漢", null] },
  { t: "row", values: ["n", Number.MAX_SAFE_INTEGER] },
  { t: "file", path: "keys/root.pem", bytes: Buffer.from([0, 255, 10]) },
  { t: "end", rows: new Map([["meta", 2]]), files: 1 },
];
const packed = (lines: string) => all(sealed(inPieces(gzipSync(lines), 50), header));
async function read(lines: string): Promise<Item[]> {
  const bytes = Buffer.concat([Buffer.from(header.line), await packed(lines)]);
  const found: Item[] = [];
  for await (const item of backupItems(inPieces(bytes, 33), PASSPHRASE)) found.push(item);
  return found;
}
const text = (list: readonly Item[]) => list.map(lineOf).join("");

test("content: what was written is what is read", async () => {
  assert.deepEqual(await read(text(items)), items);
  for (const item of items) assert.deepEqual(itemIn(lineOf(item)), item);
});

test("content: no end, a count that does not fit, an order that is none, a path out of the folder: damage", async () => {
  const without = (i: number) => text(items.filter((_, at) => at !== i));
  for (const [says, lines] of [
    ["no end", without(5)],
    ["no beginning", without(0)],
    ["a row too few", without(2)],
    ["a file too few", without(4)],
    ["a row too many", text([...items.slice(0, 3), ...items.slice(2)])],
    ["a row before its table", text([items[0]!, items[2]!, ...items.slice(1)])],
    ["something after the end", text([...items, items[2]!])],
    ["a path upwards", text(items).replace("keys/root.pem", "keys/../../x")],
    ["a path from the root", text(items).replace("keys/root.pem", "/etc/passwd")],
    ["a path in no folder of ours", text(items).replace("keys/root.pem", "bin/x")],
    ["a fraction", text(items).replace("9007199254740991", "0.5")],
    ["a number past 2^53", text(items).replace("9007199254740991", "9007199254740993")],
    ["a row that is too wide", text(items).replace('["n",', '["n",1,')],
    ["no JSON", text(items).replace('["n"', '["n')],
    ["a kind that there is not", text(items).replace('"t":"end"', '"t":"fin"')],
    ["the last line cut", text(items).slice(0, -2)],
  ] as const) {
    await rejects(
      read(lines).then((found) => assert.fail(`${says}: ${JSON.stringify(found)}`)),
      "damaged",
      "cut-short",
    );
  }
});

test("content: what is sealed well and unpacks badly is damage, and does not hang", async () => {
  const bytes = gzipSync(text(items));
  assert(gunzipSync(bytes).length > 0);
  const cut = await all(sealed(inPieces(bytes.subarray(0, -9), 50), header));
  const file = Buffer.concat([Buffer.from(header.line), cut]);
  const reading = (async () => {
    for await (const _ of backupItems(inPieces(file, 100), PASSPHRASE));
  })();
  await rejects(reading, "damaged", "cut-short");
});

test("a file of any kind is no backup", async () => {
  for (const bytes of [
    new Uint8Array(0),
    noise(100),
    noise(100_000),
    Buffer.from("\n"),
    Buffer.from("SQLite format 3\u0000"),
  ]) {
    const reading = (async () => {
      for await (const _ of backupItems(inPieces(bytes, 100), PASSPHRASE));
    })();
    await rejects(reading, "not-a-backup", "cut-short");
  }
});
