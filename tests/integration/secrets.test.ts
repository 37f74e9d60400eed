/**
 * What is secret stays out of everything that is kept to be read: with every program at `--log-level debug`, cards,
 * tokens, links, passwords, sessions and keys are used and misused, and then looked for in each line of log, each
 * row of the outbox and the metrics. And what belongs there is there: one trace id from the first reception to the row.
 */
import assert from "node:assert/strict";
import { globSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { before, test } from "node:test";
import { connect } from "node:tls";
import type { Disk } from "@wattward/kernel";
import { folderDisk } from "@wattward/kernel/node";
import type { OcppVersion } from "@wattward/ocpp";
import { readJournal } from "@wattward/site/journal";
import { SoftwareAuthenticator } from "../../apps/csms/api/testing/authenticator.ts";
import { backup } from "../../apps/csms/cli/backup.ts";
import { issueSiteFolder } from "../../apps/csms/cli/pki/issue-site.ts";
import { issueStationFolder } from "../../apps/csms/cli/pki/issue-station.ts";
import { addStation } from "../../apps/csms/cli/station/add.ts";
import { DOMAIN, logOf, ready } from "../../demo/plant.ts";
import { type Program, start, stop } from "../../demo/programs.ts";
import { boot } from "./rig/charging.ts";
import { apiToken, type Server, stationFolder, stationIdentity } from "./rig/operator.ts";
import { mayBeIn, planted, plantKeysAndPassphrases } from "./rig/planted-secrets.ts";
import { Station } from "./rig/station.ts";
import { rows } from "./rig/stored.ts";
import { eventually, SOON_MS, workplace } from "./rig/workplace.ts";

const out = workplace("secrets");
const data = join(out, "csms");
const home = join(out, "north");

const secret = (name: string) => planted.get(name) ?? assert.fail(name);
const card16 = secret("card of 1.6");
const card201 = secret("card of 2.0.1");

let csms: Server & { httpPort: number; stdout: () => string };
let site: Server;
let running: Program;

before(async () => {
  const env = { WATTWARD_PASSPHRASE: secret("passphrase of the keys") };
  const debug = ["--log-level", "debug", "--port", "0"];
  mkdirSync(join(out, "logs"));
  const options = { readOutput: true, env };
  const args = ["--data", data, "--http-port", "0", ...debug];
  const program = start("csms", "apps/csms/main.ts", args, logOf(out, "csms"), options);
  running = program;
  const stdout = listened(program);
  const at = await ready(out, "csms", program, ["port", "httpPort"]);
  csms = { name: `csms.${DOMAIN}`, port: at["port"]!, httpPort: at["httpPort"]!, stdout };

  const context = { env, out: () => {}, err: () => {} };
  await addStation(["DIRECT-16", "DIRECT-201", "--data", data], context);
  await addStation(["SITE-16", "SITE-201", "--site", "north", "--data", data], context);
  for (const id of ["DIRECT-16", "DIRECT-201", "SITE-16", "SITE-201"]) {
    await issueStationFolder([id, "--out", stationFolder(out, id), "--data", data], context);
  }
  await issueSiteFolder(["north", "--out", join(home, "site"), "--data", data], context);
  mkdirSync(join(home, "logs"));
  const uplink = ["--csms", `wss://${csms.name}:${csms.port}`, "--connect", `127.0.0.1:${csms.port}`];
  const siteArgs = ["--data", join(home, "site"), ...uplink, ...debug];
  const controller = start("site", "apps/site/main.ts", siteArgs, logOf(home, "site"));
  site = { name: `north.lc.${DOMAIN}`, port: (await ready(home, "site", controller, ["port"]))["port"]! };
  const said = () => readFileSync(logOf(home, "site"), "utf8");
  await eventually(
    "the site could work",
    () => /"bundle-in-force".*"stations":2/.test(said()) && said().includes('"lease"'),
  );
});

function listened(program: Program): () => string {
  let text = "";
  program.child.stdout?.on("data", (bytes: Buffer) => (text += String(bytes)));
  return () => text;
}

type Ask = { method?: string; body?: unknown; headers?: Record<string, string> };
function ask(path: string, { method = "GET", body, headers = {} }: Ask = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const init = { method, headers: { ...type, ...headers }, ...(body === undefined ? {} : { body: text }) };
  return fetch(`http://localhost:${csms.httpPort}${path}`, init);
}

/** Joins with the one-time link; the session's cookie is one more secret. */
async function joinByLink(): Promise<void> {
  const found = await eventually("the link was printed", () => /join#(\S+)/.exec(csms.stdout())?.[1]);
  planted.set("invitation", found);
  const origin = `http://localhost:${csms.httpPort}`;
  const headers = { origin, "sec-fetch-site": "same-origin" };
  const post = (path: string, body: unknown) =>
    ask(`/api/v1/auth/${path}`, { method: "POST", body, headers });
  await post("join/options", { invitation: { not: found }, name: "Ada" });
  await post("join/options", `{"invitation":"${found}",`);
  const options = await (await post("join/options", { invitation: found, name: "Ada" })).json();
  const credential = new SoftwareAuthenticator().create(options, origin);
  await post("join", { invitation: found, name: "Ada", credential: { ...credential, id: "other" } });
  const again = await (await post("join/options", { invitation: found, name: "Ada" })).json();
  const joined = await post("join", {
    invitation: found,
    name: "Ada",
    credential: new SoftwareAuthenticator().create(again, origin),
  });
  assert.equal(joined.status, 200, await joined.clone().text());
  const cookie = (joined.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  planted.set("session", cookie.split("=")[1] ?? assert.fail("no cookie"));
  const { csrf } = await joined.json();
  planted.set("CSRF token", csrf);
  await ask("/api/v1/auth/me", { headers: { cookie } });
  await ask("/api/v1/auth/logout", { method: "POST", headers: { ...headers, cookie } });
  await post("join/options", { invitation: found, name: "Eve" });
}

/** A script's token, used well and badly, and what it asks for. */
async function useTheApi(): Promise<void> {
  const token = await apiToken(out);
  planted.set("API token", token);
  const headers = { authorization: `Bearer ${token}` };
  for (const path of [
    `/api/v1/stations?token=${token}`,
    `/api/v1/sites/${token}`,
    `/${token}`,
    `/%${token}`,
  ]) {
    await ask(path, { headers });
  }
  for (const authorization of [`Basic ${token}`, `Bearer ${token}x`, token]) {
    await ask("/api/v1/sites", { headers: { authorization } });
  }
  await ask("/api/v1/stations", {
    method: "POST",
    headers,
    body: { station: token, route: "direct", token },
  });
  for (const card of [card16, card201]) {
    const path = `/api/v1/tokens/${card}`;
    assert.equal((await ask(path, { method: "PUT", headers, body: { status: "Accepted" } })).status, 200);
    await ask(path, { method: "PUT", headers, body: { status: card } });
    await ask(`${path}${card}${card}`, { method: "PUT", headers, body: { status: "Accepted" } });
  }
}

async function command(station: Station, action: string, payload: object): Promise<void> {
  const headers = { authorization: `Bearer ${secret("API token")}` };
  const path = `/api/v1/stations/${station.id}/commands`;
  const asked = await ask(path, { method: "POST", headers, body: { action, payload, reason: "a test" } });
  assert.equal(asked.status, 202, await asked.text());
  const heard = await eventually(`${station.id} heard ${action}`, () =>
    station.commands.find((one) => one.action === action),
  );
  station.reply(heard, { status: "Rejected", [secret("password of a station")]: card16 });
}

/** A command that is not open is refused; the refusal is no place for what it was to carry either. */
async function refusedCommand({ id }: Station, action: string, payload: object): Promise<void> {
  const headers = { authorization: `Bearer ${secret("API token")}` };
  const body = { action, payload, reason: "a test" };
  const refused = await ask(`/api/v1/stations/${id}/commands`, { method: "POST", headers, body });
  assert.equal(refused.status, 422);
}

/** Refused, because commands are kept and shown; the refusal does not repeat it. */
async function passwordInCommand({ id }: Station, value: string): Promise<void> {
  const headers = { authorization: `Bearer ${secret("API token")}` };
  const body = {
    action: "ChangeConfiguration",
    payload: { key: "AuthorizationKey", value },
    reason: "a test",
  };
  const refused = await ask(`/api/v1/stations/${id}/commands`, { method: "POST", headers, body });
  assert.equal(refused.status, 422);
  assert(!(await refused.text()).includes(value));
}

/** A whole charge, and everything around it that may go wrong with a card in it. */
async function charge(to: Server, id: string, version: OcppVersion): Promise<Station> {
  const station = await Station.connect(to, { id, version, identity: stationIdentity(out, id) });
  await station.tell(boot(version));
  const timestamp = new Date().toISOString();
  const password = secret("password of a station");
  await station.call("DataTransfer", { vendorId: "test", data: `${password} ${card16}` });
  if (version === "1.6") {
    await station.call("Authorize", { idTag: card16 });
    const start = { connectorId: 1, idTag: card16, meterStart: 0, timestamp };
    await station.result("StartTransaction", start);
    await station.call("StartTransaction", { ...start, connectorId: card16 });
    await station.call("StartTransaction", { ...start, idTag: card16.repeat(3), [card16]: 1 });
    await station.call("StopTransaction", {
      transactionId: 99_999_999,
      meterStop: 1,
      timestamp,
      idTag: card16,
    });
  } else {
    const idToken = { idToken: card201, type: "ISO14443" };
    await station.call("Authorize", { idToken });
    const started = {
      eventType: "Started",
      timestamp,
      triggerReason: "Authorized",
      seqNo: 0,
      transactionInfo: { transactionId: "T1" },
      evse: { id: 1, connectorId: 1 },
      idToken,
    };
    await station.result("TransactionEvent", started);
    await station.call("TransactionEvent", { ...started, triggerReason: card201 });
    await station.call("TransactionEvent", { ...started, seqNo: 1, idToken: { ...idToken, type: card201 } });
  }
  await station.call("Unheard", { of: card16, password });
  station.wire.send(`[2,"cut","StartTransaction",{"idTag":"${card16}",`);
  station.wire.send(`[3,"never-asked",{"idTag":"${card16}","${password}":1}]`);
  await station.call("Heartbeat", {});
  return station;
}

/** A station of security profile 2 at the wrong door: its password is in a header. */
function passwordInHeader(): Promise<void> {
  const { ca, cert, key, passphrase = "" } = stationIdentity(out, "DIRECT-16");
  const at = { host: "127.0.0.1", port: csms.port, servername: csms.name };
  const socket = connect({ ...at, ca, cert, key, passphrase });
  const password = secret("password of a station");
  const basic = Buffer.from(`DIRECT-16:${password}`).toString("base64");
  planted.set("Basic credentials", basic);
  socket.on("secureConnect", () =>
    socket.write(
      `GET /ocpp/DIRECT-16?password=${password} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${basic}\r\n\r\n`,
    ),
  );
  socket.on("error", () => {});
  socket.resume();
  return new Promise((resolve) => void socket.on("close", () => resolve()));
}

const addressWithCredentials = () =>
  `ftps://joe:${secret("password in an address")}@files.example/in?sig=${secret("token in an address")}`;

const logs = () => [logOf(out, "csms"), logOf(home, "site")].map((file) => readFileSync(file, "utf8"));
type Line = Readonly<Record<string, unknown>>;
const lines = (text: string): Line[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

test("no log line at debug, no row of the outbox and no metric holds a secret that was used or misused", async () => {
  await useTheApi();
  await joinByLink();
  const stations = [
    await charge(csms, "DIRECT-16", "1.6"),
    await charge(csms, "DIRECT-201", "2.0.1"),
    await charge(site, "SITE-16", "1.6"),
    await charge(site, "SITE-201", "2.0.1"),
  ];
  await passwordInHeader();
  const value = secret("password of a station");
  for (const station of [stations[0]!, stations[2]!]) {
    await command(station, "RemoteStartTransaction", { idTag: secret("card of a command") });
    await command(station, "ChangeConfiguration", { key: "MeterValueSampleInterval", value: "60" });
    await command(station, "DataTransfer", { vendorId: "test", data: `card ${secret("card of a command")}` });
    await refusedCommand(station, "DataTransfer", { vendorId: "test", data: addressWithCredentials() });
    await refusedCommand(station, "GetDiagnostics", { location: addressWithCredentials() });
    await passwordInCommand(station, value);
  }
  await eventually(
    "all commands ended",
    () => rows(out, "SELECT 1 FROM commands WHERE ended_at_ms IS NULL").length === 0,
  );
  plantKeysAndPassphrases(out);

  const headers = { authorization: `Bearer ${secret("API token")}` };
  const metrics = await (await ask("/metrics", { headers })).text();
  const outbox = rows(out, "SELECT * FROM outbox").map((row) => JSON.stringify(row));
  const [csmsLog = "", siteLog = ""] = logs();
  const places = { metrics, outbox: outbox.join("\n"), csmsLog, siteLog };

  // It would find nothing in nothing: the cards did get through, and each place has something of them to say.
  assert.equal(rows(out, "SELECT 1 FROM transactions WHERE token IN (?, ?)", card16, card201).length, 4);
  assert(places.outbox.includes(`…${card16.slice(-4)}`), "a masked card");
  for (const [place, text] of Object.entries(places))
    assert(text.length > 1_000, `${place} is all but empty`);
  assert(lines(csmsLog).some(({ level }) => level === "debug"));
  assert(planted.size >= 20, `only ${planted.size} secrets`);

  const leaks = Object.entries(places).flatMap(([place, text]) =>
    text
      .split("\n")
      .flatMap((line) =>
        [...planted]
          .filter(([, hidden]) => hidden.length >= 8 && line.toLowerCase().includes(hidden.toLowerCase()))
          .map(([name]) => `${place}: ${name} in ${line.slice(0, 300)}`),
      ),
  );
  assert.deepEqual(leaks, []);
});

test("no file of any folder holds a secret, but where it must; the backup, which holds them all, none that can be read", async () => {
  const out16 = join(out, "csms.backup");
  const env = { WATTWARD_BACKUP_PASSPHRASE: secret("passphrase of the backup") };
  await backup(["--data", data, "--out", out16], { env, out: () => {}, err: () => {} });
  // The message log is written a second late.
  await eventually(
    "the message log had it",
    () =>
      rows(out, "SELECT 1 FROM messages WHERE action = 'DataTransfer' AND sender = 'csms' AND kind = 'call'")
        .length === 2,
  );
  const logged = rows(out, "SELECT frame FROM messages").map(({ frame }) => String(frame));
  assert(logged.length > 40, `${logged.length} frames`);
  assert(
    logged.some((frame) => frame.includes(`…${card16.slice(-4)}`)),
    "a masked card",
  );
  // Its log folded in, as after every stop: what was deleted or redacted must be gone from the file too.
  await stop(running, SOON_MS);

  const files = globSync("**/*", { cwd: out, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => relative(out, join(entry.parentPath, entry.name)));
  for (const must of [
    "csms/wattward.db",
    "csms.backup",
    "north/logs/site.log",
    "logs/csms.log",
    "north/site/site.json",
  ])
    assert(paths.includes(must), `${must} among ${paths.length} files`);
  const leaks: string[] = [];
  for (const path of paths) {
    const bytes = readFileSync(join(out, path));
    const text = bytes.toString("latin1").toLowerCase();
    for (const [name, hidden] of planted) {
      if (hidden.length < 8 || mayBeIn(name, path)) continue;
      for (const [how, form] of [
        ["", hidden],
        [" in base64", Buffer.from(hidden).toString("base64").slice(0, -4)],
      ]) {
        if (text.includes((form ?? "").toLowerCase())) leaks.push(`${path}: ${name}${how}`);
      }
    }
  }
  assert.deepEqual(leaks, []);
  // And nobody else may open what does hold some.
  for (const path of paths.filter((one) => /^(csms|north\/site)\//.test(one) || one === "csms.backup")) {
    const mode = statSync(join(out, path)).mode & 0o077;
    assert.equal(
      mode & (path.endsWith(".lock") ? 0 : 0o077),
      0,
      `${path} is open to others: ${mode.toString(8)}`,
    );
  }
});

test("one trace id from first reception to the last row: in the gateway's log, the transaction's event and the outbox", async () => {
  const log = lines(logs()[0] ?? "");
  const stored = (id: string) => {
    const [event] = rows(
      out,
      "SELECT trace FROM transaction_events WHERE station_id = ? AND kind = 'started'",
      id,
    );
    const [entry] = rows(
      out,
      "SELECT trace FROM outbox WHERE station_id = ? AND kind = 'transaction.started'",
      id,
    );
    assert.equal(event?.["trace"], entry?.["trace"], id);
    return event?.["trace"] ?? assert.fail(`${id} has no start`);
  };
  for (const id of ["DIRECT-16", "DIRECT-201"]) {
    const trace = stored(id);
    assert(
      log.some(
        (line) => line["event"] === "call-answered" && line["station"] === id && line["trace"] === trace,
      ),
      `${id} ${trace}`,
    );
  }
  const disk: Disk = folderDisk(join(home, "site"));
  const journal = await readJournal(disk);
  for (const id of ["SITE-16", "SITE-201"]) {
    const trace = stored(id);
    assert(
      journal?.records.some((record) => record.station === id && record.trace === trace),
      "given by the site, which had it first",
    );
    assert(
      log.some(
        (line) => line["event"] === "record-stored" && line["station"] === id && line["trace"] === trace,
      ),
      `${id} ${trace}`,
    );
  }
});
