/** Who is shown, and who is the last who could administer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Person } from "../api/manage-api.ts";
import { lastSeenMs, leavesNobody, shownBy } from "./view.ts";

const key = (id: string, usedAtMs: number | null = null) => ({ id, addedAtMs: 1, usedAtMs });
const person = (id: string, role: string, keys: string[] = [], kind = "person"): Person => ({
  ...{ id, name: id, role, kind, addedAtMs: 1 },
  passkeys: keys.map((name) => key(name)),
  sessions: [],
});

test("people: the last administrator with a passkey is held; one without, or a program, does not count", () => {
  const ada = person("ada", "administrator", ["a1"]);
  const keyless = person("bo", "administrator");
  const program = person("service:x", "administrator", [], "service");
  const alone = { people: [ada, keyless, program, person("eve", "operator", ["e1"])] };
  assert.equal(leavesNobody(alone, { person: "ada" }), true);
  assert.equal(leavesNobody(alone, { passkey: "a1" }), true);
  assert.equal(leavesNobody(alone, { passkey: "e1" }), false);
  assert.equal(leavesNobody(alone, { person: "eve" }), false);
  assert.equal(leavesNobody(alone, { person: "bo" }), false, "Ada stays");

  const two = { people: [ada, person("cy", "administrator", ["c1"])] };
  assert.equal(leavesNobody(two, { person: "ada" }), false);
  const twice = { people: [person("ada", "administrator", ["a1", "a2"])] };
  assert.equal(leavesNobody(twice, { passkey: "a1" }), false, "the other key stays");
  assert.equal(leavesNobody(twice, { person: "ada" }), true);
});

test("people: who has left is shown among those alone", () => {
  const all = [person("a", "viewer"), person("s", "viewer", [], "service"), person("l", "none")];
  const ids = (who: Parameters<typeof shownBy>[1]) => shownBy(all, who).map(({ id }) => id);
  assert.deepEqual(ids(undefined), ["a", "s"]);
  assert.deepEqual(ids("people"), ["a"]);
  assert.deepEqual(ids("programs"), ["s"]);
  assert.deepEqual(ids("left"), ["l"]);
});

test("people: last seen is the later of a passkey's use and a browser's session", () => {
  const ada = person("ada", "viewer");
  assert.equal(lastSeenMs(ada), null);
  const session = { id: "s", kind: "cookie", name: "browser", openedAtMs: 7, expiresAtMs: 9 };
  assert.equal(lastSeenMs({ ...ada, passkeys: [key("k", 5)], sessions: [session] }), 7);
  assert.equal(lastSeenMs({ ...ada, sessions: [{ ...session, kind: "token" }] }), null);
});
