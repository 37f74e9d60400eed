/** Who comes first where power is short. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "./inputs.ts";
import { GIVES_WAY_MS, IDLE_RETRY_MS, SLOT_MS, STARVES_AFTER_MS } from "./limits.ts";
import { Queue, type Queuing } from "./queue.ts";

const car = (id: string, more: Partial<Queuing> = {}): Queuing => ({
  id: id as SessionId,
  connectedAtMs: 0,
  charging: false,
  drawing: false,
  idle: false,
  ...more,
});
const on = { charging: true, drawing: true };
const shown = (order: readonly Queuing[]) => order.map(({ id }) => id).join(" ");

test("queue: who came first comes first; of two at once, by name", () => {
  const cars = [
    car("c", { connectedAtMs: 2 }),
    car("b", { connectedAtMs: 1 }),
    car("a", { connectedAtMs: 2 }),
  ];
  assert.equal(shown(new Queue().order(cars, 10)), "b a c");
});

test("queue: a slot is kept for its time, then others come first", () => {
  const queue = new Queue();
  const cars = [car("charges", on), car("waits", { connectedAtMs: 1 })];
  queue.order(cars, 1_000);
  assert.equal(shown(queue.order(cars, 1_000 + SLOT_MS - 1)), "charges waits");
  assert.equal(shown(queue.order(cars, 1_000 + SLOT_MS)), "waits charges");
});

test("queue: who has waited for too long comes before a slot", () => {
  const queue = new Queue();
  const waits = car("waits");
  queue.order([waits], 0);
  const nowMs = STARVES_AFTER_MS + 1;
  assert.equal(
    shown(queue.order([waits, car("charges", { ...on, connectedAtMs: nowMs })], nowMs)),
    "waits charges",
  );
});

test("queue: a car that draws nothing stands behind everybody, and is tried again", () => {
  const queue = new Queue();
  queue.order([car("idle", { charging: true }), car("waits")], 0);
  const idle = car("idle", { charging: true, idle: true });
  assert.equal(shown(queue.order([idle, car("waits")], 100_000)), "waits idle");
  const off = car("idle");
  assert.equal(shown(queue.order([off, car("waits", on)], 200_000)), "waits idle");
  queue.order([off, car("waits", on)], 100_000 + IDLE_RETRY_MS);
  assert.equal(shown(queue.order([off, car("waits", on)], 200_000 + SLOT_MS)), "idle waits");
});

test("queue: where it is known how long they can wait, who can wait least comes first, and a slot is no matter", () => {
  const hour = 3_600_000;
  const cars = [
    car("calm", { laxityMs: 5 * hour }),
    car("late", { laxityMs: -hour }),
    car("soon", { laxityMs: hour / 2 }),
    car("unknown"),
  ];
  assert.equal(shown(new Queue().order(cars, STARVES_AFTER_MS + 1)), "late soon unknown calm");
});

test("queue: who charges gives way only to one who can wait less by more than a change is worth", () => {
  const queue = new Queue();
  const waits = (byMs: number) => car("waits", { laxityMs: 3_600_000 - byMs });
  const charges = car("charges", { ...on, laxityMs: 3_600_000 });
  assert.equal(shown(queue.order([waits(GIVES_WAY_MS - 1), charges], 0)), "charges waits");
  assert.equal(shown(queue.order([waits(GIVES_WAY_MS + 1), charges], 0)), "waits charges");
});

test("queue: a full car waits behind everybody, and longer after each time it was tried in vain", () => {
  const queue = new Queue();
  const other = car("other", { laxityMs: 3_600_000 });
  const full = (more: Partial<Queuing>) => car("full", { laxityMs: 0, ...more });
  assert.equal(shown(queue.order([full({ idle: true, charging: true }), other], 0)), "other full");
  assert.equal(shown(queue.order([full({}), other], IDLE_RETRY_MS - 1)), "other full");
  assert.equal(shown(queue.order([full({}), other], IDLE_RETRY_MS)), "full other");
  queue.order([full({ idle: true, charging: true }), other], IDLE_RETRY_MS);
  assert.equal(shown(queue.order([full({}), other], 3 * IDLE_RETRY_MS - 1)), "other full");
  assert.equal(shown(queue.order([full({}), other], 3 * IDLE_RETRY_MS)), "full other");
});
