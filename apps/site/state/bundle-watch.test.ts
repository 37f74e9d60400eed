/** A process that only reads the bundle: what it takes, and what it leaves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type SiteId, silentLog } from "@wattward/kernel";
import { SimulatedDisk, seededChance, simulatedTime } from "@wattward/testing";
import { fakeBundle } from "../testing/fake-csms.ts";
import { watchBundle } from "./bundle-watch.ts";

const site = "lyon" as SiteId;
const good = Buffer.alloc(64, 1).toString("base64");
const forged = Buffer.alloc(64, 2).toString("base64");
const signed = (version: number, signature = good, over: object = {}) =>
  new TextEncoder().encode(
    JSON.stringify({
      body: JSON.stringify({ ...fakeBundle(site, ["A"]), version, ...over }),
      signature,
      signer: "PEM",
    }),
  );

test("bundle watch: takes what comes, never an older or a forged one, and tells each refusal once", async () => {
  const time = simulatedTime();
  const disk = new SimulatedDisk(seededChance(1));
  const taken: number[] = [];
  const refusals: string[] = [];
  const stop = await watchBundle({
    ...{ clock: time, log: silentLog, disk: disk.boot(), site, software: "0.1.0" },
    trust: {
      verifyBundle: ({ signature }) =>
        signature === good ? { kind: "valid" } : { kind: "refused", sentence: "forged" },
    },
    taken: ({ version }) => void taken.push(version),
    refused: (sentence) => void refusals.push(sentence),
  });
  assert.deepEqual([taken, refusals], [[], []]);
  const put = async (bytes: Uint8Array) => {
    disk.damage("state/bundle.json", bytes);
    await time.advance(3_000);
  };
  await put(signed(7));
  await put(signed(8, forged));
  await put(signed(6));
  await put(signed(9, good, { site: "elsewhere" }));
  await put(new TextEncoder().encode("{"));
  await put(signed(8));
  assert.deepEqual(taken, [7, 8], refusals.join("\n"));
  assert.equal(refusals.length, 4, refusals.join("\n"));
  assert.match(refusals[0]!, /forged/);
  assert.match(refusals[1]!, /older/);
  assert.match(refusals[2]!, /elsewhere/);
  stop();
  await put(signed(10));
  assert.deepEqual(taken, [7, 8]);
});
