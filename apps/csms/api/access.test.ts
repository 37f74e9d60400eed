/**
 * The claim: nobody without a session passes any route that is not public, and a cookie alone changes nothing. Both
 * are proven over the OpenAPI document, which is made from the routes themselves.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fastify from "fastify";
import { requireAccess } from "./guard.ts";
import { openapiText } from "./openapi-text.ts";
import { Browser, type Desk, HOST, openDesk } from "./testing/desk.ts";

type Operation = { readonly method: string; readonly url: string; readonly class: string };
type Document = {
  paths: Record<string, Record<string, { "x-wattward-access": { class: string } }>>;
};

/** Every operation, its path parameters filled in with something that parses. */
function operations(desk: Desk): Operation[] {
  const { paths } = desk.api.app.swagger() as unknown as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      url: path.replaceAll(/\{\w+\}/g, "x"),
      class: operation["x-wattward-access"].class,
    })),
  );
}

const ask = (desk: Desk, { method, url }: Operation, headers: Record<string, string>) =>
  desk.api.app.inject({ method: method as "GET", url, headers: { host: HOST, ...headers } });

const publicOnes = [
  "GET /healthz",
  "GET /readyz",
  "POST /api/v1/auth/join",
  "POST /api/v1/auth/join/options",
  "POST /api/v1/auth/login",
  "POST /api/v1/auth/login/options",
];

test("access: exactly these routes are public", async (t) => {
  const desk = await openDesk(t);
  const found = operations(desk).filter((o) => o.class === "public");
  assert.deepEqual(found.map((o) => `${o.method} ${o.url}`).sort(), publicOnes);
});

test("access: the anonymous, and those with credentials that are not ours, are refused at every other route", async (t) => {
  const desk = await openDesk(t);
  const guarded = operations(desk).filter((o) => o.class !== "public");
  assert(guarded.length >= 17, `only ${guarded.length} routes were walked`);
  const nobody: Record<string, string>[] = [
    {},
    { cookie: "__Host-wattward=AAAA" },
    { cookie: "wattward=x; __Host-wattward=" },
    { authorization: "Bearer AAAA" },
    { authorization: "Basic YWRtaW46YWRtaW4=" },
    { authorization: `Bearer ${"A".repeat(5000)}` },
  ];
  for (const operation of guarded) {
    for (const headers of nobody) {
      const reply = await ask(desk, operation, headers);
      assert.equal(reply.statusCode, 401, `${operation.method} ${operation.url} ${JSON.stringify(headers)}`);
      assert.equal(reply.headers["content-type"], "application/problem+json");
    }
    // HEAD comes with every GET, and is a way in like any other.
    if (operation.method === "GET") {
      assert.equal((await ask(desk, { ...operation, method: "HEAD" }, {})).statusCode, 401, operation.url);
    }
  }
  assert.deepEqual(desk.decided, []);
});

test("access: a cookie without the CSRF header of its own session is refused on every unsafe method", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  const other = new Browser(desk);
  await other.join("Bob");
  const before = desk.decided.length;
  const unsafe = operations(desk).filter((o) => o.method !== "GET");
  assert(unsafe.length >= 8);
  const cookie = browser.cookie ?? "";
  for (const operation of unsafe) {
    for (const csrf of [{}, { "x-wattward-csrf": "" }, { "x-wattward-csrf": other.csrf }] as Record<
      string,
      string
    >[]) {
      const reply = await ask(desk, operation, { cookie, ...csrf });
      assert.equal(reply.json().code, "csrf", `${operation.method} ${operation.url} ${JSON.stringify(csrf)}`);
    }
  }
  assert.equal(desk.decided.length, before);
});

test("access: a page of another origin changes nothing, even with cookie and CSRF token", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  const own = { cookie: browser.cookie ?? "", "x-wattward-csrf": browser.csrf };
  const foreign: Record<string, string>[] = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "https://localhost:8080" },
    { origin: "http://localhost:9999" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ];
  for (const operation of operations(desk).filter((o) => o.method !== "GET")) {
    for (const headers of foreign) {
      const reply = await ask(desk, operation, { ...own, ...headers });
      assert.equal(reply.json().code, "foreign-origin", `${operation.url} ${JSON.stringify(headers)}`);
    }
  }
  const out = await browser.post("auth/logout");
  assert.equal(out.statusCode, 200, "and our own page may");
});

test("access: a route that declares nothing does not register", async () => {
  const server = fastify();
  server.addHook("onRoute", requireAccess);
  assert.throws(() => server.get("/open", async () => "secret"), /GET \/open declares no access/);
  for (const config of [undefined, {}, { access: { action: "a", resource: "b", class: "everyone" } }]) {
    assert.throws(() => requireAccess({ method: "GET", url: "/x", config }), /GET \/x declares no access/);
  }
  requireAccess({
    method: "GET",
    url: "/x",
    config: { access: { action: "a", resource: "b", class: "read" } },
  });
});

test("access: host names that are not ours are refused before anything else (DNS rebinding)", async (t) => {
  const desk = await openDesk(t, { names: ["csms.example"] });
  const status = async (host: string) =>
    (await desk.api.app.inject({ method: "GET", url: "/healthz", headers: { host } })).statusCode;
  for (const host of ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:8080", "csms.example:443"]) {
    assert.equal(await status(host), 200, host);
  }
  const wrong = [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.2",
    "[::2]",
    "localhost:x",
    "a b",
    "localhost/x",
  ];
  for (const host of wrong) assert.equal(await status(host), 421, host);
});

test("the document that is checked in is the one that the routes make", async () => {
  const kept = readFileSync(new URL("openapi.json", import.meta.url), "utf8");
  assert(
    kept === (await openapiText()),
    "openapi.json is not what the routes make: look at the difference, then run node apps/csms/api/write-openapi.ts",
  );
});
