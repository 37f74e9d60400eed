/** One station's page: a message found and its frame read, a variable changed to the end, a profile's curve, the address. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { looksWell } from "./axe.ts";
import { noBrowser, open, picture } from "./browser.ts";

const at = (search = "") => ({ scenario: "detailed" as const, path: `/stations/LPD-01${search}` });
/** Axe finds nothing; leaves a picture. */
async function seen(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: picture(`station-${name}`) });
  await looksWell(page);
}
const rows = (page: Page) => page.getByRole("row");

test("station: a message is found, read, and its raw frame shown; its address opens it again", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, complaints } = await open(t, at("?tab=messages"));
  await page.getByText("newest 200 messages").waitFor();
  await seen(page, "messages");
  await page.getByRole("searchbox").fill("formationviolation");
  await page.getByText("1 message", { exact: true }).waitFor();
  await page.getByRole("link", { name: /^GetVariables, Error/ }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("FormationViolation: empty list").waitFor();
  await drawer.getByText('"FormationViolation"', { exact: false }).waitFor();
  await drawer.getByText("was answered with an error").waitFor();
  await drawer.getByRole("button", { name: "Show the call" }).waitFor();
  assert.match(page.url(), /find=formationviolation.*message=\d+/);
  await page.reload();
  await drawer.getByText("FormationViolation: empty list").waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });

  await page.getByRole("searchbox").fill("");
  await page.getByLabel("What became of them").selectOption("repaired");
  await page.getByRole("link", { name: /^TransactionEvent, Call/ }).click();
  await drawer.getByText("MeterValuePeriodic").first().waitFor();
  await drawer.getByText("Repairs lists the rules").waitFor();
  await seen(page, "message");
  await page.keyboard.press("Escape");
  await page.getByLabel("What became of them").selectOption("");
  await page.getByText("newest 200 messages").waitFor();

  world.known("LPD-01").log(Date.now(), "station", [2, "new", "StatusNotification", { connectorId: 1 }]);
  await page.getByRole("link", { name: /^StatusNotification, Call/ }).waitFor();
  await page.getByRole("button", { name: "Load older messages" }).click();
  await page.getByText("newest 401 messages").waitFor();
  assert.ok((await rows(page).count()) < 80, "only what is in sight is drawn");
  assert.deepEqual(complaints, []);
});

test("station: a variable is searched, changed with a reason, and the command followed to its end", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, csms, complaints } = await open(t, at("?tab=variables&find=heartbeat"));
  await page.getByRole("link", { name: /HeartbeatInterval$/ }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("10 to 86400").first().waitFor();
  await drawer.getByLabel(/^New value/).fill("soon");
  await drawer.getByRole("button", { name: "Set value" }).click();
  await drawer.getByText("This takes a number.").waitFor();
  await drawer.getByText("Write why").waitFor();
  await drawer.getByLabel(/^New value/).fill("120");
  await drawer.getByLabel("Reason").fill("find it sooner when it is gone");
  await seen(page, "variable");
  await drawer.getByText("asked to set OCPPCommCtrlr.HeartbeatInterval to 120").waitFor();
  await drawer.getByRole("button", { name: "Set value" }).click();
  await drawer.getByText("Waiting for an answer").waitFor();
  const command = [...world.commands.values()].at(-1)!;
  assert.equal(command.action, "SetVariables");
  const known = world.known("LPD-01").variables;
  known[0] = { ...known[0]!, value: "120" };
  csms.moveCommand(command.id, { state: "accepted", sentAtMs: Date.now(), endedAtMs: Date.now() });
  await drawer.getByText("Accepted").waitFor();
  await drawer.getByText("120 s").waitFor();
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "Read only" }).click();
  await page.getByRole("searchbox").fill("security profile");
  await page.getByRole("link", { name: "SecurityCtrlr SecurityProfile" }).click();
  await drawer.getByText("lets nobody change this one").waitFor();
  assert.equal(await drawer.getByRole("button", { name: "Set value" }).count(), 0);
  assert.deepEqual(complaints, []);
});

test("station: ten thousand variables scroll; a profile is a curve; repairs are held strictly; commands are told", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, server, complaints } = await open(t, at("?tab=profiles"));
  const card = page.getByRole("article", { name: "Default for every session" });
  await card.getByRole("img", { name: /limit over time/ }).waitFor();
  await card.getByText(/^Steps: \d/).click();
  await card.getByText("4.2 kW").first().waitFor();
  await page.getByRole("article", { name: "Composite schedule" }).waitFor();
  await page
    .getByRole("article", { name: "For one session" })
    .getByText(/^\d+ A$/)
    .first()
    .waitFor();

  await seen(page, "profiles");

  await page.getByRole("link", { name: "Repairs", exact: true }).click();
  await page.getByText("time-without-zone").waitFor();
  await page.getByRole("button", { name: "Hold it strictly…" }).click();
  await page.getByText("is not billed").waitFor();
  await seen(page, "strict");
  await page.getByRole("dialog").getByRole("button", { name: "Hold it strictly" }).click();
  await page.getByText("Strictly: what breaks its schema is refused.").waitFor();
  assert.equal(world.detail("LPD-01")?.handling.strict, true);

  await page.getByRole("link", { name: "Commands", exact: true }).click();
  await page.getByText("Station says: Rejected · FirmwareUpdate").waitFor();
  await seen(page, "commands");
  await page.getByRole("link", { name: "Not done" }).click();
  await page.getByText("It could not be sent in time").waitFor();

  for (let n = 0; n < 10_000; n++)
    world.known("LPD-01").variable("Custom", `Number${n}`, { value: String(n) });
  await page.goto(`${server.url}/stations/LPD-01?tab=variables`);
  await page.getByText("10017 rows").waitFor();
  await page.evaluate(() => globalThis.scrollTo(0, document.body.scrollHeight));
  await page.getByRole("link", { name: "Custom Number9999" }).waitFor();
  assert.ok((await rows(page).count()) < 80);
  assert.deepEqual(complaints, []);
});

test("station: a viewer looks and is told why not more; what is not there, or cannot be read, says what to do", {
  skip: noBrowser,
}, async (t) => {
  const { page, csms, server } = await open(t, at("?tab=variables&variable=nothing"));
  await page.getByText("This variable is not known any more").waitFor();
  csms.signIn("Viv", "viewer");
  await page.goto(`${server.url}/stations/LPD-01`);
  await page.getByText("Your role may look, but not act.").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Restart" }).count(), 0);
  await page.goto(`${server.url}/stations/LPD-01?tab=repairs`);
  await page.getByText("Only an administrator changes this.").waitFor();
  await page.goto(`${server.url}/stations/NOBODY`);
  await page.getByRole("heading", { name: "No station is called NOBODY" }).waitFor();
  await page.goto(`${server.url}/stations/LPD-08?tab=messages`);
  await page.getByText("No message yet").waitFor();
  csms.forbidden.add("stations");
  await page.goto(`${server.url}/stations/LPD-01?tab=messages`);
  await page.getByText("Your role does not allow this").waitFor();
});

test("station: on a phone, in the dark, every part fits", { skip: noBrowser }, async (t) => {
  const { page, complaints } = await open(t, { ...at(), width: 390, scheme: "dark" });
  await page.getByText("Connection and make").waitFor();
  await seen(page, "overview-390-dark");
  for (const tab of ["Messages", "Variables", "Profiles"]) {
    await page.getByRole("link", { name: tab, exact: true }).click();
    await page.waitForFunction(() => !document.body.textContent.includes("Loading…"));
    await seen(page, `${tab.toLowerCase()}-390-dark`);
  }
  await page.getByRole("link", { name: "Messages", exact: true }).click();
  await page
    .getByRole("link", { name: /^TransactionEvent, Call/ })
    .first()
    .click();
  await page.getByRole("dialog").getByText("Raw frame", { exact: true }).waitFor();
  await seen(page, "message-390-dark");
  assert.deepEqual(complaints, []);
});
