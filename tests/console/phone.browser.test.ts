/** Tables on a phone: what tells one row from another, and figures with their unit, are whole. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Scenario, SITE } from "@wattward/console/testing";
import { noBrowser, open } from "./browser.ts";

const tables: readonly { readonly name: string; readonly scenario: Scenario; readonly path: string }[] = [
  { name: "sessions", scenario: "busy", path: "/sessions" },
  { name: "outlets", scenario: "managed", path: `/sites/${SITE}?part=fuses` },
  { name: "days of energy", scenario: "managed", path: `/sites/${SITE}?part=history` },
];

for (const { name, scenario, path } of tables)
  test(`on a phone no cell of the table of ${name} is cut off`, { skip: noBrowser }, async (t) => {
    const { page } = await open(t, { scenario, path, width: 390 });
    await page.locator("tbody td").first().waitFor();
    const cells = await page.locator("table th, table td").evaluateAll((all) =>
      all.map(({ scrollWidth, clientWidth, textContent }) => ({
        text: textContent,
        isCut: scrollWidth > clientWidth,
      })),
    );
    assert(cells.length > 8, "rows are there");
    assert.deepEqual(
      cells.filter(({ isCut }) => isCut),
      [],
    );
  });
