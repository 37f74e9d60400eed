/** The words of `bench energy`, checked before anything is read. */
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Say } from "../plant.ts";
import { type EnergyOptions, energy } from "./energy.ts";

const DAYS_MAX = 3_660;
const CAP_KW_MAX = 10_000;
const BESS_KWH_MAX = 100_000;
const MISSED_CENT_MAX = 1_000;

export function benchEnergy(words: readonly string[]): (say: Say) => Promise<object> {
  try {
    const options = optionsOf(words);
    return (say) => energy(options, say);
  } catch (error) {
    process.stderr.write(`wattward bench: ${(error as Error).message}\nLook at: npx wattward bench --help\n`);
    process.exit(2);
  }
}

function optionsOf(words: readonly string[]): EnergyOptions {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...words],
    options: {
      ...{ sessions: text, cap: text, days: text, prices: text, bess: text, pv: text, network: text },
      ...{ history: text, zone: text, out: text, missed: text, weekdays: { type: "boolean" } },
      "claimed-only": { type: "boolean" },
      "same-stations": { type: "boolean" },
    },
  });
  const file = (name: "sessions" | "prices" | "pv" | "network" | "history") => {
    const given = values[name];
    if (given !== undefined && !existsSync(given)) throw new Error(`--${name}: there is no file '${given}'`);
    return given === undefined ? undefined : resolve(given);
  };
  const sessions = file("sessions");
  if (sessions === undefined)
    throw new Error("--sessions FILE is needed: charging sessions as ACN-Data has them");
  if (values.out === undefined)
    throw new Error("--out DIR is needed: there the result of each session is written");
  const whole = values.days === undefined ? undefined : positive("days", values.days, DAYS_MAX);
  if (whole !== undefined && !Number.isInteger(whole))
    throw new Error(`--days is a whole number, not '${values.days}'`);
  const timeZone = values.zone ?? "America/Los_Angeles";
  zone(timeZone);
  return {
    sessions,
    capKw: positive("cap", values.cap, CAP_KW_MAX),
    days: whole,
    weekdays: values.weekdays === true,
    claimedOnly: values["claimed-only"] === true,
    sameStations: values["same-stations"] === true,
    prices: file("prices"),
    missedCent: values.missed === undefined ? undefined : zeroOr("missed", values.missed, MISSED_CENT_MAX),
    bess: values.bess === undefined ? undefined : bessOf(values.bess),
    pv: file("pv"),
    network: file("network"),
    history: file("history"),
    timeZone,
    out: folder(values.out),
  };
}

/** Made before the run, which may take an hour. */
function folder(given: string): string {
  const path = resolve(given);
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new Error(`--out: '${given}' is no folder to write in: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return path;
}

function positive(name: string, given: string | undefined, most: number): number {
  const number = Number(given);
  if (given === undefined || !(number > 0 && number <= most))
    throw new Error(`--${name} is a number above 0, up to ${most}, not '${given ?? ""}'`);
  return number;
}

/** Without energy, or without power, it is none. */
function bessOf(given: string): { kwh: number; kw: number } | undefined {
  const [kwh, kw, ...more] = given.split(",");
  if (more.length > 0) throw new Error(`--bess is KWH,KW, not '${given}'`);
  const size = { kwh: zeroOr("bess", kwh, BESS_KWH_MAX), kw: zeroOr("bess", kw, CAP_KW_MAX) };
  return size.kwh === 0 || size.kw === 0 ? undefined : size;
}

function zeroOr(name: string, given: string | undefined, most: number): number {
  return given?.trim() !== "" && Number(given) === 0 ? 0 : positive(name, given, most);
}

function zone(name: string): void {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
  } catch {
    throw new Error(`--zone is an IANA name like America/Los_Angeles, not '${name}'`);
  }
}
