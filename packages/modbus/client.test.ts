/** The master on simulated time: pairing, deadlines, one outstanding request a unit, late and wrong answers, dead peers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance, simulatedTime } from "@wattward/testing";
import { type ClientPorts, ModbusClient, type Outcome } from "./client.ts";
import type { MasterEvent } from "./exchanges.ts";
import type { ByteLink } from "./link.ts";
import { type Adu, AduStream, joinAdu } from "./mbap.ts";
import { readRequest, writeException, writeRequest, writeResponse } from "./pdu.ts";
import { anyRequest, anyResponse } from "./testing/messages.ts";
import { SimulatedModbusNetwork } from "./testing/network.ts";

const read = (address: number) => ({ kind: "read-holding-registers", address, quantity: 1 }) as const;
const registers = (...values: number[]) =>
  writeResponse({ kind: "read-holding-registers", registers: values });

/** A device whose every answer the test gives by hand. */
type Received = Adu & { readonly answer: (pdu: Uint8Array, changed?: Partial<Adu>) => void };

function bench(ports: Partial<ClientPorts> = {}, seed = 1) {
  const time = simulatedTime();
  const chance = seededChance(seed);
  const network = new SimulatedModbusNetwork(time, chance);
  const received: Received[] = [];
  const links: ByteLink[] = [];
  const events: MasterEvent[] = [];
  network.listen("device", (link) => {
    links.push(link);
    const stream = new AduStream();
    link.listen({
      bytes(segment) {
        stream.push(segment);
        for (let next = stream.next(); next.kind === "adu"; next = stream.next()) {
          const { transaction, unit, pdu } = next.adu;
          const answer = (reply: Uint8Array, changed: Partial<Adu> = {}) =>
            link.send(joinAdu({ transaction, unit, pdu: reply, ...changed }));
          received.push({ transaction, unit, pdu: pdu.slice(), answer });
        }
      },
      closed() {},
    });
  });
  const client = new ModbusClient({
    dial: network.dialer("device"),
    clock: time,
    chance,
    observe: (event) => events.push(event),
    ...ports,
  });
  return { time, network, client, received, links, events };
}

/** The outcome, where it has come by now. */
function watched<T>(promise: Promise<T>): { value?: T } {
  const box: { value?: T } = {};
  void promise.then((value) => (box.value = value));
  return box;
}
const told = (outcome: Outcome | undefined) =>
  outcome === undefined ? "waits" : outcome.kind === "failed" ? outcome.why : outcome.kind;

test("client: one request of a unit at a time, in the order of asking; other units do not wait for it", async () => {
  const { time, client, received } = bench();
  const all = [client.request(1, read(10)), client.request(1, read(11)), client.request(2, read(20))].map(
    watched,
  );
  await time.advance(10);
  assert.deepEqual(
    received.map(({ unit, pdu }) => [unit, pdu[2]]),
    [
      [1, 10],
      [2, 20],
    ],
  );
  received[1]!.answer(registers(200));
  received[0]!.answer(registers(100));
  await time.advance(10);
  assert.equal(received[2]!.pdu[2], 11);
  received[2]!.answer(writeException(3, 2));
  await time.advance(10);
  assert.deepEqual(
    all.map(({ value }) => value),
    [
      { kind: "response", response: { kind: "read-holding-registers", registers: [100] } },
      { kind: "exception", code: 2 },
      { kind: "response", response: { kind: "read-holding-registers", registers: [200] } },
    ],
  );
});

test("client: after a timeout the link is reset; the late answer reaches nobody", async () => {
  const { time, client, received, links, network } = bench();
  void client.request(1, read(9));
  await time.advance(5);
  received[0]!.answer(registers(9));
  await time.advance(5);
  const [first, second] = [client.request(1, read(10), { timeoutMs: 300 }), client.request(1, read(11))].map(
    watched,
  );
  await time.advance(299);
  assert.equal(told(first!.value), "waits");
  await time.advance(1);
  assert.deepEqual(first!.value, {
    kind: "failed",
    why: "timeout",
    sent: true,
    sentence: "unit 1 did not answer within 300 ms",
  });
  received[1]!.answer(registers(0xdead));
  await time.advance(400);
  assert.equal(links.length, 2);
  assert.equal(network.links, 1);
  received[2]!.answer(registers(11));
  await time.advance(10);
  assert.deepEqual(second!.value, {
    kind: "response",
    response: { kind: "read-holding-registers", registers: [11] },
  });
});

test("client: 'keep' retires the id of a timed-out request; its late answer is let go by, for the next is another's", async () => {
  const { time, client, received, links, events } = bench({ afterTimeout: "keep" });
  const first = watched(client.request(1, read(10), { timeoutMs: 300 }));
  const other = watched(client.request(2, read(20), { timeoutMs: 900 }));
  await time.advance(300);
  const second = watched(client.request(1, read(11), { timeoutMs: 300 }));
  await time.advance(10);
  assert.equal(told(first.value), "timeout");
  assert.equal(received.length, 3);
  assert.notEqual(received[2]!.transaction, received[0]!.transaction);
  received[0]!.answer(registers(0xdead));
  await time.advance(10);
  assert.equal(told(second.value), "waits");
  received[2]!.answer(registers(11));
  received[1]!.answer(registers(20));
  await time.advance(10);
  assert.deepEqual([told(second.value), told(other.value), links.length], ["response", "response", 1]);
  assert.deepEqual(events, [{ kind: "late-answer", unit: 1, transaction: received[0]!.transaction }]);
});

test("client: 'keep' does not wait for ever for what it is owed", async () => {
  const { time, client, links } = bench({ afterTimeout: "keep" });
  for (let n = 0; n < 66; n++) {
    void client.request(1, read(n), { timeoutMs: 100 });
    await time.advance(101);
  }
  await time.advance(1_000);
  void client.request(1, read(1), { timeoutMs: 100 });
  await time.advance(50);
  assert.equal(links.length, 2);
});

for (const [what, answer, why, event] of [
  [
    "an answer under an unknown id",
    (r: Received) => r.answer(registers(1), { transaction: r.transaction ^ 1 }),
    "closed",
    "unasked-answer",
  ],
  [
    "an answer of another unit",
    (r: Received) => r.answer(registers(1), { unit: 9 }),
    "closed",
    "unasked-answer",
  ],
  [
    "an answer to another function",
    (r: Received) => r.answer(Uint8Array.of(4, 2, 0, 1)),
    "unbelievable",
    "unbelievable-answer",
  ],
  [
    "more registers than were asked for",
    (r: Received) => r.answer(registers(1, 2)),
    "unbelievable",
    "unbelievable-answer",
  ],
  [
    "an exception of another function",
    (r: Received) => r.answer(writeException(4, 2)),
    "unbelievable",
    "unbelievable-answer",
  ],
  [
    "an exception with a tail",
    (r: Received) => r.answer(Uint8Array.of(0x83, 2, 0)),
    "unbelievable",
    "unbelievable-answer",
  ],
] as const) {
  test(`client: ${what} ends the link; whoever asks next gets a new one`, async () => {
    const { time, client, received, events, links } = bench();
    const first = watched(client.request(1, read(10)));
    await time.advance(10);
    answer(received[0]!);
    await time.advance(10);
    assert.deepEqual([told(first.value), events.map(({ kind }) => kind)], [why, [event]]);
    await time.advance(1_000);
    const second = watched(client.request(1, read(10)));
    await time.advance(10);
    assert.equal(links.length, 2);
    received[1]!.answer(registers(5));
    await time.advance(10);
    assert.equal(told(second.value), "response");
  });
}

test("client: a request that a wrong answer set free is never sent on the link that gave it", async () => {
  const { time, client, received, links } = bench();
  const good = watched(client.request(1, read(9)));
  await time.advance(10);
  received[0]!.answer(registers(9));
  await time.advance(10);
  assert.equal(told(good.value), "response");
  const [first, second] = [client.request(1, read(10)), client.request(1, read(11))].map(watched);
  await time.advance(10);
  received[1]!.answer(registers(1, 2));
  await time.advance(10);
  assert.deepEqual([told(first!.value), told(second!.value), links.length], ["unbelievable", "waits", 2]);
  assert.equal(received[2]!.pdu[2], 11);
});

test("client: garbage ends the link, and a perfect answer behind it is not looked for", async () => {
  const { time, client, received, links, events } = bench();
  const outcome = watched(client.request(1, read(10)));
  await time.advance(10);
  const { transaction } = received[0]!;
  links[0]!.send(Uint8Array.of(0xff, 0xff, 0xff, ...joinAdu({ transaction, unit: 1, pdu: registers(1) })));
  await time.advance(10);
  assert.equal(told(outcome.value), "closed");
  assert.deepEqual(events, [{ kind: "malformed-stream", reason: "protocol-id" }]);
});

test("client: a duplicate of an answer is an answer that nobody asked for", async () => {
  const { time, client, received, events } = bench();
  const first = watched(client.request(1, read(10)));
  await time.advance(10);
  received[0]!.answer(registers(1));
  received[0]!.answer(registers(1));
  await time.advance(10);
  assert.equal(told(first.value), "response");
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["unasked-answer"],
  );
});

test("client: a peer that cannot be reached costs one attempt, then waits longer each time; requests are told at once", async () => {
  let dials = 0;
  const { time, client } = bench({
    dial: async () => {
      dials++;
      return { ok: false, fault: { kind: "unreachable", sentence: "connection refused" } };
    },
  });
  let told = 0;
  for (let atMs = 0; atMs < 20_000; atMs += 50) {
    void client.request(1, read(1)).then((outcome) => {
      assert(outcome.kind === "failed" && outcome.why === "unreachable" && !outcome.sent);
      told++;
    });
    await time.advance(50);
  }
  assert.equal(told, 400);
  assert(dials >= 5 && dials <= 14, `${dials} attempts in 20 s`);
});

test("client: a device that takes connections and drops them is not dialled in a circle", async () => {
  const { time, client, links, network } = bench();
  const kept = network.listen("device", (link) => {
    links.push(link);
    link.listen({ bytes: () => link.destroy(), closed() {} });
  });
  for (let atMs = 0; atMs < 20_000; atMs += 50) {
    void client.request(1, read(1));
    await time.advance(50);
  }
  kept();
  assert(links.length >= 5 && links.length <= 20, `${links.length} links in 20 s`);
});

test("client: while a link is dialled, requests wait, up to their deadline", async () => {
  const { time, client, network } = bench();
  network.isCut = true;
  const outcome = watched(client.request(1, read(1), { timeoutMs: 500 }));
  await time.advance(500);
  assert(outcome.value?.kind === "failed");
  assert.deepEqual([outcome.value.why, outcome.value.sent], ["timeout", false]);
  assert.match(outcome.value.sentence, /no connection within 500 ms/);
});

test("client: what does not fit the queue is told so, and was not sent", async () => {
  const { client } = bench({ limits: { queuedMax: 2 } });
  const outcomes = [1, 2, 3].map((n) => client.request(1, read(n), { timeoutMs: 60_000 }));
  const busy = await outcomes[2]!;
  assert(busy.kind === "failed" && busy.why === "busy" && !busy.sent);
  client.close();
});

test("client: closing settles everything, once, and for ever", async () => {
  const { time, client, network } = bench();
  const before = [client.request(1, read(1)), client.request(1, read(2))].map(watched);
  await time.advance(10);
  client.close();
  await time.advance(10);
  assert.deepEqual(
    before.map(({ value }) => told(value)),
    ["closed", "closed"],
  );
  assert.deepEqual(
    before.map(({ value }) => value?.kind === "failed" && value.sent),
    [true, false],
  );
  assert.equal(told(await client.request(1, read(3))), "closed");
  assert.equal(network.links, 0);
});

test("client: transaction ids cannot slip: a device that answers late, twice, never or in any order is never believed wrongly", async () => {
  let believed = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const chance = seededChance(seed);
    const { time, client, received } = bench({ afterTimeout: seed % 2 === 0 ? "keep" : "reset" }, seed);
    let wrong: string | undefined;
    let settled = 0;
    for (let n = 0; n < 60; n++) {
      const [unit, address] = [chance.int(1, 4), chance.int(0, 0xffff)];
      void client.request(unit, read(address), { timeoutMs: chance.int(20, 200) }).then((outcome) => {
        settled++;
        if (outcome.kind !== "response") return;
        believed++;
        // The device answers the address asked for, xor the unit: any other pairing shows.
        if (outcome.response.registers[0] !== (address ^ unit)) wrong = `${address} of ${unit}`;
      });
      await time.advance(chance.int(0, 60));
      for (const one of received.splice(0)) {
        const asked = readRequest(one.pdu);
        assert(asked.ok && asked.value.kind === "read-holding-registers");
        const truth = registers(asked.value.address ^ one.unit);
        const fate = chance.int(0, 9);
        if (fate < 6) one.answer(truth);
        else if (fate < 8) time.after(chance.int(0, 400), () => one.answer(truth));
        else if (fate === 8) [one, one].map(({ answer }) => answer(truth));
      }
    }
    await time.advance(3_000);
    assert.equal(wrong, undefined, `seed ${seed}`);
    assert.equal(settled, 60, `seed ${seed}`);
  }
  assert(believed > 500, `only ${believed} answers were believed`);
});

test("client: any request there is goes out as written, and comes back as answered", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const { time, client, received } = bench({}, seed);
    const chance = seededChance(seed);
    const request = anyRequest(chance);
    const outcome = watched<Outcome>(client.request(7, request));
    await time.advance(10);
    assert.deepEqual(received[0]?.pdu, writeRequest(request), `seed ${seed}`);
    const response = anyResponse(chance, request);
    received[0]!.answer(writeResponse(response));
    await time.advance(10);
    assert.deepEqual(outcome.value, { kind: "response", response }, `seed ${seed}`);
  }
});

test("client: a request that does not fit its form fails where it was asked, and disturbs nobody", async () => {
  const { time, client, received } = bench();
  await assert.rejects(client.request(1, { ...read(1), quantity: 126 }), { name: "AssertionError" });
  await assert.rejects(client.request(256, read(1)), { name: "AssertionError" });
  const good = watched(client.request(1, read(1)));
  await time.advance(10);
  received[0]!.answer(registers(1));
  await time.advance(10);
  assert.equal(told(good.value), "response");
});
