import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import { queries } from "../core/queries.ts";
import { type TestCore, testCore } from "../core/testing/test-core.ts";
import { storeVariables, type Variable } from "./variables.ts";

const keep = (core: TestCore, variables: readonly Variable[], atMs = 1) =>
  core.writer.submit("test", undefined, (tx) =>
    storeVariables(tx, "A", variables, { source: "report", atMs }),
  );
const one = (name: string, more: Partial<Variable> = {}): Variable => ({
  ...{ component: { name: "Ctrlr" }, variable: { name }, value: "1", ...more },
});
const list = (core: TestCore, more: { search?: string; component?: string; after?: string } = {}) =>
  queries["variables.list"](core.db, { station: "A" as StationId, most: 10, ...more });

test("model: names are compared without case and shown as first told; what a reading leaves out stays", async () => {
  const core = await testCore({ A: "direct" });
  const characteristics = {
    dataType: "decimal",
    unit: "s",
    minLimit: 0.5,
    maxLimit: 9,
    supportsMonitoring: false,
  };
  await keep(core, [
    one("Interval", {
      mutability: "ReadOnly",
      persistent: true,
      constant: false,
      characteristics,
      key16: "K",
    }),
  ]);
  await keep(core, [one("INTERVAL", { value: "2" })], 2);
  const [row, ...others] = await list(core);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [
      row?.variable,
      row?.value,
      row?.mutability,
      row?.persistent,
      row?.constant,
      row?.minLimit,
      row?.maxLimit,
    ],
    ["Interval", "2", "ReadOnly", true, false, "0.5", "9"],
  );
  assert.deepEqual([row?.unit, row?.supportsMonitoring, row?.key16, row?.readAtMs], ["s", false, "K", 2]);
  await core.close();
});

test("model: instance, EVSE, connector and attribute are part of a name; a place beyond any number is not kept, a secret's value never", async () => {
  const core = await testCore({ A: "direct" });
  await keep(core, [
    one("V"),
    one("V", { attribute: "Target" }),
    one("V", { variable: { name: "V", instance: "x" } }),
    one("V", { component: { name: "Ctrlr", instance: "x" } }),
    one("V", { component: { name: "Ctrlr", evse: { id: 1 } } }),
    one("V", { component: { name: "Ctrlr", evse: { id: 1, connectorId: 1 } } }),
    one("V", { component: { name: "Ctrlr", evse: { id: 1e300 } } }),
    one("basicAuthPassword", { value: "secret" }),
    one("Other", { key16: "AuthorizationKey", value: "secret" }),
  ]);
  const rows = await list(core);
  assert.equal(rows.length, 8);
  assert(!JSON.stringify(rows).includes("secret"));
  await core.close();
});

test("model: searched in names and 1.6 keys, by component, in pages; what stands for anything elsewhere is itself", async () => {
  const core = await testCore({ A: "direct" });
  await keep(core, [one("a_b"), one("axb"), one("100%"), one("back\\slash"), one("z", { key16: "OldName" })]);
  const names = async (more: Parameters<typeof list>[1]) =>
    (await list(core, more)).map(({ variable }) => variable).sort();
  assert.deepEqual(await names({ search: "A_B" }), ["a_b"]);
  assert.deepEqual(await names({ search: "%" }), ["100%"]);
  assert.deepEqual(await names({ search: "\\" }), ["back\\slash"]);
  assert.deepEqual(await names({ search: "oldname" }), ["z"]);
  assert.equal((await names({ component: "CTRLR" })).length, 5);
  assert.deepEqual(await names({ component: "other" }), []);
  const all = await list(core);
  assert.deepEqual(await list(core, { after: all[2]?.path ?? "" }), all.slice(3));
  await core.close();
});
