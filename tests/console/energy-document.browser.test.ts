/** The document of a managed site, written in the console: faults at their lines, versions with reasons, strategies by what they mean. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksWell } from "./axe.ts";
import { noBrowser, open } from "./browser.ts";
import { at, button, energyOf, region } from "./managed-site.ts";

test("energy: a fault stands at its line before anything is saved; a saved document has a reason; another's version is not lost", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, { scenario: "managed", path: at("document") });
  const { page, complaints } = opened;
  const text = page.getByRole("textbox", { name: "Document, YAML or JSON" });
  await text.waitFor();
  await page.getByText("These get no power then: LPD-03, LPD-06.").waitFor();
  const find = page.getByRole("searchbox", { name: "Text or number of a line" });
  const found = page.locator("[data-found]");
  await find.fill("LPD-0");
  await page.getByText(/^1 of \d+ lines$/).waitFor();
  const first = Number(await found.textContent());
  await find.press("Enter");
  await page.getByText(/^2 of \d+ lines$/).waitFor();
  assert.ok(Number(await found.textContent()) > first);
  await find.fill("28");
  assert.equal(await found.textContent(), "28");
  assert.ok((await text.evaluate((field: HTMLTextAreaElement) => field.scrollTop)) > 0, "in sight");
  await find.fill("nowhere");
  await page.getByText("not found").waitFor();
  await looksWell(page);
  const written = await text.inputValue();
  await text.fill(written.replace("ratedMa: 100000", "ratedMa: 400000"));
  const fault = page.getByRole("button", { name: "line 11, energy.site.fuses[1].ratedMa" });
  await fault.waitFor();
  assert.ok(await button(page, "Save").isDisabled(), "a faulty document is not sent");
  await looksWell(page);
  await fault.click();
  const selected = await text.evaluate((field: HTMLTextAreaElement) =>
    field.value.slice(field.selectionStart, field.selectionEnd),
  );
  assert.match(selected, /id: deck-a, .*400000/);

  await text.fill(written.replace("ratedMa: 100000", "ratedMa: 80000"));
  await page.getByText("No fault was found.").waitFor();
  await page.route("**/energy/check", () => {});
  await text.fill(written.replace("ratedMa: 100000", "ratedMa: 80001"));
  await page.getByText("Checking").waitFor();
  assert.ok(await button(page, "Save").isDisabled(), "the verdict is of what stood there before");
  await page.unroute("**/energy/check");
  await text.fill(written.replace("ratedMa: 100000", "ratedMa: 80000"));
  await page.getByText("Save or discard what you wrote first.").waitFor();
  await button(page, "Save").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("cars that charge are lowered at once").waitFor();
  await button(dialog, "Save").click();
  await dialog.getByText("Write why.").waitFor();
  await dialog.getByLabel("Reason").fill("smaller fuse after inspection");
  await looksWell(page);
  const energy = energyOf(opened);
  energy.save({ person: "p2" } as never, { text: written, base: 7, why: "meanwhile" });
  await button(dialog, "Save").click();
  await dialog.getByText("Version 8 is the newest.").waitFor();
  assert.equal(await dialog.getByLabel("Reason").inputValue(), "smaller fuse after inspection");
  await button(dialog, "Cancel").click();
  assert.match(await text.inputValue(), /ratedMa: 80000/, "what was typed stays");
  await button(page, "Discard changes").click();
  await page.reload();
  await text.fill(written.replace("ratedMa: 100000", "ratedMa: 80000"));
  await page.getByText("No fault was found.").waitFor();
  await button(page, "Save").click();
  await dialog.getByLabel("Reason").fill("smaller fuse after inspection");
  await page.keyboard.press("Enter");
  await page.getByText("Saved as version 9.").waitFor();
  assert.match(energy.versions[0]?.text ?? "", /ratedMa: 80000/);
  const versions = region(page, "Versions");
  await versions.getByText("meanwhile").waitFor();
  await button(versions, "Put version 7 into the editor").click();
  await page.waitForFunction(() => document.querySelector("textarea")?.value.includes("ratedMa: 100000"));
  assert.deepEqual(complaints, []);
});

test("energy: a strategy is chosen by what it means; whoever may not write reads", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, { scenario: "managed", path: at("document") });
  const { page, csms, complaints } = opened;
  const strategy = region(page, "Strategy");
  await strategy.getByLabel("Own sun first").check();
  await strategy.getByLabel("Reason").fill("summer");
  await button(strategy, "Use this strategy").click();
  await strategy.getByLabel("Reason").waitFor({ state: "detached" });
  assert.ok(await strategy.getByLabel("Own sun first").isChecked());
  assert.equal(energyOf(opened).versions[0]?.reason, "summer");

  csms.signIn("Vera Klein", "viewer");
  await page.reload();
  await page.getByText("Only administrators change it.").waitFor();
  assert.equal(await button(page, "Save").count(), 0);
  assert.ok(await strategy.getByLabel("Low cost").isDisabled());
  assert.deepEqual(complaints, []);
});

test("energy: a site that is not managed begins with its own stations, and can be managed no more", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, { scenario: "quiet", path: at() });
  const { page, complaints } = opened;
  await region(page, "Power now").waitFor();
  const parts = page.getByRole("navigation", { name: "Parts of this site" });
  assert.deepEqual(await parts.getByRole("link").allTextContents(), ["Overview", "Document"]);
  await parts.getByRole("link", { name: "Document" }).click();
  await page.getByText("This site's energy is not managed").waitFor();
  await button(page, "Begin with an example").click();
  const text = page.getByRole("textbox", { name: "Document, YAML or JSON" });
  assert.match(await text.inputValue(), /station: LPD-01\n[\s\S]*station: LPD-04/);
  await page.getByText("No fault was found.").waitFor();
  await button(page, "Save").click();
  await page.getByRole("dialog").getByLabel("Reason").fill("first");
  await page.keyboard.press("Enter");
  await page.getByText("Saved as version 1.").waitFor();
  await parts.getByRole("link", { name: "Fuses" }).waitFor();
  await button(page, "Manage no more").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("is no longer managed").waitFor();
  await dialog.getByLabel("Reason").fill("moved out");
  await button(dialog, "Manage no more").click();
  await page.getByText("This site's energy is not managed").waitFor();
  assert.equal(energyOf(opened).versions[0]?.managed, false);
  assert.deepEqual(complaints, []);
});

test("energy: a document that cannot be asked for is no site that nobody manages", {
  skip: noBrowser,
}, async (t) => {
  const { page } = await open(t, { scenario: "managed", path: "/people" });
  await page.route("**/api/v1/sites/*/energy", (route) => route.fulfill({ status: 503, json: {} }));
  await page.goto(new URL(at(), page.url()).href);
  await button(page, "Try again").waitFor();
  assert.equal(await region(page, "Power now").count(), 0, "what a site has that nobody manages");
  await looksWell(page);
  await page.goto(new URL(at("fuses"), page.url()).href);
  await button(page, "Try again").waitFor();
  await page.goto(new URL(at(), page.url()).href);
  await button(page, "Try again").waitFor();
  await page.unroute("**/api/v1/sites/*/energy");
  await button(page, "Try again").click();
  await region(page, "Power flow").waitFor();
});
