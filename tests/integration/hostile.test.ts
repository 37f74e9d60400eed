/**
 * What the world sends, at the real CSMS and the real site: broken frames, broken HTTP, broken TLS, peers that do not
 * read, do not finish, or do not stop. Afterwards the same processes still serve, in the memory that they had.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { FRAME_CHARS_MAX } from "@wattward/ocpp";
import { serverLimits } from "@wattward/ocpp/websocket";
import { logOf } from "../../demo/plant.ts";
import { start, stop } from "../../demo/programs.ts";
import { boot, Session } from "./rig/charging.ts";
import {
  apiToken,
  type Csms,
  csmsOn,
  enrolCard,
  enrolSite,
  enrolStations,
  linked,
  localControllerPid,
  type Server,
  type Site,
  siteOn,
  stationFolder,
  stationIdentity,
} from "./rig/operator.ts";
import { BINARY, RawSocket, TEXT, textFrame, upgradeRequest, webSocketFrame } from "./rig/raw-socket.ts";
import { Station } from "./rig/station.ts";
import { rows } from "./rig/stored.ts";
import { alive, eventually, residentMb, SOON_MS, workplace } from "./rig/workplace.ts";

const out = workplace("hostile");
const kinds = ["the CSMS", "the site"] as const;
type Kind = (typeof kinds)[number];
const prefixes = { "the CSMS": "DIRECT", "the site": "SITE" } as const;
const INNOCENTS = 3;
/** More than a garbage collector may be behind; far less than what was sent at them. */
const GROWN_MB_MAX = 300;

let csms: Csms;
let site: Site;
let pidsBefore: number[];
let residentBefore: number[];
const served = (): number[] => [csms.program.pid, site.program.pid, localControllerPid(site)];

before(
  async () => {
    csms = await csmsOn(out);
    const numbered = (prefix: string) => ["HOSTILE", ...Array(INNOCENTS).keys()].map((n) => `${prefix}-${n}`);
    await enrolStations(out, numbered("DIRECT"));
    await enrolStations(out, numbered("SITE"), "lyon");
    await enrolCard(out);
    await enrolSite(out, "lyon");
    site = await siteOn(out, "lyon", { csmsPort: csms.port });
    await linked(site, INNOCENTS + 1);
    pidsBefore = served();
    residentBefore = pidsBefore.map(residentMb);
  },
  { timeout: 120_000 },
);

const serverOf = (kind: Kind): Server => (kind === "the CSMS" ? csms : site);
const hostileId = (kind: Kind) => `${prefixes[kind]}-HOSTILE`;
const hostile = async (kind: Kind) => {
  const raw = await RawSocket.station(serverOf(kind), hostileId(kind), stationIdentity(out, hostileId(kind)));
  raw.write(textFrame('[2,"b","BootNotification",{"chargePointVendor":"H","chargePointModel":"H"}]'));
  await eventually("the boot was answered", () => raw.text.includes('"Accepted"'));
  return raw;
};
const innocent = async (kind: Kind, n: number) => {
  const id = `${prefixes[kind]}-${n}`;
  const station = await Station.connect(serverOf(kind), {
    id,
    version: "1.6",
    identity: stationIdentity(out, id),
  });
  await station.tell(boot("1.6"));
  return station;
};
const serves = async (kind: Kind) => {
  const station = await innocent(kind, 0);
  assert.equal((await station.call("Heartbeat", {})).kind, "result", `${kind} does not serve`);
  station.leave();
  await station.closed;
};

/** Answered, or worth no answer, and the socket stays; or the socket ends with that code. */
type Ending = { readonly answer: RegExp } | { readonly code: number } | "ignored";
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const tenMegabytes = () => webSocketFrame(TEXT, Buffer.alloc(10 * 1024 * 1024, "x"));
const tooLong = () => textFrame(`[2,"l","DataTransfer",{"vendorId":"${"x".repeat(FRAME_CHARS_MAX)}"}]`);
const text = (frame: string) => () => textFrame(frame);
const frame = (opcode: number, bytes: readonly number[], firstByte?: number) => () =>
  webSocketFrame(opcode, Buffer.from(bytes), firstByte);

const broken: readonly (readonly [what: string, bytes: () => Buffer, ending: Ending])[] = [
  ["10 MB in one frame", tenMegabytes, { code: 1009 }],
  ["10 MB announced, and begun", () => tenMegabytes().subarray(0, 1_000), { code: 1009 }],
  ["more than a message may have", tooLong, { code: 1009 }],
  ["10,000 levels", text(`[2,"deep","DataTransfer",{"a":${nested(10_000)}}]`), { answer: /\[4,"deep"/ }],
  ["10,000 levels and nothing else", text(nested(10_000)), "ignored"],
  ["not UTF-8", frame(TEXT, [0x5b, 0x32, 0xff, 0xfe]), { code: 1007 }],
  ["half a UTF-8 character", frame(TEXT, [0x22, 0xe2, 0x82]), { code: 1007 }],
  ["binary", frame(BINARY, [0x5b, 0x5d]), { code: 1003 }],
  ["a reserved bit", frame(TEXT, [0x5b, 0x5d], 0xc1), { code: 1002 }],
  ["an opcode that nobody knows", frame(0xb, [0]), { code: 1002 }],
  ["not JSON", text('[2,"json","Heartbeat",{'), { answer: /\[4,"json","FormationViolation"/ }],
  ["NUL in a string", text('[2,"nul","Heartbeat",{"a":"\0"}]'), { answer: /\[4,"nul"/ }],
  ["__proto__ as payload", text('[2,"p1","Heartbeat",{"__proto__":{"polluted":1}}]'), { answer: /\[4,"p1"/ }],
  ["__proto__ as action", text('[2,"p2","__proto__",{}]'), { answer: /\[4,"p2","NotImplemented"/ }],
  ["constructor as action", text('[2,"p3","constructor",{}]'), { answer: /\[4,"p3","NotImplemented"/ }],
  ["__proto__ as message id", text('[2,"__proto__","Heartbeat",{}]'), { answer: /\[3,"__proto__"/ }],
  ["an answer to nothing", text('[3,"nothing",{"__proto__":1}]'), "ignored"],
];

for (const kind of kinds) {
  test(`hostile frames at ${kind}: each is answered, or ends its own socket, and nothing else`, {
    timeout: 120_000,
  }, async () => {
    let raw = await hostile(kind);
    for (const [what, bytes, ending] of broken) {
      if (raw.over) raw = await hostile(kind);
      raw.write(bytes());
      if (ending !== "ignored" && "code" in ending) {
        await eventually(`${what}: the end of the socket`, () => raw.over || raw.closeCode !== undefined);
        assert.equal(raw.closeCode, ending.code, what);
        raw.end();
        await eventually("the socket was gone", () => raw.over);
        continue;
      }
      if (ending !== "ignored") await eventually(`${what}: an answer`, () => ending.answer.test(raw.text));
      const sign = `s${randomBytes(4).toString("hex")}`;
      raw.write(textFrame(`[2,"${sign}","Heartbeat",{}]`));
      await eventually(`${what}: the socket stays`, () => raw.text.includes(`[3,"${sign}"`));
    }
    raw.end();
    await serves(kind);
  });

  test(`hostile HTTP at ${kind}: GET /% and its like get a status, or the end`, {
    timeout: 120_000,
  }, async () => {
    const identity = stationIdentity(out, hostileId(kind));
    const upgrade = (path: string, more?: readonly string[]) => upgradeRequest(path, more);
    const table: readonly (readonly [what: string, request: string | Buffer, status: RegExp])[] = [
      ["GET /%", "GET /% HTTP/1.1\r\nHost: x\r\n\r\n", /^HTTP\/1\.1 4/],
      ["an upgrade to /%", upgrade("/%"), /^HTTP\/1\.1 404/],
      ["an upgrade to /ocpp/%", upgrade("/ocpp/%"), /^HTTP\/1\.1 404/],
      ["an upgrade to /ocpp/%E0%A4%A", upgrade("/ocpp/%E0%A4%A"), /^HTTP\/1\.1 404/],
      ["an upgrade to /ocpp/..%2f..", upgrade("/ocpp/..%2f.."), /^HTTP\/1\.1 404/],
      ["an upgrade to a path of 8,000 characters", upgrade(`/ocpp/${"x".repeat(8_000)}`), /^HTTP\/1\.1 4/],
      ["a head of 64 KiB", upgrade("/ocpp/X", [`X-Large: ${"x".repeat(65_536)}`]), /^HTTP\/1\.1 431|^$/],
      [
        "a body of unknown length",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        /^HTTP\/1\.1 4|^$/,
      ],
      ["no HTTP at all", randomBytes(512), /^HTTP\/1\.1 400|^$/],
    ];
    for (const [what, request, status] of table) {
      const raw = await RawSocket.tls(serverOf(kind), identity);
      raw.write(request);
      await eventually(`${what}: the end`, () => raw.over || raw.text !== "");
      assert.match(raw.text, status, what);
      raw.end();
    }
    await serves(kind);
  });
}

/** Twice as many as may be in their handshake at a time, from an address of their own. */
const HALF_OPEN = 2 * serverLimits.handshakesMax;
const BESIEGERS = "127.0.0.66";

async function besiege(kind: Kind): Promise<void> {
  const to = serverOf(kind);
  const identity = stationIdentity(out, hostileId(kind));
  const halfway = ["", "", upgradeRequest("/ocpp/X").slice(0, 40)].map(async (bytes) => {
    const raw = await RawSocket.tls(to, identity);
    raw.write(bytes);
    return raw;
  });
  const secured = await Promise.all(halfway);
  const garbage = ["GET / HTTP/1.1\r\n\r\n", randomBytes(4_096), "\x16\x03\x01\xff\xff"];
  const unsecured = [...garbage, ...Array<string>(HALF_OPEN).fill("")].map(async (bytes) => {
    const raw = await RawSocket.tcp(to, BESIEGERS);
    raw.write(bytes);
    return raw;
  });
  const besiegers = [...secured, ...(await Promise.all(unsecured))];
  await serves(kind);
  assert(besiegers.filter(({ over }) => !over).length > serverLimits.handshakesMax, "served after the siege");
  // Whoever says nothing, or does not finish what it has begun, is ended at its own deadline; none waits for a turn.
  const { firstByteMsMax, handshakeMsMax, handshakesMax, requestMsMax } = serverLimits;
  const first = besiegers.slice(0, handshakesMax / 2);
  const limitMs = firstByteMsMax + handshakeMsMax + requestMsMax + SOON_MS;
  await eventually("the first were shown the door", () => first.every(({ over }) => over), limitMs);
  for (const besieger of besiegers) besieger.end();
  await serves(kind);
}

test("hostile TCP and TLS: garbage, and half-open sockets, are ended in time, and cost nobody else the door", {
  timeout: 120_000,
}, async () => {
  await Promise.all(kinds.map(besiege));
});

const COMMANDS = 5;
const EXPIRES_S = 2;

for (const kind of kinds) {
  test(`a slow reader at ${kind}: a station that never reads is asked and answered in vain, and holds up nobody`, {
    timeout: 120_000,
  }, async () => {
    const id = hostileId(kind);
    const raw = await hostile(kind);
    raw.socket.pause();
    for (let i = 0; i < 2_000; i++) raw.write(textFrame(`[2,"h${i}","Heartbeat",{}]`));
    const headers = { authorization: `Bearer ${await apiToken(out)}`, "content-type": "application/json" };
    const url = `http://localhost:${csms.httpPort}/api/v1/stations/${id}/commands`;
    const command = { action: "GetConfiguration", payload: {}, reason: "a test", expiresInS: EXPIRES_S };
    for (let i = 0; i < COMMANDS; i++) {
      const asked = await fetch(url, { method: "POST", headers, body: JSON.stringify(command) });
      assert.equal(asked.status, 202, await asked.text());
    }
    await serves(kind);
    const open = "SELECT count(*) AS n FROM commands WHERE station_id = ? AND state IN ('requested', 'sent')";
    await eventually(
      "every command had come to an end",
      () => rows(out, open, id)[0]?.["n"] === 0,
      2 * SOON_MS,
    );
    raw.end();
    await serves(kind);
  });

  test(`10,000 messages a second from one station at ${kind}: the others' answers take no longer than a few times as long`, {
    timeout: 120_000,
  }, async (t) => {
    const stations = await Promise.all(Array.from({ length: INNOCENTS }, (_, n) => innocent(kind, n)));
    const calm = await latencies(stations);
    const { name, port } = serverOf(kind);
    const args = [name, String(port), hostileId(kind), stationFolder(out, hostileId(kind))];
    const log = logOf(out, `flood-${port}`);
    const flood = start("flood", "tests/integration/rig/flood.ts", args, log);
    const told = () => JSON.parse(readFileSync(log, "utf8").trim().split("\n").at(-1) || "{}") as Told;
    await eventually("the flood had begun", () => (told().written ?? 0) > 0);
    const flooded = await latencies(stations);
    t.diagnostic(JSON.stringify({ calm: summary(calm), flooded: summary(flooded), ...told() }));
    assert((told().offered ?? 0) > 1_000, "nobody flooded");
    await stop(flood, SOON_MS);
    assert(mean(flooded) < SLOWER_MAX * mean(calm), `${mean(flooded)} ms, undisturbed ${mean(calm)} ms`);
    for (const station of stations) station.leave();
  });
}

type Told = { offered?: number; written?: number; connections?: number };
/** The flood itself takes a part of this machine's two cores, and its share of what it is allowed to say. */
const SLOWER_MAX = 10;
const ROUNDS = 3;
const SAMPLES = 20;

/** How long each answer to charging stations took, in ms: each says one thing at a time, all at once. */
async function latencies(stations: readonly Station[]): Promise<number[]> {
  const tookMs: number[] = [];
  const timed = async <T>(work: Promise<T>): Promise<T> => {
    const fromMs = performance.now();
    const value = await work;
    tookMs.push(performance.now() - fromMs);
    return value;
  };
  const charge = async (station: Station) => {
    for (let round = 0; round < ROUNDS; round++) {
      const session = new Session(station.version, "", round);
      const given = (await timed(station.tell(session.start())))["transactionId"] as number;
      for (let i = 0; i < SAMPLES; i++) await timed(station.tell(session.sample(given)));
      await timed(station.tell(session.stop(given)));
    }
  };
  await Promise.all(stations.map(charge));
  return tookMs.sort((a, b) => a - b);
}
const mean = (sorted: readonly number[]) => sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length;
const summary = (sorted: readonly number[]) => ({
  meanMs: mean(sorted),
  medianMs: sorted[sorted.length >> 1],
  mostMs: sorted.at(-1),
});

test("after all that: the same processes, alive, and no larger than they may be", () => {
  assert.deepEqual(served(), pidsBefore);
  for (const [i, pid] of pidsBefore.entries()) {
    assert(alive(pid));
    const grownMb = residentMb(pid) - residentBefore[i]!;
    assert(grownMb < GROWN_MB_MAX, `process ${i} has grown by ${Math.round(grownMb)} MiB`);
  }
});
