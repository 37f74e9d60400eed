/** Compressed wires, on real sockets: who gets one, what is agreed, and what a bomb costs. */
import assert from "node:assert/strict";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { after, test } from "node:test";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { type MessageId, silentLog, type Wire, type WireServer } from "@wattward/kernel";
import { systemClock } from "@wattward/kernel/node";
import { FRAME_CHARS_MAX_BEFORE_ACCEPTANCE } from "../frame.ts";
import { OcppSession } from "../session.ts";
import { makeTestPki, opensslMissing } from "../testing/certificates.ts";
import {
  bareSocket,
  clientFrame,
  eventually,
  type Listener,
  listener,
  upgradeHead,
} from "../testing/listener.ts";
import { compressionOf } from "./compression.ts";
import { dialer, type ListenOptions, wireLimits } from "./index.ts";

const servers: WireServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function open(options: Partial<ListenOptions> & { echo?: boolean } = {}): Promise<Listener> {
  const opened = await listener({ ...options, limits: { closeMsMax: 200, ...options.limits } });
  servers.push(opened.server);
  return opened;
}

const NO_TAKEOVER = "server_no_context_takeover; client_no_context_takeover";

/** A raw client that has asked for `extensions`; `agreed` is the answer's line, `received` what follows the head. */
async function asked(port: number, protocol: string, extensions: string) {
  const socket = bareSocket(port);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  const headers = [`Sec-WebSocket-Protocol: ${protocol}`, `Sec-WebSocket-Extensions: ${extensions}`];
  socket.write(upgradeHead("/ocpp/CS1", headers));
  const all = () => Buffer.concat(chunks);
  await eventually("an answer", () => all().includes("\r\n\r\n"));
  const head = all().subarray(0, all().indexOf("\r\n\r\n")).toString();
  assert.match(head, /^HTTP\/1\.1 101 /);
  const agreed = /^sec-websocket-extensions: (.*)$/im.exec(head)?.[1];
  return { socket, agreed, received: () => all().subarray(head.length + 4) };
}

/** A message as RFC 7692 §7.2.1 compresses it: without the last four bytes of the flush. */
const deflated = (text: string | Buffer): Buffer => {
  const bytes = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, bytes.length - 4);
};
const COMPRESSED_TEXT = 0xc1;

const offers: readonly (readonly [offer: string, agreed: string | undefined])[] = [
  ["permessage-deflate", `permessage-deflate; ${NO_TAKEOVER}; server_max_window_bits=10`],
  [
    "permessage-deflate; client_max_window_bits",
    `permessage-deflate; client_max_window_bits=12; ${NO_TAKEOVER}; server_max_window_bits=10`,
  ],
  [
    "permessage-deflate; client_max_window_bits=9",
    `permessage-deflate; client_max_window_bits=9; ${NO_TAKEOVER}; server_max_window_bits=10`,
  ],
  [
    "permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=12",
    `permessage-deflate; server_max_window_bits=10; ${NO_TAKEOVER}`,
  ],
  ["permessage-deflate; server_max_window_bits=8", undefined],
  ["permessage-deflate; server_max_window_bits=16", undefined],
  ["permessage-deflate; server_max_window_bits", undefined],
  ["permessage-deflate; unheard_of", undefined],
  ["permessage-deflate; server_no_context_takeover; server_no_context_takeover", undefined],
  ["permessage-deflate; server_no_context_takeover=1", undefined],
  ["x-webkit-deflate-frame", undefined],
  ['permessage-deflate; ;;,="', undefined],
  ["__proto__; constructor", undefined],
];

for (const [offer, agreed] of offers) {
  test(`compression of 2.x: '${offer}' is answered by ${agreed === undefined ? "an uncompressed wire" : "what we keep to"}`, async () => {
    const at = await open();
    for (const protocol of ["ocpp2.0.1", "ocpp2.1"]) {
      const client = await asked(at.port, protocol, offer);
      const sorted = (text: string | undefined) => text?.split("; ").sort();
      assert.deepEqual(sorted(client.agreed), sorted(agreed));
      client.socket.write(clientFrame(Buffer.from("plain all the same")));
      await eventually("the echo", () => client.received().includes("plain all the same"));
      client.socket.destroy();
    }
  });
}

test("compression is for OCPP 2.x alone, and for no wire where it is switched off", async () => {
  for (const protocol of ["ocpp1.6", "wattward.site.v1", "", "ocpp2.0"]) {
    assert.equal(compressionOf(protocol, "permessage-deflate"), "none", protocol);
  }
  assert.equal(compressionOf("ocpp2.1", undefined), "none");
  const at = await open();
  assert.equal((await asked(at.port, "ocpp1.6", "permessage-deflate")).agreed, undefined);
  const off = await open({ compression: false });
  assert.equal((await asked(off.port, "ocpp2.0.1", "permessage-deflate")).agreed, undefined);
});

test("messages are inflated and answered deflated, each by itself, short ones as they are, fragments too", async () => {
  const at = await open();
  const { socket, received } = await asked(
    at.port,
    "ocpp2.0.1",
    "permessage-deflate; client_max_window_bits",
  );
  const long = `[2,"1","NotifyReport",{"a":"${"grün ".repeat(400)}"}]`;
  const bytes = deflated(long);
  socket.write(clientFrame(bytes, COMPRESSED_TEXT));
  socket.write(
    Buffer.concat([clientFrame(bytes.subarray(0, 9), 0x41), clientFrame(bytes.subarray(9), 0x80)]),
  );
  socket.write(clientFrame(deflated("short"), COMPRESSED_TEXT));
  await eventually("three messages", () => at.messages.length === 3);
  assert.deepEqual(at.messages, [long, long, "short"]);
  await eventually("three answers", () => received().includes("short"));
  const answer = received();
  const length = answer[1] ?? 0;
  assert.equal(answer[0], COMPRESSED_TEXT);
  const tail = Buffer.from([0, 0, 0xff, 0xff]);
  const body = answer.subarray(2, 2 + length);
  const inflate = { windowBits: 10, finishFlush: constants.Z_SYNC_FLUSH };
  assert.equal(inflateRawSync(Buffer.concat([body, tail]), inflate).toString(), long);
  assert.deepEqual(
    answer.subarray(2 + length, 2 * (2 + length)),
    answer.subarray(0, 2 + length),
    "no context kept",
  );
  assert.deepEqual(answer.subarray(-7), Buffer.from([0x81, 5, ...Buffer.from("short")]));
  socket.destroy();
});

/** A megabyte of these would be a gigabyte. */
const zeros = deflated(Buffer.alloc(300 * 1024 * 1024));
/** Each block can be inflated from its beginning: whoever begins again after the limit goes on and on. */
const restarting = Buffer.concat(
  Array<Buffer>(1_000).fill(
    deflateRawSync(Buffer.alloc(1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH }),
  ),
);
const bombs = [
  { what: "zeros", bytes: zeros },
  { what: "blocks that can be begun anywhere", bytes: restarting },
  { what: "one byte beyond the limit", bytes: deflated(Buffer.alloc(wireLimits.inflatedBytesMax + 1, "x")) },
];

for (const { what, bytes } of bombs) {
  test(`a bomb of ${what} closes with 1009, grows nothing and holds up nobody`, async () => {
    const at = await open();
    const calm = await asked(at.port, "ocpp2.0.1", "permessage-deflate");
    const { socket, received } = await asked(at.port, "ocpp2.0.1", "permessage-deflate");
    const before = process.memoryUsage().rss;
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    socket.write(clientFrame(bytes, COMPRESSED_TEXT));
    for (let i = 0; i < 20; i++) {
      calm.socket.write(clientFrame(deflated(`calm ${i};`), COMPRESSED_TEXT));
      await eventually("a calm station's echo", () => calm.received().includes(`calm ${i};`));
    }
    await eventually("a close frame", () => received()[0] === 0x88);
    delay.disable();
    assert.equal(received().readUInt16BE(2), 1009);
    assert(at.messages.every((message) => message.startsWith("calm")));
    const grownMb = (process.memoryUsage().rss - before) / 1024 / 1024;
    assert(grownMb < 64, `${grownMb} MiB`);
    assert(delay.max < 500e6, `the loop stood still for ${delay.max / 1e6} ms`);
    for (const one of [socket, calm.socket]) one.destroy();
  });
}

test("as much as is allowed, and damaged data: the one is delivered, the other closes with 1007", async () => {
  const at = await open({ echo: false });
  const most = "x".repeat(wireLimits.inflatedBytesMax);
  const good = await asked(at.port, "ocpp2.1", "permessage-deflate");
  good.socket.write(clientFrame(deflated(most), COMPRESSED_TEXT));
  await eventually("the longest message", () => at.messages.length === 1);
  assert.equal(at.messages[0], most);
  const broken = await asked(at.port, "ocpp2.1", "permessage-deflate");
  broken.socket.write(clientFrame(Buffer.from([0xff, 0xff, 0xff, 0xff]), COMPRESSED_TEXT));
  await eventually("a close frame", () => broken.received()[0] === 0x88);
  assert.equal(broken.received().readUInt16BE(2), 1007);
  for (const { socket } of [good, broken]) socket.destroy();
});

test("before its boot is accepted a station's message may inflate to 64 KiB, and not to a byte more", async () => {
  const read: string[] = [];
  const at: Listener = await open({
    upgrade: async () => ({
      kind: "accept",
      protocol: "ocpp2.0.1",
      opened(wire: Wire) {
        new OcppSession({
          wire,
          version: "2.0.1",
          role: "csms",
          clock: systemClock(),
          log: silentLog,
          newId: () => "m1" as MessageId,
          onCall: async (call) => {
            read.push(call.action);
            return { kind: "result", payload: { currentTime: "2026-01-01T00:00:00Z" } };
          },
        });
      },
    }),
  });
  const heartbeat = (chars: number) => `[2,"1","Heartbeat",{}${" ".repeat(chars - 22)}]`;
  const { socket, received } = await asked(at.port, "ocpp2.0.1", "permessage-deflate");
  socket.write(clientFrame(deflated(heartbeat(FRAME_CHARS_MAX_BEFORE_ACCEPTANCE)), COMPRESSED_TEXT));
  await eventually("an answer", () => received().includes('[3,"1"'));
  const answer = received().length;
  socket.write(clientFrame(deflated(heartbeat(FRAME_CHARS_MAX_BEFORE_ACCEPTANCE + 1)), COMPRESSED_TEXT));
  await eventually("a close frame", () => received()[answer] === 0x88);
  assert.equal(received().readUInt16BE(answer + 2), 1009);
  assert.deepEqual(read, ["Heartbeat"]);
  socket.destroy();
});

test("small bombs within the limit, again and again, are cut by what they inflate to in all", async () => {
  const at = await open({ echo: false });
  const { socket, received } = await asked(at.port, "ocpp2.0.1", "permessage-deflate");
  const small = clientFrame(deflated(Buffer.alloc(900 * 1024, " ")), COMPRESSED_TEXT);
  socket.write(Buffer.concat(Array<Buffer>(50).fill(small)));
  await eventually("a close frame", () => received()[0] === 0x88);
  assert.equal(received().readUInt16BE(2), 1009);
  assert(at.messages.length <= 10, `${at.messages.length} were delivered`);
  socket.destroy();
});

test("a station whose text repeats itself as much as JSON does is never cut for it", async () => {
  const at = await open({ echo: false });
  const { socket } = await asked(at.port, "ocpp2.0.1", "permessage-deflate");
  const sample = '{"value":1,"measurand":"Energy.Active.Import.Register","unitOfMeasure":{"unit":"Wh"}},';
  const frame = clientFrame(deflated(sample.repeat(200)), COMPRESSED_TEXT);
  for (let i = 0; i < 200; i++) socket.write(frame);
  await eventually("all of them", () => at.messages.length === 200);
  socket.destroy();
});

test("what inflates for a listener that has paused is bounded", async () => {
  const at: Listener = await open({
    limits: { heldCharsMax: 200_000, inflationMax: 1_000 },
    upgrade: async ({ protocols }) => ({
      kind: "accept",
      protocol: protocols[0] ?? "",
      opened(wire: Wire) {
        at.wires.push(wire);
        wire.listen({
          message: () => wire.pause(),
          closed: (code, reason) => at.closes.push({ code, reason }),
        });
      },
    }),
  });
  const { socket } = await asked(at.port, "ocpp2.0.1", "permessage-deflate");
  const frame = clientFrame(deflated("y".repeat(50_000)), COMPRESSED_TEXT);
  socket.write(Buffer.concat(Array<Buffer>(20).fill(frame)));
  await eventually("the end is told", () => at.closes.length === 1);
  socket.destroy();
});

test("many compressed frames of one station do not starve another's", async () => {
  const at = await open({ limits: { inflationMax: 10_000 } });
  const loud = await asked(at.port, "ocpp2.0.1", "permessage-deflate");
  const calm = await asked(at.port, "ocpp2.0.1", "permessage-deflate");
  const heavy = clientFrame(deflated("z".repeat(500_000)), COMPRESSED_TEXT);
  loud.socket.write(Buffer.concat(Array<Buffer>(60).fill(heavy)));
  await eventually("the flood has begun", () => at.messages.length > 0);
  calm.socket.write(clientFrame(deflated("calm"), COMPRESSED_TEXT));
  await eventually("the calm one's echo", () => calm.received().includes("calm"));
  const before = at.messages.indexOf("calm");
  assert(before >= 0 && before < 30, `${before} of the flood's came before it`);
  for (const { socket } of [loud, calm]) socket.destroy();
});

test("a dialer that offers compression gets it of 2.x, over TLS too, and a plain wire of 1.6", {
  skip: opensslMissing(),
}, async () => {
  const pki = makeTestPki();
  const clients = { kind: "required", ca: [pki.root, pki.issuing], judge: "openssl" } as const;
  for (const tls of [undefined, { identities: [pki.serverEc], clients }]) {
    const at = await open({ tls });
    const dialled = dialer({
      url: `${tls ? "wss" : "ws"}://localhost:${at.port}`,
      connectTo: { host: "127.0.0.1", port: at.port },
      ...(tls && { tls: { ca: pki.root, ...pki.station } }),
      compression: true,
      log: silentLog,
    });
    const text = `[2,"1","NotifyEvent",{"a":"${"abc ".repeat(20_000)}"}]`;
    for (const protocol of ["ocpp2.0.1", "ocpp2.1", "ocpp1.6"]) {
      const result = await dialled.dial("/CS1", [protocol]);
      assert(result.ok, JSON.stringify(result));
      const echoed = new Promise<string>((resolve) => result.value.listen({ message: resolve, closed() {} }));
      result.value.send(text);
      assert.equal(await echoed, text);
      const received = at.wires.at(-1)?.receivedBytes ?? Number.NaN;
      assert.equal(received < text.length / 10, protocol !== "ocpp1.6", `${protocol}: ${received} bytes`);
      result.value.terminate();
    }
  }
});
