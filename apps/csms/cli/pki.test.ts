/** The command line as a person runs it: a real process in a folder of its own. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readSiteIdentity, readStationIdentity } from "@wattward/pki/files";
import { lockData } from "../adapters/data-lock.ts";
import { runCommand } from "./arguments.ts";
import { pkiCommand } from "./pki/command.ts";

const program = join(import.meta.dirname, "pki.ts");
const root = mkdtempSync(join(tmpdir(), "wattward-pki-"));
after(() => rmSync(root, { recursive: true }));
/** The authorities that most tests share; each test has its own working folder. */
const data = join(root, "data");
let folders = 0;

const newFolder = (): string => {
  const folder = join(root, `w${folders++}`);
  mkdirSync(folder);
  return folder;
};

type Ran = { code: number; out: string; err: string };

function pki(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = { WATTWARD_DATA_DIR: data },
): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

before(async () => {
  const made = await pki(root, ["init", "--operator", "Operator", "--domain", "fleet.test"]);
  assert.equal(made.code, 0, made.err);
});

test("init twice at once makes them once: the other is told, or finds them, and they belong together", async () => {
  const cwd = newFolder();
  const both = await Promise.all([pki(cwd, ["init"], {}), pki(cwd, ["init"], {})]);
  for (const { code, err } of both) {
    if (code !== 0) assert.match(err, /^wattward: another process is making the authorities of .*try again/);
  }
  const after = await pki(cwd, ["init"], {});
  assert.equal(after.code, 0, after.err);
});

test("init where nothing can be locked says so in a sentence", async () => {
  const cwd = newFolder();
  mkdirSync(join(cwd, "data", "csms.lock"), { recursive: true });
  const { code, err } = await pki(cwd, ["init", "--data", "data"], {});
  assert.equal(code, 1);
  assert.match(err, /^wattward: cannot lock data\/csms\.lock: .*Check that the folder is writable/);
});

test("init makes the authorities once, private, and shows them the second time", async () => {
  const cwd = newFolder();
  const first = await pki(cwd, ["init"], {});
  assert.equal(first.code, 0, first.err);
  const keys = join(cwd, ".wattward", "csms", "keys");
  assert.equal(statSync(keys).mode & 0o777, 0o700);
  for (const name of readdirSync(keys)) assert.equal(statSync(join(keys, name)).mode & 0o777, 0o600, name);
  const rootPem = readFileSync(join(cwd, ".wattward", "csms", "pki", "root.pem"), "utf8");
  const second = await pki(cwd, ["init"], {});
  assert.deepEqual(second, first);
  assert.equal(readFileSync(join(cwd, ".wattward", "csms", "pki", "root.pem"), "utf8"), rootPem);
  const other = await pki(cwd, ["init", "--operator", "Other"], {});
  assert.equal(other.code, 1);
  assert.match(other.err, /operatorName is 'Wattward'.*cannot become 'Other'/);
});

test("without authorities nothing is made, and the message says what to do", async () => {
  const cwd = newFolder();
  const ran = await pki(cwd, ["issue", "station", "CP1", "--out", "st"], {});
  assert.equal(ran.code, 1);
  assert.match(
    ran.err,
    /^wattward: .*Start the csms once with this data folder, or run: wattward pki init --data DIR\n$/,
  );
  assert.deepEqual(readdirSync(cwd), []);
});

test("issue station: a folder that runs a station, and what to do next", async () => {
  const cwd = newFolder();
  const ran = await pki(cwd, ["issue", "station", "CP1", "--serial", "SN.7", "--days", "30", "--out", "st"]);
  assert.equal(ran.code, 0, ran.err);
  for (const words of [
    "wattward station add CP1 --serial SN.7",
    "/ocpp/CP1",
    "valid until",
    "SITE.lc.fleet.test",
  ]) {
    assert(ran.out.includes(words), words);
  }
  const identity = await readStationIdentity(join(cwd, "st"));
  assert.equal(identity.serial, "SN.7");
  assert.match(identity.tls.key, /ENCRYPTED/);
  const root = (await inProcess(["show", join(cwd, "st", "root-rsa.pem")])).out;
  assert.match(root, /subject +O=Operator, CN=Root R\n/);
  assert.match(root, /for +certifies others\n/);
  const again = await pki(cwd, ["issue", "station", "CP1", "--out", "st"]);
  assert.equal(again.code, 1);
  assert.match(again.err, /never overwritten: st/);
  assert.deepEqual(await readStationIdentity(join(cwd, "st")), identity);
});

test("a folder of before has no RSA authorities: stations are served, sites and RSA servers wait for init", async (t) => {
  const cwd = newFolder();
  assert.equal((await pki(cwd, ["init"], {})).code, 0);
  const folder = join(cwd, ".wattward", "csms");
  for (const name of ["root-rsa", "servers-rsa"])
    for (const part of ["keys", "pki"]) rmSync(join(folder, part, `${name}.pem`));
  const kept = readFileSync(join(folder, "pki", "root.pem"), "utf8");

  const station = await pki(cwd, ["issue", "station", "CP1", "--out", "st"], {});
  assert.match(station.out, /cannot be served yet: restart the csms with this version first/);
  assert(!existsSync(join(cwd, "st", "root-rsa.pem")));
  const site = await pki(cwd, ["issue", "site", "north", "--out", "n"], {});
  assert.equal(site.code, 1);
  assert.match(site.err, /^wattward: .*those for RSA server certificates.*wattward pki init --data DIR\n$/);
  assert(!existsSync(join(cwd, "n")));

  const lock = lockData(folder);
  const held = await pki(cwd, ["init"], {});
  lock?.release();
  assert.equal(held.code, 0, held.err);
  assert.match(held.out, /Root R +not made yet/);
  assert(!existsSync(join(folder, "keys", "root-rsa.pem")), "another process may be making it");

  const made = await pki(cwd, ["init"], {});
  assert.match(made.out, /Root R +valid until/);
  assert.match(made.out, /Server CA R +valid until/);
  assert.equal(readFileSync(join(folder, "pki", "root.pem"), "utf8"), kept);
  assert.equal((await pki(cwd, ["issue", "site", "north", "--out", "n"], {})).code, 0);

  if (!makeRequests(cwd)) return t.skip("there is no openssl here");
  const words = ["sign", "--csr", "rsa.csr", "--as", "server", "--name", "a.test", "--out", "s.pem"];
  const signed = await pki(cwd, words, {});
  assert.match(signed.out, /verifies RSA signatures only: .*root-rsa\.pem\n/);
  assert.match((await pki(cwd, ["show", "s.pem"], {})).out, /issuer +O=Wattward, CN=Server CA R\n/);
});

test("issue station --plain-key says what that means", async () => {
  const cwd = newFolder();
  const ran = await pki(cwd, ["issue", "station", "CP1", "--plain-key", "--out", "st"]);
  assert.match(ran.out, /NOT encrypted/);
  assert.match(ran.out, /can be used by anyone who gets the file/);
  const key = join(cwd, "st", "key.pem");
  assert.match(readFileSync(key, "utf8"), /^-----BEGIN PRIVATE KEY/);
  assert.equal(statSync(key).mode & 0o777, 0o600);
  assert(!existsSync(join(cwd, "st", "passphrase")));
});

test("issue site: a data folder with all that a site needs", async () => {
  const cwd = newFolder();
  const ran = await pki(cwd, ["issue", "site", "north", "--out", "n"]);
  assert.equal(ran.code, 0, ran.err);
  assert.match(ran.out, /wattward site --data n --csms wss:\/\/csms\.fleet\.test:9443/);
  const identity = await readSiteIdentity(join(cwd, "n"));
  assert.equal(identity.site, "north");
  assert.equal(identity.domain, "fleet.test");
  const shown = await pki(cwd, ["show", join("n", "identity", "server-rsa.pem")]);
  assert.match(shown.out, /names +north\.lc\.fleet\.test\n/);
  assert.match(shown.out, /key +rsa 3072\n/);
  assert.match(shown.out, /issuer +O=Operator, CN=Server CA R\n[\s\S]*issuer +O=Operator, CN=Root R\n/);
  assert(!existsSync(join(cwd, "n", "identity", "root-rsa.pem")), "the site itself trusts one root");
  assert.equal((await pki(cwd, ["issue", "site", "north", "--out", "n"])).code, 1);
});

test("sign: one certificate for each request, checked before anything is written", async (t) => {
  const cwd = newFolder();
  if (!makeRequests(cwd)) return t.skip("there is no openssl here");
  const ran = await pki(cwd, ["sign", "--csr", "two.csr"]);
  assert.equal(ran.code, 0, ran.err);
  const at = (name: string) => join(cwd, name);
  for (const file of ["two-1.pem", "two-2.pem"]) {
    const shown = (await inProcess(["show", at(file)])).out;
    assert.match(shown, /subject +O=Operator, CN=SN9\n/);
    assert.match(shown, /for +client in TLS\n/);
  }
  const again = await inProcess(["sign", "--csr", at("two.csr")]);
  assert.match(again.err, /never overwritten: .*two-1\.pem/);

  const expected = await inProcess(["sign", "--csr", at("two.csr"), "--name", "SN10", "--out", at("x.pem")]);
  assert.match(expected.err, /two\.csr, request 1: The request's CN is 'SN9', expected was 'SN10'/);
  writeFileSync(
    at("bad.csr"),
    ["two.csr", "weak.csr"].map((name) => readFileSync(at(name), "utf8")).join(""),
  );
  const weak = await inProcess(["sign", "--csr", at("bad.csr"), "--out", at("y.pem")]);
  assert.match(weak.err, /request 3: The key must be/);
  assert.deepEqual(
    readdirSync(cwd).filter((name) => /^[xy]/.test(name)),
    [],
  );

  const server = ["sign", "--csr", at("one.csr"), "--as", "server", "--out", at("s.pem")];
  assert.equal((await inProcess([...server, "--name", "a.test", "--name", "::1"])).code, 0);
  assert.match(
    (await inProcess(["show", at("s.pem")])).out,
    /names +a\.test, 0000:0000:0000:0000:0000:0000:0000:0001\n/,
  );
});

/** With OpenSSL, as a station's maker would: one request, two in a file, and one with a key that is too weak. */
function makeRequests(cwd: string): boolean {
  const request = (name: string, ...key: string[]) =>
    execFileSync(
      "openssl",
      ["req", "-new", "-nodes", "-keyout", "k.pem", "-subj", "/O=x/CN=SN9", "-out", name, ...key],
      {
        cwd,
        stdio: "pipe",
      },
    );
  try {
    execFileSync("openssl", ["version"]);
  } catch {
    return false;
  }
  request("one.csr", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
  request("rsa.csr", "-newkey", "rsa:2048");
  request("weak.csr", "-newkey", "rsa:1024");
  writeFileSync(
    join(cwd, "two.csr"),
    ["one.csr", "rsa.csr"].map((name) => readFileSync(join(cwd, name), "utf8")).join(""),
  );
  return true;
}

/** The same command without a process: for tables of what it refuses. Paths in `args` are absolute. */
async function inProcess(args: readonly string[]): Promise<Ran> {
  const ran = { out: "", err: "" };
  const code = await runCommand(pkiCommand, args, {
    env: { WATTWARD_DATA_DIR: data },
    out: (text) => void (ran.out += text),
    err: (text) => void (ran.err += text),
  });
  return { code, ...ran };
}

test("wrong usage: exit code 2, a sentence, and where the help is", async () => {
  const cwd = newFolder();
  const out = join(cwd, "x");
  const table: [string[], RegExp][] = [
    [[], /pki what\?/],
    [["foo"], /no command 'pki foo'/],
    [["toString"], /no command/],
    [["issue"], /pki issue what: station ID, or site SITE\?/],
    [["issue", "--out", "X"], /pki issue what: station ID, or site SITE\?/],
    [["issue", "car", "X"], /no command 'pki issue car'/],
    [["issue", "station"], /the station's id is missing/],
    [["issue", "station", "CP1"], /--out DIR is missing/],
    [["issue", "station", "CP1", "CP2", "--out", out], /'CP2' is one word too many/],
    [["issue", "station", "CP1", "--out", out, "--days", "0"], /--days must be a whole number/],
    [["sign"], /--csr FILE is missing/],
    [["sign", "--csr", out, "--as", "king"], /--as is station, site or server/],
    [["sign", "--csr", out, "--as", "server"], /a server needs its names/],
    [["show", "--bad", "x"], /--bad/],
  ];
  for (const [args, expected] of table) {
    const ran = await inProcess(args);
    assert.equal(ran.code, 2, args.join(" "));
    assert.match(ran.err, expected);
    assert.match(ran.err, /Look at: npx wattward pki --help\n$/);
  }
  assert.deepEqual(readdirSync(cwd), []);
});

test("what cannot be done is a sentence without a stack trace", async () => {
  const cwd = newFolder();
  const at = (name: string) => join(cwd, name);
  writeFileSync(at("junk"), "junk");
  writeFileSync(at("cut.pem"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
  const table: [string[], RegExp][] = [
    [["show", at("absent")], /ENOENT.*absent/],
    [["show", at("junk")], /holds no certificate, request or key/],
    [["show", at("cut.pem")], /cannot be read: cut off/],
    [["sign", "--csr", at("junk")], /junk: This is no certificate request/],
    [["issue", "station", "a b", "--out", at("x")], /A station id is/],
    [["issue", "site", "UP", "--out", at("x")], /A site id is/],
    [["issue", "station", "10.0.0.1", "--out", at("x")], /form of an IP address/],
  ];
  for (const [args, expected] of table) {
    const ran = await inProcess(args);
    assert.equal(ran.code, 1, `${args.join(" ")}: ${ran.err}`);
    assert.match(ran.err, expected);
    assert(!ran.err.includes("    at "), ran.err);
  }
  assert.deepEqual(readdirSync(cwd).sort(), ["cut.pem", "junk"]);
});

test("the passphrase from the environment opens the keys; a wrong one is told so", async () => {
  const cwd = newFolder();
  const env = { WATTWARD_PASSPHRASE: "correct horse battery staple" };
  assert.equal((await pki(cwd, ["init", "--data", "d"], env)).code, 0);
  assert(!existsSync(join(cwd, "d", "keys", "passphrase")));
  assert.equal((await pki(cwd, ["issue", "station", "CP1", "--data", "d", "--out", "a"], env)).code, 0);
  const wrong = await pki(cwd, ["issue", "station", "CP1", "--data", "d", "--out", "b"], {
    WATTWARD_PASSPHRASE: "x".repeat(20),
  });
  assert.match(wrong.err, /the passphrase does not open this key/);
  const none = await pki(cwd, ["issue", "station", "CP1", "--data", "d", "--out", "b"], {});
  assert.match(none.err, /set WATTWARD_PASSPHRASE/);
  assert(!existsSync(join(cwd, "b")));
});
