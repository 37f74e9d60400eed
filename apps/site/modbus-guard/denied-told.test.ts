import assert from "node:assert/strict";
import { test } from "node:test";
import { type Denied, denialText } from "@wattward/guard";
import { LINK_TEXT_CHARS_MAX } from "@wattward/sitelink";
import { deniedTold } from "./denied-told.ts";

const denied = (values: number, why = "above 5000 W"): Denied => ({
  kind: "deny",
  exception: 3,
  rule: "rules[0].writes[0]",
  why,
  exchange: {
    ...{ client: "vendor", unit: 2, functionCode: 16, function: "write-multiple-registers", address: 100 },
    quantity: values,
    pdu: "10".repeat(64),
    values: Array.from({ length: values }, (_, i) => ({
      ...{ register: `setpoint-${i}`, address: 100 + i, raw: [5_001], value: 5_001, unit: "W" },
    })),
  },
});

test("a refusal is told decoded: the exchange, the rule, the exception, and the sentence of the log", () => {
  const verdict = denied(1);
  const told = JSON.parse(deniedTold(verdict, denialText(verdict)));
  assert.equal(told.exchange.values[0].value, 5_001);
  assert.equal(told.exchange.client, "vendor");
  assert.deepEqual([told.exception, told.rule, told.why], [3, "rules[0].writes[0]", "above 5000 W"]);
  assert.match(told.text, /setpoint-0 = 5001 W/);
});

test("however much was asked for, it fits the link, and stays readable while it can", () => {
  for (let values = 0; values <= 16; values++) {
    const verdict = denied(values);
    const told = deniedTold(verdict, denialText(verdict).slice(0, 900));
    assert(told.length <= LINK_TEXT_CHARS_MAX, `${told.length}`);
    assert.equal(JSON.parse(told).exchange.functionCode, 16, `${values} values`);
  }
  const long = denied(16, "x".repeat(900));
  assert.equal(deniedTold(long, "what the log has"), "what the log has");
});

test("what a master calls itself is no way to break the JSON, or the page", () => {
  const verdict = denied(1);
  const odd = { ...verdict, exchange: { ...verdict.exchange, client: 'a","b":"\u202e\n' } };
  const told = deniedTold(odd, denialText(odd));
  assert.match(told, /^[\x20-\x7e·]*$/);
  assert.equal(JSON.parse(told).exchange.client.startsWith('a","b":"'), true);
});
