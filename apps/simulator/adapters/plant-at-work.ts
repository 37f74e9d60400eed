/**
 * A site's devices on real sockets and real time: each listens on its own port of this machine, physics moves every {@link STEP_MS}, and
 * the truth goes to `limits.jsonl`, every exchange to `modbus.jsonl`. Both end in `{"kind":"end","atMs"}` where the run ended in order.
 */
import { join } from "node:path";
import { type Chance, type Clock, type Disk, every, failed, ok, type Result } from "@wattward/kernel";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { ModbusClient } from "@wattward/modbus";
import { listen, type ModbusListener } from "@wattward/modbus/tcp";
import { serveDevice } from "../devices/device-line.ts";
import { Devices } from "../devices/devices.ts";
import { type VendorCounts, VendorEms } from "../masters/vendor-ems.ts";
import { type Draw, STEP_MS } from "../plant/plant.ts";
import { readPlan } from "../plant/read-plan.ts";
import type { PlantWords } from "../plant/shape.ts";
import { traceHead, traceLine } from "../plant/trace.ts";
import { LineFile } from "../truth/line-file.ts";
import { masterDial } from "./master-link.ts";
import { jsonOf, StationsFolderError } from "./way-in.ts";

export type PlantAtWork = {
  readonly devices: Devices;
  /** What other masters did so far, in the order of `plant.json`. */
  readonly vendors: readonly VendorCounts[];
  stop(): Promise<void>;
};

export type PlantPorts = {
  readonly clock: Clock;
  readonly out: Disk;
  chance(name: string): Chance;
  draws(): Draw[];
  failed(error: unknown): void;
};

const HOST = "127.0.0.1";

/** The plant of `plant.json` in that folder, at work; undefined where there is none. A wrong file is a StationsFolderError. */
export async function openPlant(folder: string, ports: PlantPorts): Promise<PlantAtWork | undefined> {
  const path = join(folder, "plant.json");
  const words = await jsonOf(path, "optional");
  if (words === undefined) return undefined;
  const plan = readPlan(words);
  if (!plan.ok) throw new StationsFolderError(`${path}: ${plan.fault}`);
  const { chance, clock, draws, out } = ports;
  const { monotonicMs: nowMs, wallMs } = clock.now();
  const devices = new Devices(
    { plan: plan.value, chance, nowMs, wallMs },
    { clock, chance: chance("faults") },
  );
  const exchanges = await LineFile.open(out, "modbus.jsonl");
  const limits = await LineFile.open(out, "limits.jsonl");
  const keep = (file: LineFile, line: object) => void file.write(line).catch(ports.failed);
  const listeners: ModbusListener[] = [];
  for (const { conduct, device, planned } of devices.all) {
    const { id, port, unit } = planned;
    const exchanged = (line: object) => keep(exchanges, line);
    const opened = await opening(port, (link) =>
      serveDevice(link, { id, unit, device, conduct, clock, exchanged }),
    );
    if (!opened.ok) throw new StationsFolderError(`${path}, device '${id}': ${opened.fault}`);
    listeners.push(opened.value);
  }
  keep(limits, traceHead(devices.plant));
  const stopMoving = every(clock, STEP_MS, () => {
    const now = draws();
    devices.step(now);
    keep(limits, traceLine(devices.plant, now, clock.now().wallMs));
  });
  const vendors = await vendorsOf(words as PlantWords);
  const stopVendors = vendors.map((vendor) => vendor.start(clock));
  return {
    devices,
    vendors: vendors.map(({ counts }) => counts),
    async stop() {
      stopMoving();
      for (const stop of stopVendors) stop();
      await Promise.all(listeners.map((listener) => listener.close()));
      const end = { kind: "end", atMs: clock.now().wallMs };
      for (const file of [limits, exchanges]) keep(file, end);
      await limits.close();
      await exchanges.close();
    },
  };
}

/** Every second of these a vendor reads, and sets something. */
const VENDOR_EVERY_S = 2;
const ABSURD = 0x7fff;
const ABSURD_EVERY = 5;

function vendorsOf({ vendors = [] }: PlantWords): Promise<VendorEms[]> {
  return Promise.all(
    vendors.map(
      async ({ absurd = ABSURD, absurdEvery = ABSURD_EVERY, everyS = VENDOR_EVERY_S, to, ...rest }) => {
        const [, host = HOST, port = ""] = /^(.+):(\d+)$/.exec(to) ?? [];
        const dial = await masterDial({ host, port: Number(port) });
        const client = new ModbusClient({ dial, clock: systemClock(), chance: systemChance });
        const { reads, sets, unit = 1, usual } = rest;
        return new VendorEms(client, {
          unit,
          reads,
          sets,
          usual,
          everyMs: everyS * 1000,
          absurd,
          absurdEvery,
        });
      },
    ),
  );
}

async function opening(
  port: number,
  accept: Parameters<typeof listen>[0]["accept"],
): Promise<Result<ModbusListener, string>> {
  try {
    return ok(await listen({ at: { host: HOST, port }, accept }));
  } catch (error) {
    return failed(`port ${port} cannot be had (${String((error as { code?: unknown }).code)})`);
  }
}
