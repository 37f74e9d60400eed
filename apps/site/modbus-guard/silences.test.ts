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
