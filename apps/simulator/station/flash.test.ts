import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedDisk, seededChance } from "@wattward/testing";
import { Flash } from "./flash.ts";

const PATH = "station.flash";

test("flash: what was committed is there after a power cut, removed keys are not", async () => {
  const disk = new SimulatedDisk(seededChance(1));
  const flash = await Flash.open(disk.boot(), PATH);
  await flash.commit([
    ["a", 1],
    ["b", { x: ["é"] }],
  ]);
  await flash.commit([
    ["a", undefined],
    ["c", null],
  ]);
  const after = await Flash.open(disk.boot(), PATH);
  assert.deepEqual(after.under(""), [
    ["b", { x: ["é"] }],
    ["c", null],
  ]);
});

test("flash: a file cut at any byte gives a prefix of the commits and takes new ones", async () => {
  const disk = new SimulatedDisk(seededChance(2));
  const flash = await Flash.open(disk.boot(), PATH);
  for (let n = 1; n <= 5; n++)
    await flash.commit([
      ["n", n],
      [`k${n}`, "ü".repeat(n)],
    ]);
  const whole = disk.peek(PATH)!;
  for (let bytes = 0; bytes <= whole.length; bytes++) {
    disk.damage(PATH, whole.slice(0, bytes));
    const cut = await Flash.open(disk.boot(), PATH);
    const n = Number(cut.get("n") ?? 0);
    assert.equal(cut.under("k").length, n, `cut at ${bytes}`);
    await cut.commit([["after", true]]);
    const again = await Flash.open(disk.boot(), PATH);
    assert.equal(again.get("after"), true, `cut at ${bytes}`);
    assert.equal(again.under("k").length, n, `cut at ${bytes}`);
  }
});

test("flash: killed at any write, it keeps every commit that was told as done, rewrites of the file included", async () => {
  let rewrites = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const disk = new SimulatedDisk(seededChance(seed));
    const handle = disk.boot();
    const flash = await Flash.open(handle, PATH);
    const big = "x".repeat(30_000);
    let told = 0;
    const killed = new Promise<void>((resolve) => handle.killAtWrite(seed, resolve));
    const writing = (async () => {
      for (let n = 1; n <= 40; n++) {
        await flash.commit([
          ["n", n],
          [`slot/${n % 3}`, big],
        ]);
        told = n;
      }
    })();
    await Promise.race([killed, writing]);
    if ((disk.peek(PATH)?.length ?? 0) < 31_000 * told) rewrites++;
    const after = await Flash.open(disk.boot(), PATH);
    assert(Number(after.get("n") ?? 0) >= told, `seed ${seed}: ${String(after.get("n"))} < ${told}`);
  }
  assert(rewrites > 0, "no run reached a rewrite");
});
