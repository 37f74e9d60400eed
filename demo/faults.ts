/**
 * The demo's faults, each a real one (those of a device are the simulator's, which is all the devices there are): SIGSTOP on the uplink's
 * relay (packets stop, nobody is told), SIGKILL on the site controller or the CSMS, and a new start from the same data folder.
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { holderOf } from "./evidence.ts";
import { isFaulty, type Options } from "./options.ts";
import { type Plant, SITE, startCsms, startSite } from "./plant.ts";
import { type Program, readJson } from "./programs.ts";

/** `atMs` and `untilMs` are counted from the moment the last station was switched on. */
export type Fault = { what: string; pid: number; atMs: number; untilMs: number };

/** A process that is back is killed within this. */
const KILL_AGAIN_MS = 100;
/** How long a killed program stays dead: long enough for messages to need another way. */
const DEAD_MS = 5_000;

/** What a fault does: to which process, and all of it, until it is healed. */
type Play = { readonly pid: number; play(): Promise<void> };
type FaultKind = {
  readonly what: string;
  /** For how many seconds; undefined: it was not asked for. */
  lastsS(options: Options): number | undefined;
  /** When its turn has come: processes may be others by then. */
  begin(plant: Plant, lastsMs: number): Play | Promise<Play>;
};

/** In the order in which they are played. */
const faultKinds: readonly FaultKind[] = [
  {
    what: "cut-uplink",
    lastsS: ({ cutUplinkS }) => cutUplinkS,
    begin: ({ uplink: { pid } }, lastsMs) => ({
      pid,
      async play() {
        process.kill(pid, "SIGSTOP");
        await wait(lastsMs);
        process.kill(pid, "SIGCONT");
      },
    }),
  },
  {
    what: "kill-site",
    lastsS: ({ killSite }) => (killSite ? DEAD_MS / 1000 : undefined),
    begin(plant) {
      const pid = Number(readJson(`${plant.out}/site/site.json`)?.["localControllerPid"] ?? plant.site.pid);
      const play = async () => {
        await killed(plant.site, pid);
        plant.site = startSite(plant.out, { ...plant.ports, others: plant.others });
      };
      return { pid, play };
    },
  },
  {
    what: "kill-csms",
    lastsS: ({ killCsms }) => (killCsms ? DEAD_MS / 1000 : undefined),
    async begin(plant) {
      const victim = await csmsToKill(plant);
      const play = async () => {
        await killed(victim.program);
        victim.startAgain();
      };
      return { pid: victim.program.pid, play };
    },
  },
  { what: "kill-ems", lastsS: ({ killEmsS }) => killEmsS, begin: killsAgain("energyControllerPid") },
  { what: "kill-guard", lastsS: ({ killGuardS }) => killGuardS, begin: killsAgain("guardPid") },
  {
    what: "freeze-meter",
    lastsS: ({ freezeMeterS }) => freezeMeterS,
    begin: ofThePlant({ what: "meter-frozen", device: "grid-meter" }),
  },
  {
    what: "cut-modbus",
    lastsS: ({ cutModbusS }) => cutModbusS,
    begin: ofThePlant({ what: "modbus-cut" }),
  },
];

/** What they are called, in the order in which they are played. */
export const faultsAsked = (options: Options): string[] =>
  faultKinds.filter(({ lastsS }) => lastsS(options) !== undefined).map(({ what }) => what);

/** Plays the faults that were asked for, one after the other, a third of the way in. */
export async function play(
  options: Options,
  plant: Plant,
  startMs: number,
  say: (line: string) => void,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  const at = () => Math.round(performance.now() - startMs);
  if (!isFaulty(options)) return faults;
  await wait(((options.forS ?? 0) * 1000) / 3);
  for (const { what, lastsS, begin } of faultKinds) {
    const forS = lastsS(options);
    if (forS === undefined) continue;
    const { pid, play } = await begin(plant, forS * 1000);
    const atMs = at();
    say(`fault: ${what} (pid ${pid})`);
    await play();
    faults.push({ what, pid, atMs, untilMs: at() });
    say(`healed: ${what}`);
  }
  return faults;
}

/** A process of the site, and each that its supervisor starts in its place. */
function killsAgain(name: string): FaultKind["begin"] {
  return (plant, lastsMs) => ({
    pid: pidOf(plant, name) ?? 0,
    play: () => killedAgain(plant, name, lastsMs),
  });
}

/** Of the site's devices, which are the simulator's. */
function ofThePlant(fault: { readonly what: string; readonly device?: string }): FaultKind["begin"] {
  return ({ simulator: { child, pid } }, lastsMs) => ({
    pid,
    async play() {
      child.stdin?.write(`${JSON.stringify({ do: "fault", ...fault, for: lastsMs / 1000 })}\n`);
      await wait(lastsMs);
    },
  });
}

const pidOf = (plant: Plant, name: string): number | undefined => {
  const pid = readJson(join(plant.out, "site", "site.json"))?.[name];
  return typeof pid === "number" ? pid : undefined;
};

/** SIGKILL to a process of the site, and to each that its supervisor starts in its place, for so long. */
async function killedAgain(plant: Plant, name: string, forMs: number): Promise<void> {
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs) {
    const pid = pidOf(plant, name);
    try {
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    } catch {
      // Dead already; its successor is not told yet.
    }
    await wait(KILL_AGAIN_MS);
  }
}

type Victim = { readonly program: Program; startAgain(): void };

/** The only one; of several the one that has the site, so that the site has to go to another. */
async function csmsToKill(plant: Plant): Promise<Victim> {
  const { out, others, servers } = plant;
  const holder = servers && (await holderOf(join(out, "csms"), SITE));
  const node = others.find(({ name }) => name === holder);
  if (node === undefined) return { program: plant.csms, startAgain: () => (plant.csms = csmsAgain(plant)) };
  const { name } = node;
  const place = { ...node.ports, name, nats: servers?.nats };
  return { program: node.program, startAgain: () => (node.program = startCsms(out, place)) };
}

/** The first central system again, in its folder and on its ports. */
const csmsAgain = ({ out, ports, servers }: Plant): Program =>
  startCsms(out, { ...ports, nats: servers?.nats });

/** SIGKILL to the program and what it started, as a power failure would; returns after {@link DEAD_MS}. */
async function killed(program: Program, ...others: number[]): Promise<void> {
  program.child.kill("SIGKILL");
  for (const pid of others) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone already: a child ends when its supervisor does.
    }
  }
  await program.exited;
  await wait(DEAD_MS);
}

/** With --hold a person does the killing: whatever dies is started again from its own folder, until `stopped()`. */
export function keepAlive(plant: Plant, say: (line: string) => void, stopped: () => boolean): void {
  const watch = async (name: "csms" | "site", again: () => Program) => {
    for (;;) {
      const how = await plant[name].exited;
      if (stopped()) return;
      say(`${name} ended (${how}); starting it again`);
      plant[name] = again();
      say(`${name} runs as pid ${plant[name].pid}`);
      await wait(1_000);
    }
  };
  void watch("csms", () => csmsAgain(plant));
  void watch("site", () => startSite(plant.out, { ...plant.ports, others: plant.others }));
}
