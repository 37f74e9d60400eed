/** `bench start`: from nothing to listening, on an empty folder: keys, certificates, database, all of it. */
import { Plant, residentBytes, type Say } from "./plant.ts";

export async function start(_: object, say: Say) {
  const plant = new Plant();
  try {
    say("starting the central system on an empty folder");
    const startMs = performance.now();
    const { program } = await plant.csms();
    const readyMs = Math.round(performance.now() - startMs);
    return { readyMs, rssMb: Math.round(residentBytes(program.pid) / 2 ** 20) };
  } finally {
    plant.close();
  }
}
