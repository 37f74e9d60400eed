/** Prices of energy over the API and the real core. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { lyon, put, url } from "../testing/lyon.ts";

test("prices: of the fleet and of a site, and what is no price is refused", async (t) => {
  const { desk, browser } = await lyon(t);
  const nowMs = desk.time.now().wallMs;
  const fromMs = Math.floor(nowMs / 900_000) * 900_000;
  const prices = { fromMs, stepMs: 900_000, milliCentPerKwh: [-5, 10] };
  assert.deepEqual((await put(browser, prices, "/api/v1/energy/prices")).json(), { fromMs, steps: 2 });
  assert.deepEqual((await put(browser, prices, `${url}/prices`)).json(), { fromMs, steps: 2 });
  assert.equal((await put(browser, prices, "/api/v1/sites/moon/energy/prices")).json().code, "unknown-site");
  const told = await browser.get<{ site: string | null; milliCentPerKwh: number[] }[]>("energy/prices");
  assert.deepEqual(
    told.map(({ site, milliCentPerKwh }) => [site, milliCentPerKwh]),
    [
      [null, [-5, 10]],
      ["lyon", [-5, 10]],
    ],
  );
  const drop = (where: string) => browser.ask({ method: "DELETE", url: where });
  assert.deepEqual((await drop(`${url}/prices`)).json(), { dropped: true });
  assert.deepEqual((await drop(`${url}/prices`)).json(), { dropped: false });
  assert.equal((await drop("/api/v1/sites/moon/energy/prices")).json().code, "unknown-site");
  const left = await browser.get<{ site: string | null }[]>("energy/prices");
  assert.deepEqual(
    left.map(({ site }) => site),
    [null],
  );
  for (const wrong of [
    { milliCentPerKwh: [] },
    { stepMs: 1 },
    { milliCentPerKwh: [1e9] },
    { milliCentPerKwh: ["1"] },
    { fromMs: -1 },
    { fromMs: nowMs - 1_800_000 },
  ])
    assert.equal(
      (await put(browser, { ...prices, ...wrong }, "/api/v1/energy/prices")).statusCode,
      400,
      JSON.stringify(wrong),
    );
  const known = await browser.get<{ milliCentPerKwh: number[] }[]>("energy/prices");
  assert.deepEqual(
    known[0]?.milliCentPerKwh,
    prices.milliCentPerKwh,
    "what is of the past takes nothing away",
  );
});
