/** Days of a dispensation: to their end, not over, and no farther than the API takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dateText, endOfDayMs, faultsOf, firstDraft, lastDayMs } from "./draft.ts";

const NOON = new Date(2026, 0, 5, 12).getTime();
const DAY_MS = 86_400_000;

test("dispensation: a day is meant to its end, and what is no day is none", () => {
  assert.equal(endOfDayMs("2026-01-05"), new Date(2026, 0, 6).getTime() - 1);
  for (const text of ["", "2026-02-30", "2026-13-01", "5.1.2026", "20260105"]) {
    assert.equal(endOfDayMs(text), undefined, text);
  }
});

test("dispensation: today may be chosen, yesterday not; the last day offered is taken, the next is not", () => {
  const fault = (until: string) => faultsOf({ station: "CP-1", profile: "2", until }, NOON).until;
  assert.equal(fault("2026-01-05"), undefined);
  assert.match(fault("2026-01-04") ?? "", /is over/);
  assert.match(fault("") ?? "", /Choose the day/);
  const last = lastDayMs(NOON);
  assert.ok(last <= NOON + 366 * DAY_MS && last > NOON + 364 * DAY_MS);
  assert.equal(fault(dateText(last)), undefined);
  assert.match(fault(dateText(last + DAY_MS)) ?? "", /At most 366 days: 5 Jan 2027|At most 366 days/);
});

test("dispensation: a station must be named, and the first offer is valid", () => {
  assert.deepEqual(faultsOf(firstDraft("CP-1", NOON), NOON), {});
  assert.ok(faultsOf(firstDraft("  ", NOON), NOON).station);
});
