/** What an operator watches: values that arrive by themselves, age in sight, a lost stream that says so and recovers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SITE } from "@wattward/console/testing";
import type { Page } from "playwright-core";
import { noBrowser, open } from "./browser.ts";

const tile = (page: Page, station: string) =>
  region(page, "Stations").getByRole("link", { name: new RegExp(`^${station}`) });
const region = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

test("live: meter values, a new session and its end arrive without a reload", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, complaints } = await open(t);
  await tile(page, "LPD-01").getByText("10.9").waitFor();
  const navigations = await page.evaluate(() => performance.getEntriesByType("navigation").length);
  const session = [...world.sessions.values()][0]!;
  world.meter(session, 7_400, 6_900);
  await tile(page, "LPD-01").getByText("7.4").waitFor();
  await region(page, "Power now").getByText("7.4 kW").first().waitFor();
  await region(page, "Sessions").getByText("6.90 kWh").waitFor();

  const facts = { transaction: "01NEW", wireId: "9", evse: 1, state: "open", energyWh: 0, powerW: 22_000 };
  world.happen(SITE, {
    kind: "station.status",
    station: "LPD-02",
    data: { evse: 1, connector: 1, status: "Occupied" },
  });
  world.happen(SITE, { kind: "transaction.started", station: "LPD-02", data: { ...facts, token: "…BEEF" } });
  await tile(page, "LPD-02").getByText("Charging").waitFor();
  await region(page, "What happened").getByText("session started with token …BEEF").waitFor();
  await region(page, "Power now").getByText("29.4").waitFor();

  const end = { ...facts, state: "ended", energyWh: 1_250, powerW: null, reason: "EVDisconnected" };
  world.happen(SITE, { kind: "transaction.ended", station: "LPD-02", data: end });
  await region(page, "What happened").getByText("after 1.25 kWh: car unplugged").waitFor();
  assert.equal(await page.evaluate(() => performance.getEntriesByType("navigation").length), navigations);
  assert.deepEqual(complaints, []);
});

test("live: a lost stream says so, keeps what was known, and recovers with what was missed", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, csms } = await open(t);
  await tile(page, "LPD-01").getByText("10.9").waitFor();
  csms.gone = true;
  csms.cutStreams();
  const banner = page.getByRole("status").getByText("Live updates stopped");
  await banner.waitFor();
  assert.ok(await tile(page, "LPD-01").getByText("10.9").isVisible(), "the last picture stays");
  world.meter([...world.sessions.values()][0]!, 3_300, 7_000);
  csms.gone = false;
  await page.getByRole("button", { name: "Try now" }).click();
  await tile(page, "LPD-01").getByText("3.3").waitFor();
  await banner.waitFor({ state: "detached" });

  csms.cutStreams();
  await banner.waitFor();
  world.meter([...world.sessions.values()][0]!, 5_500, 7_100);
  await tile(page, "LPD-01").getByText("5.5").waitFor();
  await banner.waitFor({ state: "detached" });
});

test("live: unknown is a dash, old values show their age, offline says when it was last seen", {
  skip: noBrowser,
}, async (t) => {
  const { page } = await open(t, { scenario: "busy" });
  const offline = tile(page, "LPD-06");
  await offline.getByText("last seen 12 min ago").waitFor();
  assert.match((await offline.textContent()) ?? "", /– kWlast 8\.2 kW/);
  assert.match((await tile(page, "LPD-02").textContent()) ?? "", /11\.0 kW4 min old/);
  assert.match((await tile(page, "LPD-08").textContent()) ?? "", /Ready.*Free/);
  const row = page.getByRole("row").filter({ hasText: "No token" });
  assert.match((await row.textContent()) ?? "", /–.*Ended.*Answered offline/);
  await page.getByRole("row").filter({ hasText: "Needs review" }).getByTitle("start or end came").waitFor();
  const needs = page.getByRole("region", { name: "Needs you" });
  await needs.getByRole("link", { name: "See the command: LPD-04" }).waitFor();
  assert.equal(await needs.getByRole("listitem").count(), 4);
});

test("live: what is chosen stands in the address, and an address shows it again", {
  skip: noBrowser,
}, async (t) => {
  const { page, server } = await open(t, { scenario: "busy" });
  await page.getByRole("link", { name: "Faulted 1" }).click();
  await page.waitForURL(/state=faulted/);
  await page.getByText("30 min", { exact: true }).click();
  await page.waitForURL(/minutes=30/);
  await page.goto(`${server.url}/sites/${SITE}?state=faulted&minutes=30`);
  await tile(page, "LPD-04").waitFor();
  assert.equal(await tile(page, "LPD-01").count(), 0);
  assert.ok(await page.getByRole("radio", { name: "30 min" }).isChecked());
});

test("live: several sites are listed, one opens at once, none says what to do", {
  skip: noBrowser,
}, async (t) => {
  const many = await open(t, { scenario: "many" });
  await many.page.getByRole("link", { name: /grenoble-gare/ }).click();
  await many.page.getByRole("heading", { level: 1, name: "grenoble-gare" }).waitFor();
  await many.page.getByRole("main").getByRole("link", { name: "Sites" }).click();
  await many.page.getByRole("heading", { level: 1, name: "Sites" }).waitFor();
  const nothing = await open(t, { scenario: "nothing" });
  await nothing.page.getByText("npx wattward station add").waitFor();
  const unknown = await open(t, { path: "/sites/nowhere" });
  await unknown.page.getByRole("heading", { name: "No site has this id." }).waitFor();
});
