/**
 * A folder of stations that another program steers (the demo, tests): a world on real time, real files and real TLS.
 * Standard output carries JSON lines alone; people read standard error.
 */
import { createInterface } from "node:readline";
import { hex } from "@wattward/kernel";
import { folderDisk, jsonLog, systemChance, systemClock } from "@wattward/kernel/node";
import { openPlant, type PlantAtWork } from "../adapters/plant-at-work.ts";
import { readCards, readStationsFolder, type StationEntry } from "../adapters/stations-folder.ts";
import type { StationOptions } from "../station/station.ts";
import { LineFile } from "../truth/line-file.ts";
import type { Summary } from "../truth/summary.ts";
import { seeded } from "../world/seeded.ts";
import { createWorld, type World } from "../world/world.ts";
import { type Request, readRequest } from "./control.ts";
import type { Mixed, Options } from "./options.ts";
import { playAttack } from "./run-attack.ts";

/** Finishing in a hurry, after SIGTERM or SIGINT. */
const HURRY_S = 3;
/** How often people are told how it goes. */
const PROGRESS_MS = 5_000;
/** Cards made up where none are given: more than one per EVSE, so that nobody waits for a card. */
const CARDS_PER_EVSE = 2;

const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const reply = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const clock = systemClock();

/** Exit code: 0 everything that happened was told and answered, 1 not so. A wrong folder is a StationsFolderError. */
export async function runFolder(options: Options): Promise<number> {
  const log = jsonLog((line) => process.stderr.write(line), "warn");
  const { connect, url, others } = options;
  const entries = await readStationsFolder(options.stations, { connect, url, others }, log);
  const cards = options.cards ?? (await readCards(options.stations)) ?? someCards(entries);
  const out = folderDisk(options.out);
  const sent = await LineFile.open(out, "sent.jsonl");
  const received = await LineFile.open(out, "received.jsonl");
  let fail: (error: unknown) => void = () => {};
  const broken = new Promise<never>((_, reject) => (fail = reject));
  const flash = folderDisk(`${options.out}/flash`);
  const world = createWorld(
    {
      stations: entries.map((entry) => stationOptions(entry, options)),
      seed: options.seed,
      drivers: {
        session: options.session,
        gap: options.gap,
        cards: cards.map((id) => ({ id, type: "ISO14443" })),
      },
    },
    {
      clock,
      log,
      ids: systemChance,
      recorder: { sent: (line) => sent.write(line), received: (line) => received.write(line) },
      dialer: (id) => entries.find((entry) => entry.id === id)!.dialer,
      flash: async (_, settled) => {
        await settled;
        return flash;
      },
      failed: fail,
    },
  );
  const plant = await openPlant(options.stations, {
    ...{ clock, out, failed: fail, draws: () => world.draws() },
    chance: (name) => seeded(options.seed, `plant/${name}`),
  });
  const { kind, summary } = await Promise.race([play(world, options, plant), broken]);
  await plant?.stop();
  if (plant !== undefined && plant.vendors.length > 0)
    await out.replace("vendors.json", encoded(plant.vendors));
  await sent.close();
  await received.close();
  await out.replace("summary.json", encoded(summary));
  await out.replace("meters.json", encoded(meters(summary)));
  tell(said(summary));
  const { truth: _, ...short } = summary;
  reply({ ...short, finished: kind, out: options.out });
  return summary.delivered && summary.errors === 0 ? 0 : 1;
}

/** From the first boot until everybody has left. */
async function play(world: World, options: Options, plant: PlantAtWork | undefined) {
  await world.start();
  tell(`${world.stations.length} stations run; Ctrl-C ends the day.`);
  const progress = setInterval(() => tell(progressOf(world)), PROGRESS_MS);
  for (const { atS, fault, station } of options.faults) {
    clock.after(atS * 1000, () => {
      const inflicted = world.fault(fault, station);
      tell(inflicted === undefined ? `no station '${station}'` : `${inflicted.what} at ${inflicted.station}`);
    });
  }
  const deadlineS = await endOfDay(world, options, plant);
  tell("everybody leaves");
  const finished = await world.finish(deadlineS * 1000);
  clearInterval(progress);
  return finished;
}

/** Resolves when it is time to finish, with how long that may take. */
function endOfDay(
  world: World,
  { deadlineS, forS }: Options,
  plant: PlantAtWork | undefined,
): Promise<number> {
  return new Promise((resolve) => {
    if (forS !== undefined) clock.after(forS * 1000, () => resolve(deadlineS));
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        world.hurry(HURRY_S * 1000);
        resolve(deadlineS);
      });
    }
    const lines = createInterface({ input: process.stdin });
    lines.on("line", (line) => {
      if (line.trim() === "") return;
      const request = readRequest(line);
      if (!request.ok) return reply({ kind: "reply", error: request.fault });
      if (request.value.kind === "finish") resolve(deadlineS);
      return reply({ kind: "reply", to: request.value.kind, ...answer(world, request.value, plant) });
    });
  });
}

function answer(world: World, request: Request, plant: PlantAtWork | undefined): object {
  switch (request.kind) {
    case "attack": {
      const { forS, id, setpoint, unit, way } = request.words;
      void playAttack(id, way, { unit, setpoint, forMs: forS * 1000 }).then(
        (report) => reply({ kind: "attack", ...report }),
        (error: unknown) => reply({ kind: "attack", attack: id, error: String(error) }),
      );
      return { attack: id };
    }
    case "limit": {
      const boxes = plant?.devices.limitSignals ?? [];
      for (const box of boxes) box.limitW = request.limitW;
      return boxes.length > 0 ? {} : { error: "there is no control box in plant.json" };
    }
    case "plant-fault": {
      const { device, fault } = request.wish;
      const befell = plant?.devices.inflict(fault, device);
      return befell === undefined
        ? { error: `no device for ${fault.what}` }
        : { what: fault.what, device: befell, atMs: clock.now().wallMs };
    }
    case "status":
      return { ...world.view(), ...(plant !== undefined && { vendors: plant.vendors }) };
    case "finish":
      return {};
    case "fault": {
      const { fault, station } = request.wish;
      return world.fault(fault, station) ?? { error: `no station '${station}'` };
    }
  }
}

function stationOptions(entry: StationEntry, options: Options): StationOptions {
  const { evses, id, make, maxW, serialNumber, version } = entry;
  const chance = seeded(options.seed, `${id}/kind`);
  const either = <T>(given: Mixed<T>, a: T, b: T): T =>
    given === "mixed" ? (chance.int(0, 1) === 0 ? a : b) : given;
  return {
    id,
    version,
    evses,
    maxW,
    pathPrefix: "",
    ...make,
    settings: { ...options.settings, ...make.settings },
    afterOutage: make.afterOutage ?? either(options.afterOutage, "end", "resume"),
    repeatUnder: make.repeatUnder ?? either(options.repeat, "same-id", "new-id"),
    ...(serialNumber === undefined ? {} : { serialNumber }),
  };
}

/** Seven-byte ids: the same every time, so that an inventory made for one run fits the next. */
function someCards(entries: readonly StationEntry[]): string[] {
  const count = CARDS_PER_EVSE * entries.reduce((sum, { evses }) => sum + evses, 0);
  const chance = seeded(0, "cards");
  return Array.from({ length: count }, () => `04${hex(chance, 6)}`.toUpperCase());
}

function meters({ truth }: Summary): object {
  return truth.flatMap(({ evses, station }) => evses.map((evse) => ({ station, ...evse })));
}

function progressOf(world: World): string {
  const { deliveredWh, powerW, queued, stations, transactions } = world.view();
  const online = stations.filter(({ accepted }) => accepted).length;
  return [
    `${online}/${stations.length} stations online`,
    `${transactions.started - transactions.ended} charging with ${(powerW / 1000).toFixed(1)} kW`,
    `${transactions.ended} sessions, ${(deliveredWh / 1000).toFixed(2)} kWh`,
    `${queued} messages wait`,
  ].join(", ");
}

function said({ delivered, energyWh, errors, messages, transactions }: Summary): string {
  const fate = delivered ? "all of it told and answered" : "NOT all of it told and answered";
  const counts = Object.entries(messages).map(([what, count]) => `${count} ${what}`);
  return `${transactions.ended} of ${transactions.started} sessions ended, ${(energyWh / 1000).toFixed(2)} kWh, ${fate} (messages: ${counts.join(", ")}; errors: ${errors})`;
}

const encoded = (value: object): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
