/** What is wrong with a page as it stands, for everybody: axe's findings, and what reaches over its edge. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** axe's findings of WCAG 2.2 A and AA, as one line each. Its script goes in past the policy, as an extension's would. */
export async function findings(page: Page): Promise<string[]> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Runtime.evaluate", { expression: axe });
  const { result } = await cdp.send("Runtime.evaluate", {
    expression: `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then((r) =>
      JSON.stringify(r.violations.flatMap((v) => v.nodes.map((n) => v.impact + " " + v.id + ": " + n.target + " " + n.failureSummary))))`,
    awaitPromise: true,
  });
  return JSON.parse(String(result.value)) as string[];
}

/** Nothing found, and nothing wider than the window. */
export async function looksWell(page: Page): Promise<void> {
  assert.deepEqual(await findings(page), []);
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(over <= 0, `the page reaches ${over} px over the edge`);
}
