/** Reading over a real master: devices that end the connection with each answer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance, simulatedTime } from "@wattward/testing";
import { ModbusClient } from "../client.ts";
import { serve } from "../server.ts";
import { SimulatedModbusNetwork } from "../testing/network.ts";
import { RegisterBank } from "../testing/registers.ts";
import { discover, registerReader } from "./discovery.ts";
import { models } from "./models/index.ts";
import { mapRegisters, modelRegisters } from "./writing.ts";

async function walked(ends: "with each answer" | "unanswered") {
  const time = simulatedTime();
  const chance = seededChance(1);
  const network = new SimulatedModbusNetwork(time, chance);
  const bank = new RegisterBank();
  bank.registers.set(mapRegisters([modelRegisters(models.get(1)!, { Mn: "Maker" })]), 40_000);
  let connections = 0;
  network.listen("device", (link) => {
    connections++;
    const close = serve(link, {
      clock: time,
      answer({ request }) {
        queueMicrotask(close);
        return ends === "unanswered" ? { kind: "silence" } : bank.answer(request);
      },
    });
  });
  const client = new ModbusClient({ dial: network.dialer("device"), clock: time, chance });
  let found: Awaited<ReturnType<typeof discover>> | undefined;
  void discover(registerReader(client, 1)).then((one) => (found = one));
  assert(await time.until(() => found !== undefined, 60_000));
  return { found: found!, connections };
}

test("registerReader: a device that ends the connection with each answer is read all the same", async () => {
  const { found } = await walked("with each answer");
  assert(found.ok, JSON.stringify(found));
  assert.deepEqual(
    found.value.models.map(({ id }) => id),
    [1],
  );
});

test("registerReader: one that ends it unanswered is asked twice, and no more", async () => {
  const { found, connections } = await walked("unanswered");
  assert(!found.ok && found.fault.kind === "unreadable");
  assert(connections <= 2, `${connections} connections`);
});
