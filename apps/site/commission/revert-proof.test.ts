/** Proofs against devices that answer badly, or not at all: none is left with what it was told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { failed, type SiteId } from "@wattward/kernel";
import { serve } from "@wattward/modbus";
import { SmallPlant } from "../energy-controller/testing/small-plant.ts";
import { commission } from "./commission.ts";
import { readPlan } from "./plan.ts";
import { about, commissioned, documentOf } from "./testing/commissioned.ts";

test("a battery whose power is away for a while soon after it was told, and that then holds for ever, is told 0", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  plant.batteryKeepsForEver = true;
  const away = (isAway: boolean) => {
    plant.batteryIgnores = isAway;
    if (isAway) plant.feedW = 0;
  };
  const { report } = await commissioned(plant, {
    progress(_step, _of, sentence) {
      if (!sentence.includes("it follows")) return;
      plant.time.after(5_000, () => away(true));
      plant.time.after(9_000, () => away(false));
    },
  });
  const { revert } = report.devices[1]!;
  assert(revert?.kind === "unproven");
  assert.match(revert.why, /renewals would come too late/);
  await plant.time.advance(10_000);
  assert.equal(plant.feedW, 0);
});

test("a battery whose power is away for a while about when it should let go, and that then holds for ever, is told 0", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  plant.batteryKeepsForEver = true;
  let heldW = 0;
  const { report } = await commissioned(plant, {
    progress(_step, _of, sentence) {
      if (!sentence.includes("it follows")) return;
      heldW = plant.feedW;
      plant.time.after(45_000, () => {
        plant.batteryIgnores = true;
        plant.feedW = 0;
      });
      plant.time.after(49_000, () => {
        plant.batteryIgnores = false;
        plant.feedW = heldW;
      });
    },
  });
  const { revert } = report.devices[1]!;
  assert(revert?.kind === "unproven");
  assert.match(revert.why, /away for a while, and then it held its setpoint again/);
  await plant.time.advance(10_000);
  assert.equal(plant.feedW, 0);
});

test("a setpoint whose answer is lost may be in force: 0 is written", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  plant.batteryKeepsForEver = true;
  const battery = plant.device("battery");
  // All but its power stands there already: one write brings it into force.
  battery.show(124, { InOutWRte_RvrtTms: 60, StorCtl_Mod: 3, OutWRte: 0, InWRte: 0 });
  plant.network.listen("lossy", (link) =>
    serve(link, {
      clock: plant.time,
      answer({ unit, request }) {
        const answer = plant.devices.get(unit)!.answer(request);
        return request.kind.startsWith("write") && battery.writes.length === 1 ? { kind: "silence" } : answer;
      },
    }),
  );
  const { report, said } = await commissioned(plant, { dial: () => plant.network.dialer("lossy") });
  assert.equal(report.devices[1]!.revert?.kind, "unproven");
  assert(said.some((line) => line.includes("0 was written")));
  await plant.time.advance(1_000);
  assert.equal(plant.feedW, 0);
});

test("a device that ends its connection with each answer is proven all the same", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  plant.network.listen("closing", (link) => {
    const close = serve(link, {
      clock: plant.time,
      answer({ unit, request }) {
        queueMicrotask(close);
        return plant.devices.get(unit)!.answer(request);
      },
    });
  });
  const { report } = await commissioned(plant, { dial: () => plant.network.dialer("closing") });
  assert(report.passed, JSON.stringify(report.devices));
  assert.equal(report.devices[1]!.revert?.kind, "proven");
});

test("a device that is away when it is to be freed is dialled each time, and freed when it is back", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  plant.batteryKeepsForEver = true;
  let isAway = false;
  const dial = plant.network.dialer("guard");
  const stop = new AbortController();
  const held: string[] = [];
  const plan = readPlan(documentOf(plant));
  assert(plan.ok);
  await plant.time.advance(300);
  let ended = false;
  const away = failed({ kind: "unreachable" as const, sentence: "no route" });
  void commission(plan.value, "", {
    ...{ site: "lyon" as SiteId, software: "0", clock: plant.time, chance: plant.chance },
    ...{ provesReverts: true, signal: stop.signal, held: (device) => void held.push(device) },
    dial: () => () => (isAway ? Promise.resolve(away as never) : dial()),
    progress(_step, _of, sentence) {
      if (!sentence.includes("it follows")) return;
      isAway = true;
      plant.network.reset();
      plant.time.after(22_000, () => stop.abort(new Error("broken off")));
      plant.time.after(22_900, () => (isAway = false));
    },
  }).catch(() => (ended = true));
  assert(await plant.time.until(() => ended, 600_000));
  await plant.time.advance(1_000);
  assert.deepEqual([held, plant.feedW], [[], 0]);
});

test("a battery that may only charge is proven by charging; one that may do next to nothing shows nothing, and keeps its word", async () => {
  const charges = new SmallPlant({
    baseA: 20,
    battery: { dischargeWMax: 0, revert: { kind: "unproven" } },
  });
  charges.chargePermille = 800;
  const { report, said } = await commissioned(charges);
  assert.equal(report.devices[1]!.revert?.kind, "proven");
  assert(said.some((line) => line.includes("charging with 2000 W")));
  const idle = new SmallPlant({ baseA: 20, battery: { chargeWMax: 0, dischargeWMax: 200 } });
  const none = await commissioned(idle);
  assert.deepEqual(idle.device("battery").writes, []);
  assert.match(about(none.report, "battery", "revert")[0]!.sentence, /not tried: .* no way that would show/);
});
