/** One more passkey of one's own: it signs in, it is nobody else's already, and a token of a program gets none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SoftwareAuthenticator } from "../testing/authenticator.ts";
import { Browser, ORIGIN, openDesk } from "../testing/desk.ts";

test("passkeys: a second one of mine signs me in; the first may then go", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  const first = await browser.join("Ada");
  const second = new SoftwareAuthenticator();
  const options = (await browser.post("auth/passkeys/options")).json();
  assert.deepEqual(
    options.excludeCredentials.map(({ id }: { id: string }) => id),
    [Buffer.from(first.id).toString("base64url")],
  );
  const credential = second.create(options, ORIGIN);
  assert.equal((await browser.post("auth/passkeys", { credential })).statusCode, 200);
  const again = await browser.post("auth/passkeys", { credential });
  assert.deepEqual(
    [again.statusCode, again.json().code],
    [403, "passkey-refused"],
    "a challenge is good once",
  );

  const elsewhere = new Browser(desk);
  const login = (await elsewhere.post("auth/login/options")).json();
  const reply = await elsewhere.post("auth/login", { credential: second.get(login, ORIGIN) });
  assert.deepEqual([reply.statusCode, reply.json().name], [200, "Ada"]);
  elsewhere.csrf = reply.json().csrf;
  const me = (await elsewhere.ask({ url: "/api/v1/auth/me" })).json();
  const { people } = (await elsewhere.ask({ url: "/api/v1/people" })).json();
  assert.equal(people[0].passkeys.length, 2);
  assert(
    people[0].sessions.some(({ id }: { id: string }) => id === me.session),
    "my session is in the list",
  );
  const id = Buffer.from(first.id).toString("base64url");
  const gone = await elsewhere.ask({ method: "DELETE", url: `/api/v1/people/passkeys/${id}` });
  assert.equal(gone.statusCode, 200);
});

test("passkeys: another person's challenge, a key that is somebody's already, and a token are refused", async (t) => {
  const desk = await openDesk(t);
  const [ada, eve] = [new Browser(desk), new Browser(desk)];
  const key = await ada.join("Ada");
  await eve.join("Eve");
  const options = async (browser: Browser) => (await browser.post("auth/passkeys/options")).json();
  const give = async (browser: Browser, credential: object) =>
    (await browser.post("auth/passkeys", { credential })).statusCode;
  const stolen = new SoftwareAuthenticator().create(await options(ada), ORIGIN);
  assert.equal(await give(eve, stolen), 403);
  assert.equal(await give(eve, key.create(await options(eve), ORIGIN)), 403);

  const { token } = (await ada.post("auth/tokens", { name: "nightly" })).json();
  const program = await desk.api.app.inject({
    method: "POST",
    url: "/api/v1/auth/passkeys/options",
    headers: { host: new URL(ORIGIN).host, authorization: `Bearer ${token}` },
  });
  assert.deepEqual([program.statusCode, program.json().code], [403, "forbidden"]);
});
