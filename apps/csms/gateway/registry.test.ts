import assert from "node:assert/strict";
import { test } from "node:test";
import { type Claim, REPLACEMENT_WINDOW_MS } from "@wattward/ocpp";
import { simulatedTime } from "@wattward/testing";
import { type Connection, Registry } from "./registry.ts";

const claim: Claim = { route: "direct", key: "k1", notBeforeMs: 1, address: "10.0.0.1" };

/** `lateMs`: how late its clock rings, as that of a busy process does. */
function fixture(lateMs = 0) {
  const time = simulatedTime();
  const clock = { now: time.now, after: (ms: number, ring: () => void) => time.after(ms + lateMs, ring) };
  const registry = new Registry<string, ReturnType<typeof connection>>(clock, 100);
  const connection = (more: Partial<Claim> = {}, answersPings = false) => {
    let pongAtMs: number | undefined;
    const ended: number[] = [];
    const made: Connection & { ended: number[] } = {
      claim: { ...claim, ...more },
      generation: registry.nextGeneration(),
      pongAgoMs: () => (pongAtMs === undefined ? undefined : time.now().monotonicMs - pongAtMs),
      ping: () => {
        if (answersPings) time.after(50, () => (pongAtMs = time.now().monotonicMs));
      },
      end: (code) => ended.push(code),
      ended,
    };
    return made;
  };
  const join = async (live: ReturnType<typeof connection>) => {
    const deciding = registry.decide("cp", live.claim);
    await time.advance(2_500);
    const decided = await deciding;
    return decided.kind === "welcome" ? registry.seat("cp", live, decided.against) : decided.why;
  };
  return { time, registry, connection, join };
}

test("registry: a replaced socket's late cleanup leaves its successor alone", async () => {
  const { registry, connection, join } = fixture();
  const [first, second] = [connection(), connection()];
  assert.equal(await join(first), true);
  assert.equal(await join(second), true);
  assert.deepEqual(first.ended, [1008]);
  assert.equal(registry.leave("cp", first.generation), false);
  assert.equal(registry.get("cp"), second);
  assert.equal(registry.leave("cp", second.generation), true);
  assert.equal(registry.get("cp"), undefined);
});

test("registry: the fourth replacement within ten minutes is held, and one is let in when the window has passed", async () => {
  const { time, connection, join } = fixture();
  for (let i = 0; i < 4; i++) assert.equal(await join(connection()), true, `connection ${i}`);
  assert.equal(await join(connection()), "replaced-too-often");
  await time.advance(REPLACEMENT_WINDOW_MS);
  assert.equal(await join(connection()), true);
});

test("registry: a newcomer from elsewhere waits for the old one's pong: answered, it is held; silent, it replaces", async () => {
  const alive = fixture();
  const old = alive.connection({}, true);
  await alive.join(old);
  assert.equal(await alive.join(alive.connection({ address: "10.9.9.9" })), "alive-elsewhere");
  assert.deepEqual(old.ended, []);

  const silent = fixture();
  const halfOpen = silent.connection();
  await silent.join(halfOpen);
  assert.equal(await silent.join(silent.connection({ address: "10.9.9.9" })), true);
  assert.deepEqual(halfOpen.ended, [1008]);
});

test("registry: an old one that answered its ping is alive, however late the clock rings", async () => {
  const { connection, join } = fixture(100);
  const old = connection({}, true);
  await join(old);
  assert.equal(await join(connection({ address: "10.9.9.9" })), "alive-elsewhere");
  assert.deepEqual(old.ended, []);
});

test("registry: two newcomers decided at once: one is seated, the other is not and ends nobody", async () => {
  const { registry, connection } = fixture();
  const [first, second] = [connection(), connection()];
  const [a, b] = await Promise.all([registry.decide("cp", first.claim), registry.decide("cp", second.claim)]);
  assert(a.kind === "welcome" && b.kind === "welcome");
  assert.equal(registry.seat("cp", first, a.against), true);
  assert.equal(registry.seat("cp", second, b.against), false);
  assert.equal(registry.get("cp"), first);
  assert.deepEqual(first.ended, []);
});

test("registry: a site replaces its own sockets at once, and takes over no station that is live elsewhere", () => {
  const { registry, connection } = fixture();
  const [first, second] = [0, 1].map(() => connection({ route: "site north", key: undefined }));
  assert(first !== undefined && second !== undefined);
  assert.equal(registry.place("cp", first), true);
  assert.equal(registry.place("cp", second), true);
  assert.deepEqual([first.ended, second.ended], [[1008], []]);
  assert.equal(registry.place("cp", connection({ route: "site south", key: undefined })), false);
  assert.equal(registry.get("cp"), second);
});
