/** `bench start`: from nothing to listening, on an empty folder: keys, certificates, database, all of it. */
import type { Options } from "./gateway.ts";
import { Plant, residentBytes, type Say } from "./plant.ts";

export async function start({ profiles }: Pick<Options, "profiles">, say: Say) {
  const plant = new Plant(profiles);
  try {
    say("starting the central system on an empty folder");
    const startMs = performance.now();
    const { program } = await plant.csms();
    const readyMs = Math.round(performance.now() - startMs);
    return { readyMs, rssMb: Math.round(residentBytes(program.pid) / 2 ** 20) };
  } finally {
    await plant.close();
  }
}
