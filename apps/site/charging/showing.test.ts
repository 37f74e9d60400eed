import assert from "node:assert/strict";
import { test } from "node:test";
import type { EvseId } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import { SHOWS_AGAIN_MS, SHOWS_AGAIN_MS_MAX, SHOWS_EVERY_MS } from "./limits.ts";
import type { ChargingSession } from "./session.ts";
import { Showing } from "./showing.ts";

/** What a station with so many sessions that nobody sees is asked in so long, once a second: which EVSE, and when. */
async function asked(sessions: number, forMs: number, answer: CallOutcome) {
  let nowMs = 0;
  const calls: { evse: number; atMs: number }[] = [];
  const showing = new Showing({
    nowMs: () => nowMs,
    limited: () =>
      Array.from({ length: sessions }, (_, i) => ({
        evse: (i + 1) as EvseId,
        observed: undefined,
      })) as ChargingSession[],
    caller: () => ({
      ...{ version: "1.6", generation: 1 },
      call: async (_action, payload) => {
        calls.push({ evse: Number(payload["connectorId"]), atMs: nowMs });
        return answer;
      },
    }),
  });
  for (; nowMs <= forMs; nowMs += 1_000) await showing.ask();
  return calls;
}
const says = (status: string): CallOutcome => ({ kind: "result", payload: { status }, raw: "" });

test("showing: each session has its turn, whoever was seen longest ago first, and none more often than it must", async () => {
  const calls = await asked(8, 60_000, says("Accepted"));
  const of = (evse: number) => calls.filter((call) => call.evse === evse).length;
  for (let evse = 1; evse <= 8; evse++)
    assert(of(evse) >= 6 && of(evse) <= 60_000 / SHOWS_EVERY_MS, `${evse}: ${of(evse)}`);
});

test("showing: a station that does not show is asked more and more seldom, whatever it answers", async () => {
  for (const answer of [says("NotImplemented"), says("Rejected"), { kind: "timeout" }] as const) {
    const atMs = (await asked(1, 3 * SHOWS_AGAIN_MS_MAX, answer)).map((call) => call.atMs);
    const pauses = atMs.slice(1).map((ms, i) => ms - atMs[i]!);
    assert.deepEqual(
      pauses.slice(0, 3),
      [1, 2, 4].map((times) => times * SHOWS_AGAIN_MS),
      answer.kind,
    );
    assert.equal(Math.max(...pauses), SHOWS_AGAIN_MS_MAX);
  }
});
