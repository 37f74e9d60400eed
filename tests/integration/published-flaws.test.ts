/**
 * The flaws that were published of other central systems, at a running gateway, for ever: no authentication on the
 * WebSocket (CWE-306), no limit on attempts (CWE-307), takeover by a second connection of the same id (CWE-613), ids
 * that can be found out (CWE-522), and one station that ends another's transaction (CVE-2026-28230).
 *
 * Every way in is open: security profile 3, and by dispensation 2 and 1. Beside each wrong proof stands the right one,
 * so that a door which lets nobody in would be found too.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { addStation } from "../../apps/csms/cli/station/add.ts";
import { readJson } from "../../demo/programs.ts";
import { boot, Session } from "./rig/charging.ts";
import { apiToken, type Csms, csmsOn, enrolCard, enrolStations, stationIdentity } from "./rig/operator.ts";
import { RawSocket, textFrame, upgradeRequest } from "./rig/raw-socket.ts";
import { Station } from "./rig/station.ts";
import { rows, seen, transactionsOf } from "./rig/stored.ts";
import { eventually, workplace } from "./rig/workplace.ts";

const out = workplace("published-flaws");
const CERTIFIED = ["ALPHA", "BETA"];
const ways = { 1: "BY-PASSWORD-1", 2: "BY-PASSWORD-2" } as const;
type Way = keyof typeof ways;
/** Beyond what a person who mistypes needs; far below what finds a password of 32 characters. */
const GUESSES = 60;

const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

let csms: Csms;
const passwords: Record<Way, string> = { 1: "", 2: "" };
const portOf = (way: Way): number => Number(readJson(`${out}/csms/csms.json`)?.[`profile${way}Port`] ?? 0);

before(
  async () => {
    csms = await csmsOn(out);
    await enrolStations(out, CERTIFIED);
    await enrolCard(out);
    for (const way of [1, 2] as const) passwords[way] = await dispense(way);
    await eventually("both doors were open", () => portOf(1) > 0 && portOf(2) > 0);
    // Whoever has been let in from an address is heard from there, whatever others do with its id.
    for (const way of [1, 2] as const) assert.equal((await atHome(way)).status, 101);
  },
  { timeout: 120_000 },
);

const outboxOf = (kind: string): number => rows(out, "SELECT 1 FROM outbox WHERE kind = ?", kind).length;

/** What an operator types, and the password that is printed. */
async function dispense(way: Way): Promise<string> {
  const said: string[] = [];
  const keep = (text: string) => void said.push(text);
  const args = [ways[way], "--security-profile", String(way), "--until", tomorrow, "--data", `${out}/csms`];
  await addStation(args, { out: keep, err: keep, env: {} });
  return /^ {2}(\S{16,})$/m.exec(said.join(""))?.[1] ?? assert.fail(said.join(""));
}

const basic = (user: string, password: string) =>
  `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

type Reply = { readonly status: number; readonly head: string };

/** One upgrade at the listener of that way, from an address of this machine; the socket is closed after the answer. */
async function ask(way: Way, id: string, headers: readonly string[], from = "127.0.0.1"): Promise<Reply> {
  const server = { name: csms.name, port: portOf(way) };
  const raw =
    way === 1
      ? await RawSocket.tcp(server, from)
      : await RawSocket.tls(server, { ca: stationIdentity(out, "ALPHA").ca }, from);
  raw.write(upgradeRequest(`/ocpp/${id}`, headers));
  await eventually("an answer, or the end", () => raw.over || raw.text.includes("\r\n\r\n"));
  const head = raw.text.split("\r\n\r\n")[0] ?? "";
  raw.end();
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head };
}

/** The station itself, from where it lives. */
const atHome = (way: Way) => ask(way, ways[way], [basic(ways[way], passwords[way])], "127.0.0.1");

const certified = (id: string, as = id) =>
  Station.dial(csms, { id, version: "1.6", identity: stationIdentity(out, as) });

/** As long as a password is. */
const WRONG = "0123456789abcdef0123456789abcdef";
let addresses = 0;
/** One that has never failed: what is judged here is the answer to the question, not to the one who asks too often. */
const freshAddress = () => `127.0.1.${++addresses}`;

test("CWE-522: who asks learns of no id: known, unknown and certified stations get the same answer", async () => {
  for (const way of [1, 2] as const) {
    const faces = new Set<string>();
    for (const id of [ways[way], "NO-SUCH-STATION", "ALPHA", ways[way === 1 ? 2 : 1]]) {
      const { status, head } = await ask(way, id, [basic(id, WRONG)], freshAddress());
      faces.add(`${status}\n${head.replace(/^Date:.*$/im, "")}`);
    }
    assert.deepEqual([...faces].length, 1, [...faces].join("\n---\n"));
  }
  const url = `http://127.0.0.1:${csms.httpPort}/api/v1/stations`;
  const reply = await fetch(url);
  assert.equal(reply.status, 401);
  assert(!(await reply.text()).includes("ALPHA"));
  const authorised = await fetch(url, { headers: { authorization: `Bearer ${await apiToken(out)}` } });
  assert((await authorised.text()).includes("ALPHA"));
});

test("CWE-306: no WebSocket without a proof, at any door, and nothing is heard of who has none", async () => {
  const { ca } = stationIdentity(out, "ALPHA");
  assert.equal((await Station.dial(csms, { id: "ALPHA", version: "1.6", identity: { ca } })).kind, "out");
  for (const way of [1, 2] as const) {
    for (const headers of [[], ["Authorization: Bearer x"], ["Authorization: Basic"], [basic("", "")]]) {
      const { status } = await ask(way, ways[way], headers, `127.0.2.${way}`);
      // 429: by then this address has failed too often to be heard.
      assert([401, 429].includes(status), `security profile ${way}, ${headers[0]}: ${status}`);
    }
    assert.equal((await atHome(way)).status, 101);
  }
  // A frame before the handshake is no way in either.
  const raw = await RawSocket.tcp({ name: csms.name, port: portOf(1) });
  raw.write(textFrame('[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'));
  await eventually("the end of it", () => raw.over || raw.text.startsWith("HTTP/1.1 400"));
  assert.equal(outboxOf("station.booted"), 0);
});

test("CWE-307: guesses run dry, at the door and for the id; the station itself still comes in", async () => {
  const way = 1;
  const guessed: number[] = [];
  for (let n = 0; n < GUESSES; n++) {
    const guess = basic(ways[way], `guess-${String(n).padStart(20, "0")}`);
    guessed.push((await ask(way, ways[way], [guess], "127.0.0.66")).status);
  }
  const judged = guessed.filter((status) => status === 401).length;
  assert(
    judged > 0 && judged <= GUESSES / 3,
    `${judged} of ${GUESSES} guesses were judged: ${guessed.join(" ")}`,
  );
  // The right password from there is not even looked at; from where the station lives it is.
  assert.notEqual((await ask(way, ways[way], [basic(ways[way], passwords[way])], "127.0.0.66")).status, 101);
  assert.equal((await atHome(way)).status, 101);
  const observed = await eventually("the guessing was observed", () => {
    const told = seen(out).filter(({ what }) => what === "gateway.authentication-failed");
    return told.length > 0 && told;
  });
  assert(observed.length < GUESSES, `${observed.length} observations`);
});

test("CWE-613: a second connection with the same id, and without its key, takes nothing over", async () => {
  const alpha = await certified("ALPHA");
  assert(alpha.kind === "in");
  await alpha.station.result("BootNotification", boot("1.6").payload);
  const thief = await certified("ALPHA", "BETA");
  assert.deepEqual([thief.kind, thief.kind === "out" && thief.why], ["out", "403"]);
  for (const way of [1, 2] as const) {
    assert.notEqual((await ask(way, "ALPHA", [basic("ALPHA", passwords[way])])).status, 101);
    assert.notEqual((await ask(way, "ALPHA", [basic(ways[way], passwords[way])])).status, 101);
  }
  await alpha.station.result("Heartbeat", {});
  alpha.station.leave();
});

test("CVE-2026-28230: a station ends only transactions of its own", async () => {
  const [alpha, beta] = await Promise.all([certified("ALPHA"), certified("BETA")]);
  assert(alpha.kind === "in" && beta.kind === "in");
  for (const { station } of [alpha, beta]) await station.result("BootNotification", boot("1.6").payload);
  const session = new Session("1.6", "ALPHA-1", 1_000);
  const { transactionId } = await alpha.station.tell(session.start());
  const end = {
    transactionId,
    idTag: "04A1B2C3D41080",
    meterStop: 999_999,
    timestamp: new Date().toISOString(),
  };
  await beta.station.call("StopTransaction", end);
  await beta.station.call("MeterValues", {
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp: end.timestamp, sampledValue: [{ value: "999999" }] }],
  });
  const [own] = transactionsOf(out, "ALPHA").slice(-1);
  assert.equal(own?.state, "open", JSON.stringify(own));
  assert(outboxOf("security.foreign-transaction") > 0, "it was told to whoever watches");
  await alpha.station.tell(session.stop(transactionId as number));
  const [ended] = transactionsOf(out, "ALPHA").slice(-1);
  assert.equal(ended?.state, "ended");
  for (const { station } of [alpha, beta]) station.leave();
});
