/**
 * `bench memory`: what one connected mutual-TLS station costs in memory, against one bare socket of the echo. Resident
 * size before and after, once it has settled.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Options } from "./gateway.ts";
import { Plant, residentBytes, round, type Say } from "./plant.ts";

/** After the last boot: buffers of handshakes are gone, garbage is collected. */
const SETTLE_MS = 15_000;
const AT_ONCE = 32;

export async function memory({ stations, profiles }: Pick<Options, "stations" | "profiles">, say: Say) {
  const plant = new Plant(profiles);
  try {
    say("starting the central system and the echo");
    const csms = await plant.csms();
    const echo = await plant.yardstick("echo");
    say(`enrolling ${stations} stations`);
    const enrolled = await plant.enrol(stations);
    const cost = async (name: string, pid: number, target: typeof echo.target) => {
      const load = await plant.load(enrolled);
      const before = residentBytes(pid);
      say(`connecting ${stations} stations to the ${name}`);
      await load({ do: "connect", target, atOnce: AT_ONCE });
      await wait(SETTLE_MS);
      const bytes = (residentBytes(pid) - before) / stations;
      await load({ do: "drop" });
      return bytes;
    };
    const bare = await cost("echo", echo.pid, echo.target);
    const ours = await cost("central system", csms.program.pid, csms.target);
    return {
      stations,
      bytesPerStation: Math.round(ours),
      bareBytesPerStation: Math.round(bare),
      ratio: round(ours / bare),
    };
  } finally {
    await plant.close();
  }
}
