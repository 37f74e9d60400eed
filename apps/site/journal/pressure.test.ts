import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId, TraceId } from "@wattward/kernel";
import type { Appended, RecordDraft } from "./journal.ts";
import { Pressure, type Worth } from "./pressure.ts";

const worths: Worth[] = ["sample-outside", "sample-inside", "status", "event", "billing"];
const A = "A" as StationId;
const now = { wallMs: 5, quality: "synced", monotonicMs: 5 } as const;
const trace = () => "0123456789abcdef" as TraceId;

for (const [pendingBytes, admitted] of [
  [49, worths],
  [50, ["sample-inside", "status", "event", "billing"]],
  [70, ["status", "event", "billing"]],
  [85, ["event", "billing"]],
  [95, ["billing"]],
  [10_000, ["billing"]],
] as const) {
  test(`pressure: with ${pendingBytes} % waiting, ${admitted.join(", ")} is still kept`, () => {
    const pressure = new Pressure({ pendingBytes, append: async () => ({ kind: "full" }) }, 100);
    assert.deepEqual(
      worths.filter((worth) => pressure.admits(worth)),
      admitted,
    );
  });
}

test("pressure: what was given up is written down, once, as soon as there is room", async () => {
  const drafts: RecordDraft[] = [];
  let room = false;
  const append = async (draft: RecordDraft): Promise<Appended> => {
    if (!room) return { kind: "full" };
    drafts.push(draft);
    return { kind: "kept", record: { ...draft, epoch: "", seq: 1 } };
  };
  const pressure = new Pressure({ pendingBytes: 0, append }, 100);
  for (let i = 0; i < 3; i++) pressure.gaveUp(A, "MeterValues");
  pressure.gaveUp(A, "StatusNotification");
  await pressure.report(now, trace);
  room = true;
  pressure.gaveUp(A, "MeterValues");
  await pressure.report(now, trace);
  await pressure.report(now, trace);
  const shown = drafts.map((draft) => draft.kind === "gap" && `${draft.action} ${draft.count}`).sort();
  assert.deepEqual(shown, ["MeterValues 4", "StatusNotification 1"]);
});
