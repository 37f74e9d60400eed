/** The plant on real sockets: a master on TCP reads its meter, attacks are answered, and what happened is in its files. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { folderDisk } from "@wattward/kernel/node";
import { ModbusClient } from "@wattward/modbus";
import { discover, registerReader } from "@wattward/modbus/sunspec";
import { dialer } from "@wattward/modbus/tcp";
import { seededChance, simulatedTime } from "@wattward/testing";
import { playAttack } from "../cli/run-attack.ts";
import { smallPlant } from "../testing/small-plant.ts";
import { openPlant } from "./plant-at-work.ts";
import { StationsFolderError } from "./way-in.ts";

const folder = mkdtempSync(join(tmpdir(), "wattward-plant-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const lines = (name: string) =>
  readFileSync(join(folder, name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

const opening = (words: unknown) => {
  const time = simulatedTime();
  writeFileSync(join(folder, "plant.json"), JSON.stringify(words));
  const ports = { clock: time, out: folderDisk(folder), chance: () => seededChance(1), draws: () => [] };
  const failed = (error: unknown) => assert.fail(String(error));
  return { time, plant: openPlant(folder, { ...ports, failed }) };
};

test("plant: devices on their ports, every exchange and every step in the files", async () => {
  const [meterPort, batteryPort] = [await freePort(), await freePort()];
  const [meter, , bess] = smallPlant.devices;
  const devices = [
    { ...meter, port: meterPort },
    { ...bess, port: batteryPort },
  ];
  const { plant: opened, time } = opening({ ...smallPlant, devices });
  const plant = await opened;
  assert(plant !== undefined);
  await time.advance(1_000);

  const client = new ModbusClient({
    dial: dialer({ to: { host: "127.0.0.1", port: meterPort } }),
    clock: time,
    chance: seededChance(2),
  });
  const found = await discover(registerReader(client, 1));
  assert.deepEqual(found.ok && found.value.models.map(({ id }) => id), [1, 213]);
  client.close();

  const way = { host: "127.0.0.1", port: batteryPort };
  const report = await playAttack("AT-M1", way, { unit: 1, setpoint: 40_194, forMs: 5_000 });
  assert.deepEqual([report.sent, report.accepted, report.contained], [18, 0, true]);
  await plant.stop();

  const [head, ...steps] = lines("limits.jsonl");
  assert.equal(head?.["kind"], "site");
  assert(steps.length >= 10, `${steps.length} steps`);
  assert.deepEqual(Object.keys(steps[0]?.["ma"] as object), ["main", "hall"]);
  const exchanges = lines("modbus.jsonl");
  for (const all of [steps, exchanges]) assert.equal(all.at(-1)?.["kind"], "end");
  assert.equal(exchanges.filter(({ device }) => device === "bess").length, 18);
  assert(exchanges.some(({ device, function: code }) => device === "grid" && code === 3));
});

test("plant: none is none; a wrong one, or a port that is taken, is told with its path", async () => {
  rmSync(join(folder, "plant.json"), { force: true });
  const none = {
    clock: simulatedTime(),
    out: folderDisk(folder),
    chance: () => seededChance(1),
    draws: () => [],
    failed() {},
  };
  assert.equal(await openPlant(folder, none), undefined);
  await assert.rejects(opening({ fuses: [] }).plant, StationsFolderError);
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const devices = [{ ...smallPlant.devices[0], port }];
  await assert.rejects(
    opening({ ...smallPlant, devices }).plant,
    /plant\.json, device 'grid': port \d+ cannot be had \(EADDRINUSE\)/,
  );
  taken.close();
});
