/** What administrators do to people, on every engine: the last one who can sign in stays. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";

const by = { actor: "p", atMs: START_MS };

/** Gives the person's id; the passkey is called as the person. */
async function joined(core: TestCore, name: string, role: string): Promise<string> {
  await core.decide("person.invite", { hash: name, role, expiresAtMs: START_MS + 1_000, atMs: START_MS });
  const told = await core.decide("person.join", {
    ...{ invitation: name, name, atMs: START_MS },
    passkey: { id: name, publicKey: "pk", counter: 0, transports: "[]" },
  });
  assert(told.kind === "joined");
  return told.person;
}

test("administer: role, passkey and person of the last administrator stay; of any other they go", async () => {
  const core = await testCore();
  const ada = await joined(core, "ada", "administrator");
  const vera = await joined(core, "vera", "viewer");
  const last = { kind: "last-administrator" };
  assert.deepEqual(await core.decide("person.change", { id: ada, role: "viewer", ...by }), last);
  assert.deepEqual(await core.decide("person.remove", { id: ada, ...by }), last);
  assert.deepEqual(await core.decide("passkey.remove", { id: "ada", ...by }), last);
  assert.equal((await core.outbox("person.changed")).length, 0);

  assert.equal(
    (await core.decide("person.change", { id: vera, role: "administrator", ...by })).kind,
    "changed",
  );
  assert.equal(
    (await core.decide("person.change", { id: vera, role: "administrator", ...by })).kind,
    "unchanged",
  );
  assert.equal((await core.decide("person.remove", { id: ada, ...by })).kind, "removed");
  assert.equal((await core.decide("person.remove", { id: ada, ...by })).kind, "unchanged");
  assert.deepEqual(await core.decide("passkey.remove", { id: "vera", ...by }), last);
  assert.deepEqual(
    (await core.rows("passkeys")).map(({ id }) => id),
    ["vera"],
  );
});

test("administer: a program never was who could sign in, so it is no last administrator", async () => {
  const core = await testCore();
  for (const name of ["report", "sync"]) {
    const token = { name, role: "administrator", hash: name, expiresAtMs: START_MS + 9_000, atMs: START_MS };
    await core.decide("service.token", token);
  }
  const [report, sync] = ["service:report", "service:sync"] as const;
  assert.equal((await core.decide("person.change", { id: report, role: "viewer", ...by })).kind, "changed");
  assert.equal((await core.decide("person.remove", { id: sync, ...by })).kind, "removed");
});

test("administer: who may invite no more leaves no link behind by which they come back", async () => {
  for (const kind of ["remove", "change"] as const) {
    const core = await testCore();
    await joined(core, "ada", "administrator");
    const eve = await joined(core, "eve", "administrator");
    const life = { expiresAtMs: START_MS + 1_000, atMs: START_MS };
    await core.decide("person.invite", { hash: "way-back", role: "administrator", actor: eve, ...life });
    if (kind === "remove") await core.decide("person.remove", { id: eve, ...by });
    else await core.decide("person.change", { id: eve, role: "viewer", ...by });
    const told = await core.decide("person.join", {
      ...{ invitation: "way-back", name: "eve again", atMs: START_MS + 1 },
      passkey: { id: "another", publicKey: "pk", counter: 0, transports: "[]" },
    });
    assert.deepEqual(told, { kind: "refused", reason: "invitation" }, kind);
    assert.equal((await core.outbox("invitation.withdrawn")).length, 1);
  }
});

test("administer: two who remove one another at once: one is refused", async () => {
  const core = await testCore();
  const [ada, eve] = [await joined(core, "ada", "administrator"), await joined(core, "eve", "administrator")];
  const told = await Promise.all([
    core.decide("person.remove", { id: ada, ...by }),
    core.decide("person.change", { id: eve, role: "viewer", ...by }),
  ]);
  assert.equal(told.filter(({ kind }) => kind === "last-administrator").length, 1);
});

test("administer: a session and an invitation are named by the beginning of their hash, whole or not at all", async () => {
  const core = await testCore();
  const ada = await joined(core, "ada", "administrator");
  const hash = "ab".repeat(32);
  const open = {
    person: ada,
    kind: "token",
    name: "t",
    expiresAtMs: START_MS + 9_000,
    atMs: START_MS,
  } as const;
  await core.decide("session.open", { hash, ...open });
  for (const id of ["ab", "", "a".repeat(32), hash, `${"ab".repeat(15)}%%`]) {
    assert.equal((await core.decide("session.end", { id, ...by })).kind, "unknown", id);
  }
  assert.equal((await core.decide("session.end", { id: hash.slice(0, 32), ...by })).kind, "ended");
  assert.equal((await core.decide("session.end", { id: hash.slice(0, 32), ...by })).kind, "unknown");

  const invitation = "cd".repeat(32);
  await core.decide("person.invite", {
    hash: invitation,
    role: "viewer",
    expiresAtMs: START_MS + 1,
    atMs: START_MS,
    actor: "p",
  });
  const withdraw = () => core.decide("invitation.withdraw", { id: invitation.slice(0, 32), ...by });
  assert.equal((await withdraw()).kind, "withdrawn");
  assert.equal((await withdraw()).kind, "unknown");
  const passkey = { id: "k", publicKey: "pk", counter: 0, transports: "[]" };
  const late = await core.decide("person.join", { invitation, name: "Eve", passkey, atMs: START_MS });
  assert.equal(late.kind, "refused");
});
