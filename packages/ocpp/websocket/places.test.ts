/** Who keeps a place and who gives one up: the rules by hand, and their invariants under seeded traffic. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Place, Places } from "./places.ts";

const limits = { connectionsMax: 10, unfinishedMax: 6, unfinishedOfOneMax: 4, unprovenMsMin: 100 };

/** Enters under a name; `gone` collects the names of those who were shed. */
function crowd(given = limits) {
  const places = new Places(given);
  const gone: string[] = [];
  let nowMs = 0;
  const later = (ms: number) => {
    nowMs += ms;
  };
  const enter = (source: string, name = source) => places.enter(source, nowMs, () => gone.push(name));
  const get = (source: string, name?: string): Place => {
    const place = enter(source, name);
    assert(typeof place === "object", `${source} got no place: ${place}`);
    return place;
  };
  return { places, gone, enter, get, later };
}

test("a source has so many unfinished connections, and the next when one of them is a wire or gone", () => {
  const { enter, get, gone } = crowd();
  const held = [1, 2, 3, 4].map(() => get("a"));
  assert.equal(enter("a"), "source-full");
  held[0]?.opened();
  get("a");
  held[1]?.left();
  get("a");
  held[2]?.proven();
  assert.equal(enter("a"), "source-full", "proven is not finished");
  assert.deepEqual(gone, []);
});

test("where all places are taken, the newest of the largest source goes for one from a smaller source", () => {
  const { enter, get, gone } = crowd();
  for (const name of ["a1", "a2", "a3", "a4"]) get("a", name);
  get("b", "b1");
  get("c", "c1");
  get("d", "d1");
  assert.deepEqual(gone, ["a4"]);
  get("b", "b2");
  assert.deepEqual(gone, ["a4", "a3"]);
  assert.equal(enter("b"), "connections-full", "b would be the largest");
  assert.equal(enter("a"), "connections-full");
});

test("proven and open connections are never given up", () => {
  const { enter, get, gone } = crowd();
  for (let i = 0; i < 4; i++) get("a").proven();
  for (let i = 0; i < 2; i++) get("b").proven();
  assert.equal(enter("c"), "connections-full");
  assert.deepEqual(gone, []);
});

test("unfinished connections leave places to wires: those who finish are always let in", () => {
  const { get, enter, places } = crowd();
  for (let i = 0; i < 10; i++) {
    assert.equal(places.full, false);
    get(`s${i}`).opened();
  }
  assert.equal(places.full, true);
  assert.equal(enter("s"), "connections-full");
});

test("with every place a wire's but those of one loud source, a newcomer takes one of them", () => {
  const { get, gone } = crowd();
  for (let i = 0; i < 7; i++) get(`s${i}`).opened();
  for (const name of ["a1", "a2", "a3"]) get("a", name);
  get("b").opened();
  assert.deepEqual(gone, ["a3"]);
});

test("where each source has one, the oldest goes that has had its time, and nobody before that", () => {
  const { enter, get, later, gone } = crowd();
  const held = ["a", "b", "c", "d", "e", "f"].map((source) => {
    later(1);
    return get(source);
  });
  held[0]?.proven();
  later(90);
  assert.equal(enter("g"), "connections-full");
  assert.deepEqual(gone, []);
  later(6);
  get("g");
  assert.deepEqual(gone, ["b"], "a has proved itself");
  assert.equal(enter("h"), "connections-full", "c came a moment later than b");
  later(1);
  get("h");
  assert.deepEqual(gone, ["b", "c"]);
});

test("whoever is shed has left already, and tells so again without effect", () => {
  const places = new Places({ ...limits, connectionsMax: 2, unfinishedMax: 2, unfinishedOfOneMax: 2 });
  const shed: Place[] = [];
  const held = ["a", "a"].map((source) => {
    const place = places.enter(source, 0, () => shed.push(place as Place));
    return place;
  });
  assert(held.every((place) => typeof place === "object"));
  assert.equal(typeof places.enter("b", 0, () => {}), "object");
  assert.deepEqual(shed, [held[1]]);
  for (const place of shed) {
    place.left();
    place.opened();
  }
  assert.equal(
    places.enter("b", 0, () => {}),
    "connections-full",
  );
});

test("seeded traffic: limits hold, nobody proven is shed, and a source below its fair share is never refused", () => {
  for (const seed of [1, 2, 3, 4]) {
    let state = seed;
    const below = (most: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % most;
    };
    const big = { connectionsMax: 300, unfinishedMax: 100, unfinishedOfOneMax: 60, unprovenMsMin: 200 };
    const places = new Places(big);
    type One = { place: Place; source: string; stage: "unproven" | "proven" | "open" | "gone" };
    let live: One[] = [];
    let sheds = 0;
    for (let round = 0; round < 20_000; round++) {
      const where = `seed ${seed}, round ${round}`;
      const source = below(3) > 0 ? "loud" : `s${below(80)}`;
      const own = live.filter((one) => one.source === source && one.stage === "unproven").length;
      const one: One = { place: { proven() {}, opened() {}, left() {} }, source, stage: "unproven" };
      const place = places.enter(source, round, () => {
        assert.equal(one.stage, "unproven", `${where}: shed while ${one.stage}`);
        one.stage = "gone";
        sheds++;
      });
      if (typeof place === "object") live.push(Object.assign(one, { place }));
      else if (place === "connections-full") {
        const loud = live.filter((other) => other.source === "loud" && other.stage === "unproven").length;
        assert(loud <= own + 1, `${where}: refused with ${own} beside ${loud}`);
      }
      const some = live[below(live.length || 1)];
      if (some !== undefined && some.stage !== "gone" && below(3) === 0) {
        const step = (["proven", "opened", "left"] as const)[below(3)] ?? "left";
        some.place[step]();
        if (step === "left") some.stage = "gone";
        else if (step === "opened") some.stage = "open";
        else if (some.stage === "unproven") some.stage = "proven";
      }
      live = live.filter(({ stage }) => stage !== "gone");
      const unfinished = live.filter(({ stage }) => stage !== "open");
      assert(live.length <= big.connectionsMax && unfinished.length <= big.unfinishedMax, where);
      assert(unfinished.filter((other) => other.source === "loud").length <= big.unfinishedOfOneMax, where);
    }
    assert(sheds > 50, `seed ${seed}: only ${sheds} were shed`);
  }
});
