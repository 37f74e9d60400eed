import assert from "node:assert/strict";
import { test } from "node:test";
import type { GuardRow } from "../api/energy-shapes.ts";
import { kindOf, refusalOf, textOfRefusal } from "./refusal.ts";

const row = (detail: GuardRow["detail"], what = "modbus.denied"): GuardRow => ({
  seq: 1,
  atMs: 0,
  what,
  detail,
});
const exchange = {
  ...{ client: "vendor", device: "bess", unit: 2, functionCode: 16, address: 40_357, quantity: 1, pdu: "10" },
  values: [{ register: "OutWRte", address: 40_357, raw: [0xfc18], value: -180, unit: "%" }],
};

test("a refused write is told by client, device, function, register, value, rule, reason and answer", () => {
  const told = refusalOf(row({ exchange, exception: 3, rule: "rules[3].writes[0]", why: "below -100 %" }));
  assert.deepEqual(
    [told.client, told.device, told.function, told.register, told.value, told.rule, told.why, told.answer],
    [
      "vendor",
      "bess",
      "write registers",
      "OutWRte",
      "−180 %",
      "rules[3].writes[0]",
      "below -100 %",
      "03 value",
    ],
  );
  assert.deepEqual(refusalOf(row({ ...exchange, exception: 3 })).register, "OutWRte", "flat or nested");
  const two = { ...exchange, values: [...exchange.values, { register: "WMax", value: 12 }] };
  assert.equal(
    refusalOf(row({ exchange: two })).wanted,
    "OutWRte = −180 %, WMax = 12",
    "each beside its own",
  );
  assert.equal(refusalOf(row({ exchange: { ...exchange, values: [] } })).wanted, "40357");
});

test("what has no type is told by address and raw words; an unknown unit and function as what they are", () => {
  const raw = {
    client: "10.0.0.9",
    unit: 9,
    functionCode: 100,
    address: 7,
    quantity: 3,
    values: [{ address: 7, raw: [1, 65_535] }],
  };
  const told = refusalOf(row({ exchange: raw, exception: 1 }));
  assert.deepEqual(
    [told.device, told.function, told.register, told.value],
    ["unit 9", "function 100", "7 – 9", "0x0001 0xffff"],
  );
});

test("where only a sentence was told, the sentence is the reason and nothing else is made up", () => {
  const told = refusalOf(row({ text: "10.20.4.77: not a master of this site" }, "modbus.unknown-master"));
  assert.equal(told.why, "10.20.4.77: not a master of this site");
  assert.deepEqual(
    [told.client, told.register, told.value, told.answer],
    [undefined, undefined, undefined, undefined],
  );
  assert.equal(kindOf(told), "unknown master");
  assert.match(textOfRefusal(told), /unknown master/);
  assert.equal(kindOf(refusalOf(row({}, "modbus.write-storm"))), "write storm", "new here, by its own name");
  assert.equal(kindOf(refusalOf(row({}))), undefined);
});

test("anything may stand in a detail: nothing breaks, nothing is taken for what it is not", () => {
  for (const detail of [
    {},
    { exchange: null, values: [null, 3, "x", { raw: "no" }], functionCode: "16", exception: "3", why: 7 },
    { exchange: [], rule: {}, values: {} },
    { client: "__proto__", functionCode: 3.5, exception: -1 },
  ]) {
    const told = refusalOf(row(detail as GuardRow["detail"]));
    assert.equal(typeof told.why, "string");
    assert.equal(typeof textOfRefusal(told), "string");
  }
});
