/**
 * Recall and precision of the guard for parameters that nobody chose (ATTACKS: at least 0.99 for what touches safety, 0.95 for the rest;
 * precision 0.9). `WATTWARD_SCENARIOS` plays more of each; a seed that fails is played alone by `played(class, seed)`.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { attackClasses } from "./attacks.ts";
import { type Outcome, played } from "./scenario.ts";

const EACH = Number(process.env["WATTWARD_SCENARIOS"] ?? 10);
const FIRST_SEED = 1;
const safety: ReadonlySet<string> = new Set(["AT-M1", "AT-M2"]);
const PRECISION_MIN = 0.9;
/** Of the energy controller's requests, where somebody else attacks. */
const SERVED_MIN = 0.98;
/** Who speaks in its name, or is the device that it asks. */
const own: ReadonlySet<string> = new Set(["ems", "battery", "meter"]);

async function all(scenario: Outcome["scenario"]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + EACH; seed++) outcomes.push(await played(scenario, seed));
  return outcomes;
}
const told = (outcomes: readonly Outcome[]): string => outcomes.map((one) => JSON.stringify(one)).join("\n");

for (const attack of attackClasses)
  test(`guard scenarios: ${attack} with any parameters is told as what it is, changes nothing, and takes the devices from nobody`, async (t) => {
    const outcomes = await all(attack);
    const missed = outcomes.filter(({ recognised }) => !recognised);
    const right = outcomes.reduce((sum, one) => sum + one.right, 0);
    const mistaken = outcomes.filter(({ wrong }) => wrong.length > 0);
    const wrong = mistaken.reduce((sum, one) => sum + one.wrong.length, 0);
    const recall = 1 - missed.length / EACH;
    const precision = right / Math.max(1, right + wrong);
    t.diagnostic(JSON.stringify({ attack, scenarios: EACH, recall, precision }));
    assert.equal(
      told(outcomes.filter(({ through }) => through > 0)),
      "",
      "a write that had no business there",
    );
    const starved = outcomes.filter(({ attacker, served }) => !own.has(attacker) && served < SERVED_MIN);
    assert.equal(told(starved), "", "the energy controller was not served");
    assert(recall >= (safety.has(attack) ? 0.99 : 0.95), told(missed));
    assert(precision >= PRECISION_MIN, told(mistaken));
  });

test("guard scenarios: benign days, with mistakes, restarts and outages, are told as no attack", async (t) => {
  const outcomes = await all("benign");
  const alarms = outcomes.filter(({ wrong }) => wrong.length > 0);
  t.diagnostic(JSON.stringify({ benign: EACH, minutes: 15 * EACH, falseAlarms: alarms.length }));
  assert.equal(told(alarms), "");
});
