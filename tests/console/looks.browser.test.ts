/**
 * Every page in both themes and both widths (see `views`): axe finds nothing, nothing reaches over the edge, the strict policy is not
 * breached. Leaves a picture of each for people to look at (see `picture`).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { INVITATION, type Scenario, SITE } from "@wattward/console/testing";
import type { Page } from "playwright-core";
import { looksWell } from "./axe.ts";
import { noBrowser, type Opened, open, picture, views } from "./browser.ts";

type Look = {
  readonly name: string;
  readonly scenario?: Scenario;
  readonly path?: string;
  readonly signedIn?: boolean;
  /** Brings the page to what is to be seen; must wait for it. */
  readonly to: (opened: Opened) => Promise<void>;
};
const heading =
  (name: string) =>
  async ({ page }: Opened) =>
    page.getByRole("heading", { level: 1, name }).waitFor();
const station = `/sites/${SITE}/stations/LPD-01`;

const looks: readonly Look[] = [
  { name: "busy", scenario: "busy", to: heading(SITE) },
  { name: "quiet", scenario: "quiet", to: heading(SITE) },
  { name: "fifty", scenario: "fifty", to: heading(SITE) },
  { name: "empty", scenario: "empty", to: heading(SITE) },
  { name: "linkless", scenario: "linkless", to: heading(SITE) },
  { name: "sites", scenario: "many", to: heading("Sites") },
  { name: "no-site", scenario: "nothing", to: heading("No site yet") },
  { name: "sign-in", signedIn: false, to: heading("Sign in") },
  { name: "join", signedIn: false, path: `/join#${INVITATION}`, to: heading("Join Wattward") },
  { name: "station", scenario: "busy", path: station, to: ({ page }) => page.getByRole("dialog").waitFor() },
  { name: "command", scenario: "busy", path: station, to: ({ page }) => commandForm(page) },
  { name: "lost", scenario: "busy", to: lost },
];

async function commandForm(page: Page): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: "Restart" }).click();
  await page.getByRole("button", { name: "Restart station" }).click();
  await page.getByText("Write why").waitFor();
}

async function lost({ page, csms }: Opened): Promise<void> {
  await page.getByRole("heading", { level: 1, name: SITE }).waitFor();
  await page.waitForLoadState("networkidle", { timeout: 500 }).catch(() => undefined);
  csms.gone = true;
  csms.cutStreams();
  await page.getByText("Live updates stopped").waitFor();
}

for (const look of looks) {
  for (const [scheme, width] of views) {
    test(`looks: ${look.name}, ${scheme}, ${width} px`, { skip: noBrowser }, async (t) => {
      const { name, to, ...wish } = look;
      const opened = await open(t, { ...wish, scheme, width });
      const { page } = opened;
      await to(opened);
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      await page.screenshot({
        path: picture(`${name}-${width}-${scheme}`),
        fullPage: !page.url().includes("/stations/"),
      });
      await looksWell(page);
      assert.deepEqual(opened.complaints, []);
    });
  }
}

test("looks: the theme is chosen by hand, kept over a reload, and there before anything is drawn", {
  skip: noBrowser,
}, async (t) => {
  const { page } = await open(t, { scheme: "light" });
  const scheme = () => page.evaluate(() => document.documentElement.dataset.mantineColorScheme);
  await page.getByRole("button", { name: "Dark" }).click();
  assert.equal(await scheme(), "dark");
  // Without its script the page can only have what public/theme.js did.
  await page.route("**/assets/*.js", (route) => route.abort());
  await page.reload();
  assert.equal(await scheme(), "dark");
  await page.unroute("**/assets/*.js");
  await page.reload();
  await page.getByRole("button", { name: "Auto" }).click();
  assert.equal(await scheme(), "light");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === "dark");
});
