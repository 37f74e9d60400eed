/**
 * The command line of a folder of stations, as data (the launcher's table says what it means). What a person got wrong comes back as a
 * sentence.
 */
import { parseArgs } from "node:util";
import { failed, ok, type Result } from "@wattward/kernel";
import type { SettingValues } from "../station/settings.ts";
import type { Span } from "../world/drivers.ts";
import { readFault, type Wish } from "../world/fault-words.ts";
import { type Address, addressesOf, hostAndPort, Wrong, whole } from "./words.ts";

export type Mixed<T> = T | "mixed";

export type Options = {
  readonly stations: string;
  readonly url: string | undefined;
  readonly connect: { readonly host: string; readonly port: number } | undefined;
  /** Further addresses of what `url` and `connect` name. */
  readonly others: readonly Address[];
  readonly out: string;
  readonly forS: number | undefined;
  readonly deadlineS: number;
  readonly seed: number;
  readonly session: Span;
  readonly gap: Span;
  readonly cards: readonly string[] | undefined;
  readonly settings: SettingValues;
  readonly afterOutage: Mixed<"end" | "resume">;
  readonly repeat: Mixed<"same-id" | "new-id">;
  readonly faults: readonly (Wish & { readonly atS: number })[];
};

export function readOptions(args: readonly string[]): Result<Options, string> {
  try {
    return ok(options(parsed(args)));
  } catch (error) {
    // parseArgs and the readers below throw for the caller's mistakes alone; anything else has no message to show.
    if (error instanceof TypeError || error instanceof Wrong) return failed(error.message);
    throw error;
  }
}

const shape = {
  stations: { type: "string" },
  url: { type: "string" },
  connect: { type: "string" },
  out: { type: "string" },
  for: { type: "string" },
  deadline: { type: "string", default: "60" },
  seed: { type: "string", default: "1" },
  "session-s": { type: "string", default: "8-25" },
  "gap-s": { type: "string", default: "2-8" },
  cards: { type: "string" },
  "sample-s": { type: "string", default: "2" },
  "heartbeat-s": { type: "string", default: "30" },
  "timeout-s": { type: "string", default: "10" },
  "after-outage": { type: "string", default: "mixed" },
  repeat: { type: "string", default: "mixed" },
  fault: { type: "string", multiple: true },
} as const;

const parsed = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: shape, strict: true }).values;
type Values = ReturnType<typeof parsed>;

function options(values: Values): Options {
  return {
    stations: needed("--stations", values.stations),
    ...addresses(values.url, values.connect),
    out: needed("--out", values.out),
    forS: values.for === undefined ? undefined : whole("--for", values.for, 1),
    deadlineS: whole("--deadline", values.deadline, 1),
    seed: whole("--seed", values.seed, 0, 0x7fff_ffff),
    session: span("--session-s", values["session-s"]),
    gap: span("--gap-s", values["gap-s"]),
    cards: values.cards?.split(",").map(card),
    settings: {
      sampleS: whole("--sample-s", values["sample-s"], 1),
      heartbeatS: whole("--heartbeat-s", values["heartbeat-s"], 1),
      messageTimeoutS: whole("--timeout-s", values["timeout-s"], 1),
      // Short pauses: a demo is over before a station in the field would have dialled twice.
      pingS: 3,
      attemptIntervalS: 1,
      backOffWaitS: 1,
      backOffRandomS: 1,
      backOffRepeats: 2,
    },
    afterOutage: oneOf("--after-outage", values["after-outage"], ["end", "resume", "mixed"]),
    repeat: oneOf("--repeat", values.repeat, ["same-id", "new-id", "mixed"]),
    faults: (values.fault ?? []).map(fault),
  };
}

function fault(text: string): Wish & { atS: number } {
  const [what = "", ...pairs] = text.split(",");
  const words = Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string?]));
  const { at, for: forS, by, factor, perS, station, ...unknown } = words;
  const [stray] = Object.keys(unknown);
  if (stray !== undefined)
    throw new Wrong(`--fault knows at, for, by, factor, perS and station; '${stray}' is none of them.`);
  const seconds = { for: number(forS), by: number(by), factor: number(factor), perS: number(perS) };
  const wish = readFault({ what, station, ...seconds });
  if (!wish.ok) throw new Wrong(`--fault: ${wish.fault}`);
  return { ...wish.value, atS: whole("--fault …,at=", at ?? "", 0) };
}

const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

function needed(name: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new Wrong(`${name} is missing.`);
  return value;
}

function span(name: string, text: string): Span {
  const [, least = "", most = ""] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  const read = { leastS: whole(name, least, 0), mostS: whole(name, most, 0) };
  if (read.leastS > read.mostS) throw new Wrong(`${name} goes from less to more: '${text}' does not.`);
  return read;
}

function card(text: string): string {
  // ISO 14443 ids have 4, 7 or 10 bytes; 1.6 takes 20 characters.
  if (/^([0-9A-Fa-f]{8}|[0-9A-Fa-f]{14}|[0-9A-Fa-f]{20})$/.test(text)) return text;
  throw new Wrong(`A card id has 8, 14 or 20 hexadecimal digits; '${text}' has not.`);
}

/** Without --url the stations say it themselves; then --connect is for all of them. */
function addresses(
  urls: string | undefined,
  connects: string | undefined,
): Pick<Options, "url" | "connect" | "others"> {
  const [first, ...others] = addressesOf(urls, connects);
  const [place] = connects?.split(",").map(hostAndPort) ?? [];
  return { url: first?.url, connect: first?.connect ?? place, others };
}

function oneOf<T extends string>(name: string, text: string, words: readonly T[]): T {
  const word = words.find((each) => each === text);
  if (word === undefined) throw new Wrong(`${name} is one of ${words.join(", ")}; '${text}' is not.`);
  return word;
}
