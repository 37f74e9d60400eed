import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { LogFields } from "@wattward/kernel";
import { silentLog } from "@wattward/kernel";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { openOrIssueServer } from "@wattward/pki";
import { openOrCreateAuthorityFiles } from "@wattward/pki/files";
import { CoreError, type CoreFault } from "../core/port.ts";
import { UnsafeListen } from "./create-api.ts";
import { apiLimits } from "./limits.ts";
import { Browser, type Desk, HOST, openDesk, signedIn } from "./testing/desk.ts";

const post = (browser: Browser, desk: Desk, payload: string, type = "application/json") =>
  desk.api.app.inject({
    method: "POST",
    url: "/api/v1/stations",
    payload,
    headers: {
      host: HOST,
      "content-type": type,
      cookie: browser.cookie ?? "",
      "x-wattward-csrf": browser.csrf,
    },
  });

test("addresses: U+0000 is refused wherever it stands, as a search for it would find everything", async (t) => {
  const { browser } = await signedIn(t);
  for (const path of [
    "transactions?text=%00",
    "stations?text=a%00",
    "commands?actor=%00",
    "commands?before=%00",
    "transactions/a%00b",
    "stations/CS1/messages?text=%00",
    "stations/CS1/variables?after=%00",
  ]) {
    const reply = await browser.ask({ url: `/api/v1/${path}` });
    assert.equal(reply.statusCode, 400, path);
    assert.match(reply.json().detail, /%00/, path);
  }
});

test("bodies: what is not exactly of the form is refused, with the field named", async (t) => {
  const { desk, browser } = await signedIn(t);
  const before = desk.decided.length;
  const station = '"station":"CS1","route":"direct"';
  const cases: [string, number, string | undefined][] = [
    ["", 400, undefined],
    ["{", 400, undefined],
    ["null", 400, ""],
    ["[]", 400, ""],
    ['"text"', 400, ""],
    [`{${station},"admin":true}`, 400, "/admin"],
    [`{${station},"__proto__":{"admin":true}}`, 400, undefined],
    [`{${station},"constructor":{"prototype":{"admin":true}}}`, 400, undefined],
    ['{"route":"direct"}', 400, "/station"],
    ['{"station":7,"route":"direct"}', 400, "/station"],
    ['{"station":"CS1","route":"sideways"}', 400, "/route"],
    ['{"station":"a/b","route":"direct"}', 400, "/station"],
    [`{"station":"${"a".repeat(49)}","route":"direct"}`, 400, "/station"],
    [`{${station},"site":"Not A Label"}`, 400, "/site"],
    ['{"station":"CS1","route":"site"}', 400, "/site"],
    [`{${station},"serial":${"[".repeat(5000)}${"]".repeat(5000)}}`, 400, undefined],
    [`{${station},"serial":"${"a".repeat(apiLimits.bodyBytesMax)}"}`, 413, undefined],
  ];
  for (const [payload, status, field] of cases) {
    const reply = await post(browser, desk, payload);
    const what = `${payload.slice(0, 80)} → ${reply.body}`;
    assert.equal(reply.statusCode, status, what);
    assert.equal(reply.headers["content-type"], "application/problem+json", what);
    if (field !== undefined) assert.equal(reply.json().field, field, what);
    assert.doesNotMatch(reply.body, /node_modules|\.ts|at .*:\d+:\d+/, what);
  }
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]) {
    assert.notEqual((await post(browser, desk, `{${station}}`, type)).statusCode, 200, type);
  }
  assert.equal(desk.decided.length, before);
  desk.answer("station.add", () => ({ kind: "added", siteCreated: false }));
  assert.deepEqual((await post(browser, desk, `{${station}}`)).json(), { kind: "added" });
});

test("bodies: where none is needed, none may come, also from clients that name a type for it", async (t) => {
  const desk = await openDesk(t);
  const send = async (payload: string) => {
    const headers = { host: HOST, "content-type": "application/json" };
    const reply = await desk.api.app.inject({
      method: "POST",
      url: "/api/v1/auth/login/options",
      headers,
      payload,
    });
    return reply.statusCode;
  };
  for (const payload of ["", "{}"]) assert.equal(await send(payload), 200, payload);
  for (const payload of ['{"user":"ada"}', "null", "[]"]) assert.equal(await send(payload), 400, payload);
});

test("queries: numbers and booleans in their one spelling, each once, and no unknown names", async (t) => {
  const { browser } = await signedIn(t);
  const status = async (query: string) =>
    (await browser.ask({ url: `/api/v1/transactions?${query}` })).statusCode;
  for (const good of ["", "most=5", "openOnly=true", "openOnly=false&most=1000", "before=01ABC"]) {
    assert.equal(await status(good), 200, good);
  }
  const bad =
    "most=0 most=1001 most=5e2 most=0x5 most=05 most= most=+5 most=5&most=6 openOnly=1 openOnly=TRUE site=A_B limit=3";
  for (const query of bad.split(" ")) {
    const code = await status(query);
    assert(code === 400 || code === 404, `${query}: ${code}`);
  }
  await browser.post("stations", { station: "A", route: "site", site: "north" });
  const history = async (query: string) =>
    (await browser.ask({ url: `/api/v1/sites/north/history?${query}` })).statusCode;
  assert.equal(await history("fromMs=0&toMs=3600000&stepMs=60000"), 200);
  assert.equal(await history("fromMs=0&toMs=253402300799999&stepMs=1000"), 400);
  assert.equal(await history("fromMs=5000&toMs=4000&stepMs=1000"), 400);
});

test("paths: bad encodings, dots and control characters are an answer, not a crash", async (t) => {
  const { browser } = await signedIn(t);
  const paths = [
    "/%",
    "/%zz",
    "/api/v1/stations/%",
    "/%00",
    "/api/v1/sites/..%2f..%2fetc",
    "/api/v1/stations/%ff",
  ];
  for (const path of [
    ...paths,
    `/api/v1/stations/${"a".repeat(5000)}`,
    "//evil.example/",
    "/api/v1/../../x",
  ]) {
    const reply = await browser.ask({ url: path });
    assert(
      (reply.statusCode >= 400 && reply.statusCode < 500) || reply.statusCode === 503,
      `${path}: ${reply.statusCode}`,
    );
    assert.doesNotMatch(reply.body, /node_modules|root:/, path);
  }
  assert.equal((await browser.ask({ url: "/healthz" })).statusCode, 200);
});

test("faults of the core: told by kind, with the cause in the log and nowhere else", async (t) => {
  const errors: LogFields[] = [];
  const log = { ...silentLog, error: (_event: string, fields: LogFields = {}) => void errors.push(fields) };
  const desk = await openDesk(t, { log });
  const browser = new Browser(desk);
  await browser.join("Ada");
  const statuses: Record<CoreFault, number> = {
    full: 503,
    busy: 503,
    storage: 503,
    closed: 503,
    fenced: 503,
    broken: 500,
  };
  for (const [kind, status] of Object.entries(statuses)) {
    desk.answer("token.set", () => {
      throw new CoreError(kind as CoreFault, "SQLITE: insert into tokens failed at row 7");
    });
    const reply = await browser.ask({
      method: "PUT",
      url: "/api/v1/tokens/ABC",
      body: { status: "Accepted" },
    });
    assert.equal(reply.statusCode, status, kind);
    assert(!/SQL|row 7|insert/.test(reply.body), reply.body);
    const logged = errors.pop();
    assert.match(String(logged?.cause), /row 7/);
    assert.equal(logged?.trace, reply.headers["x-request-id"]);
  }
});

test("replies: security headers on every one, errors included; no inline script anywhere; HSTS only over HTTPS", async (t) => {
  const desk = await openDesk(t);
  for (const url of ["/healthz", "/api/v1/sites", "/api/v1/nothing", "/", "/join", "/assets/none.js", "/%"]) {
    const { headers } = await desk.api.app.inject({ method: "GET", url, headers: { host: HOST } });
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /default-src 'none'/, url);
    assert.match(policy, /frame-ancestors 'none'/, url);
    assert.match(policy, /base-uri 'none'/, url);
    assert.doesNotMatch(policy, /unsafe/, url);
    assert.equal(headers["x-content-type-options"], "nosniff", url);
    assert.equal(headers["referrer-policy"], "no-referrer", url);
    assert.equal(headers["strict-transport-security"], undefined, url);
    assert.equal(headers["access-control-allow-origin"], undefined, url);
  }
});

test("HTTPS: pages and sessions by the configured name, HSTS on every reply, plain HTTP to it is nothing", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "https-"));
  t.after(() => rm(folder, { recursive: true }));
  const ports = { clock: systemClock(), chance: systemChance };
  const files = await openOrCreateAuthorityFiles(folder, ports);
  const identity = await openOrIssueServer(files.authorities, ["csms.example"], { ...files, ...ports });
  const desk = await openDesk(t, { names: ["csms.example"], tls: identity.ec });
  const { port } = await desk.api.listen({ host: "127.0.0.1", port: 0 });
  const ca = files.authorities.root.pem;
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    const at = { host: "127.0.0.1", port, path: "/api/v1/auth/login/options", method: "POST" };
    const headers = { host: `csms.example:${port}`, origin: `https://csms.example:${port}` };
    request({ ...at, headers, ca, servername: "csms.example" }, resolve)
      .on("error", reject)
      .end();
  });
  let text = "";
  for await (const bytes of reply) text += String(bytes);
  assert.equal(reply.statusCode, 200, text);
  assert.equal(JSON.parse(text).rpId, "csms.example");
  assert.match(String(reply.headers["strict-transport-security"]), /^max-age=\d{7,}$/);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
});

test("listening: an address that others can reach needs TLS", async (t) => {
  const desk = await openDesk(t);
  for (const host of ["0.0.0.0", "::", "192.168.0.1"]) {
    await assert.rejects(desk.api.listen({ host, port: 0 }), UnsafeListen, host);
  }
});

test("a raw socket that sends nonsense, or half a request, gets an error or is closed; others are served", async (t) => {
  const desk = await openDesk(t);
  const { port } = await desk.api.listen({ port: 0 });
  const talk = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
      let heard = "";
      socket.setEncoding("utf8");
      socket.on("data", (text) => (heard += text));
      socket.on("close", () => resolve(heard));
      socket.on("error", reject);
    });
  assert.match(await talk("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"), /^HTTP\/1\.1 400/);
  assert.match(
    await talk("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"),
    /^HTTP\/1\.1 4\d\d/,
  );
  assert.match(
    await talk(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(20_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431/,
  );
  const smuggled =
    "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  assert.match(await talk(smuggled), /^HTTP\/1\.1 400/);
  assert.match(await talk("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"), /^HTTP\/1\.1 200/);
});
