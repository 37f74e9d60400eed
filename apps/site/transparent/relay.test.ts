/** Two wires as one, made by hand, to see what each is told: who is not read while the other is full, and how both end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog, type Wire, type WireHandlers } from "@wattward/kernel";
import { seededChance, simulatedTime } from "@wattward/testing";
import { BUFFERED_BYTES_MAX, DRAIN_POLL_MS, STALLED_MS_MAX } from "./limits.ts";
import { type Ending, Relay } from "./relay.ts";

class HandWire implements Wire {
  readonly peer = { address: "" };
  readonly protocol: string;
  bufferedBytes = 0;
  readonly told: string[] = [];
  handlers: WireHandlers | undefined;
  constructor(protocol = "ocpp1.6") {
    this.protocol = protocol;
  }
  send(text: string): void {
    this.told.push(text);
    this.bufferedBytes += text.length;
  }
  pause(): void {
    this.told.push("pause");
  }
  resume(): void {
    this.told.push("resume");
  }
  ping(): void {}
  close(code: number): void {
    this.told.push(`close ${code}`);
  }
  terminate(): void {
    this.told.push("terminate");
  }
  listen(handlers: WireHandlers): void {
    this.handlers = handlers;
  }
  says(text: string): void {
    this.handlers?.message(text);
  }
}

function made(protocol?: string) {
  const time = simulatedTime();
  const [station, csms] = [new HandWire(protocol), new HandWire(protocol)];
  const relay = new Relay(
    { station, csms, pinged: true },
    { clock: time, chance: seededChance(1), log: silentLog },
  );
  const endings: Ending[] = [];
  void relay.ended.then((ending) => endings.push(ending));
  return { time, station, csms, relay, endings };
}

const big = "x".repeat(BUFFERED_BYTES_MAX / 2 + 1);

for (const [from, to] of [
  ["station", "csms"],
  ["csms", "station"],
] as const) {
  test(`relay: while the ${to} does not take, the ${from} is not read, and goes on once it has taken`, async () => {
    const both = made("ocpp9");
    const { time } = both;
    const [sender, taker] = [both[from], both[to]];
    sender.says(big);
    assert.equal(sender.told.length, 0);
    sender.says(big);
    assert.equal(sender.told.join(), "pause");
    sender.says("kept");
    assert.equal(taker.told.length, 2, "what still came is not pushed on");
    taker.bufferedBytes = 0;
    await time.advance(DRAIN_POLL_MS);
    assert.equal(sender.told.join(), "pause,resume");
    assert.equal(taker.told.at(-1), "kept");
  });

  test(`relay: a ${to} that takes nothing at all is cut, and the ${from} is let go cleanly`, async () => {
    const both = made();
    const [sender, taker] = [both[from], both[to]];
    sender.says(big);
    sender.says(big);
    await both.time.advance(STALLED_MS_MAX + 1_000);
    assert(taker.told.at(-1) === "terminate", "cut");
    assert.equal(sender.told.at(-1), "close 1001");
    assert.equal(both.endings[0]?.by, "site");
  });
}

test("relay: abandoned, a socket that the CSMS is slow to close ends at once; one that has ended is left alone", async () => {
  const { csms, relay } = made();
  relay.surrender();
  relay.abandon();
  assert.deepEqual(csms.told, ["close 1001", "terminate"]);
  csms.handlers?.closed(1006, "");
  await relay.left;
});

test("relay: surrendered, its way to the CSMS ends at once, and the station's socket when told, once, whoever ends first", async () => {
  const { station, csms, relay, endings, time } = made();
  relay.surrender();
  assert.deepEqual([station.told, csms.told], [["pause"], ["close 1001"]]);
  station.says('[2,"a","Heartbeat",{}]');
  csms.handlers?.closed(1001, "");
  await relay.left;
  await time.advance(0);
  assert.deepEqual(endings, [], "its place is still its own");
  assert.equal(csms.told.length, 1);
  relay.close(1008, "replaced");
  await time.advance(0);
  assert.equal(station.told.at(-1), "close 1008");
  assert.equal(endings.length, 1);
});

test("relay: a version that nobody here knows is relayed, and gets no CALLs of ours", async () => {
  const { station, csms, relay } = made("ocpp1.5");
  csms.says('[2,"a","Reset",{}]');
  station.says('[3,"a",{}]');
  assert.deepEqual([station.told, csms.told], [['[2,"a","Reset",{}]'], ['[3,"a",{}]']]);
  const outcome = await relay.call("Reset", {}, { timeoutMs: 1 });
  assert.equal(outcome.kind, "invalid");
});
