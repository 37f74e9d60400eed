import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { HOST, openDesk } from "./testing/desk.ts";

const index = '<!doctype html><html><head></head><body><script src="/assets/a-1.js"></script></body></html>';
const script = `console.log(1);${" ".repeat(2000)}`;
const file = (text: string, type: string) => ({ bytes: Buffer.from(text), type });

async function pages(t: TestContext) {
  const desk = await openDesk(t, {
    consoleFiles: new Map([
      ["index.html", file(index, "text/html; charset=utf-8")],
      ["assets/a-1.js", file(script, "text/javascript; charset=utf-8")],
      ["icon.png", file("png", "image/png")],
    ]),
  });
  return (url: string, headers: Record<string, string> = {}) =>
    desk.api.app.inject({ method: "GET", url, headers: { host: HOST, ...headers } });
}

test("pages: every address of the console is its page, never cached, under a policy without anything inline", async (t) => {
  const get = await pages(t);
  for (const url of ["/", "/join", "/sites/north", "/index.html", "/some/unknown/place?x=1"]) {
    const reply = await get(url);
    assert.equal(reply.statusCode, 200, url);
    assert.equal(reply.body, index, url);
    assert.equal(reply.headers["cache-control"], "no-store", url);
    const policy = String(reply.headers["content-security-policy"]);
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/, url);
  }
});

test("pages: assets are cached for ever, compressed for who takes it; others are asked for again", async (t) => {
  const get = await pages(t);
  const plain = await get("/assets/a-1.js");
  assert.equal(plain.body, script);
  assert.match(String(plain.headers["cache-control"]), /immutable/);
  assert.equal(plain.headers["content-type"], "text/javascript; charset=utf-8");
  const packed = await get("/assets/a-1.js", { "accept-encoding": "br, gzip" });
  assert.equal(packed.headers["content-encoding"], "gzip");
  assert.equal(gunzipSync(packed.rawPayload).toString(), script);
  assert(packed.rawPayload.length < 200);
  const icon = await get("/icon.png", { "accept-encoding": "gzip" });
  assert.equal(icon.headers["content-encoding"], undefined);
  assert.equal(icon.headers["cache-control"], "no-cache");
  assert.equal(icon.body, "png");
});

test("pages: no path leads out of the built files; an asset that is gone is no page", async (t) => {
  const get = await pages(t);
  assert.equal((await get("/assets/gone.js")).statusCode, 404);
  assert.equal((await get("/api/v1/gone")).json().code, "not-found");
  const outside = [
    "/../package.json",
    "/assets/../../package.json",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/assets/%2e%2e%2f%2e%2e%2fpackage.json",
    "/..%5c..%5cpackage.json",
    "/assets/..%00/a",
    "/__proto__",
    "/constructor",
  ];
  for (const url of outside) {
    const reply = await get(url);
    assert.doesNotMatch(reply.body, /"version"|root:/, url);
    assert([200, 400, 404].includes(reply.statusCode), `${url}: ${reply.statusCode}`);
    if (reply.statusCode === 200) assert.equal(reply.body, index, url);
  }
});

test("pages: without a built console, a page says how to build it", async (t) => {
  const desk = await openDesk(t);
  const reply = await desk.api.app.inject({ method: "GET", url: "/", headers: { host: HOST } });
  assert.equal(reply.statusCode, 503);
  assert.match(reply.body, /npx wattward build/);
});
