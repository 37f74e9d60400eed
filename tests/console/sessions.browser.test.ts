/** Sessions as somebody looks for one, reads its curve, and takes them away as a file; ten thousand of them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DOUBTFUL, SESSIONS, WHOLE } from "@wattward/console/testing";
import type { Page } from "playwright-core";
import { looksWell } from "./axe.ts";
import { noBrowser, open, picture, views } from "./browser.ts";

const title = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();
const rows = (page: Page) => page.locator("tbody tr[aria-rowindex]");
const ALL = SESSIONS + 3;

test("sessions: ten thousand are scrolled, sorted and exported, and few are drawn at once", {
  skip: noBrowser,
}, async (t) => {
  const { page, complaints } = await open(t, { scenario: "sessions", path: "/sessions" });
  await title(page, "Sessions");
  await page.getByText("The newest 500; more below").waitFor();
  for (let n = 0; n < 3; n++) {
    await page.evaluate(() => globalThis.scrollTo(0, document.body.scrollHeight));
    await page.getByText(`The newest ${(1_000 + n * 500).toLocaleString("en")}; more below`).waitFor();
  }
  assert.ok((await rows(page).count()) < 80, "only what is in sight is drawn");
  await page.evaluate(() => globalThis.scrollTo(0, 0));

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const lines = readFileSync(await (await saved).path(), "utf8")
    .trimEnd()
    .split("\r\n");
  assert.equal(lines.length, ALL + 1);
  assert.match(lines[0] ?? "", /^Number,Started,Ended at,Station/);
  await page.getByText(`${ALL.toLocaleString("en")} sessions`).waitFor();

  await page.getByRole("button", { name: "Energy" }).click();
  await page.getByRole("button", { name: "Energy" }).click();
  await page.waitForURL(/sort=-energy/);
  assert.match((await rows(page).first().textContent()) ?? "", /5\d\.\d kWh/);
  await page.evaluate(() => globalThis.scrollTo(0, document.body.scrollHeight));
  await page.locator(`tr[aria-rowindex="${ALL + 1}"]`).waitFor();
  assert.ok((await rows(page).count()) < 80);
  assert.deepEqual(complaints, []);
});

test("sessions: every filter is in the address and narrows what is asked; nothing found says what to do", {
  skip: noBrowser,
}, async (t) => {
  const { page } = await open(t, { scenario: "sessions", path: "/sessions?which=ended&range=week" });
  await title(page, "Sessions");
  await page.getByLabel("Site").selectOption("lyon-part-dieu");
  await page.getByRole("searchbox").fill("LPD-03");
  await page.getByLabel("Token").fill("04A1B2C3D41080");
  await page.keyboard.press("Enter");
  await page.waitForURL(/token=.*1080/);
  await page.getByText("1 session", { exact: true }).waitFor();
  assert.ok(!page.url().includes("04A1B2"), "no whole token in the address");
  await page.reload();
  await page.getByRole("link", { name: WHOLE }).waitFor();
  await page.getByRole("button", { name: "Needs review" }).click();
  await page.getByText("No session is like that").waitFor();
  await page.getByRole("link", { name: "Clear all filters" }).click();
  await page.getByText("The newest 500; more below").waitFor();
  await page.getByRole("link", { name: DOUBTFUL }).click();
  await title(page, "Session on GRE-02");
});

test("a session: its curve is read by pointer and keys, with what bounded it; what is missing is said in words", {
  skip: noBrowser,
}, async (t) => {
  const { page, server, csms, complaints } = await open(t, {
    scenario: "sessions",
    path: `/sessions/${WHOLE}`,
  });
  await title(page, "Session on LPD-03");
  await page.getByText("62.0 kW by the limit of the whole station").waitFor();
  await page.getByText("Battery up to 90 %, as the session asked").waitFor();
  await page.getByText("18.42 EUR").waitFor();
  const curve = page.getByRole("slider");
  await curve.focus();
  await page.keyboard.press("Home");
  assert.match(
    (await curve.getAttribute("aria-valuetext")) ?? "",
    /Power 0\.0 kW.*Battery 14 %.*Limit 130\.0 kW/,
  );
  await page.keyboard.press("Escape");
  const box = (await curve.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.45, box.y + 120);
  await page.waitForFunction(() =>
    /Limit 62\.0 kW/.test(document.querySelector('[role="slider"]')?.getAttribute("aria-valuetext") ?? ""),
  );

  await page.goto(`${server.url}/sessions/${DOUBTFUL}`);
  await page.getByText("Look at these 2 things before it is billed").waitFor();
  await page.getByText("these numbers have not come: 3, 5–6.", { exact: false }).waitFor();
  await page.getByText("The station sends no power: it is reckoned from its meter.").waitFor();
  await page.getByText("Later, from the station, 3 h 00 min after", { exact: false }).first().waitFor();
  await page.getByText("Signed meter values").click();
  await page.getByText("OCMF", { exact: false }).waitFor();
  await page.goto(`${server.url}/sessions/NONE`);
  await title(page, "No session has this id.");
  csms.gone = true;
  await page.getByRole("link", { name: "Go to the sessions" }).click();
  await page.getByText("The central system does not answer", { exact: false }).waitFor();
  assert.deepEqual(complaints, []);
});

test("sessions: none yet says what comes first", { skip: noBrowser }, async (t) => {
  const { page } = await open(t, { scenario: "empty", path: "/sessions" });
  await title(page, "No session yet");
  await page.getByRole("link", { name: "Go to the stations" }).waitFor();
});

const looks = [
  ["sessions", "/sessions", "Sessions"],
  ["session", `/sessions/${WHOLE}`, "Session on LPD-03"],
  ["session-doubtful", `/sessions/${DOUBTFUL}`, "Session on GRE-02"],
] as const;
for (const [scheme, width] of views) {
  test(`sessions: looks well, ${scheme}, ${width} px`, { skip: noBrowser }, async (t) => {
    const { page, server, complaints } = await open(t, {
      scenario: "sessions",
      path: "/sessions",
      scheme,
      width,
    });
    for (const [name, path, heading] of looks) {
      if (!page.url().endsWith(path)) await page.goto(server.url + path);
      await title(page, heading);
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: picture(`${name}-${width}-${scheme}`), fullPage: name !== "sessions" });
      await looksWell(page);
    }
    assert.deepEqual(complaints, []);
  });
}
