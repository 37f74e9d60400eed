/** The way to a device when it fails: late, wrong, silent, gone; and what masters and operators hear of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sleep } from "@wattward/kernel";
import { type ByteLink, joinAdu, type Request } from "@wattward/modbus";
import { bytesOf } from "@wattward/modbus/testing";
import { LATE_MS_MAX } from "./limits.ts";
import { EMS_UID, many, policyOf, policyText, read, VENDOR, world, write } from "./testing/world.ts";

/** Refusals that were told, and those that were counted with them. */
const counted = (told: readonly string[]) =>
  told.reduce((sum, text) => sum + 1 + Number(/and (\d+) more of/.exec(text)?.[1] ?? 0), 0);
const exception = (code: number) => ({ kind: "exception", code });

/** A device whose answers a test writes by hand: `asked` gets each request's bytes. */
function byHand(
  network: Awaited<ReturnType<typeof world>>["network"],
  asked: (link: ByteLink, request: Uint8Array) => void,
): ByteLink[] {
  const links: ByteLink[] = [];
  let kept = new Uint8Array(0);
  network.listen("10.0.0.1:502", (link) => {
    links.push(link);
    kept = new Uint8Array(0);
    link.listen({
      bytes(segment) {
        kept = Uint8Array.of(...kept, ...segment);
        while (kept.length >= 12) {
          asked(link, kept.slice(0, 12));
          kept = kept.slice(12);
        }
      },
      closed: () => {},
    });
  });
  return links;
}
/** The answer to a read of one register. */
const answerTo = (request: Uint8Array, value: number, change: (adu: Uint8Array) => void = () => {}) => {
  const transaction = request[0]! * 256 + request[1]!;
  const adu = joinAdu({ transaction, unit: request[6]!, pdu: Uint8Array.of(3, 2, value >> 8, value) });
  change(adu);
  return adu;
};

test("device: no answer in time is 0B, the connection is reset, and the late answer reaches nobody", async () => {
  const it = await world();
  const guard = await it.start();
  let late: (() => void) | undefined;
  const links = byHand(it.network, (link, request) => {
    if (late === undefined) late = () => link.send(answerTo(request, 0xdead));
    else link.send(answerTo(request, 7));
  });
  const ems = it.ems();
  const fromMs = it.time.now().monotonicMs;
  assert.deepEqual(await it.ask(ems, 1, read(0)), exception(11));
  const tookMs = it.time.now().monotonicMs - fromMs;
  assert(tookMs >= 500 && tookMs < 520, `${tookMs} ms`);
  late?.();
  await it.time.advance(500);
  const next = await it.ask(ems, 1, read(0));
  assert.deepEqual(next, { kind: "response", response: { kind: "read-holding-registers", registers: [7] } });
  assert.equal(links.length, 2, "a new connection");
  assert.match(it.told("modbus.late-answer").join(), /AT-M8 begun: battery answers after its time is over/);
  assert.match(
    it.told("modbus.device-answer").join(),
    /battery: an answer after its 500 ms.*connection reset/,
  );
  assert.deepEqual(it.told("modbus.unasked-answer"), []);
  assert.match(it.told("modbus.device-lost").join(), /battery.*no answer within 500 ms/);
  assert.equal(it.told("modbus.device-back").length, 1);
  await guard.close();
});

test("device: what comes after an answer's time and is another's is told as unasked", async () => {
  const it = await world();
  const guard = await it.start();
  let late: (() => void) | undefined;
  byHand(it.network, (link, request) => {
    late = () => link.send(answerTo(request, 1, (adu) => void (adu[1] = adu[1]! ^ 1)));
  });
  assert.deepEqual(await it.ask(it.ems(), 1, read(0)), exception(11));
  late?.();
  await it.time.advance(100);
  assert.equal(it.told("modbus.unasked-answer").length, 1);
  assert.deepEqual(it.told("modbus.late-answer"), []);
  await guard.close();
});

test("device: an overdue answer is waited for by nobody who asks: there are never two connections, nor one for ever", async () => {
  const it = await world();
  const guard = await it.start();
  it.battery.answer = async (request) => {
    await sleep(it.time, 700);
    return it.battery.bank.answer(request);
  };
  const open = () => it.network.links - guard.status().masters;
  const ems = it.ems();
  for (let i = 0; i < 8; i++) {
    assert.equal((await it.ask(ems, 1, read(0))).kind, "exception");
    assert(open() <= 1, `${open()} connections`);
    await it.time.advance(i % 2 === 0 ? 1 : 1_000);
    assert(open() <= 1, `${open()} connections`);
  }
  assert.equal(it.told("modbus.late-answer").length, 1, "one incident");
  it.battery.answer = () => new Promise(() => {});
  await it.time.advance(5_000);
  await it.ask(ems, 1, read(0));
  await it.time.advance(LATE_MS_MAX);
  assert.equal(open(), 0);
  await guard.close();
});

const lies: readonly (readonly [string, (adu: Uint8Array) => void, RegExp])[] = [
  ["another transaction", (adu) => void (adu[1] = adu[1]! ^ 1), /answer to transaction/],
  ["another unit", (adu) => void (adu[6] = 9), /unit 9/],
  ["another function", (adu) => void (adu[7] = 4), /function 4 answers function 3/],
  ["a count that is not its own", (adu) => void (adu[8] = 4), /read-holding-registers/],
  ["another protocol", (adu) => void (adu[3] = 1), /no Modbus: protocol-id/],
];
for (const [what, change, why] of lies) {
  test(`device: an answer with ${what} is none: 0B, told, connection reset`, async () => {
    const it = await world();
    const guard = await it.start();
    let lying = true;
    const links = byHand(it.network, (link, request) => {
      link.send(answerTo(request, 7, lying ? change : undefined));
    });
    const ems = it.ems();
    assert.deepEqual(await it.ask(ems, 1, read(0)), exception(11));
    assert.match(it.told("modbus.device-answer").join(), why);
    lying = false;
    await it.time.advance(5_000);
    assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
    assert.equal(links.length, 2);
    await guard.close();
  });
}

test("device: what it sends without being asked, or twice, resets the connection (AT-M8)", async () => {
  const it = await world();
  const guard = await it.start();
  byHand(it.network, (link, request) => {
    const answer = answerTo(request, 7);
    link.send(Uint8Array.of(...answer, ...answer));
  });
  const ems = it.ems();
  assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
  await it.time.advance(100);
  assert.match(it.told("modbus.device-answer").join(), /nobody asked for/);
  assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
  await guard.close();
});

test("device: nobody there is 0A at once, tried again with back-off; what is refused is refused all the same", async () => {
  const it = await world();
  it.battery.leave();
  const guard = await it.start();
  const ems = it.ems();
  for (let i = 0; i < 50; i++) {
    assert.deepEqual(await it.ask(ems, 1, read(0)), exception(10));
    await it.time.advance(100);
  }
  assert.deepEqual(await it.ask(ems, 1, write(100, 9_000)), exception(3));
  assert.equal(it.told("modbus.device-lost").length, 1, "told once");
  byHand(it.network, (link, request) => link.send(answerTo(request, 7)));
  await it.time.advance(2_100);
  assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
  assert.equal(it.told("modbus.device-back").length, 1);
  await guard.close();
});

test("device: one request outstanding, however many ask; each gets its own answer", async () => {
  const it = await world();
  const guard = await it.start();
  let outstanding = 0;
  let most = 0;
  it.battery.answer = async (request) => {
    most = Math.max(most, ++outstanding);
    await sleep(it.time, 20);
    outstanding--;
    return it.battery.bank.answer(request);
  };
  for (let i = 0; i < 200; i++) it.battery.bank.registers[i] = i;
  const masters = [it.ems(), it.ems(), it.vendor()];
  const got: string[] = [];
  for (let i = 0; i < 30; i++)
    void masters[i % 3]!.request(1, read(i)).then((outcome) => got.push(`${i} ${JSON.stringify(outcome)}`));
  await it.time.advance(3_000);
  assert.equal(most, 1);
  assert.deepEqual(
    got.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)),
    Array.from(
      { length: 30 },
      (_, i) => `${i} {"kind":"response","response":{"kind":"read-holding-registers","registers":[${i}]}}`,
    ),
  );
  await guard.close();
});

test("device: who asks much waits for himself; another's request is next", async () => {
  const it = await world();
  const guard = await it.start();
  it.battery.answer = async (request) => {
    await sleep(it.time, 50);
    return it.battery.bank.answer(request);
  };
  const flood = await it.raw("address", { address: VENDOR });
  flood.link.send(many(1, Array<Request>(64).fill(read(0))));
  await it.time.advance(60);
  const fromMs = it.time.now().monotonicMs;
  assert.equal((await it.ask(it.ems(), 1, read(0))).kind, "response");
  const tookMs = it.time.now().monotonicMs - fromMs;
  assert(tookMs <= 110, `${tookMs} ms with the vendor's flood before it`);
  assert(flood.codes.length < 5);
  await guard.close();
});

test("device: what has waited too long is 06 and never sent; so is what finds its line full", async () => {
  const devices = policyOf().devices.map((device) => ({ ...device, answerMsMax: 3_000 }));
  const it = await world({ guard: policyText({ devices }) });
  const guard = await it.start();
  it.battery.answer = () => new Promise(() => {});
  const masters: Awaited<ReturnType<typeof it.raw>>[] = [];
  for (let i = 0; i < 4; i++) {
    const master = await it.raw("socket", { uid: EMS_UID });
    master.link.send(many(1, Array<Request>(16).fill(read(i))));
    masters.push(master);
  }
  await it.time.advance(100);
  const codes = () => masters.flatMap((master) => master.codes).toSorted((a, b) => a - b);
  // 64 asked: one is out, 32 wait.
  assert.deepEqual(codes(), Array<number>(31).fill(6));
  await it.time.advance(3_100);
  assert.equal(it.battery.asked.length, 1, "only the first was ever sent");
  assert.deepEqual(codes(), [...Array<number>(63).fill(6), 11]);
  assert.equal(guard.status().denied, 63);
  await it.time.advance(60_000);
  const told = it.told("modbus.denied");
  assert.match(told.join(), /too many of its requests wait for battery/);
  assert.equal(counted(told), 63, "each of them is told, or counted");
  await guard.close();
});

test("device: a write whose turn does not come within a second is told with what it wanted", async () => {
  const it = await world();
  const guard = await it.start();
  it.battery.answer = async (request) => {
    await sleep(it.time, 450);
    return it.battery.bank.answer(request);
  };
  const ems = await it.raw("socket", { uid: EMS_UID });
  ems.link.send(many(1, [read(0), read(1), read(2), write(100, 4_000)]));
  await it.time.advance(6_000);
  assert.deepEqual(ems.codes, [0, 0, 0, 6]);
  const told = it.told("modbus.denied").filter((text) => /4000/.test(text));
  assert.match(told.join(), /setpoint = 4000 W/);
  assert.match(told.join(), /did not come within 1000 ms/);
  assert.equal(guard.status().denied, ems.codes.filter((code) => code === 6).length);
  assert.deepEqual(it.told("modbus.flood"), [], "it is not its master's fault");
  await guard.close();
});

test("device: who makes it silent is told, and counted, when others come before him", async () => {
  const it = await world();
  const guard = await it.start();
  const usual = it.battery.answer;
  it.battery.answer = (request) =>
    "address" in request && request.address === 150 ? new Promise(() => {}) : usual(request);
  const vendor = await it.raw("address", { address: VENDOR });
  const ems = it.ems();
  for (let second = 0; second < 20; second++) {
    vendor.link.send(many(1, [read(150)]));
    await it.ask(ems, 1, read(0));
    await it.time.advance(1_000);
  }
  const refused = vendor.codes.filter((code) => code === 6).length;
  assert(refused > 5, vendor.codes.join());
  assert.equal(guard.status().denied, refused);
  assert.match(it.told("modbus.denied").join(), /not answered by battery: others come first/);
  await guard.close();
});

test("device: garbage by hand never reaches a master as an answer", async () => {
  const it = await world();
  const guard = await it.start();
  byHand(it.network, (link) => link.send(bytesOf("16 03 01 02 00 01 00")));
  assert.deepEqual(await it.ask(it.ems(), 1, read(0)), exception(11));
  await guard.close();
});

test("device: of one that ends its connection with each answer, what is read is asked once more on another; a write is not", async () => {
  const it = await world();
  const guard = await it.start();
  let asked = 0;
  const links = byHand(it.network, (link, request) => {
    asked++;
    link.send(answerTo(request, 7));
    queueMicrotask(() => link.destroy());
  });
  const [ems, vendor] = [it.ems(), it.vendor()];
  const answers: string[] = [];
  for (let i = 0; i < 10; i++)
    for (const master of [ems, vendor])
      void master.request(1, read(0)).then(({ kind }) => void answers.push(kind));
  assert(await it.time.until(() => answers.length === 20, 20_000));
  assert(
    answers.every((kind) => kind === "response"),
    `${answers}`,
  );
  assert.deepEqual(it.told("modbus.device-lost"), []);
  assert.equal(links.length, 20);
  const before = asked;
  void vendor.request(1, read(0));
  assert.deepEqual(await it.ask(ems, 1, write(100, 5)), exception(11));
  assert(asked <= before + 2, "it may have been heard");
  await guard.close();
});
