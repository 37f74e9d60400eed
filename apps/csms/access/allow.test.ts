import assert from "node:assert/strict";
import { test } from "node:test";
import { commandActions as sendableActions } from "../commands/actions.ts";
import { type AccessClass, type Actor, accessClasses, allow, isAccess } from "./allow.ts";
import { commandAccess, commandActions } from "./commands.ts";

const actor = (role: string): Actor => ({ person: "p", name: "P", role, via: "cookie" });
const ask = (who: Actor | undefined, stake: AccessClass) =>
  allow({ actor: who, action: "do", resource: "thing", class: stake });

test("allow: public to all; everything to administrators; nothing else to anyone", () => {
  for (const stake of accessClasses) {
    const open = stake === "public";
    assert.equal(ask(undefined, stake), open ? "allowed" : "anonymous", stake);
    assert.equal(ask(actor("administrator"), stake), "allowed", stake);
    for (const role of ["", "Administrator", "administrators", "viewer", "__proto__"]) {
      assert.equal(ask(actor(role), stake), open ? "allowed" : "forbidden", `${role} ${stake}`);
    }
  }
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

test("commands: each that can be sent, in either version, has a class, and no other has", () => {
  const sendable = new Set(Object.values(sendableActions).flatMap((actions) => [...actions]));
  assert.deepEqual([...commandActions].sort(), [...sendable].sort());
});

test("commands: none is public or merely read, and what may cut service or change a station is dangerous", () => {
  for (const action of commandActions) {
    assert(["operate", "dangerous"].includes(commandAccess[action]), action);
  }
  const dangerous = commandActions.filter((action) => commandAccess[action] === "dangerous");
  assert.deepEqual(dangerous.sort(), ["ChangeAvailability", "ChangeConfiguration", "Reset", "SetVariables"]);
});
