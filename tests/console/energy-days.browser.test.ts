/** What a managed site's energy was: days and their figures, how wrong the forecasts are, and the first quarter of an hour of all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksWell } from "./axe.ts";
import { noBrowser, open, picture } from "./browser.ts";
import { at, energyOf, region } from "./managed-site.ts";

test("energy: with one quarter of an hour told a short range shows it; ranges are in the address; an error that nobody knows is no zero", {
  skip: noBrowser,
}, async (t) => {
  for (const width of [1440, 390]) {
    const opened = await open(t, { scenario: "managed", path: "/people", width });
    const { page, complaints } = opened;
    const energy = energyOf(opened);
    energy.pastQuarters = 1;
    energy.snapshot = { forecastError: { loadW: 0, solarW: 0, departureMin: 0 } };
    await page.goto(new URL(at(), page.url()).href);
    const plan = region(page, "Plan against what happened");
    const range = plan.getByRole("radiogroup", { name: "How much is shown" });
    const isChosen = (name: string) =>
      range
        .getByRole("radio", { name, exact: true })
        .and(page.locator(":checked"))
        .waitFor({ state: "attached" });
    // Short by itself while little is told.
    await isChosen("6 h");
    await plan.getByRole("img", { name: /From the grid at most .* kW so far\./ }).waitFor();
    await page.screenshot({ path: picture(`energy-first-quarter-${width}`), fullPage: true });
    await range.getByText("1 h", { exact: true }).click();
    await page.waitForURL(/plan=1h/);
    await page.reload();
    await isChosen("1 h");
    await looksWell(page);
    await page.goto(new URL(at("history"), page.url()).href);
    const error = region(page, "How wrong the forecasts are");
    await error.getByText("No forecast has been proven against a day yet.").waitFor();
    energy.snapshot = { forecastError: { loadW: 2_140, solarW: 0, departureMin: 0 } };
    energy.tell();
    await error.getByText("± 2.1 kW").waitFor();
    // Also of what a controller of before does not tell.
    assert.equal(await error.getByText("not known yet").count(), 4);
    energy.snapshot = {
      forecastError: { loadW: 2_140, solarW: 0, departureMin: 0, takenWh: 4_250, arrivals: 0.842 },
    };
    energy.tell();
    await error.getByText("± 4.25 kWh").waitFor();
    await error.getByText("± 0.84 an hour").waitFor();
    assert.equal(await error.getByText("not known yet").count(), 2);
    assert.deepEqual(complaints, []);
  }
});

test("energy: days add up to figures, more of them are asked for, and an unmeasured time is said", {
  skip: noBrowser,
}, async (t) => {
  const { page, complaints } = await open(t, { scenario: "managed", path: at("history") });
  const table = page.getByRole("table", { name: "Energy by day" });
  await table.waitFor();
  // A day is told from its first whole quarter of an hour on.
  const now = new Date(new Date().toLocaleString("en", { timeZone: "Europe/Paris" }));
  const hasBegun = now.getHours() > 0 || now.getMinutes() >= 15;
  assert.equal(await table.getByRole("row").count(), hasBegun ? 8 : 7);
  await page.getByText(/measured for 9\d % of the time/).waitFor();
  await page.getByText("± 34 min").waitFor();
  await region(page, "Modes").getByText("The grid meter is not trusted: frozen.").waitFor();
  await page.getByRole("link", { name: "30 days" }).click();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length > 25);
  assert.deepEqual(complaints, []);
});

test("energy: the peak stands among the figures of days", { skip: noBrowser }, async (t) => {
  for (const width of [1440, 390]) {
    const { page, complaints } = await open(t, { scenario: "managed", width, path: at("history") });
    await page.getByTitle(/The highest quarter of an hour drawn from the grid\./).waitFor();
    if (width > 1000) {
      await page.getByRole("button", { name: "Peak", exact: true }).click();
      await page.waitForURL(/sort=peak/);
    }
    await page.screenshot({ path: picture(`energy-peak-${width}`), fullPage: true });
    assert.deepEqual(complaints, []);
  }
});
