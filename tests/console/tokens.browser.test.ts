/** Tokens as an administrator keeps them: found, added, blocked with the effect read first; masked for everybody else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { looksWell } from "./axe.ts";
import { noBrowser, open, picture, views } from "./browser.ts";

const title = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();

test("tokens: one is added, with each fault at its field; blocked after its effect was read; let in again", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, complaints } = await open(t, { path: "/tokens" });
  await title(page, "No token yet");
  await page.getByRole("button", { name: "Add token" }).click();
  const dialog = page.getByRole("dialog");
  const add = dialog.getByRole("button", { name: "Add token" });
  const field = dialog.getByLabel("Token", { exact: true });
  await add.click();
  await dialog.getByText("Write the token.").waitFor();
  await field.fill("04 A1");
  await dialog.getByLabel("Ends after").fill("2020-01-01");
  await add.click();
  await dialog.getByText("without spaces").waitFor();
  await dialog.getByText("This day is over.", { exact: false }).waitFor();
  assert.equal(await field.inputValue(), "04 A1", "what was typed stays");
  assert.equal(world.cards.size, 0);
  await field.fill("04A1B2C3D41080");
  await dialog.getByLabel("Ends after").fill("");
  await add.click();
  await page.getByText("04A1B2C3D41080 may charge now.").waitFor();
  await title(page, "Tokens");

  world.addCard("04A1B2C3D41080", { open: 1 });
  await page.reload();
  await page.getByRole("button", { name: "Block 04A1B2C3D41080" }).click();
  await dialog.getByText("The session that runs with it now goes on until it ends.").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.equal(world.cards.get("04a1b2c3d41080")?.status, "Accepted");
  await page.getByRole("button", { name: "Block 04A1B2C3D41080" }).click();
  await dialog.getByRole("button", { name: "Block 04A1B2C3D41080" }).click();
  await page.getByText("04A1B2C3D41080 is blocked.").waitFor();
  assert.equal(world.cards.get("04a1b2c3d41080")?.status, "Blocked");

  await page.getByRole("button", { name: "Add token" }).click();
  await field.fill("04a1b2c3d41080");
  await add.click();
  await dialog.getByText("This token is here already: blocked.", { exact: false }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Unblock 04A1B2C3D41080" }).click();
  await dialog.getByRole("button", { name: "Unblock 04A1B2C3D41080" }).click();
  await page.getByText("04A1B2C3D41080 may charge again.").waitFor();
  assert.deepEqual(complaints, []);
});

test("tokens: ten thousand are searched and filtered, in the address; a row leads to its sessions", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, server } = await open(t, { scenario: "sessions", path: "/sites" });
  for (let n = 0; n < 10_000; n++) world.addCard(`EE${String(n).padStart(8, "0")}`, { changedAtMs: n });
  await page.goto(`${server.url}/tokens?status=Blocked`);
  await page.getByText(/^\d+ of 10140 rows$/).waitFor();
  await page.getByRole("link", { name: /^All/ }).click();
  await page.getByText("10140 rows").waitFor();
  assert.ok((await page.locator("tbody tr[aria-rowindex]").count()) < 80);
  await page.evaluate(() => globalThis.scrollTo(0, document.body.scrollHeight));
  await page.locator('tr[aria-rowindex="10141"]').waitFor();
  await page.getByRole("searchbox").fill("04");
  await page.waitForURL(/find=/);
  await page.evaluate(() => globalThis.scrollTo(0, 0));
  await page
    .getByTitle(/^Sessions of/)
    .first()
    .click();
  await page.waitForURL(/\/sessions\?token=/);
  await title(page, "Sessions");

  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: /^A place/ }).fill("ee00009876");
  await page.getByRole("option", { name: /^EE00009876/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("1 of 10140 rows").waitFor();
});

test("tokens: who may not set them sees their end, and is told who may", { skip: noBrowser }, async (t) => {
  const { page, csms, server } = await open(t, { scenario: "sessions", path: "/sites" });
  csms.me = { ...csms.signIn("Vera Viewer"), role: "viewer" };
  await page.goto(`${server.url}/tokens`);
  await page.getByText("Tokens are keys, so only their end is shown.", { exact: false }).waitFor();
  assert.equal(await page.getByRole("button", { name: /^(Block|Unblock|Renew|Add)/ }).count(), 0);
  for (const text of await page.locator("tbody code").allTextContents()) assert.match(text, /^….{4}$/);
});

for (const [scheme, width] of views) {
  test(`tokens: looks well, ${scheme}, ${width} px`, { skip: noBrowser }, async (t) => {
    const { page, complaints } = await open(t, {
      scenario: "sessions",
      path: "/tokens",
      scheme,
      width,
    });
    await title(page, "Tokens");
    await page.waitForLoadState("networkidle");
    await page.screenshot({ path: picture(`tokens-${width}-${scheme}`) });
    await looksWell(page);
    await page
      .getByRole("button", { name: /^Block/ })
      .first()
      .click();
    await page.getByRole("dialog").getByText("No station starts a session").waitFor();
    await page.screenshot({ path: picture(`token-block-${width}-${scheme}`) });
    await looksWell(page);
    assert.deepEqual(complaints, []);
  });
}
