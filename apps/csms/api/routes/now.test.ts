/** The first page over the API: today as its reader has it, and what does not work in this process. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Browser, openDesk } from "../testing/desk.ts";

test("now: what the core says, every field of it, and what does not work here", async (t) => {
  const desk = await openDesk(t, { probes: { listener: () => undefined, store: () => "cannot be written" } });
  assert.equal((await new Browser(desk).ask({ url: "/api/v1/now" })).statusCode, 401);
  const browser = new Browser(desk);
  await browser.join("Ada");
  await browser.post("stations", { station: "CS-1", route: "site", site: "depot" });
  await desk.add("stations", { id: "P", admission: "pending" });
  const { wallMs: nowMs } = desk.time.now();
  const todayMs = Math.floor(nowMs / 86_400_000) * 86_400_000;
  const expected = await desk.core.query("fleet.now", { nowMs, todayMs });
  const { troubles, ...now } = (await browser.ask({ url: "/api/v1/now" })).json();
  assert.deepEqual(now, JSON.parse(JSON.stringify(expected)));
  assert.deepEqual(troubles, ["store: cannot be written"]);
  assert.deepEqual(
    now.needs.map(({ kind, next }: { kind: string; next: object }) => [kind, next]),
    [
      ["station-pending", { place: "station", id: "P" }],
      ["site-waiting", { place: "site", id: "depot" }],
    ],
  );
});

test("now: today began within the last 25 hours, or is no today", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  const { wallMs: nowMs } = desk.time.now();
  const ask = async (todayMs: number) =>
    (await browser.ask({ url: `/api/v1/now?todayMs=${todayMs}` })).statusCode;
  assert.deepEqual([await ask(nowMs), await ask(nowMs - 25 * 3_600_000)], [200, 200]);
  assert.deepEqual([await ask(nowMs + 1), await ask(nowMs - 25 * 3_600_000 - 1)], [400, 400]);
});

test("now: what is no site's id is told, rather than a quiet page", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  for (const site of ["Depot", "..", "%F0%9F%98%80"]) {
    assert.equal((await browser.ask({ url: `/api/v1/now?site=${site}` })).statusCode, 404, site);
  }
});
