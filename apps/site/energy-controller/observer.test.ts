import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { OBSERVATIONS_WAITING_MAX, OBSERVE_AGAIN_MS } from "./limits.ts";
import { Observer } from "./observer.ts";

test("observer: a state is told once, told back once, and not again and again by one that comes and goes", () => {
  const observer = new Observer(silentLog);
  const at = (nowMs: number, bad: boolean) => {
    observer.is("energy.outlet", "o1", bad ? { outlet: "o1", standing: "deaf" } : undefined, nowMs);
    return observer.take(10).map(({ detail }) => JSON.parse(detail));
  };
  assert.deepEqual(at(0, false), []);
  assert.deepEqual(at(1, true), [{ outlet: "o1", standing: "deaf" }]);
  assert.deepEqual(at(2, true), []);
  assert.deepEqual(at(3, false), [], "too soon");
  assert.deepEqual(at(1 + OBSERVE_AGAIN_MS, false), [{ about: "o1", over: true }]);
  assert.deepEqual(at(2 + OBSERVE_AGAIN_MS, false), []);
});

test("observer: what is too much goes from its oldest, and each that went is counted, once", () => {
  const observer = new Observer(silentLog);
  const all = OBSERVATIONS_WAITING_MAX + 7;
  for (let n = 0; n < all; n++) observer.saw("energy.device", `${n}`, { n }, 0);
  const told = [...observer.take(10), ...observer.take(10), ...observer.take(all)];
  const lost = told.filter(({ kind }) => kind === "energy.observations-lost");
  assert.deepEqual(
    lost.map(({ detail }) => detail),
    ['{"count":7}'],
  );
  const rest = told.filter(({ kind }) => kind === "energy.device").map(({ detail }) => JSON.parse(detail).n);
  assert.deepEqual(
    rest,
    Array.from({ length: OBSERVATIONS_WAITING_MAX }, (_, i) => i + 7),
  );
});
