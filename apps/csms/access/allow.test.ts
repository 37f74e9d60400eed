import assert from "node:assert/strict";
import { test } from "node:test";
import { ocppVersions } from "@wattward/ocpp";
import { openActions, routeOf, stakeOf } from "../commands/routing.ts";
import { stakeOfRequest } from "../commands/stake.ts";
import { type AccessClass, type Actor, accessClasses, allow, isAccess } from "./allow.ts";

const actor = (role: string): Actor => ({ person: "p", name: "P", role, via: "cookie" });
const ask = (who: Actor | undefined, stake: AccessClass) =>
  allow({ actor: who, action: "do", resource: "thing", class: stake });

test("allow: public to all; everything to administrators; nothing else to a role that is none", () => {
  for (const stake of accessClasses) {
    const open = stake === "public";
    assert.equal(ask(undefined, stake), open ? "allowed" : "anonymous", stake);
    assert.equal(ask(actor("administrator"), stake), "allowed", stake);
    for (const role of ["", "Administrator", "administrators", "none", "__proto__", "constructor"]) {
      assert.equal(ask(actor(role), stake), open ? "allowed" : "forbidden", `${role} ${stake}`);
    }
  }
});

test("allow: a viewer sees, an operator runs stations; neither cuts service, decides who charges, or who belongs", () => {
  const may = (role: string) => accessClasses.filter((stake) => ask(actor(role), stake) === "allowed");
  assert.deepEqual(may("viewer"), ["public", "read"]);
  assert.deepEqual(may("operator"), ["public", "read", "operate", "configure"]);
  assert.deepEqual(may("administrator"), [...accessClasses]);
});

test("isAccess: all three, of the right form, and a class that is known", () => {
  const good = { action: "read", resource: "site", class: "read" };
  assert(isAccess(good));
  for (const bad of [
    undefined,
    null,
    "read",
    {},
    { ...good, action: "" },
    { ...good, class: "all" },
    { ...good, resource: 1 },
  ]) {
    assert.equal(isAccess(bad), false, JSON.stringify(bad));
  }
});

test("commands: none is public, and what may cut service is dangerous in every version", () => {
  const stakes = ocppVersions.flatMap((version) =>
    openActions(version).map((action) => [action, routeOf(version, action)?.stake] as const),
  );
  for (const [action, stake] of stakes) assert.equal(stake, stakeOf(action), action);
  const dangerous = new Set(stakes.filter(([, stake]) => stake === "dangerous").map(([action]) => action));
  assert.deepEqual([...dangerous].sort(), ["ChangeAvailability", "DataTransfer", "Reset", "UnlockConnector"]);
});

test("commands: a setting that decides who may charge is dangerous, among others too; what is not open as well", () => {
  const set = (...names: string[]) => ({ setVariableData: names.map((name) => ({ variable: { name } })) });
  assert.equal(stakeOfRequest("SetVariables", set("HeartbeatInterval")), "configure");
  assert.equal(stakeOfRequest("SetVariables", set("HeartbeatInterval", "localPreAuthorize")), "dangerous");
  assert.equal(stakeOfRequest("ChangeConfiguration", { key: "StopTransactionOnInvalidId" }), "dangerous");
  assert.equal(stakeOfRequest("ChangeConfiguration", { key: "LightIntensity" }), "configure");
  for (const odd of [{}, { key: 1 }, { setVariableData: 1 }, { setVariableData: [null, 1, {}] }]) {
    assert.equal(stakeOfRequest("SetVariables", odd), "configure", JSON.stringify(odd));
  }
  for (const action of ["UpdateFirmware", "InstallCertificate", "constructor"]) {
    assert.equal(stakeOfRequest(action, {}), "dangerous", action);
  }
});
