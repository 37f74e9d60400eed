/**
 * What sockets send once they are wires, on real ones: limits, damaged frames, floods, slow readers, and what the wire
 * promises to its listener all the same.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { WireServer } from "@wattward/kernel";
import {
  bareSocket,
  clientFrame,
  ended,
  eventually,
  type Listener,
  listener,
  stillServes,
  upgradedRaw,
  upgradeHead,
} from "../testing/listener.ts";
import type { ListenOptions } from "./index.ts";

const servers: WireServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function open(options: Partial<ListenOptions> & { echo?: boolean } = {}): Promise<Listener> {
  const { limits, ...rest } = options;
  const opened = await listener({ ...rest, limits: { closeMsMax: 200, ...limits } });
  servers.push(opened.server);
  return opened;
}

const bytes = (length: number) => Buffer.alloc(length, 0x61);
const frames: readonly { readonly what: string; readonly frame: () => Buffer; readonly code: number }[] = [
  { what: "10 MB", frame: () => clientFrame(bytes(10_000_000)), code: 1009 },
  {
    what: "10 MB announced, never sent",
    frame: () => clientFrame(bytes(10_000_000)).subarray(0, 14),
    code: 1009,
  },
  {
    what: "fragments without end",
    frame: () => Buffer.concat([clientFrame(bytes(900_000), 0x01), clientFrame(bytes(900_000), 0x00)]),
    code: 1009,
  },
  { what: "not UTF-8", frame: () => clientFrame(Buffer.from([0xc3, 0x28])), code: 1007 },
  { what: "UTF-8 cut in a character", frame: () => clientFrame(Buffer.from([0x22, 0xe2, 0x82])), code: 1007 },
  { what: "compressed though not agreed (QUIRKS 26)", frame: () => clientFrame(bytes(4), 0xc1), code: 1002 },
  { what: "an opcode that is none", frame: () => clientFrame(bytes(4), 0x83), code: 1002 },
  { what: "no mask", frame: () => Buffer.from([0x81, 0x01, 0x61]), code: 1002 },
  { what: "a ping of 126 bytes", frame: () => clientFrame(bytes(126), 0x89), code: 1002 },
  {
    what: "a close with a code that is none",
    frame: () => clientFrame(Buffer.from([0x03, 0xed]), 0x88),
    code: 1002,
  },
  { what: "binary", frame: () => clientFrame(bytes(4), 0x82), code: 1003 },
];

for (const { what, frame, code } of frames) {
  test(`a frame: ${what} closes with ${code} and delivers nothing`, async () => {
    const at = await open();
    const { socket, received } = await upgradedRaw(at.port);
    socket.write(frame());
    await eventually("a close frame", () => received()[0] === 0x88);
    assert.equal(received().readUInt16BE(2), code);
    await eventually("the end is told", () => at.closes.length === 1);
    assert.deepEqual(at.messages, []);
    socket.destroy();
    await stillServes(at.port);
  });
}

test("pings are answered; a flood of them is cut", async () => {
  const at = await open({ limits: { pingsBurst: 5, pingsPerSecond: 1 } });
  const { socket, received } = await upgradedRaw(at.port);
  socket.write(clientFrame(Buffer.from("hi"), 0x89));
  await eventually("a pong", () => received().length >= 4);
  assert.deepEqual(received(), Buffer.from([0x8a, 2, 0x68, 0x69]), "once");
  for (let i = 0; i < 10; i++) socket.write(clientFrame(Buffer.alloc(0), 0x89));
  await ended(socket);
  await eventually("the end is told", () => at.closes.length === 1);
  assert(at.log.some((line) => line.startsWith("peer-floods-pings")));
});

test("a slow reader shows in bufferedBytes, and terminate ends it although it does not read", async () => {
  const at = await open();
  const { socket } = await upgradedRaw(at.port);
  socket.pause();
  const wire = at.wires[0];
  assert(wire);
  const text = "x".repeat(1_000_000);
  for (let i = 0; i < 30 && wire.bufferedBytes < 8_000_000; i++) {
    wire.send(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert(wire.bufferedBytes >= 8_000_000, `${wire.bufferedBytes} bytes`);
  wire.terminate();
  await eventually("the end is told", () => at.closes.length === 1);
  wire.send("into the void");
  socket.destroy();
});

test("pause stops delivery at once and the peer in time; resume goes on in order, nothing lost", async () => {
  const at = await open({ echo: false });
  const { socket } = await upgradedRaw(at.port);
  const wire = at.wires[0];
  assert(wire);
  wire.pause();
  const text = (i: number) => `${i}:${"y".repeat(10_000)}`;
  let stalled = false;
  for (let i = 0; i < 2_000; i++) stalled = !socket.write(clientFrame(Buffer.from(text(i)))) || stalled;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(at.messages, []);
  assert(stalled && socket.writableLength > 1_000_000, "the sender feels it");
  wire.resume();
  await eventually("all of it", () => at.messages.length === 2_000);
  assert(at.messages.every((message, i) => message === text(i)));
  socket.destroy();
});

test("the close handshake has a deadline: a peer that never answers it is ended", async () => {
  const at = await open();
  const { socket } = await upgradedRaw(at.port);
  at.wires[0]?.close(1000, "é".repeat(100));
  await eventually("the end is told", () => at.closes.length === 1);
  socket.destroy();
});

test("a listener that throws costs its own wire: logged, ended, and others go on", async () => {
  const at: Listener = await open({
    upgrade: async () => ({
      kind: "accept",
      protocol: "ocpp1.6",
      opened: (wire) =>
        wire.listen({
          message(text) {
            if (text === "boom") throw new Error("our own fault");
            wire.send(text);
          },
          closed: (code, reason) => at.closes.push({ code, reason }),
        }),
    }),
  });
  const { socket } = await upgradedRaw(at.port);
  socket.write(clientFrame(Buffer.from("boom")));
  await ended(socket);
  await eventually("the end is told", () => at.closes.length === 1);
  assert(at.log.some((line) => line.startsWith("wire-listener-failed")));
  await stillServes(at.port);
});

test("a session hears nothing while it is being made, and everything after", async () => {
  const order: string[] = [];
  const at: Listener = await open({
    upgrade: async () => ({
      kind: "accept",
      protocol: "ocpp1.6",
      opened(wire) {
        // Already here: the first message came in one packet with the request.
        setTimeout(() => {
          wire.listen({ message: (text) => order.push(text), closed() {} });
          order.push("listening");
        }, 20);
      },
    }),
  });
  const socket = bareSocket(at.port);
  socket.write(Buffer.concat([Buffer.from(upgradeHead("/ocpp/CS1")), clientFrame(Buffer.from("one"))]));
  await eventually("the message", () => order.length === 2);
  assert.deepEqual(order, ["listening", "one"]);
  socket.destroy();
});

test("a pause in the middle of a packet holds the rest of it, in order, until resume", async () => {
  const heard: string[] = [];
  const at: Listener = await open({
    upgrade: async () => ({
      kind: "accept",
      protocol: "ocpp1.6",
      opened(wire) {
        at.wires.push(wire);
        const message = (text: string) => {
          heard.push(text);
          if (heard.length % 2 === 1) wire.pause();
        };
        wire.listen({ message, closed() {} });
      },
    }),
  });
  const { socket } = await upgradedRaw(at.port);
  socket.write(Buffer.concat(["1", "2", "3", "4", "5"].map((text) => clientFrame(Buffer.from(text)))));
  await eventually("the first", () => heard.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(heard, ["1"]);
  at.wires[0]?.resume();
  assert.deepEqual(heard, ["1", "2", "3"]);
  at.wires[0]?.resume();
  assert.deepEqual(heard, ["1", "2", "3", "4", "5"]);
  socket.destroy();
});

test("a long message shows in the bytes received before it is whole", async () => {
  const at = await open();
  const { socket } = await upgradedRaw(at.port);
  const [wire] = at.wires;
  const before = wire?.receivedBytes ?? Number.NaN;
  const frame = clientFrame(bytes(500_000));
  socket.write(frame.subarray(0, 300_000));
  await eventually("most of it", () => (wire?.receivedBytes ?? 0) >= before + 300_000);
  assert.equal(at.messages.length, 0);
  socket.write(frame.subarray(300_000));
  await eventually("all of it", () => at.messages.length === 1);
  socket.destroy();
});
