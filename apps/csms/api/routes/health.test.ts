import assert from "node:assert/strict";
import { test } from "node:test";
import { apiLimits } from "../limits.ts";
import { Browser, HOST, openDesk } from "../testing/desk.ts";

test("health: alive says nothing of working; ready only while every part works, and says which does not", async (t) => {
  let listener: string | undefined;
  let commit: string | undefined;
  const probes = { listener: () => listener, "last commit": () => commit };
  const desk = await openDesk(t, { probes });
  const get = (url: string) => desk.api.app.inject({ method: "GET", url, headers: { host: HOST } });
  assert.deepEqual((await get("/healthz")).json(), { status: "ok" });
  assert.deepEqual((await get("/readyz")).json(), { ready: true, reasons: [] });
  listener = "not bound";
  commit = "the disk is full";
  const bad = await get("/readyz");
  assert.equal(bad.statusCode, 503);
  assert.deepEqual(bad.json(), {
    ready: false,
    reasons: ["listener: not bound", "last commit: the disk is full"],
  });
  assert.equal((await get("/healthz")).statusCode, 200);
});

test("health: a core that fails, or does not answer in time, is not ready", async (t) => {
  const desk = await openDesk(t);
  const get = () => desk.api.app.inject({ method: "GET", url: "/readyz", headers: { host: HOST } });
  const query = desk.core.query;
  desk.core.query = () => Promise.reject(new Error("gone"));
  assert.deepEqual((await get()).json().reasons, ["core: does not answer"]);
  desk.core.query = () => new Promise(() => {});
  let reply: { statusCode: number } | undefined;
  void get().then((given) => (reply = given));
  await desk.time.until(() => reply !== undefined, apiLimits.readyMs + 10);
  assert.equal(reply?.statusCode, 503);
  desk.core.query = query;
  assert.equal((await get()).statusCode, 200);
});

test("metrics: for those who signed in; requests are counted by route, never by address", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  await browser.ask({ url: "/api/v1/stations/SECRET-ID" });
  await desk.add("stations", { id: "A" });
  await desk.add("transactions", { id: "1", wire_id: "1", station_id: "A" });
  const reply = await browser.ask({ url: "/metrics" });
  assert.match(reply.body, /^wattward_transactions_open 1$/m);
  assert.match(String(reply.headers["content-type"]), /^text\/plain/);
  assert.match(
    reply.body,
    /wattward_http_requests_total\{method="GET",route="\/api\/v1\/stations\/:station",status="404"\} 1/,
  );
  assert(!reply.body.includes("SECRET-ID"));
});
