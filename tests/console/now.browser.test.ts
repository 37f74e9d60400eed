/** The first page as its reader uses it: is all well, what is worst, where to go with it; live, and honest when not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SITE } from "@wattward/console/testing";
import type { Page } from "playwright-core";
import { looksWell } from "./axe.ts";
import { noBrowser, open, picture } from "./browser.ts";

const needs = (page: Page) => page.getByRole("region", { name: "Needs you" });
const title = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();

test("now: the worst stands first, its next step leads there, by pointer and by keyboard, and back", {
  skip: noBrowser,
}, async (t) => {
  const { page, complaints } = await open(t, { scenario: "night", path: "/" });
  await page.getByText("1 thing cannot wait, 16 need a look, 1 waits for somebody.").waitFor();
  assert.equal(new URL(page.url()).pathname, "/now");
  const rows = needs(page).getByRole("listitem");
  assert.match((await rows.first().textContent()) ?? "", /annecy-lac has no link to here.*9 min/);
  await needs(page).getByRole("link", { name: "Open the site: annecy-lac" }).click();
  await title(page, "annecy-lac");
  await page.getByText("Site link down").waitFor();
  await page.goBack();
  await title(page, "Now");

  const fault = needs(page).getByRole("link", { name: "Open the station: LPD-04" }).first();
  await needs(page).getByRole("link", { name: "Open the site: annecy-lac" }).focus();
  await page.keyboard.press("Tab");
  assert.ok(await fault.evaluate((link) => link === document.activeElement), "one Tab from row to row");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/stations\/LPD-04/);
  await page.goBack();

  const command = needs(page).getByRole("link", { name: "See the command: LPD-04" });
  assert.match((await command.getAttribute("href")) ?? "", /^\/stations\/LPD-04\?tab=commands$/);
  await needs(page).getByRole("link", { name: "7 more like this" }).click();
  await rows.filter({ hasText: "GRE-28" }).waitFor();
  await page.reload();
  await rows.filter({ hasText: "GRE-28" }).waitFor();
  await needs(page).getByRole("link", { name: "Show fewer" }).click();
  await rows.filter({ hasText: "GRE-28" }).waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

test("now: what happens arrives by itself; a central system that is gone is said, with the age of what stands", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, csms } = await open(t, { path: "/now" });
  await page.getByText("All well. Nothing needs you.").waitFor();
  const station = world.stations.get("LPD-02")!;
  world.stations.set("LPD-02", { ...station, connectors: [world.connector(1, "Faulted", 0, "OverVoltage")] });
  world.happen(SITE, {
    kind: "station.status",
    station: "LPD-02",
    data: { evse: 1, connector: 1, status: "Faulted", errorCode: "OverVoltage" },
  });
  await needs(page).getByText("reports a fault on EVSE 1: over voltage").waitFor();
  await page.getByRole("link", { name: "Now 1 need" }).waitFor();
  await page.getByRole("region", { name: "What happened" }).getByText("is faulted").waitFor();

  csms.gone = true;
  // The last thing that is heard makes it ask, in vain.
  const asked = page.waitForEvent("requestfailed");
  world.happen(SITE, { kind: "station.disconnected", station: "LPD-03" });
  await asked;
  csms.cutStreams();
  const banner = page.getByRole("status").getByText("Live updates stopped");
  await banner.waitFor();
  assert.ok(await needs(page).getByText("reports a fault").isVisible(), "the last picture stays");
  csms.gone = false;
  world.stations.set("LPD-02", station);
  await page.getByRole("button", { name: "Try now" }).click();
  await banner.waitFor({ state: "detached" });
  await page.getByText("All well. Nothing needs you.").waitFor();
});

test("now: without the right it says so; the palette leads from there to every site and station", {
  skip: noBrowser,
}, async (t) => {
  const { page, csms } = await open(t, { scenario: "night", path: "/sites" });
  await title(page, "Sites");
  await page.getByRole("link", { name: "Without link 1" }).click();
  await page.getByRole("link", { name: "lyon-part-dieu" }).waitFor({ state: "detached" });
  csms.forbidden.add("now");
  await page.goto(new URL("/now", page.url()).href);
  await page.getByText("Your role does not allow this").waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: "grenoble-gare" }).waitFor();
  await page.keyboard.type("val-1");
  await page.getByRole("option", { name: /VAL-11/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/stations\/VAL-1\d/);
});

for (const [width, scheme] of [
  [1440, "dark"],
  [390, "light"],
] as const) {
  test(`now: axe finds nothing at ${width} px, whether much or nothing needs somebody`, {
    skip: noBrowser,
  }, async (t) => {
    for (const [scenario, seen] of [
      ["night", "1 thing cannot wait"],
      ["quiet", "All well. Nothing needs you."],
    ] as const) {
      const { page, complaints } = await open(t, { scenario, path: "/now", width, scheme });
      await page.getByText(seen).waitFor();
      await page
        .getByRole("img", { name: /^Power over the last hour/ })
        .first()
        .waitFor();
      await looksWell(page);
      await page.screenshot({ path: picture(`now-${scenario}-${width}-${scheme}`), fullPage: true });
      assert.deepEqual(complaints, []);
    }
  });
}
