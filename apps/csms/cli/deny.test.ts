/** `pki deny` and `pki denied` on a data folder that a central system made. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { systemChance } from "@wattward/kernel/node";
import { readCertificate, readPem } from "@wattward/pki";
import { createCore } from "../core/create-core.ts";
import type { Core } from "../core/port.ts";
import { runCommand } from "./arguments.ts";
import { pkiCommand } from "./pki/command.ts";

const folder = mkdtempSync(join(tmpdir(), "wattward-deny-"));
const station = join(folder, "CP-1", "certificate.pem");
let core: Core;

async function pki(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const context = {
    env: { USER: "ada", WATTWARD_DATA_DIR: folder },
    out: (text: string) => void (said.out += text),
    err: (text: string) => void (said.err += text),
  };
  const code = await runCommand(pkiCommand, args, context);
  return { code, ...said };
}

before(async () => {
  core = await createCore({ database: join(folder, "wattward.db"), log: silentLog, chance: systemChance });
  await pki("init");
  await pki("issue", "station", "CP-1", "--out", join(folder, "CP-1"));
});
after(async () => {
  await core.close();
  rmSync(folder, { recursive: true });
});

const leaf = () => {
  const [der] = readPem(readFileSync(station, "latin1"), "CERTIFICATE");
  return readCertificate(der ?? new Uint8Array());
};
const denials = () => core.query("denials.list", undefined);
const denied = async () => (await denials()).map(({ kind, issuer, value }) => ({ kind, issuer, value }));

test("pki deny FILE: by its key, the CA's certificate in the same file left alone; the second time says so", async () => {
  assert.equal((await pki("denied")).out, "Nothing is denied.\n");
  const first = await pki("deny", station, "--reason", "stolen");
  assert.equal(first.code, 0, first.err);
  const { spkiSha256: value } = leaf();
  assert(first.out.startsWith(`denied: key SHA-256 ${value}\n`), first.out);
  assert.deepEqual(await denied(), [{ kind: "key", issuer: "", value }]);
  assert.match((await pki("deny", station)).out, /^was denied before/);
  assert.equal((await denials()).length, 1);
  const observed = await core.query("outbox.after", { seq: 0, most: 10, kinds: ["denial.added"] });
  assert.deepEqual(
    observed.map(({ data }) => data),
    [{ kind: "key", issuer: "", value, reason: "stolen", actor: "cli:ada" }],
  );
  assert.match((await pki("denied")).out, new RegExp(`Z  key SHA-256 ${value}  stolen\n$`));
});

test("pki deny --serial and --key: in the spelling of 'pki show' or of openssl; the issuer must be one of ours", async () => {
  const { serial, issuer } = leaf();
  const spelt = `00:${serial.toUpperCase().replace(/..(?=.)/g, "$&:")}`;
  const done = await pki("deny", "--serial", spelt, "--issuer", issuer.text);
  assert.equal(done.code, 0, done.err);
  const key = "AB".repeat(32);
  assert.equal((await pki("deny", "--key", key)).code, 0);
  const rows = await denied();
  assert(rows.some((row) => row.kind === "serial" && row.issuer === issuer.text && row.value === serial));
  assert(rows.some((row) => row.value === key.toLowerCase()));
  assert.equal(JSON.parse((await pki("denied", "--json")).out).length, rows.length);
});

test("pki deny: what would deny nothing, or everything, is refused with what to do, and nothing is written", async () => {
  const text = join(folder, "text.pem");
  writeFileSync(text, "no certificate");
  const two = join(folder, "two.pem");
  writeFileSync(two, readFileSync(station, "latin1").repeat(2));
  const cut = join(folder, "cut.pem");
  writeFileSync(cut, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
  const before = await denied();
  for (const [args, code, says] of [
    [[text], 1, /text\.pem: it holds no certificate in PEM/],
    [[two], 1, /one at a time/],
    [[cut], 1, /cannot be read/],
    [[join(folder, "pki", "stations.pem")], 1, /an authority.*locked out/],
    [[join(folder, "none.pem")], 1, /ENOENT.*none\.pem/],
    [["--key", "abc"], 1, /64 hexadecimal digits/],
    [["--serial", "xyz", "--issuer", leaf().issuer.text], 1, /hexadecimal/],
    [
      ["--serial", "01", "--issuer", "O=Wattward,CN=Station CA"],
      1,
      /no authority here is called.*'O=.*Station CA'/,
    ],
    [["--serial", "01"], 2, /--issuer/],
    [[station, "--key", "ab".repeat(32)], 2, /one word too many/],
    [["--serial", "01", "--issuer", "x", "--key", "ab"], 1, /name one/],
    [[], 2, /FILE, --key or --serial is missing/],
    [[station, "--reason", "x".repeat(201)], 2, /at most 200/],
  ] as const) {
    const ran = await pki("deny", ...args);
    assert.equal(ran.code, code, `${args.join(" ")}: ${ran.err}`);
    assert.match(ran.err, says);
  }
  assert.deepEqual(await denied(), before);
});
