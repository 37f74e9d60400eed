/** What other processes of the site may tell: their own kinds, and their share. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedTime } from "@wattward/testing";
import { OBSERVED_RATE, WITNESS_RATE } from "./limits.ts";
import { FORGED, LEFT_OUT, Witness } from "./witness.ts";

function witness(clock = simulatedTime()) {
  const told: [string, string][] = [];
  const one = new Witness({
    ...{ clock, name: "Modbus guard" },
    owns: (kind) => kind.startsWith("modbus."),
    observe: (kind, detail) => void told.push([kind, detail]),
  });
  return { clock, one, told };
}

test("witness: what is its own passes as it is; another's name is refused, and that is told", () => {
  const { one, told } = witness();
  one.tell("modbus.denied", '{"why":1}');
  one.tell("site.mode", '{"mode":"planned"}');
  one.tell(`x\n${"y".repeat(10_000)}`, "");
  assert.deepEqual(told.slice(0, 2), [
    ["modbus.denied", '{"why":1}'],
    [FORGED, "the Modbus guard told of 'site.mode', which is not its to tell"],
  ]);
  const [kind, detail = ""] = told[2] ?? [];
  assert(kind === FORGED && detail.length < 200 && !detail.includes("\n"), detail);
});

test("witness: a flood is held to its share, forged or not, and how much it was is told with the next", async () => {
  const { clock, one, told } = witness();
  for (let i = 0; i < 10_000; i++) one.tell(i % 2 === 0 ? "modbus.denied" : "site.mode", "");
  assert.equal(told.length, WITNESS_RATE.burst);
  await clock.advance(60_000);
  one.tell("modbus.denied", "later");
  assert.deepEqual(told.slice(WITNESS_RATE.burst), [
    [LEFT_OUT, `${10_000 - WITNESS_RATE.burst} that the Modbus guard told were too many`],
    ["modbus.denied", "later"],
  ]);
});

test("witness: two of them leave the local controller's own observations room", () => {
  assert(
    2 * WITNESS_RATE.perSecond < OBSERVED_RATE.perSecond && 2 * WITNESS_RATE.burst < OBSERVED_RATE.burst,
  );
});
