/** Dispensations over the API and the real core. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Browser, openDesk } from "../testing/desk.ts";

const url = "/api/v1/stations/CP-1/dispensation";

test("a dispensation over the API: its password in the answer alone, its end by word", async (t) => {
  const desk = await openDesk(t, {
    hash: async ({ secret, nonce }) => createHash("sha256").update(nonce).update(secret).digest(),
  });
  const browser = new Browser(desk);
  await browser.join("Ada");
  await browser.post("stations", { station: "CP-1", route: "direct" });
  const untilMs = desk.time.now().wallMs + 86_400_000;
  const given = await browser.post("stations/CP-1/dispensation", { securityProfile: 2, untilMs });
  assert.equal(given.statusCode, 200, given.body);
  const { password, replaced } = given.json();
  assert.match(password, /^[0-9a-f]{40}$/);
  assert.equal(replaced, false);
  const seen = await browser.ask({ url: "/api/v1/stations/CP-1" });
  const { dispensation, securityProfile } = seen.json();
  assert.deepEqual([dispensation.securityProfile, dispensation.untilMs, securityProfile], [2, untilMs, null]);
  assert(!seen.body.includes(password) && !seen.body.includes("argon2id"));
  assert(!JSON.stringify(desk.decided).includes(password), "the core never heard it");

  const rows: [body: object, status: number, code: string][] = [
    [{ securityProfile: 3, untilMs }, 400, "invalid-request"],
    [{ securityProfile: 2 }, 400, "invalid-request"],
    [{ securityProfile: 2, untilMs, password: "mine" }, 400, "invalid-request"],
    [{ securityProfile: 2, untilMs: 1 }, 409, "dispensation-refused"],
  ];
  for (const [body, status, code] of rows) {
    const refused = await browser.post("stations/CP-1/dispensation", body);
    assert.deepEqual([refused.statusCode, refused.json().code], [status, code], JSON.stringify(body));
  }
  const unknown = await browser.post("stations/CP-9/dispensation", { securityProfile: 2, untilMs });
  assert.equal(unknown.json().code, "unknown-station");

  const end = async () => (await browser.ask({ method: "DELETE", url })).json();
  assert.deepEqual([await end(), await end()], [{ ended: true }, { ended: false }]);
});

test("without Argon2 nobody gets a dispensation, and is told which Node has it", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  const refused = await browser.post("stations/CP-1/dispensation", { securityProfile: 2, untilMs: 1 });
  assert.deepEqual([refused.statusCode, refused.json().code], [501, "no-passwords"]);
  assert.match(refused.json().detail, /Node 24\.7/);
});
