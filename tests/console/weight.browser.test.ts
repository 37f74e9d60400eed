/** What the console costs: bytes on first load, and the browser's time while fifty stations report every second. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { buildConsole, dist, noBrowser, open } from "./browser.ts";

const FIRST_LOAD_BYTES_MAX = 250 * 1024;
/** 5 % of a core is the promise on an ordinary machine; a shared one, without a graphics card, gets room for noise. */
const BUSY_SHARE_MAX = 0.15;
const WATCHED_MS = 5_000;

test("weight: the script of the first load is at most 250 KB compressed, and nothing is inline", () => {
  buildConsole();
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const scripts = [...page.matchAll(/<(?:script|link)[^>]+(?:src|href)="\/([^"]+\.js)"/g)].map(
    (found) => found[1]!,
  );
  assert.ok(scripts.length >= 2, page);
  const bytes = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0);
  assert.ok(bytes <= FIRST_LOAD_BYTES_MAX, `${Math.round(bytes / 1024)} KB`);
  assert.doesNotMatch(page, /<style|style=|<script(?![^>]*\ssrc=)|\son[a-z]+=/i);
  assert.doesNotMatch(page, /https?:\/\//);
});

test("weight: fifty stations at 1 Hz leave the browser idle", { skip: noBrowser }, async (t) => {
  const { page, world } = await open(t, { scenario: "fifty" });
  await page.getByRole("heading", { level: 1 }).waitFor();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  const taskS = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    return metrics.find((metric) => metric.name === "TaskDuration")?.value ?? Number.NaN;
  };
  const report = () => {
    for (const session of world.sessions.values()) {
      world.meter(session, ((session.powerW ?? 0) % 21_000) + 137, (session.energyWh ?? 0) + 3);
    }
  };
  report();
  const before = await taskS();
  const timer = setInterval(report, 1_000);
  await page.waitForTimeout(WATCHED_MS);
  clearInterval(timer);
  const share = (await taskS()) - before;
  t.diagnostic(`${((100 * share * 1000) / WATCHED_MS).toFixed(1)} % of a core`);
  assert.ok((share * 1000) / WATCHED_MS < BUSY_SHARE_MAX, `${share} s of ${WATCHED_MS} ms`);
});
