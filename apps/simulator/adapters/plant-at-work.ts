/**
 * A site's devices on real sockets and real time: each listens on its own port of this machine, physics moves every {@link STEP_MS}, and
 * the truth goes to `limits.jsonl`, every exchange to `modbus.jsonl`.
 */
import { join } from "node:path";
import { type Chance, type Clock, type Disk, every, failed, ok, type Result } from "@wattward/kernel";
import { listen, type ModbusListener } from "@wattward/modbus/tcp";
import { serveDevice } from "../devices/device-line.ts";
import { Devices } from "../devices/devices.ts";
import { type Draw, STEP_MS } from "../plant/plant.ts";
import { readPlan } from "../plant/read-plan.ts";
import { traceHead, traceLine } from "../plant/trace.ts";
import { LineFile } from "../truth/line-file.ts";
import { jsonOf, StationsFolderError } from "./way-in.ts";

export type PlantAtWork = {
  readonly devices: Devices;
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
  return {
    devices,
    async stop() {
      stopMoving();
      await Promise.all(listeners.map((listener) => listener.close()));
      await limits.close();
      await exchanges.close();
    },
  };
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
