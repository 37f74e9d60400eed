/**
 * Fuzzed Modbus in both directions, against the server and the client as they are: valid messages, damaged ones and noise,
 * in segments of any size. It throws where a promise is broken; its figures show that it got somewhere.
 */
import assert from "node:assert/strict";
import { type Chance, type Clock, ok } from "@wattward/kernel";
import { ModbusClient } from "../client.ts";
import { type Adu, AduStream, BACKLOG_BYTES_MAX, joinAdu } from "../mbap.ts";
import { exceptionReply, readReply, readRequest, writeRequest, writeResponse } from "../pdu.ts";
import { serve } from "../server.ts";
import { HandLink } from "./hand-link.ts";
import { anyRequest, anyResponse } from "./messages.ts";
import { RegisterBank } from "./registers.ts";

export type FuzzFigures = {
  frames: number;
  connections: number;
  /** Requests that reached the handler; those refused with an exception; connections ended for what came on them. */
  handled: number;
  refused: number;
  ended: number;
};
export type AnswerFigures = {
  frames: number;
  connections: number;
  /** Answers believed, exceptions among them; and those that ended the connection. */
  believed: number;
  disbelieved: number;
};

/** Nothing here waits for time to pass. */
const stillClock: Clock = {
  now: () => ({ wallMs: 0, quality: "unknown", monotonicMs: 0 }),
  after: () => () => {},
};

/** Damages a frame, by chance not at all: bytes changed, cut off, doubled, or the header's fields alone. */
function damaged(frame: Uint8Array, chance: Chance): Uint8Array {
  const bytes = frame.slice();
  switch (chance.int(0, 9)) {
    case 0:
      bytes[chance.int(0, bytes.length - 1)] = chance.int(0, 255);
      return bytes;
    case 1:
      bytes[chance.int(7, bytes.length - 1)] = chance.int(0, 255);
      return bytes;
    case 2:
      return bytes.subarray(0, chance.int(1, bytes.length));
    case 3: {
      const more = Uint8Array.of(...bytes, ...chance.bytes(chance.int(1, 8)));
      // With a length that fits, so that the PDU is what is wrong.
      if (more.length <= 260) more[5] = more.length - 6;
      return more;
    }
    case 4:
      return chance.bytes(chance.int(1, 300));
    default:
      return bytes;
  }
}

/** In segments as TCP might make them. */
function* segments(bytes: Uint8Array, chance: Chance): Generator<Uint8Array> {
  const sizeMax = chance.int(0, 1) === 0 ? 4 : 600;
  for (let at = 0; at < bytes.length; ) {
    const segment = bytes.slice(at, at + chance.int(1, sizeMax));
    at += segment.length;
    yield segment;
  }
}

/** What a plain reading of the same bytes says: how many whole frames there are before the first malformed one. */
function framesIn(bytes: Uint8Array): { readonly adus: Adu[]; readonly malformed: boolean } {
  const stream = new AduStream();
  assert(bytes.length < BACKLOG_BYTES_MAX);
  stream.push(bytes);
  const adus: Adu[] = [];
  for (;;) {
    const next = stream.next();
    if (next.kind !== "adu") return { adus, malformed: next.kind === "malformed" };
    adus.push(next.adu);
  }
}

/** Masters that send anything: every whole request is answered once and in order, nothing else is ever carried out. */
export function fuzzRequests(count: number, chance: Chance): FuzzFigures {
  const figures: FuzzFigures = { frames: 0, connections: 0, handled: 0, refused: 0, ended: 0 };
  while (figures.frames < count) {
    const frames = Array.from({ length: chance.int(1, 6) }, (_, transaction) =>
      damaged(
        joinAdu({ transaction, unit: chance.int(0, 255), pdu: writeRequest(anyRequest(chance)) }),
        chance,
      ),
    );
    figures.frames += frames.length;
    figures.connections++;
    requestsOf(Uint8Array.from(frames.flatMap((frame) => [...frame])), chance, figures);
  }
  return figures;
}

function requestsOf(bytes: Uint8Array, chance: Chance, figures: FuzzFigures): void {
  const link = new HandLink();
  const bank = new RegisterBank();
  const handled: Uint8Array[] = [];
  const stop = serve(link, {
    clock: stillClock,
    answer({ request }) {
      handled.push(writeRequest(request));
      return request.kind === "write-single-coil" ? exceptionReply(6) : bank.answer(request);
    },
  });
  for (const segment of segments(bytes, chance)) link.arrive(segment);

  const { adus, malformed } = framesIn(bytes);
  const whole = adus.filter(({ pdu }) => readRequest(pdu).ok);
  assert.equal(handled.length, whole.length, "requests handled");
  for (const [i, { pdu }] of whole.entries()) {
    const request = readRequest(pdu);
    assert(request.ok);
    assert.deepEqual(handled[i], writeRequest(request.value), "handled as sent");
  }
  const answers = link.sent.map((sent) => framesIn(sent).adus[0]!);
  assert.deepEqual(
    answers.map(({ transaction, unit, pdu }) => [transaction, unit, pdu[0]! & 0x7f]),
    adus.map(({ transaction, unit, pdu }) => [transaction, unit, pdu[0]! & 0x7f]),
    "one answer each",
  );
  assert.equal(link.isClosed, malformed, "ended where malformed, and only there");
  figures.handled += handled.length;
  figures.refused += adus.length - whole.length;
  figures.ended += Number(malformed);
  stop();
}

/** Devices that answer anything: every request is settled, and only an answer that is one is believed. */
export async function fuzzAnswers(count: number, chance: Chance): Promise<AnswerFigures> {
  const figures: AnswerFigures = { frames: 0, connections: 0, believed: 0, disbelieved: 0 };
  let link = new HandLink();
  const newClient = () =>
    new ModbusClient({
      dial: async () => {
        figures.connections++;
        link = new HandLink();
        return ok(link);
      },
      clock: stillClock,
      chance,
      // Without time there is no back-off to wait for.
      limits: { redialMs: { firstMs: 0, maxMs: 0 } },
    });
  let client = newClient();
  for (; figures.frames < count; figures.frames++) {
    const request = anyRequest(chance);
    const unit = chance.int(0, 255);
    const outcome = client.request(unit, request);
    // Until the request is out: dialling, then sending.
    for (let turn = 0; link.sent.length === 0 && turn < 8; turn++) await undefined;
    const asked = framesIn(link.sent.splice(0)[0] ?? new Uint8Array(0)).adus[0];
    assert(asked !== undefined && asked.unit === unit, "the request is out");
    const { transaction } = asked;
    const frame = damaged(
      joinAdu({ transaction, unit, pdu: writeResponse(anyResponse(chance, request)) }),
      chance,
    );
    for (const segment of segments(frame, chance)) link.arrive(segment);
    // What was damaged may be incomplete for ever: the peer hangs up, and the client has to say so.
    link.destroy();
    const settled = await outcome;
    const [first] = framesIn(frame).adus;
    const own = first?.transaction === transaction && first.unit === unit;
    const reply = own ? readReply(first.pdu, request) : undefined;
    if (settled.kind === "failed") {
      figures.disbelieved++;
      assert(reply?.ok !== true, `disbelieved: ${settled.sentence}`);
    } else {
      figures.believed++;
      assert(reply?.ok === true, "believed what is no answer");
      const { value } = reply;
      if (settled.kind === "response") assert.deepEqual(settled.response, value);
      else assert.deepEqual(settled, value);
    }
    if (figures.frames % 1_000 === 999) {
      client.close();
      client = newClient();
    }
  }
  client.close();
  return figures;
}
