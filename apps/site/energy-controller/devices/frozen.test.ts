/** Figures that stand still: found by a counter of energy that must have moved, and by nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { modelRegisters, models, type PointValue, readingOf } from "@wattward/modbus/sunspec";
import { Frozen } from "./frozen.ts";
import type { Seen } from "./sunspec-unit.ts";

type Values = { readonly [path: string]: PointValue };
const scales103 = { A_SF: -1, V_SF: -1, W_SF: 1, Hz_SF: -2, VA_SF: 1, VAr_SF: 1, PF_SF: -2, WH_SF: 0 };
const all103 = { ...scales103, DCA_SF: 0, DCV_SF: 0, DCW_SF: 0, Tmp_SF: -1, TmpCab: 31.5 };
const scales701 = { A_SF: -1, V_SF: -1, Hz_SF: -2, W_SF: 0, PF_SF: -2, VA_SF: 0, Var_SF: 0, Tmp_SF: 0 };
const all701 = { ...scales701, TotWh_SF: 0, TotVarh_SF: 0 };

function seen(id: 103 | 701, values: Values, atMs: number): Seen {
  const model = models.get(id)!;
  const registers = modelRegisters(model, { ...(id === 103 ? all103 : all701), ...values });
  const found = { id, name: model.name, at: 40_070, length: registers.length - 2, model };
  return { found, reading: readingOf(model, registers.slice(2)), atMs } as unknown as Seen;
}

/** When it is disbelieved, ms, asked every second of an hour. */
function disbelievedAt(id: 103 | 701, values: (atMs: number) => Values): number | undefined {
  const frozen = new Frozen();
  for (let atMs = 0; atMs <= 3_600_000; atMs += 1_000) {
    const fault = frozen.judge(seen(id, values(atMs), atMs));
    if (fault === undefined) continue;
    assert.equal(fault.kind, "disbelieved");
    return atMs;
  }
  return undefined;
}

test("frozen: five and a half minutes of a power that its own counter does not know, and 200 Wh or two of its steps", () => {
  const of103 = (W: number, values: Values = {}) => disbelievedAt(103, () => ({ W, WH: 5_000, ...values }));
  assert.equal(of103(8_000), 330_000);
  // 200 Wh of 600 W take twenty minutes.
  assert.equal(of103(600), 1_200_000);
  // Counted in thousands, two of them are half an hour of 4 kW.
  assert.equal(of103(4_000, { WH: 5_000_000, WH_SF: 3 }), 1_800_000);
  assert.equal(
    disbelievedAt(701, () => ({ W: 3_000, TotWhInj: 10, TotWhAbs: 10 })),
    330_000,
  );
  assert.equal(
    disbelievedAt(701, () => ({ W: -3_000, TotWhInj: 10, TotWhAbs: 10 })),
    330_000,
  );
});

test("frozen: not by night, not where anything moves, not where no counter tells of that power", () => {
  const never = (id: 103 | 701, values: (atMs: number) => Values) =>
    assert.equal(disbelievedAt(id, values), undefined);
  never(103, () => ({ W: 0, WH: 5_000 }));
  never(103, () => ({ W: 8_000 }));
  never(701, () => ({ W: 8_000, TotWhInj: 0 }));
  never(103, () => ({ W: -8_000, WH: 5_000 }));
  never(701, () => ({ W: 8_000, TotWhAbs: 5_000 }));
  never(103, (atMs) => ({ W: 8_000, WH: 5_000 + Math.floor(atMs / 240_000) }));
  never(103, (atMs) => ({ W: 8_000, WH: 5_000, Hz: 50 + (Math.floor(atMs / 240_000) % 2) / 100 }));
});
