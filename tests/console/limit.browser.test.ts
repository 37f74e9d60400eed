/** A limit of a site's power for a time, as an administrator sets and ends it, and as everybody sees it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksWell } from "./axe.ts";
import { noBrowser, open, picture } from "./browser.ts";
import { at, button, energyOf, region } from "./managed-site.ts";

test("energy: an administrator limits a site for a time, with a reason, and ends it; what is wrong stands at its field", {
  skip: noBrowser,
}, async (t) => {
  for (const width of [1440, 390]) {
    const opened = await open(t, { scenario: "managed", width, path: at() });
    const { page, csms, complaints } = opened;
    const energy = energyOf(opened);
    const panel = region(page, "Limit for a time");
    await button(page, "Limit power…").click();
    assert.equal(await panel.count(), 0);
    const dialog = page.getByRole("dialog");
    await button(dialog, "Set this limit").click();
    await dialog.getByText("Write how much power there may be.").waitFor();
    await dialog.getByText("Write why.").waitFor();
    const most = dialog.getByLabel("Most power, kW");
    await most.fill("a lot");
    await dialog.getByText("A number of kilowatts from 0 to 10,000").waitFor();
    assert.equal(energy.limit, null, "nothing was sent");
    await most.fill("0");
    await dialog.getByText("No car charges until then.").waitFor();
    await most.fill("40,5");
    await dialog.getByLabel("For", { exact: true }).selectOption({ label: "2 h 00 min" });
    await dialog.getByText(/take 40\.5 kW together at most, until \d\d:\d\d\./).waitFor();
    await dialog.getByLabel("Reason").fill("cable work");
    await looksWell(page);
    await page.screenshot({ path: picture(`energy-limit-dialog-${width}`) });
    await button(dialog, "Set this limit").click();
    await dialog.waitFor({ state: "detached" });
    await panel.getByText("At most 40.5 kW together").waitFor();
    await panel.getByText(/^cable work, .* by /).waitFor();
    await page.getByText("Limited by a person").waitFor();
    const { limit } = energyOf(opened);
    assert(limit?.limitW === 40_500 && Math.abs(limit.untilMs - limit.atMs - 7_200_000) < 5_000);
    await page.screenshot({ path: picture(`energy-limit-set-${width}`), fullPage: true });

    csms.signIn("Olga Fuchs", "operator");
    await page.reload();
    await panel.getByText("At most 40.5 kW together").waitFor();
    assert.equal(await panel.getByRole("button").count(), 0, "only who may");
    energy.limit = null;
    await page.reload();
    await region(page, "Power flow").waitFor();
    assert.equal(await button(page, "Limit power…").count(), 0, "only who may");
    energy.limit = limit;
    csms.signIn();
    await page.reload();
    await button(panel, "End it now…").click();
    await dialog.getByLabel("Reason").fill("done sooner");
    await button(dialog, "End the limit").click();
    await panel.waitFor({ state: "detached" });
    assert.equal(energy.limit, null);
    assert.deepEqual(complaints, []);
  }
});

test("energy: a limit that a person set stands above all with its end", {
  skip: noBrowser,
}, async (t) => {
  for (const width of [1440, 390]) {
    const opened = await open(t, { scenario: "managed", width, path: at() });
    const { page, world, complaints } = opened;
    const energy = energyOf(opened);
    const untilWallMs = world.nowMs() + 3_600_000;
    energy.snapshot = { externalLimit: { kind: "ordered", limitW: 40_000, untilWallMs } };
    energy.tell();
    await page.getByText("Limited by a person").waitFor();
    await page.getByText(/takes 40\.0 kW together at most, until \d\d:\d\d\./).waitFor();
    await page.screenshot({ path: picture(`energy-limit-${width}`) });
    assert.deepEqual(complaints, []);
  }
});
