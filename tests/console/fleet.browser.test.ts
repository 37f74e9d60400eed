/** The stations of the whole fleet as an operator looks for one: found, filtered, sorted, opened, and taken away as a file. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { looksWell } from "./axe.ts";
import { noBrowser, open, picture, views } from "./browser.ts";

const MANY = 10_000;
const title = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();
const rows = (page: Page) => page.locator("tbody tr[aria-rowindex]");

test("stations: one is found among ten thousand, by text, by filter and by order, all in the address; it opens", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, complaints } = await open(t, { scenario: "busy", path: "/sites" });
  for (let n = 0; n < MANY; n++) world.addStation("lyon-part-dieu", `FLEET-${String(n).padStart(5, "0")}`);
  await page.goto(new URL("/stations", page.url()).href);
  await title(page, "Stations");
  await page.getByText("10008 rows").waitFor();
  assert.ok((await rows(page).count()) < 80, "only what is in sight is drawn");

  await page.getByRole("button", { name: "Power" }).click();
  await page.getByRole("button", { name: "Power" }).click();
  await page.waitForURL(/sort=-power/);
  assert.match((await rows(page).first().textContent()) ?? "", /LPD-0/, "who draws most stands first");

  await page.getByRole("searchbox").fill("fleet-0777");
  await page.waitForURL(/find=fleet-0777/);
  await page.getByText("10 of 10008 rows").waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const lines = readFileSync(await (await saved).path(), "utf8")
    .trimEnd()
    .split("\r\n");
  assert.equal(lines.length, 11, "what is shown, and its head");
  await page.reload();
  assert.equal(await page.getByRole("searchbox").inputValue(), "fleet-0777");

  await page.getByRole("searchbox").fill("no such station");
  await page.getByText("No station is like that.", { exact: false }).waitFor();
  await page.getByRole("searchbox").fill("LPD");
  await page
    .getByRole("button", { name: "Offline" })
    .or(page.getByRole("link", { name: "Offline" }))
    .click();
  await page.waitForURL(/connected=no/);
  await page.getByRole("link", { name: "LPD-06" }).click();
  await title(page, "LPD-06");
  assert.deepEqual(complaints, []);
});

test("stations: none yet says how one is added", { skip: noBrowser }, async (t) => {
  const { page } = await open(t, { scenario: "nothing", path: "/stations" });
  await title(page, "No station yet");
  await page.getByText("npx wattward station add").waitFor();
});

for (const [scheme, width] of views) {
  test(`stations: looks well, ${scheme}, ${width} px`, { skip: noBrowser }, async (t) => {
    const { page, complaints } = await open(t, {
      scenario: "busy",
      path: "/stations",
      scheme,
      width,
    });
    await title(page, "Stations");
    await page.getByRole("link", { name: "LPD-01" }).waitFor();
    await page.screenshot({ path: picture(`stations-${width}-${scheme}`) });
    await looksWell(page);
    assert.deepEqual(complaints, []);
  });
}
