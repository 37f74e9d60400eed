/** A sample of the mutants of `.ci/soak`, and proof that the judge would notice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "@wattward/kernel";
import { ocppVersions, validateCall, validateSend } from "@wattward/ocpp";
import { seededChance } from "@wattward/testing";
import { damaged } from "./damage.ts";
import { damagedFrame } from "./frames.ts";
import { type Mutant, wrongWith } from "./judge.ts";
import { mutate } from "./run.ts";
import { Message, stationSays } from "./schema.ts";
import { validPayload } from "./valid.ts";

const SAMPLE = 5_000;
const SEED = 20260105;

for (const version of ocppVersions) {
  test(`mutation: ${SAMPLE} mutants of ${version}: the right answers, nothing unreadable, nobody harmed`, async () => {
    const { findings, ...figures } = await mutate(version, SAMPLE, SEED);
    assert.deepEqual(findings, [], `seed ${SEED}`);
    assert(figures.mutants >= SAMPLE && figures.reads > 20 && figures.commands > 5, JSON.stringify(figures));
    assert((figures.answered["result"] ?? 0) > SAMPLE / 20, JSON.stringify(figures));
  });

  test(`mutation: what is called valid in ${version} is valid, and each damage gives the code it names`, () => {
    const chance = seededChance(SEED);
    const maker = { chance, nowMs: Date.UTC(2026, 0, 5, 8), transactions: ["1", "t"] };
    let codes = 0;
    for (let n = 0; n < 40; n++) {
      for (const { action, type } of stationSays(version)) {
        const message = new Message(version, type === 6 ? action : `${action}Request`);
        const validate = type === 6 ? validateSend : validateCall;
        const payload = validPayload(message, maker);
        const checked = validate(version, "station", action, payload);
        assert.equal(
          checked.kind,
          "valid",
          `${action} ${JSON.stringify(checked)} ${JSON.stringify(payload)}`,
        );
        const done = damaged(message, payload, chance);
        const again = validate(version, "station", action, done.payload);
        assert.equal(again.kind === "invalid", done.code !== undefined, `${action}: ${done.what}`);
        codes += done.code === undefined ? 0 : 1;
      }
    }
    assert(codes > 100, `${codes} damages`);
  });
}

const mutant: Mutant = {
  ...{ id: "m", action: "Heartbeat", type: 2, payload: { extra: 1 }, what: "unknown field" },
  code: "ProtocolError",
};
const valid: Mutant = { ...mutant, payload: {}, what: "valid", code: undefined };
const stamp = { currentTime: "2026-01-05T08:00:00Z" };

for (const [what, about, answer, complaint] of [
  ["silence", mutant, undefined, /no answer/],
  ["another code", mutant, [4, "m", "FormatViolation", "", {}], /instead of ProtocolError/],
  ["a result to what nothing repairs", mutant, [3, "m", stamp], /nothing repairs it/],
  ["an error of ours", valid, [4, "m", "InternalError", "", {}], /InternalError to a valid message/],
  ["a refusal of what is served", valid, [4, "m", "NotSupported", "", {}], /NotSupported/],
  ["an invalid answer", valid, [3, "m", {}], /our own answer is invalid/],
  ["an answer to a SEND", { ...valid, type: 6 }, [3, "m", {}], /SEND was answered/],
] as const satisfies readonly (readonly [string, Mutant, readonly Json[] | undefined, RegExp])[]) {
  test(`mutation: the judge notices ${what}`, () => {
    assert.match(wrongWith(about, answer, { version: "2.0.1", strict: false }) ?? "fine", complaint);
  });
}

test("mutation: the judge lets pass what is right", () => {
  const about = { version: "2.0.1", strict: true } as const;
  assert.equal(wrongWith(mutant, [4, "m", "ProtocolError", "", {}], about), undefined);
  assert.equal(wrongWith(valid, [3, "m", stamp], about), undefined);
});

test("mutation: a damaged frame is damaged", () => {
  const chance = seededChance(SEED);
  const frame = '[2,"m-1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]';
  const same = Array.from({ length: 500 }, () => damagedFrame(frame, chance)).filter(
    (text) => text === frame,
  );
  assert.deepEqual(same, []);
});
