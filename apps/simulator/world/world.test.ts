/** A whole site on simulated time and network: people, faults at random, and at the end nothing missing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type StationId, silentLog } from "@wattward/kernel";
import { SimulatedDisk, SimulatedNetwork, seededChance, simulatedTime } from "@wattward/testing";
import type { SentLine } from "../station/recorder.ts";
import { FakeCsms } from "../testing/fake-csms.ts";
import type { StationTruth, Summary } from "../truth/summary.ts";
import type { Fault } from "./fault.ts";
import { createWorld } from "./world.ts";

const MINUTE_MS = 60_000;
const settings = {
  sampleS: 5,
  pingS: 3,
  attemptIntervalS: 1,
  messageTimeoutS: 8,
  backOffWaitS: 1,
  backOffRandomS: 1,
};

type Run = { summary: Summary; csms: FakeCsms; sent: SentLine[]; finished: string };

async function day(seed: number, faults: number): Promise<Run> {
  const time = simulatedTime();
  const network = new SimulatedNetwork(time, seededChance(seed));
  const csms = new FakeCsms(time);
  await network.host("csms").listen(9443, csms.upgrade);
  const disks = new Map<string, SimulatedDisk>();
  const sent: SentLine[] = [];
  const failures: unknown[] = [];
  const stations = Array.from({ length: 4 }, (_, i) => ({
    id: `S${i}` as StationId,
    version: i % 2 === 0 ? ("1.6" as const) : ("2.0.1" as const),
    evses: 1 + (i % 2),
    maxW: 22_000 * (1 + i),
    pathPrefix: "/ocpp",
    settings,
    afterOutage: i < 2 ? ("end" as const) : ("resume" as const),
    repeatUnder: i === 1 || i === 2 ? ("same-id" as const) : ("new-id" as const),
  }));
  const cards = Array.from({ length: 12 }, (_, i) => ({
    id: `04AABBCC${1000 + i}00`.slice(0, 14),
    type: "ISO14443" as const,
  }));
  const world = createWorld(
    { stations, seed, drivers: { session: { leastS: 8, mostS: 25 }, gap: { leastS: 1, mostS: 4 }, cards } },
    {
      clock: time,
      ids: seededChance(seed + 1),
      recorder: { sent: async (line) => void sent.push(line), received: async () => {} },
      log: silentLog,
      dialer: (id) => network.host(id).dialer("csms", 9443),
      flash: async (id, settled) => {
        await settled;
        const disk = disks.get(id) ?? new SimulatedDisk(seededChance(seed + 2));
        disks.set(id, disk);
        return disk.boot();
      },
      failed: (error) => void failures.push(error),
    },
  );
  void world.start();
  const chance = seededChance(seed + 3);
  for (let i = 0; i < faults; i++) {
    await time.advance(chance.int(1_000, 15_000));
    world.fault(someFault(chance));
  }
  await time.advance(MINUTE_MS);
  let finished: Awaited<ReturnType<typeof world.finish>> | undefined;
  void world.finish(10 * MINUTE_MS).then((end) => (finished = end));
  assert(await time.until(() => finished !== undefined, 11 * MINUTE_MS), `seed ${seed}: it never ended`);
  assert.deepEqual(failures, [], `seed ${seed}`);
  return { summary: finished!.summary, finished: finished!.kind, csms, sent };
}

function someFault(chance: ReturnType<typeof seededChance>): Fault {
  const forMs = chance.int(500, 20_000);
  const faults: Fault[] = [
    { what: "power-cut", forMs },
    { what: "link-cut", forMs },
    { what: "offline", forMs },
    { what: "clock-jump", byMs: chance.int(-7_200_000, 7_200_000) },
    { what: "crash" },
  ];
  return faults[chance.int(0, faults.length - 1)]!;
}

test("world: an undisturbed hour: every session is told, energy and all, without a complaint", async () => {
  const { csms, finished, summary } = await day(1, 0);
  assert.equal(finished, "emptied");
  assert.equal(summary.errors, 0);
  assert(summary.delivered);
  assert(summary.transactions.ended >= 6, JSON.stringify(summary.transactions));
  compare({ csms, summary }, 1);
});

test("world: faults at random on seeded days: what happened is what was told", async () => {
  let offline = 0;
  let repeated = 0;
  for (let seed = 10; seed < 22; seed++) {
    const { csms, finished, sent, summary } = await day(seed, 12);
    assert.equal(finished, "emptied", `seed ${seed}: ${JSON.stringify(summary.messages)}`);
    assert.equal(
      summary.errors,
      0,
      `seed ${seed}: ${JSON.stringify(summary.truth.map(({ complaints }) => complaints))}`,
    );
    assert(summary.delivered, `seed ${seed}`);
    compare({ csms, summary }, seed);
    offline += sent.filter((line) => line.offline).length;
    repeated += sent.filter((line) => line.attempt > 1).length;
  }
  assert(offline > 50 && repeated > 5, `the faults did not bite: ${offline} offline, ${repeated} repeated`);
});

/** The central system's own count, by content, against the notebook's. */
function compare({ csms, summary }: Pick<Run, "csms" | "summary">, seed: number): void {
  for (const truth of summary.truth) {
    const heard = csms.heard.filter(({ station }) => station === truth.station);
    const actions = ["StartTransaction", "MeterValues", "StopTransaction", "TransactionEvent"];
    const told = heard.filter(({ action }) => actions.includes(action));
    const unique = new Set(told.map(({ action, payload }) => JSON.stringify([action, payload])));
    const messages = truth.transactions.flatMap((tx) => tx.messages);
    assert.equal(unique.size, messages.length, `seed ${seed}, ${truth.station}`);
    const meters = truth.evses.reduce((sum, { deliveredWh }) => sum + deliveredWh, 0);
    const billed = truth.transactions.reduce((sum, tx) => sum + tx.meterStopWh! - tx.meterStartWh, 0);
    const roundingWh = truth.transactions.length;
    assert(
      Math.abs(meters - billed) <= roundingWh,
      `seed ${seed}, ${truth.station}: ${meters} Wh, ${billed} Wh`,
    );
    assert.equal(stopsHeard(truth, told), billed, `seed ${seed}, ${truth.station}`);
  }
}

/** Energy by the messages alone: 1.6 by its ids, 2.0.1 by its registers. */
function stopsHeard({ version }: StationTruth, told: FakeCsms["heard"]): number {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  let nextId = 0;
  const ids = new Map<string, string>();
  for (const { action, payload } of told) {
    if (version === "1.6") {
      if (action === "StartTransaction") {
        const key = JSON.stringify(payload);
        if (!ids.has(key)) ids.set(key, String(nextId++));
        first.set(ids.get(key)!, Number(payload.meterStart));
      }
      if (action === "StopTransaction") last.set(String(payload.transactionId), Number(payload.meterStop));
      continue;
    }
    const { transactionId } = payload.transactionInfo as { transactionId: string };
    const [meterValue] = (payload.meterValue ?? []) as { sampledValue: { value: number }[] }[];
    const registerWh = meterValue?.sampledValue[0]?.value;
    if (payload.eventType === "Started") first.set(transactionId, registerWh!);
    if (payload.eventType === "Ended") last.set(transactionId, registerWh!);
  }
  const sum = (values: Map<string, number>) =>
    [...values.values()].reduce((total, value) => total + value, 0);
  return sum(last) - sum(first);
}
