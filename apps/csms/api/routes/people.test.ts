/** People over the API: by roles, through invitations; and nobody locks the last administrator out. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { SoftwareAuthenticator } from "../testing/authenticator.ts";
import { type Asking, Browser, type Desk, HOST, ORIGIN, openDesk } from "../testing/desk.ts";

type Person = {
  id: string;
  name: string;
  role: string;
  kind: string;
  passkeys: { id: string; usedAtMs: number | null }[];
  sessions: { id: string; kind: string; name: string }[];
};
type People = { people: Person[]; invitations: { id: string; role: string; expiresAtMs: number }[] };

const ask = async (browser: Browser, method: Asking["method"], path: string, body?: unknown) =>
  browser.ask({ ...(method && { method }), url: `/api/v1/${path}`, ...(body !== undefined && { body }) });
const people = async (browser: Browser): Promise<People> => (await ask(browser, "GET", "people")).json();
const named = async (browser: Browser, name: string): Promise<Person> => {
  const found = (await people(browser)).people.find((person) => person.name === name);
  return found ?? assert.fail(`nobody is called ${name}`);
};

/** Joins by a link that Ada's console gave. */
async function invited(desk: Desk, by: Browser, name: string, role: string): Promise<Browser> {
  const reply = await by.post("people/invitations", { role });
  assert.equal(reply.statusCode, 200, reply.body);
  const { link } = reply.json();
  assert(link.startsWith(`${ORIGIN}/join#`), link);
  const browser = new Browser(desk);
  await browser.join(name, new SoftwareAuthenticator(), link.split("#")[1]);
  return browser;
}

async function ada(t: TestContext): Promise<{ desk: Desk; browser: Browser }> {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  return { desk, browser };
}

test("people: an invitation gives its role, once; open ones are listed without their secret, and can be withdrawn", async (t) => {
  const { desk, browser } = await ada(t);
  const viewer = await invited(desk, browser, "Vera", "viewer");
  assert.equal((await ask(viewer, "GET", "auth/me")).json().role, "viewer");
  assert.equal((await browser.post("people/invitations", { role: "owner" })).statusCode, 400);
  assert.equal((await browser.post("people/invitations", { role: "none" })).statusCode, 400);

  const { link, expiresAtMs } = (await browser.post("people/invitations", { role: "operator" })).json();
  const [open] = (await people(browser)).invitations;
  assert.deepEqual([open?.role, open?.expiresAtMs], ["operator", expiresAtMs]);
  const secret = link.split("#")[1];
  const hash =
    (await desk.db.selectFrom("invitations").select("hash").where("role", "=", "operator").execute())[0]
      ?.hash ?? "";
  const listed = JSON.stringify(await people(browser));
  assert(!listed.includes(secret) && !listed.includes(hash));

  assert.equal((await ask(browser, "DELETE", `people/invitations/${open?.id}`)).statusCode, 200);
  assert.equal(
    (await ask(browser, "DELETE", `people/invitations/${open?.id}`)).json().code,
    "unknown-invitation",
  );
  const late = await new Browser(desk).post("auth/join/options", { invitation: secret, name: "Olga" });
  assert.equal(late.json().code, "invitation-refused");
});

test("people: what each role may, at the routes themselves", async (t) => {
  const { desk, browser } = await ada(t);
  await desk.add("stations", { id: "CS-1", ocpp_version: "1.6" });
  const viewer = await invited(desk, browser, "Vera", "viewer");
  const operator = await invited(desk, browser, "Olga", "operator");
  const command = (who: Browser, action: string, payload: object) =>
    who.post("stations/CS-1/commands", { action, payload, reason: "test" });
  const trigger = { requestedMessage: "Heartbeat" };
  for (const [who, may] of [
    [viewer, { read: 200, trigger: 403, reset: 403, settings: 403, people: 403 }],
    [operator, { read: 200, trigger: 202, reset: 403, settings: 403, people: 403 }],
    [browser, { read: 200, trigger: 202, reset: 202, settings: 200, people: 200 }],
  ] as const) {
    assert.equal((await ask(who, "GET", "stations")).statusCode, may.read);
    assert.equal((await ask(who, "GET", "people/names")).statusCode, may.read);
    assert.equal((await command(who, "TriggerMessage", trigger)).statusCode, may.trigger);
    assert.equal((await command(who, "Reset", { type: "Soft" })).statusCode, may.reset);
    const set = await ask(who, "PUT", "settings/outbox_days", { value: 30 });
    assert.equal(set.statusCode, may.settings, set.body);
    assert.equal((await ask(who, "GET", "people")).statusCode, may.people);
  }
});

test("people: another role holds from the next request on; somebody who left can do nothing, and keeps a name", async (t) => {
  const { desk, browser } = await ada(t);
  const olga = await invited(desk, browser, "Olga", "administrator");
  const { id } = await named(browser, "Olga");
  const role = (to: string) => ask(browser, "PUT", `people/${id}/role`, { role: to });
  assert.deepEqual((await role("viewer")).json(), { changed: true });
  assert.deepEqual((await role("viewer")).json(), { changed: false });
  assert.equal((await ask(olga, "GET", "people")).statusCode, 403);
  assert.equal((await ask(olga, "GET", "sites")).statusCode, 200);

  assert.deepEqual((await ask(browser, "DELETE", `people/${id}`)).json(), { changed: true });
  assert.equal((await ask(olga, "GET", "sites")).statusCode, 401);
  const left = await named(browser, "Olga");
  assert.deepEqual([left.role, left.passkeys, left.sessions], ["none", [], []]);
  const names = (await ask(browser, "GET", "people/names")).json();
  assert(names.some((person: { id: string; name: string }) => person.id === id && person.name === "Olga"));
  assert.equal(
    (await ask(browser, "PUT", "people/nobody/role", { role: "viewer" })).json().code,
    "unknown-person",
  );
  const told = await desk.core.query("outbox.after", {
    seq: 0,
    most: 100,
    kinds: ["person.changed", "person.removed"],
  });
  const { person } = (await ask(browser, "GET", "auth/me")).json();
  assert.deepEqual(
    told.map(({ kind, data }) => [kind, data["person"], data["actor"]]),
    [
      ["person.changed", id, person],
      ["person.removed", id, person],
    ],
  );
});

test("people: the last administrator keeps role, passkey and place, whatever programs and leavers there are", async (t) => {
  const { desk, browser } = await ada(t);
  await invited(desk, browser, "Vera", "viewer");
  await desk.core.decide("service.token", {
    ...{ name: "robot", role: "administrator", hash: "h", expiresAtMs: desk.time.now().wallMs + 1_000 },
    atMs: desk.time.now().wallMs,
  });
  const me = await named(browser, "Ada");
  const key = me.passkeys[0]?.id ?? "";
  const refused = async () => {
    for (const reply of [
      await ask(browser, "PUT", `people/${me.id}/role`, { role: "operator" }),
      await ask(browser, "DELETE", `people/${me.id}`),
      await ask(browser, "DELETE", `people/passkeys/${key}`),
    ]) {
      assert.deepEqual([reply.statusCode, reply.json().code], [409, "last-administrator"]);
    }
  };
  await refused();
  assert.deepEqual(await named(browser, "Ada"), me);

  // With a second one the first may go; then the second may not.
  const eve = await invited(desk, browser, "Eve", "administrator");
  const other = await named(browser, "Eve");
  assert.equal((await ask(browser, "DELETE", `people/passkeys/${key}`)).statusCode, 200);
  assert.equal((await ask(browser, "DELETE", `people/passkeys/${key}`)).json().code, "unknown-passkey");
  for (const path of [`people/${other.id}`, `people/passkeys/${other.passkeys[0]?.id}`]) {
    // Ada is still administrator and signed in, but could never sign in again.
    assert.equal((await ask(browser, "DELETE", path)).json().code, "last-administrator", path);
  }
  assert.equal((await ask(eve, "DELETE", `people/${me.id}`)).statusCode, 200);
  assert.equal((await ask(browser, "GET", "sites")).statusCode, 401);
});

test("people: two administrators who remove one another at once: one stays", async (t) => {
  const { desk, browser } = await ada(t);
  const eve = await invited(desk, browser, "Eve", "administrator");
  const [a, b] = [await named(browser, "Ada"), await named(browser, "Eve")];
  await Promise.all([ask(browser, "DELETE", `people/${b.id}`), ask(eve, "DELETE", `people/${a.id}`)]);
  const left = await desk.db
    .selectFrom("passkeys")
    .innerJoin("people", "people.id", "person_id")
    .select("role")
    .execute();
  assert.deepEqual(
    left.map(({ role }) => role),
    ["administrator"],
  );
});

test("sessions: browsers and programs are listed by an id that opens nothing, and ended by it at once", async (t) => {
  const { desk, browser } = await ada(t);
  const viewer = await invited(desk, browser, "Vera", "viewer");
  const { token } = (await browser.post("auth/tokens", { name: "export" })).json();
  const bearer = (secret: string) =>
    desk.api.app.inject({ url: "/api/v1/sites", headers: { host: HOST, authorization: `Bearer ${secret}` } });
  assert.equal((await bearer(token)).statusCode, 200);
  const me = await named(browser, "Ada");
  const program = me.sessions.find(({ kind }) => kind === "token");
  assert.equal(program?.name, "export");
  assert.equal((await bearer(program?.id ?? "")).statusCode, 401);
  assert.equal((await ask(browser, "DELETE", `people/sessions/${program?.id}`)).statusCode, 200);
  assert.equal((await bearer(token)).statusCode, 401);
  assert.equal(
    (await ask(browser, "DELETE", `people/sessions/${program?.id}`)).json().code,
    "unknown-session",
  );

  const session = (await named(browser, "Vera")).sessions[0]?.id ?? "";
  // Neither a part of an id, nor a pattern, nor nothing names one.
  for (const odd of [
    session.slice(0, 8),
    "%25",
    "_".repeat(32),
    `${session.slice(0, 31)}g`,
    "f".repeat(1_400),
  ]) {
    assert.equal(
      (await ask(browser, "DELETE", `people/sessions/${odd}`)).json().code,
      "unknown-session",
      odd,
    );
  }
  assert.equal((await ask(viewer, "GET", "sites")).statusCode, 200);
  assert.equal((await ask(browser, "DELETE", `people/sessions/${session}`)).statusCode, 200);
  assert.equal((await ask(viewer, "GET", "sites")).statusCode, 401);
});
