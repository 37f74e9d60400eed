/** What a person may ask of the demo, checked before anything is started. */
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

export type Options = {
  /** Seconds to run before the drivers leave; undefined: until Ctrl-C. */
  forS: number | undefined;
  json: boolean;
  out: string;
  /** Whether `out` was named by the caller, who then wants to keep it. */
  keepsOut: boolean;
  cutUplinkS: number | undefined;
  killSite: boolean;
  killCsms: boolean;
  /** For how many seconds the energy controller, or the Modbus guard, is killed again whenever it is back. */
  killEmsS?: number | undefined;
  killGuardS?: number | undefined;
  /** For how many seconds the meter at the grid shows the same; and no device hears anything. */
  freezeMeterS?: number | undefined;
  cutModbusS?: number | undefined;
  hold: boolean;
  seed: number;
  /** URL of a PostgreSQL database; undefined for a file, or for a server of the run's own where there are several csms. */
  database?: string | undefined;
  /** How many central systems serve that database. */
  csms?: number;
  /** URL of NATS; undefined for a server of the run's own. */
  nats?: string | undefined;
  /** Undefined: {@link HTTP_PORT} for a person who stays, if it is free; any other one otherwise. */
  httpPort: number | undefined;
  /** Further options of the simulator. */
  simulator?: readonly string[];
};

/** A fault was asked for. */
export const isFaulty = ({
  cutModbusS,
  cutUplinkS,
  freezeMeterS,
  killCsms,
  killEmsS,
  killGuardS,
  killSite,
}: FaultOptions): boolean =>
  killSite ||
  killCsms ||
  [cutModbusS, cutUplinkS, freezeMeterS, killEmsS, killGuardS].some((lastsS) => lastsS !== undefined);

type FaultOptions = Pick<
  Options,
  "cutModbusS" | "cutUplinkS" | "freezeMeterS" | "killCsms" | "killEmsS" | "killGuardS" | "killSite"
>;

/** A mistake in the arguments is the caller's; the sentence says how to call it instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const HTTP_PORT = 8080;
const FOR_S_MIN = 20;
const FOR_S_MAX = 3600;

export function readOptions(args: string[], root: string): Options {
  const { values } = parse(args);
  const forS = whole("--for", values.for, FOR_S_MIN, FOR_S_MAX);
  const cutUplinkS = whole("--cut-uplink", values["cut-uplink"], 1, 600);
  const killSite = values["kill-site"] === true;
  const killCsms = values["kill-csms"] === true;
  const energyFaults = {
    killEmsS: whole("--kill-ems", values["kill-ems"], 1, 600),
    killGuardS: whole("--kill-guard", values["kill-guard"], 1, 600),
    freezeMeterS: whole("--freeze-meter", values["freeze-meter"], 1, 600),
    cutModbusS: whole("--cut-modbus", values["cut-modbus"], 1, 600),
  };
  const faultsS = Object.values(energyFaults).filter((s) => s !== undefined);
  if (forS === undefined && isFaulty({ ...energyFaults, cutUplinkS, killSite, killCsms })) {
    throw new UsageError("A fault needs to know when the run ends: add --for 60.");
  }
  if (forS !== undefined && cutUplinkS !== undefined && cutUplinkS > forS / 2) {
    throw new UsageError(
      `--cut-uplink ${cutUplinkS} needs --for ${cutUplinkS * 2} or more, so that there is a before and an after.`,
    );
  }
  const longest = Math.max(0, ...faultsS);
  if (forS !== undefined && longest > forS / 2) {
    throw new UsageError(`A fault of ${longest} s needs --for ${longest * 2} or more.`);
  }
  return {
    ...energyFaults,
    forS,
    json: values.json === true,
    out: outFolder(values.out, root),
    keepsOut: values.out !== undefined,
    cutUplinkS,
    killSite,
    killCsms,
    hold: values.hold === true,
    seed: whole("--seed", values.seed, 0, 2 ** 31 - 1) ?? 1,
    database: values.database,
    csms: severalOf(values.csms, values.nats),
    nats: values.nats,
    httpPort: whole("--http-port", values["http-port"], 0, 65_535),
  };
}

function parse(args: string[]) {
  const parsed = parsedWords(args);
  const names = parsed.tokens.flatMap((token) => (token.kind === "option" ? [token.rawName] : []));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new UsageError(`${twice} is given twice: say it once.`);
  return parsed;
}

function parsedWords(args: string[]) {
  try {
    return parseArgs({
      args: withUsualLengths(args),
      tokens: true,
      options: {
        for: { type: "string" },
        json: { type: "boolean" },
        out: { type: "string" },
        "cut-uplink": { type: "string" },
        "kill-site": { type: "boolean" },
        "kill-csms": { type: "boolean" },
        "kill-ems": { type: "string" },
        "kill-guard": { type: "string" },
        "freeze-meter": { type: "string" },
        "cut-modbus": { type: "string" },
        hold: { type: "boolean" },
        seed: { type: "string" },
        "http-port": { type: "string" },
        database: { type: "string" },
        csms: { type: "string" },
        nats: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split("\n")[0]);
  }
}

/** How long these faults last where nobody says it, in seconds. */
const usualLengths: Readonly<Record<string, string>> = {
  "--kill-ems": "10",
  "--kill-guard": "10",
  "--freeze-meter": "15",
  "--cut-modbus": "15",
};

/** `--kill-ems` alone means its usual length; what follows it is its length, unless it is an option. */
function withUsualLengths(args: readonly string[]): string[] {
  return args.flatMap((arg, i) => {
    const usual = usualLengths[arg];
    if (usual === undefined)
      return isNegative(arg) && usualLengths[args[i - 1] ?? ""] !== undefined ? [] : [arg];
    const next = args[i + 1];
    if (next === undefined || (next.startsWith("-") && !isNegative(next))) return [`${arg}=${usual}`];
    return isNegative(next) ? [`${arg}=${next}`] : [arg];
  });
}

/** Node would take it for an option. */
const isNegative = (word: string): boolean => /^-\d/.test(word);

function whole(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${name} takes a whole number from ${least} to ${most}, not '${text}'.`);
}

const CSMS_MAX = 4;

function severalOf(text: string | undefined, nats: string | undefined): number {
  const count = whole("--csms", text, 1, CSMS_MAX) ?? 1;
  if (nats !== undefined && count === 1)
    throw new UsageError("--nats is for several central systems: add --csms 2.");
  return count;
}

function outFolder(given: string | undefined, root: string): string {
  if (given === undefined) return join(root, ".wattward", "demo");
  const folder = resolve(given);
  const what = holds(folder, given);
  if (what === "file") throw new UsageError(`--out ${given}: that is a file. Name a folder, new or empty.`);
  if (what === "folder")
    throw new UsageError(
      `--out ${given}: the folder is not empty. Name a new one: a run's files belong to one run.`,
    );
  return folder;
}

/** What is in the way there. */
function holds(folder: string, given: string): "nothing" | "file" | "folder" {
  try {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found === undefined) return "nothing";
    if (!found.isDirectory()) return "file";
    return readdirSync(folder).length > 0 ? "folder" : "nothing";
  } catch (error) {
    throw new UsageError(`--out ${given} cannot be looked at (${(error as NodeJS.ErrnoException).code}).`);
  }
}
