/** What a station gets wrong, as its drawer shows it: the rule, how often, an example; and how it is handled. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SITE } from "@wattward/console/testing";
import { noBrowser, open } from "./browser.ts";

test("a station's drawer tells what it gets wrong, and anew when it is held strictly", {
  skip: noBrowser,
}, async (t) => {
  const { page, world, complaints } = await open(t, {
    scenario: "busy",
    path: `/sites/${SITE}/stations/LPD-01`,
  });
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("heading", { name: "What it gets wrong" }).waitFor();
  await drawer.getByText("time-without-zone").waitFor();
  await drawer.getByText("1204 times", { exact: false }).waitFor();
  await drawer.getByText("a time without a zone is read as UTC").waitFor();
  await drawer.getByText("Never pinged.").waitFor();

  const handling = { strict: true, pinned: "1.6", assumed: null, pinged: true, closeDeaf: false };
  world.manners.set("LPD-01", { handling, deviations: [] });
  world.happen(SITE, { kind: "station.handling", station: "LPD-01", data: { strict: true } });
  await drawer.getByText("Held strictly: nothing is repaired.").waitFor();
  await drawer.getByText("Only OCPP 1.6 is spoken with it.").waitFor();
  await drawer.getByText("Nothing that had to be repaired or passed over.").waitFor();
  assert.deepEqual(complaints, []);
});
