/**
 * Security profiles 1 and 2 on real sockets and processes: the doors open and close with the dispensations, what a
 * stranger learns, and what a thousand guesses cost. Strangers come from other addresses of this machine's loopback.
 */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { before, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { type StationId, silentLog, type Wire } from "@wattward/kernel";
import { argon2Hasher, type PasswordProfile } from "@wattward/ocpp/ways-in";
import { dialer } from "@wattward/ocpp/websocket";
import { withDataCore } from "../../apps/csms/cli/data-core.ts";
import { grantDispensation } from "../../apps/csms/ways-in/grant.ts";
import { readJson } from "../../demo/programs.ts";
import { type Csms, csmsOn, dispense, enrolStations, passwordPort, stationIdentity } from "./rig/operator.ts";
import { seen } from "./rig/stored.ts";
import { eventually, isFree, SOON_MS, workplace } from "./rig/workplace.ts";

const hash = argon2Hasher();
const skip = hash === undefined && "this Node has no Argon2";
const out = workplace("security-profiles");
const profiles = [2, 1] as const;
let csms: Csms;

before(
  async () => {
    csms = await csmsOn(out);
    await enrolStations(out, ["CERTIFIED"]);
  },
  { timeout: 60_000 },
);

const portOf = (securityProfile: PasswordProfile) => passwordPort(csms, { program: "csms", securityProfile });
const openPorts = () =>
  profiles.filter(
    (profile) => readJson(join(out, "csms", "csms.json"))?.[`profile${profile}Port`] !== undefined,
  );

type Asked = {
  readonly profile: PasswordProfile;
  readonly id: string;
  readonly credentials?: string | undefined;
  readonly from?: string;
};

/** Asks for an upgrade by hand, from any address of loopback: the whole answer, "" where the connection was closed. */
async function ask(port: number, { profile, id, credentials, from = "127.0.0.1" }: Asked): Promise<string> {
  const tcp = connect({ host: "127.0.0.1", port, localAddress: from });
  const { ca } = stationIdentity(out, "CERTIFIED");
  const socket: Socket =
    profile === 1 ? tcp : connectTls({ socket: tcp, ca, servername: csms.name, ALPNProtocols: [] });
  const basic =
    credentials === undefined
      ? ""
      : `Authorization: Basic ${Buffer.from(credentials).toString("base64")}\r\n`;
  socket.write(
    `GET /ocpp/${id} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ocpp1.6\r\n${basic}\r\n`,
  );
  return new Promise((resolve) => {
    let answer = "";
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
      if (answer.startsWith("HTTP/1.1 101")) socket.destroy();
    });
    socket.on("error", () => socket.destroy());
    tcp.on("error", () => socket.destroy());
    socket.on("close", () => resolve(answer));
  });
}
const statusOf = (answer: string) => answer.slice(9, 12);

/** A station that is let in: its wire, and the code with which it ends. */
async function inside(port: number, profile: PasswordProfile, id: string, password: string) {
  const { ca } = stationIdentity(out, "CERTIFIED");
  const dialled = await dialer({
    url: `${profile === 1 ? "ws" : "wss"}://${csms.name}:${port}/ocpp`,
    connectTo: { host: "127.0.0.1", port },
    ...(profile === 2 && { tls: { ca } }),
    basic: { user: id, password: Buffer.from(password) },
    log: silentLog,
  }).dial(`/${id}`, ["ocpp2.0.1"]);
  assert(dialled.ok, `${id}: ${dialled.ok ? "" : dialled.fault.sentence}`);
  const wire: Wire = dialled.value;
  const ended = new Promise<number>((resolve) => wire.listen({ message() {}, closed: resolve }));
  return { wire, ended };
}

test("no dispensation, no listener; each opens with the first of its profile, and its end closes sockets and port", {
  skip,
  timeout: 60_000,
}, async () => {
  assert.deepEqual(openPorts(), []);
  for (const profile of profiles) {
    const id = `SHORT-${profile}`;
    await dispense(out, id, { securityProfile: profile });
    const port = await portOf(profile);
    const untilMs = Date.now() + 4_000;
    const password = await briefly(id, profile, untilMs);
    const station = await knocking(() => inside(port, profile, id, password));
    const code = await station.ended;
    assert.equal(code, 1008, "the socket was closed");
    assert(Date.now() >= untilMs - 5, `${untilMs - Date.now()} ms early`);
    assert(Date.now() < untilMs + 3_000, "and soon");
    await eventually("the port was closed", () => openPorts().length === 0);
    assert(await isFree(port), "nobody listens there any more");
  }
  const told = seen(out).map(({ what }) => what);
  assert.equal(told.filter((what) => what === "gateway.dispensation-over").length, 2);
});

/** A dispensation of seconds, which the command line has no words for: its password. */
async function briefly(id: string, securityProfile: PasswordProfile, untilMs: number): Promise<string> {
  if (hash === undefined) throw new Error("this Node has no Argon2");
  const asked = { station: id as StationId, securityProfile, untilMs, actor: "a test" };
  const given = await withDataCore(join(out, "csms"), (ports) =>
    grantDispensation({ ...ports, hash }, asked),
  );
  if (given.kind === "refused") throw new Error(given.sentence);
  return given.password;
}

/** Until the gateway has heard of what was just given: half a second. */
async function knocking<T>(attempt: () => Promise<T>): Promise<T> {
  for (const endMs = performance.now() + 3_000; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

test("a stranger learns nothing: byte for byte the same answer for an id that there is and one that there is not", {
  skip,
  timeout: 60_000,
}, async () => {
  for (const profile of profiles) {
    const id = `KEPT-${profile}`;
    const password = await dispense(out, id, { securityProfile: profile });
    const port = await portOf(profile);
    const wrong = "0".repeat(40);
    const answers = [
      await ask(port, { profile, id, credentials: `${id}:${wrong}`, from: "127.0.1.1" }),
      await ask(port, { profile, id: "NOBODY", credentials: `NOBODY:${wrong}`, from: "127.0.1.2" }),
      await ask(port, { profile, id: "CERTIFIED", credentials: `CERTIFIED:${wrong}`, from: "127.0.1.3" }),
      await ask(port, { profile, id, credentials: `NOBODY:${password}`, from: "127.0.1.4" }),
      await ask(port, { profile, id, from: "127.0.1.5" }),
    ];
    assert.match(
      answers[0] ?? "",
      /^HTTP\/1\.1 401 Unauthorized\r\n[\s\S]*WWW-Authenticate: Basic realm="ocpp"\r\n/,
    );
    assert.equal(new Set(answers).size, 1, answers.join("\n"));
    assert.equal(
      statusOf(await ask(port, { profile, id, credentials: `${id}:${password}`, from: "127.0.1.6" })),
      "101",
    );
  }
  assert(
    !csms.said().includes("WWW-Authenticate") && !/[0-9a-f]{40}/.test(csms.said()),
    "no secret is logged",
  );
});

test("a thousand guesses at one password: few are hashed, and the station comes back at once", {
  skip,
  timeout: 120_000,
}, async () => {
  const password = await dispense(out, "TARGET", { securityProfile: 1 });
  const port = await portOf(1);
  const first = await knocking(() => inside(port, 1, "TARGET", password));
  first.wire.close(1000, "");
  await first.ended;
  const statuses = new Map<string, number>();
  const guess = async (i: number) => {
    const credentials = `TARGET:${i.toString(16).padStart(40, "0")}`;
    const status = statusOf(await ask(port, { profile: 1, id: "TARGET", credentials, from: "127.0.2.1" }));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  for (let i = 0; i < 1_000; i += 20) await Promise.all(Array.from({ length: 20 }, (_, k) => guess(i + k)));
  const hashed = statuses.get("401") ?? 0;
  assert(hashed > 0 && hashed <= 40, JSON.stringify([...statuses]));
  assert.equal(
    [...statuses.values()].reduce((a, b) => a + b),
    1_000,
    "none hung",
  );
  assert.equal(statuses.get("101"), undefined);
  // Not from where the guesses came: from where it always came.
  const again = await inside(port, 1, "TARGET", password);
  again.wire.close(1000, "");
  const observed = seen(out).filter(({ station }) => station === "TARGET");
  assert(observed.length > 0 && observed.length < 20, `${observed.length} observations`);
});

test("a source that shows no certificate is shed before TLS; stations from elsewhere are not", {
  timeout: 60_000,
}, async () => {
  const bare = (from: string) =>
    new Promise<string>((resolve) => {
      const tcp = connect({ host: "127.0.0.1", port: csms.port, localAddress: from });
      const { ca } = stationIdentity(out, "CERTIFIED");
      const socket = connectTls({ socket: tcp, ca, servername: csms.name });
      let secured = false;
      socket.once("secureConnect", () => (secured = true));
      socket.on("error", () => {});
      tcp.on("error", () => {});
      socket.once("close", () => resolve(secured ? "secured" : "shed"));
      socket.resume();
    });
  const met: string[] = [];
  for (let i = 0; i < 60; i++) met.push(await bare("127.0.3.1"));
  const shed = met.filter((how) => how === "shed").length;
  assert(shed >= 40, `${shed} of 60 were shed before TLS`);
  const { ca, cert = "", key = "", passphrase = "" } = stationIdentity(out, "CERTIFIED");
  const dialled = await dialer({
    url: `wss://${csms.name}:${csms.port}/ocpp`,
    connectTo: { host: "127.0.0.1", port: csms.port },
    tls: { ca, cert, key, passphrase },
    log: silentLog,
  }).dial("/CERTIFIED", ["ocpp1.6"]);
  assert(dialled.ok, "a station with its certificate, from its own address");
  dialled.value.terminate();
  await eventually(
    "it was told",
    () => seen(out).some(({ what }) => what === "gateway.connection-refused"),
    SOON_MS,
  );
});
