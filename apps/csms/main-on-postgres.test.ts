/** The central system on PostgreSQL as its operator meets it: both are killed, and nothing that was answered is lost. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { postgresServer } from "./store/testing/postgres-server.ts";
import { connect, csmsProcess, ended, entry, quiet } from "./testing/csms-process.ts";

const server = await postgresServer();
const { folder, data, start, command } = csmsProcess();
const station = { folder: join(folder, "CP-1"), cert: "certificate.pem", key: "key.pem" };
const transaction = (id: string, idTag: string) => {
  const started = { connectorId: 1, idTag, meterStart: 100, timestamp: "2026-01-05T08:00:00Z" };
  return JSON.stringify([2, id, "StartTransaction", started]);
};
const readiness = async (httpPort: number) =>
  (await fetch(`http://localhost:${httpPort}/readyz`)).json() as Promise<{
    ready: boolean;
    reasons: string[];
  }>;

if ("skip" in server) test("csms on postgres", { skip: server.skip }, () => {});
else {
  const secret = "s3cret-word";
  const url = server.url.replace("@", `:${secret}@`);

  test("csms on postgres: a station charges; kill -9 and a restart lose nothing; the folder remembers its database", async () => {
    const first = await start("--database", url);
    command("cli/station.ts", "add", "CP-1");
    command("cli/card.ts", "add", "AB12", "CD34");
    command("cli/pki.ts", "issue", "station", "CP-1", "--out", station.folder);
    const before = await connect("/ocpp/CP-1", first.port, station, "ocpp1.6");
    before.wire.send('[2,"b1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]');
    assert.match(await before.next(), /"status":"Accepted"/);
    before.wire.send(transaction("s1", "AB12"));
    const [, , answered] = JSON.parse(await before.next());
    assert.equal(answered.idTagInfo.status, "Accepted");
    first.child.kill("SIGKILL");
    await ended(first.child);

    const second = await start();
    assert.match(second.out(), /database {13}postgres:\/\/postgres@/);
    const passphrase = join(folder, "passphrase");
    writeFileSync(passphrase, "correct horse battery staple", { mode: 0o600 });
    // It is backed up while it runs.
    const out = join(folder, "csms.backup");
    const made = command("cli/backup.ts", "--out", out, "--passphrase-file", passphrase);
    assert.match(made, /\(1 transactions\) out of postgresql/);
    const again = await connect("/ocpp/CP-1", second.port, station, "ocpp1.6");
    again.wire.send(transaction("s1", "AB12"));
    const [, , repeated] = JSON.parse(await again.next());
    assert.equal(repeated.transactionId, answered.transactionId, "the same transaction, not a second one");
    assert.equal(JSON.parse(command("cli/station.ts", "list", "--json"))[0].connected, true);
    second.child.kill("SIGTERM");
    assert.equal(await again.closed, 1001);
    assert.deepEqual(await ended(second.child), { code: 0, signal: null });

    assert(!existsSync(join(data, "wattward.db")));
    assert.equal(statSync(join(data, "database")).mode & 0o077, 0);
    const kept = readdirSync(data, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => readFileSync(join(file.parentPath, file.name), "latin1"));
    const said = [first.out(), first.err(), second.out(), second.err()];
    assert(!kept.concat(said).some((text) => text.includes(secret)), "the password is nowhere");
  });

  test("csms on postgres: the server dies: not ready, stations are told; it is back: ready by itself, nothing twice", async () => {
    const { child, port, httpPort } = await start();
    const { wire, next, closed } = await connect("/ocpp/CP-1", port, station, "ocpp1.6");
    wire.send('[2,"b2","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]');
    await next();
    await server.stop("crash");
    wire.send(transaction("s2", "CD34"));
    assert.equal(await closed, 1013, "not refused, which would use up one of its attempts");
    const down = await readiness(httpPort);
    assert.deepEqual(down, {
      ready: false,
      reasons: ["core: does not answer", "last commit: the last commit failed"],
    });
    await server.start();
    for (let seen = down; !seen.ready; ) seen = await readiness(httpPort);
    const again = await connect("/ocpp/CP-1", port, station, "ocpp1.6");
    for (let n = 0; n < 2; n += 1) {
      again.wire.send(transaction("s2", "CD34"));
      assert.match(await again.next(), /"status":"Accepted"/);
    }
    const rows = await server.sql(server.url, "SELECT token FROM transactions ORDER BY token");
    assert.deepEqual(
      rows.map(({ token }) => token),
      ["AB12", "CD34"],
    );
    child.kill("SIGTERM");
    assert.deepEqual(await ended(child), { code: 0, signal: null });
  });

  test("csms on postgres: what cannot be is said in a sentence, and the password is not in it", () => {
    const run = (name: string, ...args: string[]) => {
      const words = [quiet, entry("main.ts"), "--data", join(folder, name), ...args];
      const done = spawnSync(process.execPath, words, { encoding: "utf8", timeout: 20_000 });
      assert(!`${done.stdout}${done.stderr}`.includes(secret), done.stderr);
      return [done.status, done.stderr.split("\n")[0]] as const;
    };
    mkdirSync(join(folder, "file"));
    writeFileSync(join(folder, "file", "wattward.db"), "");
    for (const [[status, sentence], code, says] of [
      [
        run("file", "--database", url),
        1,
        /has its database in wattward\.db.*into a new folder with --database/,
      ],
      [run("a", "--database", url.replace(/postgres$/, "nowhere")), 1, /"nowhere" does not exist.*createdb/],
      [
        run("b", "--database", `postgres://u:${secret}@127.0.0.1:1/w`),
        1,
        /ECONNREFUSED.*Check that the server/,
      ],
      [run("c", "--database", `mysql://u:${secret}@h/w`), 2, /--database: .*postgres:\/\/USER@HOST/],
      [run("d", "--database", `postgres://u:${secret}@db.example/w?sslmode=require`), 2, /verify-full/],
    ] as const) {
      assert.equal(status, code, sentence);
      assert.match(sentence ?? "", says);
    }
  });
}
