/**
 * A managed site as its energy manager uses it: what flows, in which mode and why, the plan against what happened, fuses with their load, what the
 * guard refused, energy by day, and the document that all of it follows from. Nothing unknown is a zero; what is old says so.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeEnergy, SITE } from "@wattward/console/testing";
import { looksWell } from "./axe.ts";
import { noBrowser, open, picture, views } from "./browser.ts";
import { at, energyOf, region } from "./managed-site.ts";

test("energy: the power flow says size and direction of each, live, and a dash where nobody knows", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, { scenario: "managed", path: at() });
  const { page, complaints } = opened;
  const flow = region(page, "Power flow");
  const image = flow.getByRole("img", { name: /^Power now\./ });
  await image.waitFor();
  const said = (await image.getAttribute("aria-label")) ?? "";
  for (const sentence of [
    "Solar: 18.6 kW, producing.",
    "Grid: 41.8 kW, drawn from it.",
    "Battery: 12.4 kW, discharging.",
    "Cars: 50.5 kW, charging.",
    "Building: 22.3 kW, in use.",
  ])
    assert.ok(said.includes(sentence), `${sentence} in ${said}`);
  await flow.getByText("deck-a, L2: 47 % of its rating now").waitFor();
  await page.getByText("Planned").first().waitFor();

  const energy = energyOf(opened);
  energy.snapshot = { flows: { gridW: -6_000, batteryW: -3_000, carsW: 0 } };
  energy.tell();
  await flow.getByText("fed into it").waitFor();
  await flow.getByText("none charging").waitFor();
  const after = (await image.getAttribute("aria-label")) ?? "";
  assert.match(after, /Solar: –, not known\..*Grid: 6\.0 kW, fed into it\..*Battery: 3\.0 kW, charging\./);
  assert.match(after, /Building: –, not known\./, "unknown is no zero");
  assert.equal(await flow.locator("g[data-way=unknown] path").count(), 2, "no arrow where nobody knows");
  assert.deepEqual(complaints, []);
});

test("energy: a degraded mode, a limit from outside and a site on its own stand above all, with what they mean", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, { scenario: "degraded", path: at() });
  const { page, complaints } = opened;
  await page.getByText("Mode: Conservative").waitFor();
  await page.getByText("The grid meter is not trusted: frozen.").first().waitFor();
  await page.getByText("limits everything that is controlled to 33.6 kW").waitFor();
  await page.getByText("More base load than was declared at main.").waitFor();
  await page.getByText("Islanded", { exact: true }).waitFor();
  await page.getByText("There is no plan now; what happened is shown.").waitFor();
  await page.getByRole("link", { name: "Fuses" }).click();
  await region(page, "Meters").getByText("It repeats the same figures to the last digit.").waitFor();
  await region(page, "Fuses").getByText("more than declared").waitFor();

  const energy = energyOf(opened);
  energy.snapshot = { mode: "fallback", reason: "The energy controller gives no sign of life." };
  energy.tell();
  await page.getByText("Mode: Fallback").waitFor();
  await page.getByText("shares a fixed total that is safe without any meter").waitFor();
  energy.snapshot = {};
  energy.tell();
  await page.getByText("Mode: Fallback").waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

test("energy: what a site told a while ago is shown with its age, and moves no more", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, { scenario: "managed", path: "/now" });
  const { page } = opened;
  energyOf(opened).toldAtMs = Date.now() - 130_000;
  await page.goto(new URL(at(), page.url()).href);
  await page.getByText("The site has told nothing of its energy").waitFor();
  await region(page, "Power flow")
    .getByText(/told 2 min ago/)
    .waitFor();
  await page.locator("[data-freshness=stale]").waitFor();
  assert.equal(await page.locator("[data-freshness=stale] [class*=dots]").count(), 0);
  energyOf(opened).snapshot = undefined;
  await page.reload();
  await page.getByText("What flows there now is not known").waitFor();
  await page.getByText("As a table").waitFor();
});

test("energy: without its link nothing of a site is said to be so now: what was told last is shown, and since when", {
  skip: noBrowser,
}, async (t) => {
  for (const width of [1440, 390]) {
    const opened = await open(t, { scenario: "managed", path: "/now", width });
    const { page, world, complaints } = opened;
    const lostAtMs = Date.now() - 45_000;
    energyOf(opened).toldAtMs = lostAtMs;
    world.needs = [];
    for (const station of [...world.stations.values()])
      world.stations.set(station.id, { ...station, connected: false });
    world.sites.set(SITE, { ...world.sites.get(SITE)!, connected: false, seenAtMs: lostAtMs });
    world.happen(SITE, { kind: "site.disconnected", source: "site", data: {} });

    await region(page, "Needs you")
      .getByText("has no link to here. What its 8 stations do is not known")
      .waitFor();
    await page.getByText(/No link 4\d s/).waitFor();
    await page.getByText(/of it last told by sites without link/).waitFor();
    await looksWell(page);

    await page.goto(new URL(at(), page.url()).href);
    await region(page, "Needs you").getByText("has no link to here.").waitFor();
    assert.equal(await page.getByText("All well").count(), 0);
    await page.getByText("The site has told nothing of its energy").waitFor();
    await region(page, "Power flow")
      .getByText(/told (4\d|5\d) s ago/)
      .waitFor();
    await page.getByText(/last told (4\d|5\d) s ago/).waitFor();
    await page.getByText("Clock was synced").waitFor();
    const sessions = region(page, "Sessions");
    await sessions.getByText("Was running").first().waitFor();
    assert.equal(await sessions.getByText("Running", { exact: true }).count(), 0);
    for (const untrue of ["charges by itself", "charging goes on", "Islanded", "Clock synced"])
      assert.equal(await page.getByText(untrue).count(), 0, untrue);
    await looksWell(page);
    await page.screenshot({ path: picture(`energy-unlinked-${width}`), fullPage: true });

    await page.goto(new URL(at("fuses"), page.url()).href);
    await region(page, "Fuses")
      .getByText(/told (4\d|5\d) s ago/)
      .waitFor();
    assert.equal(await page.getByText("has not been told of yet").count(), 0);
    await looksWell(page);
    await page.screenshot({ path: picture(`energy-unlinked-fuses-${width}`), fullPage: true });

    await page.goto(new URL("/sessions", page.url()).href);
    await page.getByText("Was running").or(page.getByText(/ old/)).first().waitFor();
    await looksWell(page);
    assert.deepEqual(complaints, []);
  }
});

test("energy: a site that told before, and nothing since the central system started, is another than one that never did", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, { scenario: "managed", path: "/people" });
  const { page, world } = opened;
  const energy = energyOf(opened);
  energy.snapshot = undefined;
  await page.goto(new URL(at(), page.url()).href);
  await page.getByText("What flows there now is not known").waitFor();
  await page.getByText("It tells about once a second while its controllers run").waitFor();
  world.sites.set(SITE, { ...world.sites.get(SITE)!, connected: false });
  await page.reload();
  await page.getByText("has told nothing since the central system started").waitFor();
  world.sites.set(SITE, { ...world.sites.get(SITE)!, connected: true });
  energy.pastQuarters = 0;
  await page.reload();
  await page.getByText("The site has not told of its energy yet.").waitFor();
});

test("energy: plan and past can be read as a table, and each line is switched by its name", {
  skip: noBrowser,
}, async (t) => {
  const { page, complaints } = await open(t, { scenario: "managed", path: at() });
  const plan = region(page, "Plan against what happened");
  await plan
    .getByRole("img", { name: /From the grid at most .* kW so far\. Planned from the grid: at most/ })
    .waitFor();
  const battery = plan.getByRole("button", { name: "Battery" });
  assert.equal(await battery.getAttribute("aria-pressed"), "false");
  await battery.focus();
  await page.keyboard.press("Enter");
  assert.equal(await battery.getAttribute("aria-pressed"), "true");
  await plan.getByText("As a table").click();
  await plan.getByRole("row").nth(20).waitFor();
  assert.deepEqual(complaints, []);
});

test("energy: what the energy controller noticed is told in words among what happened", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, { scenario: "managed", path: at() });
  const { page, world } = opened;
  const happened = region(page, "What happened");
  await happened.waitFor();
  const detail = JSON.stringify({ battery: "bess", charge: "jumps" });
  world.happen(SITE, {
    kind: "observed",
    source: "site",
    data: { what: "energy.battery", detail: { detail } },
  });
  await happened.getByText("the charge that battery bess tells is not believed: it jumps").waitFor();
});

test("energy: on a phone a bar that goes on beyond its end fades there", { skip: noBrowser }, async (t) => {
  const { page } = await open(t, { scenario: "managed", width: 390, path: at() });
  const tabs = page.getByRole("navigation", { name: "Parts of this site" });
  await tabs.and(page.locator("[data-more=end]")).waitFor();
  await tabs.getByRole("link", { name: "Document" }).click();
  await tabs.and(page.locator("[data-more=start]")).waitFor();
});

test("energy: fuses lead to their outlets, which say what they were granted, draw, and why", {
  skip: noBrowser,
}, async (t) => {
  const { page, complaints } = await open(t, { scenario: "managed", path: at("fuses") });
  const fuses = region(page, "Fuses");
  await fuses
    .getByText("L2: 47 A now; 92 of 100 A reserved: base load 0 A, cars may draw 92 A")
    .waitFor({ state: "attached" });
  await fuses.getByText("not measured", { exact: true }).first().waitFor();
  await fuses.getByText("as declared").waitFor();
  await fuses.getByRole("link", { name: "4 outlets" }).last().click();
  await page.waitForURL(/fuse=deck-b/);
  const table = page.getByRole("table", { name: "Outlets" });
  await table.getByText("LPD-01").waitFor({ state: "detached" });
  const disobeys = table.getByRole("row").filter({ hasText: "LPD-05" });
  assert.match(
    (await disobeys.textContent()) ?? "",
    /Does not obey.*10 A.*› 14 A.*32 A.*held back until it obeys/,
  );
  await table.getByRole("row").filter({ hasText: "LPD-06" }).getByText("It does not answer").waitFor();
  await page.getByRole("img", { name: "Charge of bess: 64 %" }).waitFor();
  await region(page, "Devices").getByText("solar, does not answer for 4 min").waitFor();
  await table.getByRole("link", { name: "LPD-07" }).click();
  await page.waitForURL(/\/stations\/LPD-07/);
  assert.deepEqual(complaints, []);
});

test("energy: what the guard refused is decoded, found by client, and opened with its frame", {
  skip: noBrowser,
}, async (t) => {
  const { page, complaints } = await open(t, { scenario: "managed", path: at() });
  const last = region(page, "What the guard refused");
  await last.getByText("-180 % is below -100 %").waitFor();
  await last.getByText(/90 times since \d\d:\d\d/).waitFor();
  assert.equal(await last.getByRole("listitem").count(), 5);
  await last.getByRole("link", { name: "All that was refused" }).click();
  await page.waitForURL(/part=guard/);
  const table = page.getByRole("table", { name: "What the guard refused" });
  await table.getByText("unknown master").waitFor();
  const again = table.getByRole("row").filter({ hasText: "no rule lets vendor-ems read registers 40069" });
  assert.equal(await again.count(), 1, "what is asked every few seconds stands once");
  assert.match(
    (await again.textContent()) ?? "",
    /vendor-ems → roof: read registers 40069 – 40120.*01 function90$/,
  );
  await page.getByRole("link", { name: "vendor-ems 5", exact: true }).click();
  await table.getByText("unknown master").waitFor({ state: "detached" });
  await table.getByRole("link", { name: /-180 % is below/ }).focus();
  await page.keyboard.press("Enter");
  const side = page.getByRole("dialog");
  for (const text of ["OutWRte", "−180 %", "rules[3].writes[0]", "03 value", "10 9d 6a 00 02 04 fd 44"])
    await side.getByText(text, { exact: true }).waitFor();
  await looksWell(page);
  await page.keyboard.press("Escape");
  await side.waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

test("energy: on a phone the guard says why, and outlets what they may draw and why, below each row", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, { scenario: "managed", width: 390, path: at("guard") });
  const { page, complaints } = opened;
  const guard = page.getByRole("table", { name: "What the guard refused" });
  await guard.getByText("-180 % is below -100 % (03 value)").waitFor();
  await guard.getByText("10.20.4.77 (tcp): not a master of this site").waitFor();
  await looksWell(page);
  // The link of the row lies over both of its lines.
  await guard.getByText("-180 % is below -100 %").click({ force: true });
  await page.getByRole("dialog").getByText("OutWRte", { exact: true }).waitFor();
  await page.goto(new URL(at("fuses"), page.url()).href);
  const outlets = page.getByRole("table", { name: "Outlets" });
  await outlets.getByText("May draw 13 A on L1 · lowered: a fuse would have been overloaded").waitFor();
  await looksWell(page);
  assert.deepEqual(complaints, []);
});

for (const [name, scenario, part, seen] of [
  ["energy", "managed", undefined, "Power flow"],
  ["energy-degraded", "degraded", undefined, "Mode: Conservative"],
  ["energy-fuses", "managed", "fuses", "grid connection"],
  ["energy-history", "managed", "history", "Per kWh used"],
  ["energy-guard", "managed", "guard", "unknown master"],
  ["energy-document", "managed", "document", "With no controller at all"],
] as const) {
  for (const [scheme, width] of views) {
    test(`energy looks: ${name}, ${scheme}, ${width} px`, { skip: noBrowser }, async (t) => {
      const { page, complaints } = await open(t, { scenario, path: at(part), scheme, width });
      await page.getByText(seen).first().waitFor();
      await page.screenshot({ path: picture(`${name}-${width}-${scheme}`), fullPage: true });
      await looksWell(page);
      assert.deepEqual(complaints, []);
    });
  }
}

test("sites: each says in which mode its energy is managed and since when; without link it is its last word, unmanaged a dash", {
  skip: noBrowser,
}, async (t) => {
  for (const width of [1440, 390]) {
    const { page, world, complaints } = await open(t, {
      scenario: "managed",
      width,
      path: "/people",
    });
    const nowMs = world.nowMs();
    const other = (id: string, mode: string | undefined, more: object = {}) => {
      world.addSite(id, more);
      if (mode === undefined) return;
      const energy = new FakeEnergy(world.nowMs);
      energy.modes = [
        { seq: 1, atMs: nowMs - 7_230_000, mode, islanded: false, reason: "", before: null, alert: "alarm" },
      ];
      world.energies.set(id, energy);
    };
    other("annecy", "fallback");
    other("brest", "planned", { connected: false });
    other("calais", undefined);
    await page.goto(new URL("/sites", page.url()).href);
    await page.getByRole("heading", { level: 1, name: "Sites" }).waitFor();
    const row = (site: string) => page.locator("tbody tr", { hasText: site });
    await row("annecy").waitFor();
    if (width > 1000) {
      assert.match((await row("annecy").textContent()) ?? "", /Fallback\s*2 h/);
      assert.match((await row("brest").textContent()) ?? "", /Planned\s*2 h/);
      await row("brest").getByTitle("As it was told last: the site has no link.").waitFor();
      await row("calais").getByTitle("Its energy is not managed.").waitFor();
      await page.getByRole("button", { name: "Energy mode" }).click();
      await page.waitForURL(/sort=mode/);
    }
    await looksWell(page);
    await page.screenshot({ path: picture(`sites-modes-${width}`) });
    assert.deepEqual(complaints, []);
  }
});
