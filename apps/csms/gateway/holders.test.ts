/** What a node asks another for a station that has come to it, and what it answers when it is asked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type JsonObject, type StationId, silentLog } from "@wattward/kernel";
import type { Claim } from "@wattward/ocpp";
import { seededChance, simulatedTime } from "@wattward/testing";
import type { Core, Decisions, Held, OutboxEntry } from "../core/port.ts";
import { Holders } from "./holders.ts";
import { HOLDER_ANSWER_MS_MAX } from "./limits.ts";
import type { Decided } from "./registry.ts";

const station: Held = { kind: "station", station: "cp" as StationId };
const newcomer: Claim = { route: "direct", key: "k1", notBeforeMs: 5, address: "10.0.0.2" };
const welcome = { kind: "welcome", against: undefined } as const;

function rig(
  options: { said?: Decisions["holder.claim"]["output"]; here?: Decided; silent?: string[] } = {},
) {
  const { said = { kind: "asked", holder: "a" }, here = welcome, silent = [] } = options;
  const time = simulatedTime();
  const asked: Decisions["holder.claim"]["input"][] = [];
  const answered: Decisions["holder.answer"]["input"][] = [];
  const ended: (number | undefined)[] = [];
  const core = {
    async decide(name: string, input: never) {
      if (name === "holder.answer") return void answered.push(input);
      asked.push(input);
      return said;
    },
  } as unknown as Core;
  const node = { id: "b", stands: () => true, silent: () => silent, follow() {} };
  const seats = {
    decide: async () => here,
    giveAway: async (_: Held, __: Claim, against: number) => void ended.push(against),
  };
  const holders = new Holders({ core, clock: time, chance: seededChance(1), log: silentLog, node }, seats);
  return { time, holders, asked, answered, ended };
}

const entry = (kind: string, data: JsonObject, more: Partial<OutboxEntry> = {}): OutboxEntry => ({
  ...{ seq: 1, atMs: 0, source: "csms", kind, live: true, data, station: "cp" },
  ...more,
});
const question = (more: JsonObject = {}): JsonObject => ({
  ...{ holder: "b", by: "c", ticket: "t1", claim: { ...newcomer } as JsonObject },
  ...more,
});

test("holders: what nobody else has is welcome at once", async () => {
  const { holders, asked } = rig({ said: { kind: "yours" } });
  assert.deepEqual(await holders.claim(station, newcomer, welcome), welcome);
  assert.deepEqual([asked[0]?.node, asked[0]?.claim], ["b", newcomer]);
});

for (const [verdict, why, decided] of [
  ["given", "same-key", { kind: "welcome", against: undefined, why: "same-key" }],
  ["hold", "replaced-too-often", { kind: "hold", why: "replaced-too-often" }],
  ["hold", "alive-elsewhere", { kind: "hold", why: "alive-elsewhere" }],
  ["refuse", "other-route", { kind: "refuse", why: "other-route" }],
  ["refuse", "other-key", { kind: "refuse", why: "other-key" }],
  ["a word of a newer node", "", { kind: "refuse", why: "other-key" }],
] as const) {
  test(`holders: another has it and says '${verdict}' (${why}): ${decided.kind}`, async () => {
    const { time, holders, asked } = rig();
    const deciding = holders.claim(station, newcomer, welcome);
    await time.advance(10);
    const ticket = asked[0]?.ticket ?? "";
    // Somebody else's answer is none.
    holders.heard(entry("holder.answered", { ticket: "another", verdict: "given", why: "" }));
    holders.heard(entry("holder.answered", { ticket, verdict, why }));
    await time.advance(10);
    assert.deepEqual(await deciding, decided);
  });
}

test("holders: another has it and says nothing: come again; an answer that is too late opens nothing", async () => {
  const { time, holders, asked } = rig();
  const deciding = holders.claim(station, newcomer, welcome);
  await time.advance(HOLDER_ANSWER_MS_MAX);
  assert.equal((await deciding).kind, "later");
  holders.heard(entry("holder.answered", { ticket: asked[0]?.ticket ?? "", verdict: "given", why: "" }));
});

test("holders: one that may be dead is not asked, and its stations come again", async () => {
  const { holders, asked } = rig({ said: { kind: "silent", holder: "a" }, silent: ["a"] });
  assert.equal((await holders.claim(station, newcomer, welcome)).kind, "later");
  assert.deepEqual(asked[0]?.silent, ["a"]);
});

test("holders: asked for a station, it closes its socket first, and then gives it", async () => {
  const { time, holders, answered, ended } = rig({ here: { kind: "welcome", against: 7, why: "same-key" } });
  const atMs = time.now().wallMs;
  holders.heard(entry("holder.asked", question()));
  await time.advance(10);
  assert.deepEqual(ended, [7]);
  const given = { held: station, from: "b", to: "c", ticket: "t1", verdict: "given", why: "same-key" };
  assert.deepEqual(answered, [{ ...given, atMs }]);
});

test("holders: asked for one that it has no socket of, it gives it; one that is held or refused stays", async () => {
  for (const [here, verdict] of [
    [welcome, "given"],
    [{ kind: "hold", why: "alive-elsewhere" }, "hold"],
    [{ kind: "refuse", why: "other-route" }, "refuse"],
  ] as const) {
    const { time, holders, answered, ended } = rig({ here });
    holders.heard(entry("holder.asked", question()));
    await time.advance(10);
    assert.deepEqual([answered[0]?.verdict, ended], [verdict, []]);
  }
});

test("holders: a site is known by its link's route; a station's entry that names its site is the station's", async () => {
  const link = { ...newcomer, route: "link" } as JsonObject;
  const { time, holders, answered } = rig();
  const { station: _, ...bySite } = entry("holder.asked", question({ claim: link }), { site: "depot" });
  holders.heard(bySite);
  holders.heard(entry("holder.asked", question(), { site: "depot" }));
  await time.advance(10);
  assert.deepEqual(
    answered.map(({ held }) => held),
    [{ kind: "site", site: "depot" }, station],
  );
});

for (const [what, data] of [
  ["for another node", question({ holder: "a" })],
  ["without a claim", question({ claim: "none" })],
  ["with half a claim", question({ claim: { route: "direct" } })],
  ["with a key that is none", question({ claim: { ...newcomer, key: 1 } as JsonObject })],
] as const) {
  test(`holders: a question ${what} is not answered`, async () => {
    const { time, holders, answered } = rig();
    holders.heard(entry("holder.asked", data));
    await time.advance(10);
    assert.deepEqual(answered, []);
  });
}
