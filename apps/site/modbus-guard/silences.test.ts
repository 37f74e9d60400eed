/** A client that may only read asks for what its device never answers: the energy controller is served all the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { joinAdu, type Request, writeRequest } from "@wattward/modbus";
import { policyOf, VENDOR, world } from "./testing/world.ts";

const HOLE = 150;
const MINUTE_MS = 60_000;
/** The energy controller's own deadline, and when it calls a device lost. */
const [ASKED_MS, LOST_MS] = [1_000, 3_000];
const read = (address: number): Request => ({ kind: "read-holding-registers", address, quantity: 1 });

for (const [says, answers] of [
  ["nothing", () => new Promise<never>(() => {})],
  ["nothing but to him", () => new Promise<never>(() => {})],
] as const)
  for (const answerMsMax of [500, 1_000])
    test(`silences: a device that says ${says} within ${answerMsMax} ms where a vendor reads a hole stays the energy controller's`, async () => {
      const policy = policyOf();
      const devices = policy.devices.map((device) => ({ ...device, answerMsMax }));
      const it = await world({ guard: JSON.stringify({ ...policy, devices }) });
      const guard = await it.start();
      const usual = it.battery.answer;
      it.battery.answer = (request) =>
        "address" in request && request.address === HOLE ? answers() : usual(request);
      const vendor = await it.raw("address", { address: VENDOR });
      const ems = it.ems();
      const fromMs = it.time.now().monotonicMs;
      let [sent, served, gapMs, servedAtMs] = [0, 0, 0, fromMs];
      while (it.time.now().monotonicMs - fromMs < MINUTE_MS) {
        // As many as a connection may have open, always, and now and then one that is answered.
        for (; sent - vendor.codes.length < 16; sent++) {
          const address = says === "nothing" || sent % 2 === 0 ? HOLE : 0;
          vendor.link.send(
            joinAdu({ transaction: sent & 0xffff, unit: 1, pdu: writeRequest(read(address)) }),
          );
        }
        const outcome = ems.request(1, read(0), { timeoutMs: ASKED_MS });
        let answered: Awaited<typeof outcome> | undefined;
        void outcome.then((one) => (answered = one));
        await it.time.until(() => answered !== undefined, 2 * ASKED_MS);
        const nowMs = it.time.now().monotonicMs;
        if (answered?.kind === "response") {
          gapMs = Math.max(gapMs, nowMs - servedAtMs);
          servedAtMs = nowMs;
          served++;
        }
        await it.time.advance(200);
      }
      assert(gapMs < LOST_MS, `${gapMs} ms without an answer; ${served} answers in a minute`);
      assert(served > 150, `${served} answers in a minute`);
      await guard.close();
    });

test("silences: who has a device to itself is not kept from it", async () => {
  const it = await world();
  const guard = await it.start();
  const usual = it.battery.answer;
  const ems = it.ems();
  it.battery.answer = () => new Promise(() => {});
  for (let i = 0; i < 10; i++) {
    const outcome = ems.request(1, read(0), { timeoutMs: ASKED_MS });
    await it.time.advance(ASKED_MS);
    assert.notEqual((await outcome).kind, "response");
  }
  it.battery.answer = usual;
  const fromMs = it.time.now().monotonicMs;
  for (let answered = false; !answered; ) {
    const outcome = ems.request(1, read(0), { timeoutMs: ASKED_MS });
    void outcome.then(({ kind }) => (answered = kind === "response"));
    await it.time.advance(100);
    assert(it.time.now().monotonicMs - fromMs <= 3_000, "back within the longest back-off");
  }
  await guard.close();
});

test("silences: a device that was silent to all is nobody's fault: whoever asks is served as soon as it answers", async () => {
  const it = await world();
  const guard = await it.start();
  const usual = it.battery.answer;
  const [ems, vendor] = [it.ems(), it.vendor()];
  let last: string | undefined;
  /** What the energy controller's last request brought. */
  const both = async (forMs: number) => {
    for (let ms = 0; ms < forMs; ms += 500) {
      last = undefined;
      void vendor.request(1, read(10), { timeoutMs: ASKED_MS });
      void ems.request(1, read(0), { timeoutMs: ASKED_MS }).then(({ kind }) => (last = kind));
      await it.time.advance(500);
    }
    return last;
  };
  assert.equal(await both(2_000), "response");
  for (const silentMs of [2_000, 10_000, 60_000]) {
    it.battery.answer = () => new Promise(() => {});
    await both(silentMs);
    it.battery.answer = usual;
    assert.equal(await both(1_500), "response", `after ${silentMs} ms`);
  }
  assert.deepEqual(it.told("modbus.flood"), []);
  await guard.close();
});

for (const [emsMs, vendorMs] of [
  [250, 10_000],
  [250, 1_000],
  [2_000, 500],
] as const)
  test(`silences: after an outage who asks each ${emsMs} ms, beside one who does each ${vendorMs} ms, is served within the longest back-off`, async () => {
    const it = await world({ seed: 5, guard: JSON.stringify(policyOf()) });
    const guard = await it.start();
    const usual = it.battery.answer;
    const [ems, vendor] = [it.ems(), it.vendor()];
    let servedAtMs = 0;
    const asks = async (forMs: number) => {
      for (let ms = 0; ms < forMs; ms += 250) {
        if (ms % vendorMs === 0) void vendor.request(1, read(10), { timeoutMs: ASKED_MS });
        if (ms % emsMs === 0)
          void ems.request(1, read(0), { timeoutMs: ASKED_MS }).then(({ kind }) => {
            if (kind === "response") servedAtMs = it.time.now().monotonicMs;
          });
        await it.time.advance(250);
      }
    };
    for (let outage = 1; outage <= 10; outage++) {
      it.battery.answer = () => new Promise(() => {});
      await asks(1_750 * outage);
      it.battery.answer = usual;
      const backAtMs = it.time.now().monotonicMs;
      await asks(2_000 + emsMs + 500);
      assert(servedAtMs > backAtMs, `outage ${outage}`);
      await asks(10_000);
    }
    await guard.close();
  });

for (const [pollMs, restMs] of [
  [1_000, 300],
  [500, 100],
] as const)
  test(`silences: a vendor's reads that a device hangs up at, again and again, leave it to who asks each ${pollMs} ms`, async () => {
    const it = await world({ seed: 3, guard: JSON.stringify(policyOf()) });
    const guard = await it.start();
    const usual = it.battery.answer;
    let hungAtMs = Number.NEGATIVE_INFINITY;
    const nowMs = () => it.time.now().monotonicMs;
    it.battery.answer = (request) => {
      const isHole = "address" in request && request.address === HOLE;
      if (!isHole && nowMs() - hungAtMs >= restMs) return usual(request);
      // It needs a moment to let go of the connection that it ended, and ends a new one meanwhile.
      if (isHole) hungAtMs = nowMs();
      it.battery.links.at(-1)!.destroy();
      return new Promise(() => {});
    };
    const [ems, vendor] = [it.ems(), it.vendor()];
    let [asked, served, inVain, longest] = [0, 0, 0, 0];
    for (let ms = 0; ms < MINUTE_MS; ms += 25) {
      void vendor.request(1, read(HOLE), { timeoutMs: 5_000 });
      if (ms % pollMs === 0) {
        asked++;
        void ems.request(1, read(0), { timeoutMs: ASKED_MS }).then(({ kind }) => {
          inVain = kind === "response" ? 0 : inVain + 1;
          if (kind === "response") served++;
          longest = Math.max(longest, inVain);
        });
      }
      await it.time.advance(25);
    }
    assert(served >= 0.6 * asked && longest <= 4, `${served} of ${asked}, ${longest} in vain in a row`);
    assert(it.battery.links.length < 500, `${it.battery.links.length} connections in a minute`);
    await guard.close();
  });
