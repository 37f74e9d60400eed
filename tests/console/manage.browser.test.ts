/**
 * People, dispensations and settings as an administrator uses them: the exact effect before anything, secrets shown
 * once, refusals that say why; and what others are told. One browser for the three places.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { looksWell } from "./axe.ts";
import { addAuthenticator, noBrowser, open, picture } from "./browser.ts";

const button = (within: Page | Locator, name: string) => within.getByRole("button", { name, exact: true });
const focused = (of: Locator) => of.evaluate((element) => element === document.activeElement);
/** Tabs on until it has the focus. */
async function reach(page: Page, goal: Locator): Promise<void> {
  for (let n = 0; n < 40; n++) {
    if (await focused(goal)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`no way by Tab to ${goal}`);
}

test("people: an invitation says what it does, its link is shown once and copied, and it can be withdrawn", {
  skip: noBrowser,
}, async (t) => {
  const { page, csms, context, complaints } = await open(t, { scenario: "busy", path: "/people" });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("heading", { level: 1, name: "People" }).waitFor();
  await page.screenshot({ path: picture("people-1440-light") });
  await looksWell(page);
  await button(page, "Invite").focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("value") === "operator");
  await page.keyboard.press("ArrowDown");
  await dialog.getByText("may do everything, also remove you").waitFor();
  await dialog.getByLabel("Viewer").check();
  await looksWell(page);
  await reach(page, button(dialog, "Make the link"));
  await page.keyboard.press("Enter");
  const link = (await dialog.locator("code").textContent()) ?? "";
  assert.match(link, /\/join#/);
  await button(dialog, "Copy").click();
  await dialog.getByText("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
  await page.keyboard.press("Escape");
  assert.equal(await dialog.isVisible(), true, "what is shown once is not lost by a key");
  await button(dialog, "I have kept it").click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.getByText(link).count(), 0);
  assert.ok(await focused(button(page, "Invite")), "the focus is back");

  assert.equal(csms.managed.invitations.length, 2);
  await button(page, "Withdraw the invitation of viewer").click();
  await dialog.getByText("Its link opens nothing any more").waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "FIELDSET");
  await button(dialog, "Withdraw").click();
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(
    csms.managed.invitations.map(({ role }) => role),
    ["operator"],
  );
  const lost = await page.evaluate(() => document.activeElement === document.body);
  assert.equal(lost, false, "what asked is gone; the focus is not");
  assert.deepEqual(complaints, []);
});

test("people: role, passkey, session and person are changed with their effect said; the last administrator stays", {
  skip: noBrowser,
}, async (t) => {
  const { page, csms, complaints } = await open(t, { scenario: "busy", path: "/people" });
  const person = (id: string) => csms.managed.people.find((it) => it.id === id);
  await page.getByRole("link", { name: "Ada Laurent" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("The last administrator with a passkey").waitFor();
  await drawer.getByText("The last passkey of an administrator").waitFor();
  assert.equal(await drawer.getByLabel("Viewer").isDisabled(), true);
  assert.equal(await drawer.getByRole("button", { name: /^Remove/ }).count(), 0);
  await looksWell(page);
  await addAuthenticator(page);
  await button(drawer, "Add a passkey").click();
  await drawer.getByText("The passkey is kept").waitFor();
  assert.equal(person("p1")?.passkeys.length, 2);
  await drawer.getByText("The last passkey of an administrator").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");

  await page.goto(new URL("/people/p2", page.url()).href);
  await drawer.getByLabel("Administrator").check();
  await drawer.getByText("is an administrator from now on").waitFor();
  await button(drawer, "Cancel").click();
  assert.equal(person("p2")?.role, "operator");
  await drawer.getByLabel("Viewer").check();
  await button(drawer, "Change role").click();
  await button(drawer, "Change role").waitFor({ state: "detached" });
  assert.equal(person("p2")?.role, "viewer");
  await button(drawer, "End: Browser").click();
  await drawer.getByText("signed out at once").waitFor();
  await page.keyboard.press("Escape");
  await drawer.getByText("signed out at once").waitFor({ state: "detached" });
  assert.equal(await drawer.isVisible(), true, "Escape leaves the question, not the drawer");
  assert.ok(await focused(button(drawer, "End: Browser")), "the focus is back on what asked");
  await button(drawer, "Remove Benoît Marchal").click();
  await drawer.getByText("Takes the role, 2 passkeys and 1 session away").waitFor();
  await looksWell(page);
  await reach(page, button(drawer, "Remove Benoît Marchal"));
  await page.keyboard.press("Enter");
  await drawer.waitFor({ state: "detached" });
  assert.equal(person("p2")?.role, "none");
  await page.getByRole("link", { name: "Have left" }).click();
  await page.getByRole("link", { name: "Benoît Marchal" }).waitFor();

  await page.goto(new URL("/people/p1", page.url()).href);
  await button(drawer, "End: This browser").click();
  await drawer.getByText("You are signed out here at once").waitFor();
  await drawer.getByRole("group").getByRole("button", { name: "End: This browser" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.deepEqual(complaints, []);
});

test("dispensations: one is given with its password shown once, refused at its field, and ended with what closes", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, csms, complaints } = await open(t, {
    ...{ scenario: "busy", path: "/dispensations", width: 390, scheme: "dark" },
  });
  await page.getByRole("table").waitFor();
  await looksWell(page);
  await page.screenshot({ path: picture("dispensations-390-dark") });
  await button(page, "Give dispensation").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Until the end of").fill("2020-01-01");
  await button(dialog, "Give dispensation").click();
  await dialog.getByText("Write the id of the station.").waitFor();
  await dialog.getByText("This day is over.").waitFor();
  await looksWell(page);
  const soon = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
  await dialog.getByLabel("Until the end of").fill(soon);
  await dialog.getByLabel("1: password").check();
  await dialog.getByText("Nothing is encrypted").waitFor();
  for (const [station, why] of [
    ["NOBODY", "No station has this id."],
    ["LPD-08", "has come by security profile 3 before"],
  ] as const) {
    await dialog.getByRole("combobox", { name: "Station" }).fill(station);
    await button(dialog, "Give dispensation").click();
    await dialog.getByText(why).waitFor();
    assert.equal(await dialog.getByLabel("Until the end of").inputValue(), soon, "what was typed stays");
  }
  await dialog.getByRole("combobox", { name: "Station" }).fill("LPD-06");
  await dialog.getByText("It has one until").waitFor();
  await button(dialog, "Give dispensation").click();
  await dialog.getByText("LPD-06 has its dispensation").waitFor();
  assert.match((await dialog.locator("code").textContent()) ?? "", /^[0-9a-f]{40}$/);
  await button(dialog, "I have kept it").click();
  const given = csms.managed.dispensations.find(({ station }) => station === "LPD-06");
  assert.deepEqual([given?.securityProfile, given?.givenBy], [1, "p1"]);

  const station = world.stations.get("LPD-06");
  assert(station !== undefined);
  world.stations.set("LPD-06", { ...station, connected: true, securityProfile: 1 });
  await button(page, "End the dispensation of LPD-06").click();
  await dialog.getByText("this connection closes at once").waitFor();
  await button(dialog, "End dispensation").click();
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(
    csms.managed.dispensations.map(({ station }) => station),
    ["GRE-07"],
  );
  await page.getByText("GRE-07").waitFor();
  assert.equal(await page.getByText("LPD-06").count(), 0);
  assert.deepEqual(complaints, []);
});

test("settings: a value out of range stands at its field; one that deletes asks once more; who changed it is shown", {
  skip: noBrowser,
}, async (t) => {
  const { page, csms, complaints } = await open(t, { scenario: "busy", path: "/settings" });
  const value = (name: string) => csms.managed.settings.find((it) => it.name === name)?.value;
  await page.getByText("Changed by Benoît Marchal").waitFor();
  await looksWell(page);
  await page.screenshot({ path: picture("settings-1440-light"), fullPage: true });
  const change = button(page, "Change: Heartbeat interval");
  await change.focus();
  await page.keyboard.press("Enter");
  assert.ok(await focused(page.getByLabel("Value")), "the field has the focus");
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await page.getByText("Write a whole number, 10 to 86,400 s.").waitFor();
  assert.equal(value("heartbeat_interval_s"), 120);
  await page.getByLabel("Value").fill("900");
  await page.getByText("From 120 s (2 min) to 900 s (15 min), from now on.").waitFor();
  await looksWell(page);
  await page.keyboard.press("Enter");
  await page.getByText("Changed by Ada Laurent").waitFor();
  assert.equal(value("heartbeat_interval_s"), 900);
  assert.ok(await focused(change), "the focus is back on the button");

  await page.goto(new URL("/settings?edit=message_log_days", page.url()).href);
  await page.getByLabel("Value").fill("7");
  await button(page, "Go on").click();
  assert.equal(value("message_log_days"), 30, "not before it is confirmed");
  await page.getByText("deleted and does not come back").waitFor();
  await button(page, "Change it").click();
  await button(page, "Change: Messages kept").waitFor();
  assert.equal(value("message_log_days"), 7);
  assert.deepEqual(complaints, []);
});

test("people, settings, dispensations: others are told who may, and keep what is theirs", {
  skip: noBrowser,
}, async (t) => {
  const { page, csms, server, complaints } = await open(t, { scenario: "busy", width: 390 });
  csms.signIn("Omar Diallo", "operator");
  await page.goto(`${server.url}/people`);
  await page.getByText("Only administrators see people.").waitFor();
  await button(page, "Add a passkey").waitFor();
  await looksWell(page);
  const places = page.getByRole("navigation", { name: "Places" });
  assert.equal(await places.getByRole("link", { name: "Settings" }).count(), 0);
  await page.goto(`${server.url}/settings`);
  await page.getByText("Only administrators see settings.").waitFor();
  await page.goto(`${server.url}/dispensations`);
  await page.getByText("Only administrators give and end dispensations.").waitFor();
  await page.getByRole("table").waitFor();
  assert.equal(await page.getByRole("button", { name: /Give dispensation|^End/ }).count(), 0);
  assert.deepEqual(complaints, []);
});
