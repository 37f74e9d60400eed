/** Commands as an operator gives them: the exact effect, a reason, then the life of it until it ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SITE } from "@wattward/console/testing";
import { noBrowser, open } from "./browser.ts";

const at = (station: string) => `/sites/${SITE}/stations/${station}`;

test("commands: a restart says what it does, asks why, and shows its life with the station's words", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, csms, complaints } = await open(t, { path: at("LPD-01") });
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Restart" }).click();
  await drawer.getByText("restarts as soon as its running session has ended. No car is cut off.").waitFor();
  await drawer.getByLabel("When").selectOption("hard");
  await drawer.getByText("restarts at once and cuts off 1 running session").waitFor();
  await drawer.getByRole("button", { name: "Restart station" }).click();
  await drawer.getByText("Write why").waitFor();
  assert.equal(world.commands.size, 0, "nothing was sent without a reason");

  await drawer.getByLabel("Reason").fill("screen is frozen");
  csms.refusal = {
    status: 429,
    code: "too-many-commands",
    title: "Too many commands wait for this station already.",
  };
  await drawer.getByRole("button", { name: "Restart station" }).click();
  await drawer.getByRole("alert").getByText("Too many commands").waitFor();
  assert.equal(await drawer.getByLabel("Reason").inputValue(), "screen is frozen", "what was typed stays");

  await drawer.getByRole("button", { name: "Restart station" }).click();
  await drawer.getByText("Waiting for an answer").waitFor();
  const command = [...world.commands.values()][0]!;
  assert.deepEqual(
    [command.action, command.payload, command.reason],
    ["Reset", { type: "Immediate" }, "screen is frozen"],
  );
  csms.moveCommand(command.id, { state: "sent", sentAtMs: Date.now() });
  await drawer.getByText("Sent", { exact: false }).first().waitFor();
  const outcome = {
    status: "Rejected",
    statusInfo: { reasonCode: "FirmwareUpdate", additionalInfo: "try at 04:00" },
  };
  csms.moveCommand(command.id, { state: "refused", endedAtMs: Date.now(), outcome });
  await drawer.getByText("Station says: Rejected · FirmwareUpdate · try at 04:00").waitFor();
  assert.equal(await drawer.getByText("Waiting for an answer").count(), 0);
  assert.deepEqual(complaints, []);
});

test("commands: a session is started in the words of the station's own version", {
  skip: noBrowser,
}, async (t) => {
  const { page, world } = await open(t, { scenario: "busy", path: at("LPD-07") });
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Start session" }).click();
  await drawer.getByRole("textbox", { name: "Token" }).fill("04A3B2C1D5E6F70819XX");
  await drawer.getByLabel("Reason").fill("driver called");
  await drawer.getByRole("button", { name: "Start session" }).click();
  await drawer.getByText("takes at most 18 characters").waitFor();
  await drawer.getByRole("textbox", { name: "Token" }).fill("04A3B2C1");
  await drawer.getByText("starts a session for token 04A3B2C1").waitFor();
  await drawer.getByRole("button", { name: "Start session" }).click();
  await drawer.getByText("Waiting for an answer").waitFor();
  const command = [...world.commands.values()][0]!;
  assert.equal(command.action, "RemoteStartTransaction");
  assert.deepEqual(command.payload, { connectorId: 1, idTag: "04A3B2C1" });
});

test("commands: only what can have an effect is offered", { skip: noBrowser }, async (t) => {
  const { page, server } = await open(t, { scenario: "busy", path: at("LPD-08") });
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Start session" }).waitFor();
  assert.equal(await drawer.getByRole("button", { name: "Stop session" }).count(), 0);
  assert.equal(await drawer.getByRole("button", { name: "Put into service" }).count(), 0);
  await page.goto(server.url + at("LPD-99"));
  await drawer.getByText("No station LPD-99 at this site.").waitFor();
});

test("commands: everything is reached by keyboard, and the focus goes back to where it was", {
  skip: noBrowser,
}, async (t) => {
  const { page, world } = await open(t);
  const tile = page.getByRole("link", { name: /^LPD-01 Charging/ });
  await tile.waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to content");
  await tile.focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await drawer.waitFor();
  const press = async (name: string) => {
    const button = drawer.getByRole("button", { name, exact: true });
    for (let n = 0; n < 30; n++) {
      if (await button.evaluate((element) => element === document.activeElement))
        return page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
    }
    throw new Error(`no way by Tab to ${name}`);
  };
  await press("Ask for a report");
  await page.keyboard.press("Tab");
  await drawer.getByLabel("Reason").focus();
  await page.keyboard.type("meter looks stuck");
  await press("Ask now");
  await drawer.getByText("Waiting for an answer").waitFor();
  assert.equal(world.commands.size, 1);
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  assert.ok(
    await tile.evaluate((element) => element === document.activeElement),
    "focus is back on the tile",
  );
});
