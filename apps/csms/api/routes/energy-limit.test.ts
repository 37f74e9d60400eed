/** A limit of a site's power for a time, over the API and the real core. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { example } from "../../energy/testing/example.ts";
import { lyon, put } from "../testing/lyon.ts";

test("a limit for a time: set, read, taken back; without an end, without a reason, too long or unmanaged it is refused in words", async (t) => {
  const { desk, browser } = await lyon(t);
  const where = "/api/v1/sites/lyon/limit";
  const nowMs = desk.time.now().wallMs;
  const post = (body: object) => browser.ask({ method: "POST", url: where, body });
  const untilMs = nowMs + 3_600_000;
  const unmanaged = await post({ limitW: 40_000, untilMs, why: "x" });
  assert.deepEqual([unmanaged.statusCode, unmanaged.json().code], [409, "energy-unmanaged"]);
  await put(browser, { text: example, base: 0, why: "first" });
  assert.equal(await browser.get("sites/lyon/limit"), null);
  const set = await post({ limitW: 40_000, untilMs, why: "main fuse" });
  assert.equal(set.statusCode, 200, set.body);
  const {
    limitW,
    untilMs: until,
    reason,
  } = await browser.get<{ limitW: number; untilMs: number; reason: string }>("sites/lyon/limit");
  assert.deepEqual([limitW, until, reason], [40_000, untilMs, "main fuse"]);
  for (const body of [
    { limitW: 1, why: "x" },
    { limitW: 1, untilMs: nowMs, why: "x" },
    { limitW: 1, untilMs: nowMs + 32 * 86_400_000, why: "x" },
    { limitW: 1, untilMs },
    { limitW: -1, untilMs, why: "x" },
    { limitW: 1.5, untilMs, why: "x" },
  ]) {
    const refused = await post(body);
    assert.equal(refused.statusCode, 400, JSON.stringify(body));
  }
  assert.match(
    (await post({ limitW: 1, why: "x" })).json().detail,
    /at most 31 days ahead: for longer, write it/,
  );
  assert.deepEqual((await post({ limitW: null, why: "done" })).json(), null);
  assert.equal(await browser.get("sites/lyon/limit"), null);
});
