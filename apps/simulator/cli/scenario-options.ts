/** The command line of a scenario or a replay, as data: `wattward simulator [check] FILE …` and `--sessions FILE …`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { failed, ok, type Result } from "@wattward/kernel";
import type { ScenarioWords } from "../scenario/shape.ts";
import { type Address, addressesOf, Wrong, whole } from "./words.ts";

export type ScenarioOptions = {
  readonly check: boolean;
  readonly file: string | undefined;
  /** What wins over the file. */
  readonly over: ScenarioWords;
  readonly addresses: readonly Address[];
  readonly out: string | undefined;
  readonly deadlineS: number;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
};

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const shape = {
  url: text,
  connect: text,
  identities: text,
  cards: text,
  sessions: text,
  from: text,
  until: text,
  first: text,
  version: text,
  speed: text,
  start: text,
  for: text,
  seed: text,
  out: text,
  deadline: { type: "string", default: "60" },
  json: flag,
  quiet: flag,
  verbose: flag,
} as const;

/** Is it that other kind of command line: a folder of stations that another program steers (options.ts)? */
export const isFolder = (args: readonly string[]): boolean =>
  args.some((arg) => arg === "--stations" || arg.startsWith("--stations="));

export function readScenarioOptions(args: readonly string[]): Result<ScenarioOptions, string> {
  try {
    return ok(optionsOf(args));
  } catch (error) {
    // parseArgs throws TypeErrors for the caller's mistakes, and the readers below Wrong.
    if (error instanceof TypeError || error instanceof Wrong) return failed(error.message);
    throw error;
  }
}

function optionsOf(args: readonly string[]): ScenarioOptions {
  const { positionals, values } = parseArgs({
    args: [...args],
    options: shape,
    strict: true,
    allowPositionals: true,
  });
  const [first] = positionals;
  const [file, more] = first === "check" ? positionals.slice(1) : positionals;
  if (more !== undefined) throw new Wrong(`one scenario at a time; '${more}' is a second one.`);
  if (file === undefined && values.sessions === undefined) {
    throw new Wrong(
      "name a scenario's file, or --sessions FILE; 'wattward simulator example > day.yaml' writes one to begin with.",
    );
  }
  return {
    check: first === "check",
    file,
    over: overOf(values),
    addresses: addressesOf(values.url, values.connect),
    out: values.out,
    deadlineS: whole("--deadline", values.deadline, 1),
    json: values.json,
    quiet: values.quiet,
    verbose: values.verbose,
  };
}

type Values = ReturnType<typeof parseArgs<{ options: typeof shape }>>["values"];

/** Words as a scenario would have them: they are held against the same shape. */
function overOf({
  cards,
  connect,
  first,
  for: forS,
  from,
  identities,
  seed,
  sessions,
  speed,
  start,
  until,
  url,
  version,
}: Values): ScenarioWords {
  const replay = {
    ...(sessions !== undefined && { file: resolve(sessions) }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
    ...(first !== undefined && { first: whole("--first", first, 1) }),
    ...(version !== undefined && { versions: version.split(",") }),
  };
  const over = {
    ...(connect !== undefined && url === undefined && { connect }),
    ...(cards !== undefined && { cards: cards.split(",") }),
    ...(forS !== undefined && { for: /^\d+$/.test(forS) ? Number(forS) : forS }),
    ...(identities !== undefined && { identities: resolve(identities) }),
    ...(seed !== undefined && { seed: whole("--seed", seed, 0, 0x7fff_ffff) }),
    ...(speed !== undefined && { speed: speed === "max" ? speed : Number(speed) }),
    ...(start !== undefined && { start }),
    ...(Object.keys(replay).length > 0 && { sessions: replay }),
  };
  return over as ScenarioWords;
}
