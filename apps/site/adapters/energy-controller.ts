/** Everything the energy controller needs of the machine: files, two unix sockets, a solver, as the ports of `createEnergyController`. */
import { join } from "node:path";
import { createPlanner } from "@wattward/energy";
import { workerSolver } from "@wattward/energy/highs";
import type { Log, SiteId } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { dialer } from "@wattward/modbus/tcp";
import type { EnergyControllerPorts } from "../energy-controller/energy-controller.ts";
import { readWallFloorMs } from "../state/wall-floor.ts";
import { dialLines, ENERGY_SOCKET } from "./energy-link.ts";
import { type Settings, SOFTWARE } from "./local-controller.ts";
import { GUARD_SOCKET } from "./modbus-guard.ts";
import { certificateTrust } from "./trust.ts";

export type EnergyParts = {
  readonly site: SiteId;
  readonly rootPem: string;
  readonly log: Log;
  fatal(error: Error): void;
};

export async function energyPorts(
  { dataFolder }: Pick<Settings, "dataFolder">,
  { site, rootPem, log, fatal }: EnergyParts,
): Promise<EnergyControllerPorts> {
  const disk = folderDisk(dataFolder);
  return {
    ...{ site, software: SOFTWARE, chance: systemChance, log, disk, fatal },
    // A machine without a clock goes on from the last time that the site knew; how good it is, the local controller tells (ADR 20).
    clock: systemClock({ quality: () => "unknown", wallFloorMs: await readWallFloorMs(disk, log) }),
    trust: certificateTrust(rootPem),
    dialGuard: dialer({ to: { path: join(dataFolder, GUARD_SOCKET) } }),
    dialLocal: dialLines(join(dataFolder, ENERGY_SOCKET)),
    planner: createPlanner(workerSolver()),
  };
}
