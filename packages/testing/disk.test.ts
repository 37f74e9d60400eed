import assert from "node:assert/strict";
import { test } from "node:test";
import { DiskError } from "@wattward/kernel";
import { seededChance } from "./chance.ts";
import { SimulatedDisk } from "./disk.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (raw: Uint8Array | undefined) => new TextDecoder().decode(raw);

test("simulated disk: a crash keeps what was synced and some prefix of the rest", async () => {
  const kept = new Set<string>();
  for (let seed = 1; seed <= 60; seed++) {
    const disk = new SimulatedDisk(seededChance(seed));
    const first = disk.boot();
    const file = await first.appendTo("a/log");
    await file.append(bytes("safe "));
    await file.sync();
    await file.append(bytes("lost"));
    first.kill();
    kept.add(text(await disk.boot().read("a/log")));
  }
  assert.deepEqual([...kept].sort(), ["safe ", "safe l", "safe lo", "safe los", "safe lost"]);
});

test("simulated disk: replace leaves the old file or the new one, never a mixture", async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 40; seed++) {
    const disk = new SimulatedDisk(seededChance(seed));
    const boot = disk.boot();
    await boot.replace("state", bytes("old"));
    let killed = false;
    boot.killAtWrite(1, () => (killed = true));
    void boot.replace("state", bytes("new one"));
    await Promise.resolve();
    assert(killed, `seed ${seed}`);
    seen.add(text(await disk.boot().read("state")));
  }
  assert.deepEqual([...seen].sort(), ["new one", "old"]);
});

test("simulated disk: after a kill nothing returns to the dead process", async () => {
  const disk = new SimulatedDisk(seededChance(1));
  const boot = disk.boot();
  const file = await boot.appendTo("log");
  boot.kill();
  let returned = false;
  void file.append(bytes("x")).then(() => (returned = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(returned, false);
  assert.equal(disk.peek("log")?.length, 0);
});

test("simulated disk: a full disk refuses and keeps what it had", async () => {
  const disk = new SimulatedDisk(seededChance(1), { capacityBytes: 6 });
  const file = await disk.boot().appendTo("log");
  await file.append(bytes("12345"));
  await assert.rejects(file.append(bytes("678")), (e) => e instanceof DiskError && e.kind === "full");
  assert.equal(text(disk.peek("log")), "12345");
  disk.options.capacityBytes = 100;
  await file.append(bytes("678"));
  assert.equal(text(disk.peek("log")), "12345678");
});

test("simulated disk: lists a folder's own names once", async () => {
  const boot = new SimulatedDisk(seededChance(1)).boot();
  for (const path of ["j/2", "j/1", "j/deep/x", "k"]) await boot.replace(path, bytes("."));
  assert.deepEqual(await boot.list("j"), ["1", "2", "deep"]);
  assert.deepEqual(await boot.list("nowhere"), []);
});

test("simulated disk: says which bytes any crash leaves", async () => {
  const disk = new SimulatedDisk(seededChance(1));
  const file = await disk.boot().appendTo("log");
  await file.append(bytes("safe "));
  await file.sync();
  await file.append(bytes("perhaps"));
  assert.equal(text(disk.durable("log")), "safe ");
  assert.equal(text(disk.peek("log")), "safe perhaps");
  assert.equal(disk.durable("nowhere").length, 0);
});
