/** What people name things, on a phone: the longest words that a document and a reason may have, and names that are markup. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeEnergy } from "@wattward/console/testing";
import { looksWell } from "./axe.ts";
import { noBrowser, open } from "./browser.ts";
import { at, energyOf } from "./managed-site.ts";

const parts: readonly [part: string | undefined, seen: string][] = [
  [undefined, "Power flow"],
  ["fuses", "grid connection"],
  ["history", "Per kWh used"],
  ["guard", "unknown master"],
  ["document", "With no controller at all"],
];

for (const name of ["W".repeat(64), "<img src=x onerror=alert(1)>"])
  test(`energy: names such as ${name.slice(0, 8)}… stay what they are, and within a phone's page`, {
    skip: noBrowser,
  }, async (t) => {
    const opened = await open(t, { scenario: "managed", width: 390, path: "/people" });
    const { page, complaints } = opened;
    rename(energyOf(opened), name);
    let alerted = false;
    page.on("dialog", () => (alerted = true));
    for (const [part, seen] of parts) {
      await page.goto(new URL(at(part), page.url()).href);
      await page.getByText(seen).first().waitFor({ state: "attached" });
      await page.getByText("Mode: Conservative").waitFor();
      await looksWell(page);
    }
    assert.equal(alerted, false);
    assert.deepEqual(complaints, []);
  });

/** Fuses, sources, meters, outlets and masters of that name, and it as the reason of everything. */
function rename(energy: FakeEnergy, name: string): void {
  const renamed = <T>(told: T): T =>
    JSON.parse(
      JSON.stringify(told)
        .replaceAll(/"(deck-a|roof|bess|grid|LPD-03)"(?!:)/g, JSON.stringify(name))
        .replaceAll(/"(client|device|register|why|rule|reason)":"[^"]*"/g, (_, of) =>
          JSON.stringify({ [of]: name }).slice(1, -1),
        ),
    );
  const { live, document } = { live: energy.live.bind(energy), document: energy.document.bind(energy) };
  energy.live = () => renamed(live());
  energy.document = () => renamed(document());
  energy.refusals = renamed(energy.refusals);
  energy.modes = renamed(energy.modes);
  energy.snapshot = { mode: "conservative" };
}
