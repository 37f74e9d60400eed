import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogFields, silentLog } from "@wattward/kernel";
import { INVITATION_VALID_MS } from "../../people/people.ts";
import { SoftwareAuthenticator } from "../testing/authenticator.ts";
import { Browser, type Desk, newInvitation, ORIGIN, openDesk } from "../testing/desk.ts";
import { attemptLimits } from "./attempts.ts";
import { challengeLimits } from "./challenges.ts";
import { invitationLink } from "./invitation.ts";
import { sessionLimits } from "./sessions.ts";

const me = async (browser: Browser) => (await browser.ask({ url: "/api/v1/auth/me" })).statusCode;

/** Tries to sign in with a new browser; its options may be falsified. */
async function login(desk: Desk, key: SoftwareAuthenticator, falsify = {}) {
  const browser = new Browser(desk);
  const options = (await browser.post("auth/login/options")).json();
  const reply = await browser.post("auth/login", { credential: key.get(options, ORIGIN, falsify) });
  return { browser, reply, options };
}

test("join: a link makes an administrator with a passkey, once; the cookie is one that only we can set", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  const invitation = await newInvitation(desk);
  const name = "Ada";
  const options = (await browser.post("auth/join/options", { invitation, name })).json();
  assert.equal(options.rp.id, "localhost");
  assert.equal(options.authenticatorSelection.residentKey, "required");
  const key = new SoftwareAuthenticator();
  const joined = await browser.post("auth/join", {
    invitation,
    name,
    credential: key.create(options, ORIGIN),
  });
  assert.equal(joined.statusCode, 200, joined.body);
  const cookie = String(joined.headers["set-cookie"]);
  assert.match(cookie, /^__Host-wattward=[\w-]{43};/);
  for (const part of ["Path=/", "HttpOnly", "Secure", "SameSite=Strict"]) assert(cookie.includes(part), part);
  assert(!cookie.includes("Domain"));
  assert.equal(joined.json().role, "administrator");
  assert.equal(await me(browser), 200);

  const again = new Browser(desk);
  const second = await again.post("auth/join/options", { invitation, name: "Eve" });
  assert.equal(second.statusCode, 403);
  assert.equal(second.json().code, "invitation-refused");
});

test("join: two who use one link at once: the second is refused by the commit itself", async (t) => {
  const desk = await openDesk(t);
  const invitation = await newInvitation(desk);
  const replies = [];
  for (const name of ["one", "two"]) {
    const browser = new Browser(desk);
    const options = (await browser.post("auth/join/options", { invitation, name })).json();
    replies.push({ browser, name, credential: new SoftwareAuthenticator().create(options, ORIGIN) });
  }
  const codes = [];
  for (const { browser, name, credential } of replies) {
    codes.push((await browser.post("auth/join", { invitation, name, credential })).statusCode);
  }
  assert.deepEqual(codes, [200, 403]);
});

test("join: refused with the same answer when expired, unknown, replayed, of another origin or another purpose", async (t) => {
  const desk = await openDesk(t);
  const name = "Ada";
  const bodies = new Set<string>();
  const refused = async (invitation: string, falsify: object) => {
    const browser = new Browser(desk);
    const first = await browser.post("auth/join/options", { invitation, name });
    if (first.statusCode !== 200) return void bodies.add(first.body);
    const credential = new SoftwareAuthenticator().create(first.json(), ORIGIN, falsify);
    const reply = await browser.post("auth/join", { invitation, name, credential });
    assert.equal(reply.statusCode, 403, reply.body);
    bodies.add(reply.body);
  };
  await refused("A".repeat(43), {});
  const expired = await newInvitation(desk);
  await desk.time.advance(INVITATION_VALID_MS);
  await refused(expired, {});
  await refused(await newInvitation(desk), { origin: "http://evil.example" });
  await refused(await newInvitation(desk), { rpId: "evil.example" });
  await refused(await newInvitation(desk), { type: "webauthn.get" });
  const loginChallenge = (await new Browser(desk).post("auth/login/options")).json().challenge;
  await refused(await newInvitation(desk), { challenge: loginChallenge });
  assert.equal(bodies.size, 1, [...bodies].join("\n"));
  assert.equal(await desk.core.query("people.count", undefined), 0);
});

test("invitationLink: only while nobody has joined; its secret is not what is stored", async (t) => {
  const desk = await openDesk(t);
  const ports = {
    core: desk.core,
    clock: desk.time,
    chance: { int: () => 0, bytes: (n: number) => new Uint8Array(n) },
  };
  const link = await invitationLink(ports, ORIGIN);
  assert.match(link ?? "", /^http:\/\/localhost:8080\/join#[\w-]{43}$/);
  const stored = JSON.stringify(desk.decided);
  assert(!stored.includes(link?.split("#")[1] ?? "?"));
  await new Browser(desk).join("Ada");
  assert.equal(await invitationLink(ports, ORIGIN), undefined);
});

test("login: with the passkey, and never twice with one challenge", async (t) => {
  const desk = await openDesk(t);
  const key = await new Browser(desk).join("Ada");
  const { browser, reply, options } = await login(desk, key);
  assert.equal(reply.statusCode, 200, reply.body);
  assert.equal(reply.json().name, "Ada");
  assert.equal(options.allowCredentials, undefined, "tells nobody which passkeys exist");
  assert.equal(await me(browser), 200);
  const replayed = await new Browser(desk).post("auth/login", { credential: key.get(options, ORIGIN) });
  assert.equal(replayed.statusCode, 401);
});

test("login: every falsification gets the same answer, and no cookie", async (t) => {
  const reasons: unknown[] = [];
  const log = { ...silentLog, warn: (_: string, fields: LogFields = {}) => void reasons.push(fields.why) };
  const desk = await openDesk(t, { log });
  const key = await new Browser(desk).join("Ada");
  assert.equal((await login(desk, key)).reply.statusCode, 200);
  const bodies = new Set<string>();
  const falsified: [string, SoftwareAuthenticator, object][] = [
    ["unknown key", new SoftwareAuthenticator(), {}],
    ["origin", key, { origin: "http://localhost:9999" }],
    ["relying party", key, { rpId: "evil.example" }],
    ["challenge", key, { challenge: "AAAA" }],
    ["type", key, { type: "webauthn.create" }],
    ["signature", key, { signature: Buffer.alloc(70) }],
    ["counter that went back", key, { counter: 1 }],
  ];
  for (const [what, who, falsify] of falsified) {
    const { reply } = await login(desk, who, falsify);
    assert.equal(reply.statusCode, 401, what);
    assert.equal(reply.headers["set-cookie"], undefined, what);
    bodies.add(reply.body);
  }
  assert.equal(bodies.size, 1);
  assert.equal(new Set(reasons).size, falsified.length, `each for its own reason: ${reasons.join("; ")}`);
});

test("login: a challenge is good for minutes only", async (t) => {
  const desk = await openDesk(t);
  const key = await new Browser(desk).join("Ada");
  const browser = new Browser(desk);
  const options = (await browser.post("auth/login/options")).json();
  await desk.time.advance(challengeLimits.validMs + 1);
  assert.equal((await browser.post("auth/login", { credential: key.get(options, ORIGIN) })).statusCode, 401);
});

test("login: one address, and one credential from many addresses, are slowed down; time heals", async (t) => {
  const desk = await openDesk(t);
  const key = new SoftwareAuthenticator();
  const attempt = (address: string) =>
    desk.api.app.inject({
      method: "POST",
      url: "/api/v1/auth/login",
      remoteAddress: address,
      headers: { host: "localhost", "content-type": "application/json" },
      payload: JSON.stringify({ credential: key.get({ challenge: "AAAA", rpId: "localhost" }, ORIGIN) }),
    });
  const seen = [];
  for (let i = 0; i < attemptLimits.perCredential.burst + 1; i++)
    seen.push((await attempt(`10.0.0.${i}`)).statusCode);
  assert.equal(seen.filter((status) => status === 401).length, attemptLimits.perCredential.burst);
  assert.equal(seen.at(-1), 429);

  const options = () =>
    desk.api.app.inject({
      method: "POST",
      url: "/api/v1/auth/login/options",
      remoteAddress: "10.9.9.9",
      headers: { host: "localhost" },
    });
  for (let i = 0; i < attemptLimits.perAddress.burst; i++) assert.equal((await options()).statusCode, 200);
  const slowed = await options();
  assert.equal(slowed.statusCode, 429);
  const waitS = Number(slowed.headers["retry-after"]);
  assert(waitS >= 1);
  await desk.time.advance(waitS * 1000);
  assert.equal((await options()).statusCode, 200);
});

test("session: ends when signed out, when idle, and absolutely; the secret is nowhere in the database", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  const key = await browser.join("Ada");
  const secret = browser.cookie?.split("=")[1] ?? "?";
  const rows = await desk.db.selectFrom("sessions").selectAll().execute();
  assert.equal(rows.length, 1);
  assert(!JSON.stringify(rows).includes(secret));

  await desk.time.advance(sessionLimits.cookieIdleMs - 1);
  assert.equal(await me(browser), 200);
  await desk.time.advance(sessionLimits.cookieIdleMs + 1);
  assert.equal(await me(browser), 401, "idle");

  const { browser: busy } = await login(desk, key);
  for (let usedMs = 0; usedMs < sessionLimits.cookieMs; usedMs += sessionLimits.cookieIdleMs) {
    assert.equal(await me(busy), 200);
    await desk.time.advance(sessionLimits.cookieIdleMs);
  }
  assert.equal(await me(busy), 401, "absolute");

  const { browser: leaving, reply } = await login(desk, key);
  leaving.csrf = reply.json().csrf;
  const out = await leaving.post("auth/logout");
  assert.equal(out.statusCode, 200, out.body);
  assert.match(String(out.headers["set-cookie"]), /^__Host-wattward=;.*(Expires=Thu, 01 Jan 1970|Max-Age=0)/);
  leaving.cookie = `__Host-wattward=${secret}`;
  assert.equal(await me(leaving), 401);
});

test("session: one opened long after the start of the process is not idle at birth", async (t) => {
  const desk = await openDesk(t);
  await desk.time.advance(sessionLimits.cookieIdleMs * 3);
  const browser = new Browser(desk);
  await browser.join("Ada");
  assert.equal(await me(browser), 200);
});

test("token: works as bearer without CSRF, not as cookie; a cookie's secret is no bearer; ends by its day", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  const made = await browser.post("auth/tokens", { name: "backup script", days: 2 });
  assert.equal(made.statusCode, 200, made.body);
  const { token, expiresAtMs } = made.json();
  assert.equal(expiresAtMs, desk.time.now().wallMs + 2 * 86_400_000);
  const script = (headers: Record<string, string>, method: "GET" | "POST" = "GET") =>
    desk.api.app.inject({
      method,
      url: method === "GET" ? "/api/v1/auth/me" : "/api/v1/auth/logout",
      headers: { host: "localhost", ...headers },
    });
  const asBearer = { authorization: `Bearer ${token}` };
  assert.equal((await script(asBearer)).json().csrf, "");
  assert.equal((await script({ cookie: `__Host-wattward=${token}` })).statusCode, 401);
  const secret = browser.cookie?.split("=")[1] ?? "";
  assert.equal((await script({ authorization: `Bearer ${secret}` })).statusCode, 401);
  await desk.time.advance(2 * 86_400_000);
  assert.equal((await script(asBearer)).statusCode, 401);
});

test("passkeys are bound to a name: who comes by number is told so", async (t) => {
  const desk = await openDesk(t);
  for (const host of ["127.0.0.1:8080", "[::1]:8080"]) {
    const reply = await new Browser(desk, `http://${host}`).post("auth/login/options");
    assert.equal(reply.json().code, "address-by-number", host);
  }
});
