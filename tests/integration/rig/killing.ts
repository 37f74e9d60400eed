/**
 * `kill -9` of each real process of a running plant, and what an operator's service manager would do next: start it
 * again from its own folder. Afterwards it is what it was: the same ports, its file says so, no orphan is left.
 */
import { join } from "node:path";
import { type Plant, ready, startCsms, startSimulator, startSite } from "../../../demo/plant.ts";
import { readJson } from "../../../demo/programs.ts";
import { alive, eventually } from "./workplace.ts";

export const victims = ["csms", "supervisor", "localController", "simulator"] as const;
export type Victim = (typeof victims)[number];

/** What went on as it must not; the killing itself never fails for it. */
export class NotAsBefore extends Error {
  override readonly name = "NotAsBefore";
}

/** How a plant's programs are started again. */
export type Restart = { readonly seed: number; readonly simulator: readonly string[] };

/** Kills it, lets it be dead for `deadMs`, starts it again (the local controller's supervisor does), waits until it serves. */
export const kill: Readonly<
  Record<Victim, (plant: Plant, deadMs: number, restart: Restart) => Promise<void>>
> = {
  async csms(plant, deadMs) {
    await dead(plant.csms, deadMs);
    plant.csms = startCsms(plant.out, plant.ports);
    const at = await ready(plant.out, "csms", plant.csms, ["port", "httpPort"]);
    same("csms.json", [at["port"], at["httpPort"]], [plant.ports.csms, plant.ports.http]);
  },

  async supervisor(plant, deadMs) {
    const child = controllerOf(plant);
    await dead(plant.site, deadMs);
    await eventually(`the orphan ${child} of a killed supervisor had ended`, () => !alive(child));
    plant.site = startSite(plant.out, plant.ports);
    const at = await ready(plant.out, "site", plant.site, ["port", "localControllerPid"]);
    same("site.json", [at["port"]], [plant.ports.site]);
  },

  async localController(plant) {
    const { pid } = plant.site;
    const before = controllerOf(plant);
    process.kill(before, "SIGKILL");
    const at = await eventually(
      "the supervisor had started another local controller",
      () => {
        const now = readJson(siteJson(plant));
        return now?.["localControllerPid"] !== before && now;
      },
      RESTART_MS_MAX,
    );
    same("site.json", [at["port"], at["pid"]], [plant.ports.site, pid]);
    if (!alive(Number(at["localControllerPid"])))
      throw new NotAsBefore("site.json names a process that is not there");
  },

  async simulator(plant, deadMs, { seed, simulator }) {
    await dead(plant.simulator, deadMs);
    plant.simulator = startSimulator(plant.out, plant.ports, seed, simulator);
    plant.simulator.child.stdout?.resume();
  },
};

/** The supervisor waits up to 10 s before it starts a child that dies again and again. */
const RESTART_MS_MAX = 60_000;
const siteJson = ({ out }: Plant) => join(out, "site", "site.json");
const controllerOf = (plant: Plant) => Number(readJson(siteJson(plant))?.["localControllerPid"]);

async function dead(program: Plant["csms"], forMs: number): Promise<void> {
  process.kill(program.pid, "SIGKILL");
  await program.exited;
  await new Promise((resolve) => setTimeout(resolve, forMs));
}

function same(file: string, now: readonly unknown[], before: readonly unknown[]): void {
  if (now.join() === before.join()) return;
  throw new NotAsBefore(`${file} says ${now.join(", ")} after a restart, and ${before.join(", ")} before it`);
}
