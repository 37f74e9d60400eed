/** `backup` and `restore` as a person meets them: sentences, exit codes, and what is left after a kill. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openStore } from "../store/open.ts";
import { runCommand } from "./arguments.ts";
import { backup } from "./backup.ts";
import { restore } from "./restore.ts";

const PASSPHRASE = "correct-horse-Zq7-battery";
const folder = mkdtempSync(join(tmpdir(), "wattward-backup-"));
const data = join(folder, "csms");
const at = (name: string) => join(folder, name);
/** Rows enough that a process can be killed in the middle of them. */
const ROWS = 30_000;

before(async () => {
  mkdirSync(join(data, "keys"), { recursive: true });
  mkdirSync(join(data, "pki"));
  writeFileSync(join(data, "keys", "root.pem"), "A KEY");
  writeFileSync(join(data, "pki", "root.pem"), "A CERTIFICATE");
  writeFileSync(join(data, "csms.json"), "{}");
  const { db, close } = await openStore({ database: join(data, "wattward.db") });
  const row = (seq: number) => ({
    seq,
    at_ms: 1,
    source: "csms",
    kind: "csms.started",
    station_id: null,
    site_id: null,
    cause: null,
    trace: null,
    live: 1,
    data: `{"n":${seq}}`,
  });
  for (let from = 1; from <= ROWS; from += 1_000) {
    const rows = Array.from({ length: 1_000 }, (_, i) => row(from + i));
    await db.insertInto("outbox").values(rows).execute();
  }
  await close();
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function run(command: typeof backup, args: string[], passphrase: string | undefined = PASSPHRASE) {
  let said = "";
  const out = (text: string) => void (said += text);
  const env = passphrase === "" ? {} : { WATTWARD_BACKUP_PASSPHRASE: passphrase };
  const code = await runCommand({ name: "test", run: command }, args, { out, err: out, env });
  return { code, said };
}
async function says(command: typeof backup, args: string[], sentence: RegExp, passphrase?: string) {
  const { code, said } = await run(command, args, passphrase);
  assert.match(said, sentence);
  assert.equal(code, 1, said);
  assert(!said.includes(PASSPHRASE), "it repeats the passphrase");
  assert(!/\n {4}at /.test(said), said);
}

test("backup: written, read back, 0600; verified again; restored as it was, but for the database's own fence", async () => {
  const made = await run(backup, ["--data", data, "--out", at("a.backup")]);
  assert.equal(made.code, 0, made.said);
  assert.match(
    made.said,
    /outbox: 10000 rows …[\s\S]*reading it back[\s\S]*a\.backup: 300\d\d rows of \d+ tables/,
  );
  assert.equal(statSync(at("a.backup")).mode & 0o777, 0o600);
  const verified = await run(backup, ["--verify", at("a.backup")]);
  assert.match(verified.said, /is whole: 300\d\d rows.*2 files/);
  const back = await run(restore, ["--data", at("back"), "--in", at("a.backup")]);
  assert.equal(back.code, 0, back.said);
  assert.deepEqual(readdirSync(at("back")).sort(), ["keys", "pki", "wattward.db"]);
  assert.equal(readFileSync(join(at("back"), "keys", "root.pem"), "utf8"), "A KEY");
  for (const path of [".", "keys", "pki"]) assert.equal(statSync(join(at("back"), path)).mode & 0o777, 0o700);
  for (const path of ["keys/root.pem", "pki/root.pem", "wattward.db"])
    assert.equal(statSync(join(at("back"), path)).mode & 0o777, 0o600);
});

test("backup: what cannot be done is said in a sentence, with exit code 1, and leaves nothing", async () => {
  const out = ["--out", at("b.backup")];
  await says(backup, ["--data", data, ...out], /needs a passphrase.*--passphrase-file/, "");
  await says(backup, ["--data", data, ...out], /fewer than 16 characters/, "short");
  await says(backup, ["--data", at("nowhere"), ...out], /there is no database in .*nowhere/);
  await says(backup, ["--data", data, "--out", at("a.backup")], /a\.backup exists/);
  await says(backup, ["--data", data, "--out", at("no/such/b.backup")], /there is no such file or folder/);
  await says(
    backup,
    ["--data", data, ...out, "--passphrase-file", at("none")],
    /none: there is no such file/,
  );
  writeFileSync(at("songs"), "");
  rmSync(at("other"), { recursive: true, force: true });
  mkdirSync(at("other"));
  writeFileSync(join(at("other"), "wattward.db"), "");
  await says(backup, ["--data", at("other"), ...out], /no database of Wattward/);
  assert.equal((await run(backup, ["--out", at("b.backup"), "--verify", at("a.backup")])).code, 2);
  assert.equal((await run(backup, ["--data", data])).code, 2);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("b.")),
    [],
  );
});

test("backup: a passphrase out of a file; one that others may read is told of", async () => {
  writeFileSync(at("secret"), `${PASSPHRASE}\n`);
  chmodSync(at("secret"), 0o600);
  const words = ["--verify", at("a.backup"), "--passphrase-file", at("secret")];
  const quiet = await run(backup, words, "");
  assert.deepEqual([quiet.code, /chmod/.test(quiet.said)], [0, false], quiet.said);
  chmodSync(at("secret"), 0o644);
  const told = await run(backup, words, "");
  assert.deepEqual([told.code, /chmod 600/.test(told.said)], [0, true], told.said);
});

test("backup: a link that somebody laid where it writes is not followed", async () => {
  writeFileSync(at("precious"), "precious");
  symlinkSync(at("precious"), at("linked.backup.partial"));
  assert.equal((await run(backup, ["--data", data, "--out", at("linked.backup")])).code, 0);
  assert.equal(readFileSync(at("precious"), "utf8"), "precious");
});

test("restore: another passphrase, damage, a cut, another's file, a folder that is not empty: refused, nothing is made", async () => {
  const words = (file: string) => ["--data", at("never"), "--in", file];
  const bytes = readFileSync(at("a.backup"));
  await says(restore, words(at("a.backup")), /the passphrase is not the one/, "another-passphrase-entirely");
  for (const length of [0, 1, 100, 400, 70_000, bytes.length - 1]) {
    writeFileSync(at("cut"), bytes);
    truncateSync(at("cut"), length);
    await says(restore, words(at("cut")), /cut short|no backup of Wattward|damaged/);
  }
  const flipped = Buffer.from(bytes);
  flipped[bytes.length >> 1]! ^= 1;
  writeFileSync(at("flipped"), flipped);
  await says(restore, words(at("flipped")), /damaged/);
  await says(backup, ["--verify", at("flipped")], /damaged/);
  await says(restore, words(at("songs")), /cut short|no backup/);
  await says(restore, words(at("none")), /there is no such file/);
  await says(restore, ["--data", data, "--in", at("a.backup")], /csms is not empty/);
  assert(!existsSync(at("never")));
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes("restoring")),
    [],
  );
  assert.equal((await run(restore, ["--data", at("never")])).code, 2);
  assert.equal((await run(restore, ["--in", "x", "--database", "mysql://x"])).code, 2);
});

test("backup: of a newer schema: refused with what to do", async () => {
  const { db, close } = await openStore({ database: join(at("other"), "newer.db") });
  await db.updateTable("meta").set({ value: "9999" }).where("key", "=", "schema_version").execute();
  await close();
  mkdirSync(at("newer"), { recursive: true });
  rmSync(join(at("other"), "wattward.db"));
  const { renameSync } = await import("node:fs");
  renameSync(join(at("other"), "newer.db"), join(at("newer"), "wattward.db"));
  await says(
    backup,
    ["--data", at("newer"), "--out", at("n.backup")],
    /newer Wattward.*Start the newer version/,
  );
});

const root = process.getuid?.() === 0 ? ["-m"] : ["-Urm"];
const noMounts =
  spawnSync("unshare", [...root, "true"]).status !== 0 && "no mount namespace may be made here";

test("restore: a mount point cannot be replaced: told before the database of a server is asked for anything", {
  skip: noMounts,
}, () => {
  for (const mount of ["mount -t tmpfs tmpfs", `mount --bind ${at("mounted")}`]) {
    rmSync(at("mounted"), { recursive: true, force: true });
    mkdirSync(at("mounted"));
    const script = `${mount} "$1" && shift && exec "$@"`;
    const node = [process.execPath, "--disable-warning=ExperimentalWarning"];
    const words = [
      "--data",
      at("mounted"),
      "--in",
      at("a.backup"),
      "--database",
      "postgres://u@127.0.0.1:1/w",
    ];
    const done = spawnSync(
      "unshare",
      [
        ...root,
        "sh",
        "-c",
        script,
        "sh",
        at("mounted"),
        ...node,
        join(import.meta.dirname, "restore.ts"),
        ...words,
      ],
      { encoding: "utf8", timeout: 30_000, env: { ...process.env, WATTWARD_BACKUP_PASSPHRASE: PASSPHRASE } },
    );
    assert.match(done.stderr, /mounted is a mount point.*--data .*mounted\/csms\. Nothing was restored/);
    assert.equal(done.status, 1);
    assert.deepEqual(readdirSync(at("mounted")), []);
    assert(!existsSync(at(".mounted.restoring")));
  }
});

test("restore: a folder that is there already, empty, also behind a link, is restored into", async () => {
  mkdirSync(at("real"));
  symlinkSync(at("real"), at("link"));
  const back = await run(restore, ["--data", at("link"), "--in", at("a.backup")]);
  assert.equal(back.code, 0, back.said);
  assert.deepEqual(readdirSync(at("real")).sort(), ["keys", "pki", "wattward.db"]);
});

/** The command as a process, killed as soon as it has said this. */
async function killedAt(entry: string, args: string[], said: RegExp): Promise<void> {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, entry), ...args],
    { env: { ...process.env, WATTWARD_BACKUP_PASSPHRASE: PASSPHRASE }, stdio: ["ignore", "ignore", "pipe"] },
  );
  let text = "";
  child.stderr.on("data", (bytes) => {
    text += bytes;
    if (said.test(text)) child.kill("SIGKILL");
  });
  const signal = await new Promise((resolve) => child.once("exit", (_, by) => resolve(by)));
  assert.equal(signal, "SIGKILL", `it was over before it was killed: ${text}`);
}

test("backup and restore, killed in the middle: nothing that looks whole is there, and the next try succeeds", async () => {
  for (const said of [/Backing up/, /outbox: 10000/, /outbox: 20000/]) {
    await killedAt("backup.ts", ["--data", data, "--out", at("k.backup")], said);
    assert(!existsSync(at("k.backup")), String(said));
  }
  assert.equal((await run(backup, ["--data", data, "--out", at("k.backup")])).code, 0);
  for (const said of [/Restoring/, /reading it to its end/, /outbox: 10000/, /outbox: 20000/]) {
    await killedAt("restore.ts", ["--data", at("k"), "--in", at("k.backup")], said);
    assert(!existsSync(at("k")), String(said));
  }
  assert.equal((await run(restore, ["--data", at("k"), "--in", at("k.backup")])).code, 0);
  assert.deepEqual(
    readdirSync(folder).filter((name) => /partial|restoring/.test(name)),
    [],
  );
});
