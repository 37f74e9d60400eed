/** Names of variables, and what may be written into them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Variable } from "../api/station-shapes.ts";
import { choicesOf, componentOf, isEditable, settingOf, variableOf } from "./place-of.ts";

const variable = (more: Partial<Variable>): Variable => ({
  ...{ path: "p", component: "EVSE", componentInstance: null, evse: null, connector: null },
  ...{ variable: "Enabled", variableInstance: null, attribute: "Actual", value: null, mutability: null },
  ...{ dataType: null, unit: null, minLimit: null, maxLimit: null, valuesList: null, persistent: null },
  ...{ constant: null, supportsMonitoring: null, key16: null, source: "report", readAtMs: 0, ...more },
});

test("variable: named with all that makes it one", () => {
  assert.equal(componentOf(variable({})), "EVSE");
  assert.equal(componentOf(variable({ evse: 2, componentInstance: "a" })), "EVSE (a) · EVSE 2");
  assert.equal(componentOf(variable({ evse: 2, connector: 1 })), "EVSE · EVSE 2, connector 1");
  assert.equal(variableOf(variable({ variableInstance: "b", attribute: "MaxSet" })), "Enabled (b) [MaxSet]");
});

test("variable: read only is read only; what is not said may be tried", () => {
  assert.equal(isEditable(variable({ mutability: "ReadOnly" })), false);
  assert.equal(isEditable(variable({ mutability: "ReadWrite", constant: true })), false);
  assert.ok(isEditable(variable({ mutability: "WriteOnly" })) && isEditable(variable({})));
});

test("variable: choices are those of its type; several at once are written by hand", () => {
  assert.deepEqual(choicesOf(variable({ dataType: "boolean" })), ["true", "false"]);
  assert.deepEqual(choicesOf(variable({ dataType: "OptionList", valuesList: "A, B,,C" })), ["A", "B", "C"]);
  assert.equal(choicesOf(variable({ dataType: "MemberList", valuesList: "A,B" })), undefined);
  assert.equal(choicesOf(variable({ dataType: "OptionList", valuesList: "" })), undefined);
});

test("variable: set under exactly its own name", () => {
  assert.deepEqual(settingOf(variable({}), "1"), { component: "EVSE", variable: "Enabled", value: "1" });
  const full = { componentInstance: "a", evse: 1, connector: 2, variableInstance: "b", attribute: "Target" };
  assert.deepEqual(settingOf(variable(full), ""), {
    ...{ component: "EVSE", variable: "Enabled", value: "" },
    ...full,
  });
});
