import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instant, silentLog } from "@wattward/kernel";
import { SimulatedDisk, seededChance } from "@wattward/testing";
import { fakeBundle } from "../testing/fake-csms.ts";
import { Authorisations, CACHE_TOKENS_MAX, type TokenStatus } from "./authorisations.ts";

const chance = seededChance(1);
const open = (disk = new SimulatedDisk(chance).boot()) => Authorisations.open(disk, silentLog, chance);
const now = (wallMs: number, quality: Instant["quality"] = "synced"): Instant => ({
  wallMs,
  quality,
  monotonicMs: 0,
});
const bundle = (unknownTokenOffline: "accept" | "refuse") =>
  fakeBundle("north", [], {
    localList: [
      { token: "Good", status: "Accepted", expiresAtMs: 1_000 },
      { token: "Bad", status: "Blocked" },
    ],
    policy: { unknownTokenOffline, cacheMsMax: 100, heartbeatIntervalS: 60 },
  });

type Row = {
  says: string;
  token: string;
  learnt?: { status: string; expiresAtMs?: number };
  at?: Instant;
  unknown?: "accept" | "refuse";
  gets: `${TokenStatus} ${string}`;
};
const rows: Row[] = [
  { says: "listed, in any case of letters", token: "gOOD", gets: "Accepted list" },
  { says: "listed and blocked, though the policy accepts strangers", token: "bad", gets: "Blocked list" },
  {
    says: "the list wins over the cache",
    token: "Bad",
    learnt: { status: "Accepted" },
    gets: "Blocked list",
  },
  { says: "listed and expired", token: "Good", at: now(1_001), gets: "Expired list" },
  {
    says: "listed and expired, but the clock is unknown",
    token: "Good",
    at: now(1_001, "unknown"),
    gets: "Accepted list",
  },
  { says: "cached", token: "T", learnt: { status: "Accepted" }, unknown: "refuse", gets: "Accepted cache" },
  { says: "cached as blocked", token: "T", learnt: { status: "Blocked" }, gets: "Blocked cache" },
  {
    says: "cached, expired since",
    token: "T",
    learnt: { status: "Accepted", expiresAtMs: 50 },
    at: now(51),
    gets: "Expired cache",
  },
  {
    says: "cached too long ago",
    token: "T",
    learnt: { status: "Accepted" },
    at: now(101),
    unknown: "refuse",
    gets: "Invalid policy",
  },
  {
    says: "cached by a clock that was ahead, and was set back",
    token: "T",
    learnt: { status: "Accepted" },
    at: now(-101),
    unknown: "refuse",
    gets: "Invalid policy",
  },
  {
    says: "cached, age unknown",
    token: "T",
    learnt: { status: "Accepted" },
    at: now(101, "unknown"),
    gets: "Accepted cache",
  },
  {
    says: "an answer that is no verdict is not remembered",
    token: "T",
    learnt: { status: "ConcurrentTx" },
    unknown: "refuse",
    gets: "Invalid policy",
  },
  { says: "a stranger, policy accepts", token: "X", gets: "Accepted policy" },
  { says: "a stranger, policy refuses", token: "X", unknown: "refuse", gets: "Invalid policy" },
];

for (const { says, token, learnt, at = now(0), unknown = "accept", gets } of rows) {
  test(`authorisation: ${says}: ${gets}`, async () => {
    const authorisations = await open();
    if (learnt !== undefined) authorisations.learn(token, learnt, now(0));
    const { status, from } = authorisations.verdict(token, bundle(unknown), at);
    assert.equal(`${status} ${from}`, gets);
  });
}

test("authorisation: without a bundle nobody is let in", async () => {
  assert.equal((await open()).verdict("Good", undefined, now(0)).status, "Invalid");
});

test("authorisation: the cache outlives a restart, holds no token in the clear, and is bounded", async () => {
  const disk = new SimulatedDisk(chance);
  const boot = disk.boot();
  const first = await open(boot);
  for (let i = 0; i <= CACHE_TOKENS_MAX; i++) first.learn(`CARD${i}`, { status: "Blocked" }, now(0));
  await first.save(boot, silentLog);
  const text = new TextDecoder().decode(disk.peek("state/authorisations.json"));
  assert(!text.includes("CARD"));
  const second = await open(disk.boot());
  assert.equal(second.verdict("card2000", bundle("accept"), now(1)).from, "cache");
  assert.equal(second.verdict("CARD0", bundle("accept"), now(1)).from, "policy");
});

test("authorisation: a damaged cache is as none", async () => {
  for (const text of [
    "",
    "[",
    "{}",
    '{"salt":"x","tokens":[[1,2]]}',
    '{"salt":"x","tokens":[["a",{"status":"Accepted"}]]}',
  ]) {
    const disk = new SimulatedDisk(chance);
    disk.damage("state/authorisations.json", new TextEncoder().encode(text));
    assert.equal((await open(disk.boot())).verdict("a", bundle("refuse"), now(0)).from, "policy");
  }
});
