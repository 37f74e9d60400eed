import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOfPlace, OWN_COMPONENT, placeOfKey, standardKeys, variableOfKey } from "./configuration-keys.ts";
import { pathOf } from "./variables.ts";

test("keys: each standard key has one place, no two share it, and the way back gives the key, in any case", () => {
  const paths = standardKeys.map((key) => pathOf(placeOfKey(key)));
  assert.equal(new Set(paths).size, standardKeys.length);
  for (const key of standardKeys) {
    assert.equal(keyOfPlace(placeOfKey(key.toUpperCase())), key);
    assert.notEqual(placeOfKey(key).component.name, OWN_COMPONENT, key);
  }
});

test("keys: of a vendor keep their name, in a component of their own, both ways", () => {
  const place = placeOfKey("Vendor.Thing/2");
  assert.deepEqual(place, { component: { name: OWN_COMPONENT }, variable: { name: "Vendor.Thing/2" } });
  assert.equal(keyOfPlace(place), "Vendor.Thing/2");
  assert.equal(
    keyOfPlace({ component: { name: "DisplayMessageCtrlr" }, variable: { name: "Enabled" } }),
    undefined,
  );
  const elsewhere = {
    component: { name: "OCPPCommCtrlr", evse: { id: 1 } },
    variable: { name: "HeartbeatInterval" },
  };
  assert.equal(keyOfPlace(elsewhere), undefined, "of an EVSE it is another one");
});

test("keys: as a station tells them, with what can be written and the station's own spelling", () => {
  const { value, mutability, key16 } = variableOfKey({ key: "heartbeatINTERVAL", readonly: true });
  assert.deepEqual([value, mutability, key16], [null, "ReadOnly", "heartbeatINTERVAL"]);
});
