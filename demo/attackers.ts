/**
 * The demo's attackers: each of the catalogue's attacks on Modbus (ATTACKS: AT-M1 to AT-M12) against the running site, one after the other,
 * as programs of the battery's vendor whose machine was taken over, of a stranger (AT-M9), and as devices that refuse and lie (AT-M7, AT-M10).
 * What each came to is kept, so that anybody can see whether the site let nothing through, and told each.
 *
 *     OUT/attacks.json     [{"attack","through","shows":[kinds of observation, one of which tells it],"say"}]
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { attackIds, attackShows } from "@wattward/simulator";
import type { Plant } from "./plant.ts";
import { tried } from "./programs.ts";
import { jsonAt } from "./run-files.ts";

export type Played = {
  readonly attack: string;
  /** Something was done that must not be. What lies come to is for the fuses to say. */
  readonly through?: boolean;
  /** It found nobody to attack, which shows nothing. */
  readonly unplayed?: boolean;
  readonly shows: readonly string[];
  /** As its program says it. */
  readonly say: string;
};

const BEGIN_MS = 2_000;
/** Of one attack, in seconds: in a minute it says nothing that it has not said by then. */
const EACH_S = 1;
/** A device's lies last as long as a poll needs to see them again and again. */
const LIES_S = 8;
/** Nobody uses it on this machine; on Linux all of 127/8 is this machine. */
const STRANGER = "127.0.0.66";

/** AT-M7 and AT-M10 are the plant's: no program of a master plays them. */
const lies = [
  { attack: "AT-M7", what: "exception-flood", device: "solar", shows: ["modbus.exception-storm"] },
  { attack: "AT-M10", what: "charge-lies", device: "battery", shows: ["energy.battery"] },
] as const;

/** Plays them all, until `ends`; what was begun is brought to its end. */
export async function attackers(plant: Plant, ends: AbortSignal, say: (line: string) => void): Promise<void> {
  const played: Played[] = [];
  const pause = (ms: number) => wait(ms, undefined, { signal: ends }).catch(() => {});
  const keep = () => writeFile(join(plant.out, ATTACKS), `${JSON.stringify(played)}\n`);
  const note = async (one: Played) => {
    played.push(one);
    say(`attack: ${one.say}`);
    await keep();
  };
  await keep();
  await pause(BEGIN_MS);
  for (const { attack, device, shows, what } of lies) {
    if (ends.aborted) return;
    plant.simulator.child.stdin?.write(`${JSON.stringify({ do: "fault", what, device, for: LIES_S })}\n`);
    await note({ attack, shows, say: `${attack}: for ${LIES_S} s ${device} has ${what}` });
  }
  for (const attack of attackIds) {
    if (ends.aborted) return;
    if (attack === "AT-M9" && process.platform !== "linux") {
      say("attack: AT-M9 needs an address that only Linux has by itself: left out");
      continue;
    }
    const to = ["--to", `127.0.0.1:${plant.ports.modbus}`, "--unit", "4", "--for", String(EACH_S)];
    const from = attack === "AT-M9" ? ["--from", STRANGER] : [];
    const { code, said, whispered } = await tried("apps/simulator/main.ts", [
      "attack",
      attack,
      ...to,
      ...from,
    ]);
    if (said.startsWith(attack))
      await note({ attack, shows: attackShows[attack], through: code !== 0, say: said.trim() });
    else await note({ attack, shows: [], unplayed: true, say: `${attack}: not played: ${whispered.trim()}` });
  }
}

const ATTACKS = "attacks.json";

/** `told`: the kinds of everything that the central system was told. Undefined where the run had no attackers. */
export async function attacksOf(folder: string, told: ReadonlySet<string>) {
  const kept = await jsonAt(join(folder, ATTACKS), (played: readonly Played[]) =>
    played.every(({ shows }) => Array.isArray(shows)),
  );
  if (kept === undefined) return undefined;
  const unplayed = kept.filter((one) => one.unplayed);
  const played = kept.filter((one) => !one.unplayed);
  const untold = played.filter(({ shows }) => !shows.some((kind) => told.has(kind)));
  const through = played.filter((one) => one.through);
  return {
    findings: [
      ...[...unplayed, ...through].map(({ say }) => `attack: ${say}`),
      ...untold.map(({ attack, shows }) => `attack: ${attack} was told as none of ${shows.join(", ")}`),
    ],
    line: { attacks: { played: played.length, through: through.length, untold: untold.length } },
  };
}
