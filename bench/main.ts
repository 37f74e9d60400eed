/**
 * `npm run bench -- NAME`: figures that anyone can repeat. Progress goes to standard error; the last line of standard
 * output is one JSON object with absolute figures, the yardstick's, and the ratio (docs/performance.md).
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { benchEnergy } from "./energy/options.ts";
import { gateway, type Options } from "./gateway.ts";
import { memory } from "./memory.ts";
import { modbusGuard } from "./modbus-guard.ts";
import { reconnect } from "./reconnect.ts";
import { site } from "./site.ts";
import { siteEnergy } from "./site-energy.ts";
import { start } from "./start.ts";

type Bench = (settings: Options, say: (line: string) => void) => Promise<object>;
const benches: Readonly<
  Record<string, { readonly run: Bench; readonly stations: number; readonly seconds?: number }>
> = {
  gateway: { run: gateway, stations: 200 },
  site: { run: site, stations: 200 },
  reconnect: { run: reconnect, stations: 1_000 },
  memory: { run: memory, stations: 1_000 },
  start: { run: start, stations: 1 },
  "modbus-guard": { run: modbusGuard, stations: 1 },
  "site-energy": { run: siteEnergy, stations: 50, seconds: 20 },
};

function settingsOf(): { name: string; settings: Options } {
  const text = { type: "string" } as const;
  const options = {
    stations: text,
    seconds: text,
    rounds: text,
    profiles: text,
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [name = ""] = positionals;
  if (positionals.length !== 1 || !Object.hasOwn(benches, name)) {
    throw new Error(`NAME is one of ${[...Object.keys(benches), "energy"].join(", ")}`);
  }
  const whole = (word: string, given: string | undefined, usual: number, most: number) => {
    const number = given === undefined ? usual : Number(given);
    if (!Number.isInteger(number) || number < 1 || number > most) {
      throw new Error(`--${word} is a whole number from 1 to ${most}, not '${given}'`);
    }
    return number;
  };
  return {
    name,
    settings: {
      stations: whole("stations", values.stations, benches[name]!.stations, 10_000),
      seconds: whole("seconds", values.seconds, benches[name]!.seconds ?? 5, 600),
      rounds: whole("rounds", values.rounds, 3, 100),
      profiles: values.profiles === undefined ? undefined : resolve(values.profiles),
    },
  };
}

function asked() {
  try {
    return settingsOf();
  } catch (error) {
    process.stderr.write(`wattward bench: ${(error as Error).message}\nLook at: npx wattward bench --help\n`);
    process.exit(2);
  }
}

const startMs = performance.now();
const say = (line: string) =>
  process.stderr.write(`[${((performance.now() - startMs) / 1000).toFixed(1).padStart(6)} s] ${line}\n`);
/** `energy` has options of its own; all others count stations and seconds. */
const isEnergy = process.argv[2] === "energy";
const run = isEnergy ? benchEnergy(process.argv.slice(3)) : started();

function started(): (say: (line: string) => void) => Promise<object> {
  const { name, settings } = asked();
  return (told) => benches[name]!.run(settings, told);
}

try {
  const figures = await run(say);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exit();
} catch (error) {
  process.stderr.write(`wattward bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
