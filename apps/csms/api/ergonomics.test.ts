/** What the author of a script is told: each error says what was wrong, where, and what would do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Browser, HOST, openDesk } from "./testing/desk.ts";

type Told = readonly [what: string, asked: Parameters<Browser["ask"]>[0], status: number, detail: RegExp];

test("errors: each names the field and what would do", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  await browser.post("stations", { station: "CP-1", route: "direct" });
  const post = (url: string, body?: unknown) =>
    ({ method: "POST", url, ...(body === undefined ? {} : { body }) }) as const;
  const command = "/api/v1/stations/CP-1/commands";
  const reset = { action: "Reset", payload: { type: "Soft" }, reason: "why" };
  const rows: readonly Told[] = [
    ["no body", post("/api/v1/stations"), 400, /^The body must be a JSON object\.$/],
    ["a list", post("/api/v1/stations", []), 400, /^The body must be a JSON object\.$/],
    ["a field left out", post("/api/v1/stations", { station: "A" }), 400, /^body\/route: is missing\.$/],
    [
      "a word of its own",
      post("/api/v1/stations", { station: "A", route: "train" }),
      400,
      /^body\/route: must be one of: site, direct, either\.$/,
    ],
    [
      "a field of its own",
      post("/api/v1/stations", { station: "A", route: "direct", name: "x" }),
      400,
      /^body\/name: is not known here; there are: .*serial.*\.$/,
    ],
    [
      "a query of its own",
      { url: "/api/v1/stations?limit=5" },
      400,
      /^query\/limit: .*there are: .*most.*\.$/,
    ],
    ["too many rows", { url: "/api/v1/stations?most=1001" }, 400, /^query\/most: must be <= 1000\.$/],
    [
      "no such command",
      post(command, { ...reset, action: "Reboot" }),
      400,
      /^body\/action: must be one of: .*Reset/,
    ],
    ["a station that never came", post(command, reset), 409, /never connected.*once it has/],
    ["no such site", { url: "/api/v1/sites/none/history?fromMs=0&toMs=1000&stepMs=1000" }, 404, /^$/],
    ["no such address", { url: "/api/v1/nothing" }, 404, /^No GET at this address.*openapi\.json/],
    [
      "another method",
      { method: "DELETE", url: "/api/v1/sites" },
      404,
      /^No DELETE at this address.*openapi\.json/,
    ],
  ];
  for (const [what, asked, status, detail] of rows) {
    const reply = await browser.ask(asked);
    assert.equal(reply.statusCode, status, `${what}: ${reply.body}`);
    assert.equal(reply.headers["content-type"], "application/problem+json", what);
    assert.match(reply.json().detail ?? "", detail, what);
  }
});

test("errors: who is not let in is told what to send", async (t) => {
  const desk = await openDesk(t);
  for (const [headers, detail] of [
    [{}, /Authorization: Bearer TOKEN.*npx wattward token/],
    [{ authorization: "Bearer AAAA" }, /not known.*npx wattward token/],
    [{ authorization: "Token AAAA" }, /must read: Authorization: Bearer TOKEN/],
    [{ cookie: "__Host-wattward=AAAA" }, /session has ended/],
  ] as const) {
    const reply = await desk.api.app.inject({ url: "/api/v1/sites", headers: { host: HOST, ...headers } });
    assert.equal(reply.statusCode, 401);
    assert.match(reply.json().detail, detail);
  }
  const elsewhere = { host: HOST, origin: "https://evil.example" };
  const foreign = await desk.api.app.inject({
    method: "POST",
    url: "/api/v1/auth/login/options",
    headers: elsewhere,
  });
  assert.equal(foreign.statusCode, 403);
  assert.match(foreign.json().detail, /scripts leave the headers Origin/);
});

test("errors: a body of another type is told which header to send", async (t) => {
  const desk = await openDesk(t);
  const headers = { host: HOST, "content-type": "application/x-www-form-urlencoded" };
  const asked = { method: "POST", url: "/api/v1/auth/join/options", headers, payload: "a=b" } as const;
  const reply = await desk.api.app.inject(asked);
  assert.equal(reply.statusCode, 415);
  assert.match(reply.json().title, /Content-Type: application\/json/);
});
