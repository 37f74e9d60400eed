import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../api/shapes.ts";
import { isOver, stationsWords, stepsOf } from "./life.ts";

const command = (more: Partial<Command>): Command => ({
  id: "C1",
  site: "depot",
  station: "LPD-01",
  action: "Reset",
  payload: {},
  actor: "p1",
  reason: "r",
  state: "requested",
  requestedAtMs: 1,
  expiresAtMs: 61,
  sentAtMs: null,
  endedAtMs: null,
  outcome: null,
  ...more,
});
const told = (more: Partial<Command>) =>
  stepsOf(command(more)).map((step) => `${step.state} ${step.reached}`);

test("each life reads as steps, and ends", () => {
  assert.deepEqual(told({}), ["requested now", "sent ahead", "accepted ahead"]);
  assert.deepEqual(told({ state: "sent", sentAtMs: 2 }), ["requested done", "sent now", "accepted ahead"]);
  const end = { sentAtMs: 2, endedAtMs: 3 };
  for (const state of ["accepted", "refused", "failed", "unknown"]) {
    assert.deepEqual(told({ state, ...end }), ["requested done", "sent done", `${state} done`]);
    assert.equal(isOver(command({ state, ...end })), true);
  }
  assert.deepEqual(told({ state: "expired", endedAtMs: 61 }), ["requested done", "expired done"]);
});

test("a state that is new here counts as unknown, and as over", () => {
  assert.deepEqual(told({ state: "teleported", sentAtMs: 2 }), [
    "requested done",
    "sent done",
    "unknown done",
  ]);
});

test("the station's words are its own: status and reason, or error and description", () => {
  const table: readonly [Command["outcome"], string | undefined][] = [
    [null, undefined],
    [{}, undefined],
    [{ status: "Accepted" }, "Accepted"],
    [
      { status: "Rejected", statusInfo: { reasonCode: "FWUpdate", additionalInfo: "wait" } },
      "Rejected · FWUpdate · wait",
    ],
    [{ code: "NotSupported", description: "no such action" }, "NotSupported · no such action"],
    [{ status: 7, statusInfo: [] }, undefined],
  ];
  for (const [outcome, text] of table) assert.equal(stationsWords(outcome), text);
});
