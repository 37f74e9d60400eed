/** The device's side on simulated time: order, exceptions, back-pressure, slow and idle masters, hostile streams. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance, simulatedTime } from "@wattward/testing";
import type { ByteLink } from "./link.ts";
import { type Adu, AduStream, joinAdu } from "./mbap.ts";
import { writeRequest } from "./pdu.ts";
import { type Answer, type Asked, type ServerEvent, type ServerPorts, serve } from "./server.ts";
import { bytesOf, hexOf } from "./testing/bytes.ts";
import { anyRequest } from "./testing/messages.ts";
import { SimulatedModbusNetwork } from "./testing/network.ts";
import { RegisterBank } from "./testing/registers.ts";

async function bench(ports: Partial<ServerPorts> = {}, seed = 1) {
  const time = simulatedTime();
  const network = new SimulatedModbusNetwork(time, seededChance(seed));
  const bank = new RegisterBank();
  const events: ServerEvent[] = [];
  const served: { end: () => void; link: ByteLink }[] = [];
  network.listen("device", (link) => {
    const end = serve(link, {
      clock: time,
      answer: ({ request }) => bank.answer(request),
      observe: (event) => events.push(event),
      ...ports,
    });
    served.push({ end, link });
  });
  const answers: Adu[] = [];
  const dialled = network.dialer("device")();
  await time.advance(5);
  const link = await dialled;
  assert(link.ok);
  const stream = new AduStream();
  let closed = 0;
  link.value.listen({
    bytes(segment) {
      stream.push(segment);
      for (let next = stream.next(); next.kind === "adu"; next = stream.next()) {
        answers.push({ ...next.adu, pdu: next.adu.pdu.slice() });
      }
    },
    closed: () => void closed++,
  });
  const shown = () => answers.map(({ transaction, unit, pdu }) => `${transaction}/${unit} ${hexOf(pdu)}`);
  return { time, network, bank, events, served, master: link.value, shown, closed: () => closed };
}

const ask = (transaction: number, hexadecimal: string, unit = 1) =>
  joinAdu({ transaction, unit, pdu: bytesOf(hexadecimal) });

test("server: reads, writes and refusals, each under its own id and unit", async () => {
  const { time, master, bank, shown } = await bench();
  bank.registers.set([0x0102, 0x0304], 10);
  master.send(ask(1, "03 00 0a 00 02"));
  master.send(ask(2, "06 00 0a ff ff", 9));
  master.send(ask(3, "03 00 0a 00 01"));
  master.send(ask(4, "03 00 0a 00 7e"));
  master.send(ask(5, "5a 01"));
  master.send(ask(6, "07"));
  master.send(ask(7, "03 ff ff 00 02"));
  await time.advance(10);
  assert.deepEqual(shown(), [
    "1/1 03 04 01 02 03 04",
    "2/9 06 00 0a ff ff",
    "3/1 03 02 ff ff",
    "4/1 83 03",
    "5/1 da 01",
    "6/1 87 01",
    "7/1 83 02",
  ]);
});

test("server: what is no request never reaches the handler, and is told with its bytes", async () => {
  const asked: Asked[] = [];
  const answer = (one: Asked): Answer => {
    asked.push(one);
    return { kind: "silence" };
  };
  const { time, master, events, shown } = await bench({ answer });
  master.send(ask(8, "10 00 00 00 02 02 00 01"));
  await time.advance(10);
  assert.deepEqual([asked.length, shown()], [0, ["8/1 90 03"]]);
  const [event] = events;
  assert(event?.kind === "refused-request");
  assert.deepEqual([event.fault.reason, hexOf(event.pdu)], ["length", "10 00 00 00 02 02 00 01"]);
});

test("server: however many requests one segment carries, at most the limit is handed over; the rest waits, in order", async () => {
  const waiting: ((answer: Answer) => void)[] = [];
  const asked: Asked[] = [];
  const { time, master, shown } = await bench({
    answer: (one) => {
      asked.push(one);
      return new Promise((resolve) => void waiting.push(resolve));
    },
    limits: { outstandingMax: 3 },
  });
  for (let n = 0; n < 10; n++) master.send(ask(n, "03 00 00 00 01"));
  await time.advance(10);
  assert.deepEqual(
    asked.map(({ transaction }) => transaction),
    [0, 1, 2],
  );
  waiting[1]!({ kind: "exception", code: 6 });
  await time.advance(10);
  assert.deepEqual(
    asked.map(({ transaction }) => transaction),
    [0, 1, 2, 3],
  );
  for (let n = 0; n < 10; n++) {
    waiting[n]!({ kind: "exception", code: 6 });
    await time.advance(10);
  }
  assert.deepEqual(
    shown().map((line) => Number(line.split("/")[0])),
    [1, 0, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

test("server: silence is an answer, and so is a handler that fails", async () => {
  const failing = new Error("a bug");
  const { time, master, shown, events } = await bench({
    answer: ({ unit }) => {
      if (unit === 1) return { kind: "silence" };
      if (unit === 2) throw failing;
      return Promise.reject(failing);
    },
  });
  for (const unit of [1, 2, 3]) master.send(ask(unit, "03 00 00 00 01", unit));
  await time.advance(10);
  assert.deepEqual(shown(), ["2/2 83 04", "3/3 83 04"]);
  assert.deepEqual(events, [
    { kind: "failed-answer", unit: 2, error: failing },
    { kind: "failed-answer", unit: 3, error: failing },
  ]);
});

test("server: an id used twice before its answer is told", async () => {
  const waiting: ((answer: Answer) => void)[] = [];
  const { time, master, events, shown } = await bench({
    answer: () => new Promise((resolve) => void waiting.push(resolve)),
  });
  master.send(ask(7, "03 00 00 00 01"));
  master.send(ask(7, "03 00 00 00 01"));
  await time.advance(10);
  assert.deepEqual(events, [{ kind: "reused-transaction", unit: 1, transaction: 7 }]);
  for (const answer of waiting) answer({ kind: "exception", code: 6 });
  await time.advance(10);
  assert.equal(shown().length, 2);
  master.send(ask(7, "03 00 00 00 01"));
  await time.advance(10);
  assert.equal(events.length, 1);
});

for (const [name, bytes, why] of [
  ["another protocol id", "00 01 00 01 00 06 01 03 00 00 00 01", "protocol-id"],
  ["a length beyond 254", "00 01 00 00 00 ff 01 03 00 00 00 01", "length"],
  ["a length of 1", "00 01 00 00 00 01 01", "length"],
  ["HTTP", "47 45 54 20 2f 20 48 54 54 50", "protocol-id"],
] as const) {
  test(`server: ${name} ends the link, and the command behind it is not carried out`, async () => {
    const { time, master, events, bank, shown, closed } = await bench();
    master.send(Uint8Array.of(...bytesOf(bytes), ...ask(2, "06 00 0a ff ff")));
    await time.advance(10);
    assert.deepEqual(events, [{ kind: "ended", why }, { kind: "closed" }]);
    assert.deepEqual([bank.registers[10], shown(), closed()], [0, [], 1]);
  });
}

test("server: a request that is begun and not finished ends the link in time, however slowly it drips", async () => {
  const { time, master, events } = await bench();
  const whole = ask(1, "03 00 00 00 01");
  for (const byte of whole.subarray(0, 11)) {
    master.send(Uint8Array.of(byte));
    await time.advance(1_000);
  }
  assert.deepEqual(events, [{ kind: "ended", why: "unfinished" }, { kind: "closed" }]);
});

test("server: a master that says nothing is let go; one that waits for a slow answer is not", async () => {
  const idle = await bench();
  await idle.time.advance(200_000);
  assert.deepEqual(idle.events, [{ kind: "ended", why: "idle" }, { kind: "closed" }]);

  const waiting = await bench({ answer: () => new Promise(() => {}) });
  waiting.master.send(ask(1, "03 00 00 00 01"));
  await waiting.time.advance(200_000);
  assert.deepEqual(waiting.events, []);
});

test("server: a master that does not take its answers is cut", async () => {
  const { time, master, events, network } = await bench();
  network.delayMs = 1_000;
  const many = Uint8Array.from(Array.from({ length: 400 }, (_, n) => [...ask(n, "03 00 00 00 7d")]).flat());
  master.send(many);
  await time.advance(1_500);
  assert.deepEqual(events[0], { kind: "ended", why: "not-reading" });
});

test("server: ending it says goodbye to the master, once", async () => {
  const { time, served, closed, events } = await bench();
  served[0]!.end();
  await time.advance(10);
  assert.deepEqual([closed(), events], [1, [{ kind: "closed" }]]);
});

test("server: fuzzed requests are answered or the link ends; nothing is written that was not a whole write", async () => {
  let [answered, ended] = [0, 0];
  for (let seed = 1; seed <= 300; seed++) {
    const chance = seededChance(seed);
    const written: Asked[] = [];
    const { time, master, shown, events } = await bench(
      {
        answer: (asked) => {
          written.push(asked);
          return { kind: "exception", code: 1 };
        },
      },
      seed,
    );
    for (let n = 0; n < 10; n++) {
      const adu = joinAdu({ transaction: n, unit: 1, pdu: writeRequest(anyRequest(chance)) });
      if (chance.int(0, 3) === 0) adu[chance.int(0, adu.length - 1)] = chance.int(0, 255);
      master.send(adu);
    }
    await time.advance(20);
    // Whatever was handed over is whole: it can be written again.
    for (const { request } of written) writeRequest(request);
    answered += shown().length;
    if (events.some(({ kind }) => kind === "ended")) ended++;
    else {
      const refused = events.filter(({ kind }) => kind === "refused-request").length;
      assert.equal(shown().length, written.length + refused, `seed ${seed}`);
    }
  }
  assert(answered > 1_000 && ended > 30, `${answered} answered, ${ended} ended`);
});
