/** The central system as its operator meets it: a real process on an empty folder, real sockets, real signals. */
import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { get as httpsGet } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { parseBundle, parseCsmsMessage, SITE_PROTOCOL } from "@wattward/sitelink";
import { connect, csmsProcess, ended, entry, quiet } from "./testing/csms-process.ts";

const { folder, data, start, command } = csmsProcess();

const READY_MS_MAX = 3_000;
/** A busy machine starts everything slower: then the yardstick is a Node that does nothing, started in the same run. */
const READY_PER_BARE_NODE = 60;

function bareNodeMs(): number {
  const startMs = performance.now();
  spawnSync(process.execPath, ["-e", ""]);
  return performance.now() - startMs;
}
const station = { folder: join(folder, "CP-1"), cert: "certificate.pem", key: "key.pem" };
const startTransaction = JSON.stringify([
  2,
  "s1",
  "StartTransaction",
  { connectorId: 1, idTag: "AB12", meterStart: 100, timestamp: "2026-01-05T08:00:00Z" },
]);

test("an empty folder starts by itself within 3 s, keeps its files to itself, and invites its administrator once", async () => {
  const { child, out, readyMs, httpPort } = await start();
  const limitMs = Math.max(READY_MS_MAX, READY_PER_BARE_NODE * bareNodeMs());
  assert(readyMs < limitMs, `${Math.round(readyMs)} ms of ${Math.round(limitMs)}`);
  assert.match(out(), /join#[\w-]{20,}/);
  for (const name of readdirSync(data, { recursive: true, encoding: "utf8" })) {
    const { mode } = statSync(join(data, name));
    assert.equal(mode & 0o077, 0, `${name} is ${(mode & 0o777).toString(8)}`);
  }
  const ready = await fetch(`http://localhost:${httpPort}/readyz`);
  assert.equal(ready.status, 200);
  child.kill("SIGTERM");
  assert.deepEqual(await ended(child), { code: 0, signal: null });
  assert(!existsSync(join(data, "csms.json")), "it says no more that it listens");
});

test("without the console's pages the first line says so, and the console's address says how to build them", async () => {
  const { child, out, httpPort } = await start("--console", join(folder, "no-such-folder"));
  assert.match(out().split("\n")[0] ?? "", /without its console: run 'npx wattward build'/);
  const page = await fetch(`http://localhost:${httpPort}/sites/north`);
  assert.equal(page.status, 503);
  assert.match(await page.text(), /npx wattward build/);
  child.kill("SIGTERM");
  await ended(child);
});

test("HTTP on anything but loopback is HTTPS with our own certificate; plain HTTP is refused there", async () => {
  const { child, out, httpPort } = await start("--http-host", "0.0.0.0");
  assert.match(out(), new RegExp(`console and API +https://csms\\.wattward\\.test:${httpPort}\n`));
  const ca = readFileSync(join(data, "pki", "root.pem"), "utf8");
  const get = (host: string, path = "/readyz") =>
    new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }>(
      (resolve, reject) => {
        const options = {
          host: "127.0.0.1",
          port: httpPort,
          path,
          ca,
          servername: "localhost",
          headers: { host },
        };
        httpsGet(options, (reply) => {
          let body = "";
          reply.on("data", (bytes) => (body += bytes));
          reply.on("end", () => resolve({ status: reply.statusCode, headers: reply.headers, body }));
        }).on("error", reject);
      },
    );
  for (const host of [`127.0.0.1:${httpPort}`, `csms.wattward.test:${httpPort}`]) {
    const reply = await get(host);
    assert.equal(reply.status, 200, host);
    assert.match(String(reply.headers["strict-transport-security"]), /max-age=/);
  }
  const stranger = await get("evil.example");
  assert.equal(stranger.status, 421);
  assert.match(JSON.parse(stranger.body).detail, /localhost, csms\.wattward\.test/);
  await assert.rejects(fetch(`http://127.0.0.1:${httpPort}/readyz`), "plain HTTP");
  child.kill("SIGTERM");
  await ended(child);
});

test("a disk that takes nothing: not ready, with the reason, and ready again by itself when it does", async () => {
  const { child, httpPort } = await start();
  const [token] = command("cli/token.ts", "readiness").split("\n");
  const ready = async () => {
    const reply = await fetch(`http://localhost:${httpPort}/readyz`);
    return { status: reply.status, ...(await reply.json()) };
  };
  const well = { status: 200, ready: true, reasons: [] };
  const setCard = async () => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = JSON.stringify({ status: "Accepted" });
    return fetch(`http://localhost:${httpPort}/api/v1/tokens/FULL1`, { method: "PUT", headers, body });
  };
  assert.deepEqual(await ready(), well);
  fileSizeLimit(child, "4096");
  assert.equal((await setCard()).status, 503);
  for (let seen = await ready(); seen.status === 200; ) seen = await ready();
  assert.deepEqual(await ready(), {
    status: 503,
    ready: false,
    reasons: ["last commit: the last commit failed"],
  });
  fileSizeLimit(child, "unlimited");
  for (let seen = await ready(); seen.status !== 200; ) seen = await ready();
  assert.deepEqual(await ready(), well);
  assert.equal((await setCard()).status, 200);
  child.kill("SIGTERM");
  await ended(child);
});

/** Larger files cannot be written from now on: the disk is there, and takes nothing. */
function fileSizeLimit(child: ChildProcess, bytes: string): void {
  const done = spawnSync("prlimit", ["--pid", String(child.pid), `--fsize=${bytes}:unlimited`], {
    encoding: "utf8",
  });
  assert.equal(done.status, 0, done.stderr);
}

test("a station charges over mutual TLS; kill -9 and a restart lose nothing that was answered", async () => {
  const first = await start();
  command("cli/station.ts", "add", "CP-1");
  command("cli/card.ts", "add", "AB12");
  command("cli/pki.ts", "issue", "station", "CP-1", "--out", station.folder);
  const before = await connect("/ocpp/CP-1", first.port, station, "ocpp1.6");
  before.wire.send('[2,"b1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]');
  assert.match(await before.next(), /"status":"Accepted"/);
  before.wire.send(startTransaction);
  const [, , answered] = JSON.parse(await before.next());
  assert.equal(answered.idTagInfo.status, "Accepted");
  first.child.kill("SIGKILL");
  await ended(first.child);
  assert.notEqual(await before.closed, 1000);

  const second = await start();
  const again = await connect("/ocpp/CP-1", second.port, station, "ocpp1.6");
  again.wire.send(startTransaction);
  const [, , repeated] = JSON.parse(await again.next());
  assert.equal(repeated.transactionId, answered.transactionId, "the same transaction, not a second one");
  const listed = command("cli/station.ts", "list", "--json");
  assert.equal(JSON.parse(listed)[0].connected, true);
  second.child.kill("SIGTERM");
  assert.equal(await again.closed, 1001);
  assert.deepEqual(await ended(second.child), { code: 0, signal: null });
});

test("a site links up and gets the bundle of its stations, and a new one when a station is added beside it", async () => {
  const { child, port } = await start();
  command("cli/station.ts", "add", "CP-2", "--site", "north");
  const home = join(folder, "north");
  command("cli/pki.ts", "issue", "site", "north", "--out", home);
  const identity = { folder: join(home, "identity"), cert: "link-certificate.pem", key: "link-key.pem" };
  const link = await connect("/site/north", port, identity, SITE_PROTOCOL);
  const hello = { t: "hello", site: "north", epoch: "0".repeat(24), lastSeq: 0, bundleVersion: 0 };
  link.wire.send(JSON.stringify({ ...hello, wallMs: 1, clockQuality: "synced", software: "0.1.0" }));
  const bundled = async () => {
    for (;;) {
      const message = parseCsmsMessage(await link.next());
      assert(message.ok);
      assert.notEqual(message.value.t, "refused", JSON.stringify(message.value));
      if (message.value.t !== "bundle") continue;
      const bundle = parseBundle(message.value.bundle.body);
      assert(bundle.ok);
      return bundle.value.stations.map(({ id }) => id);
    }
  };
  assert.deepEqual(await bundled(), ["CP-2"]);
  command("cli/station.ts", "add", "CP-3", "--site", "north");
  assert.deepEqual(await bundled(), ["CP-2", "CP-3"]);
  child.kill("SIGTERM");
  await ended(child);
});

test("a second csms on the folder, a port in use and wrong words each end with a sentence", async () => {
  const { child, port } = await start();
  const run = (...args: string[]) => {
    const done = spawnSync(process.execPath, [quiet, entry("main.ts"), ...args], {
      encoding: "utf8",
      timeout: 20_000,
    });
    return [done.status, done.stderr.trim().split("\n").at(0)];
  };
  const other = join(folder, "other");
  assert.deepEqual(run("--data", data), [
    1,
    `wattward: another csms serves ${data}: stop it, or give another folder with --data`,
  ]);
  assert.deepEqual(run("--data", other, "--port", String(port), "--http-port", "0").at(0), 1);
  assert.match(
    String(run("--data", other, "--port", String(port), "--http-port", "0").at(1)),
    /in use .* --port/,
  );
  assert.equal(run("--port", "eighty").at(0), 2);
  assert.equal(run("--no-such-option").at(0), 2);
  child.kill("SIGTERM");
  await ended(child);
});
