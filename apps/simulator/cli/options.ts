/**
 * The command line of `wattward simulator`, as data. What a person got wrong comes back as a sentence.
 */
import { parseArgs } from "node:util";
import { failed, ok, type Result } from "@wattward/kernel";
import type { SettingValues } from "../station/settings.ts";
import type { Span } from "../world/drivers.ts";
import { readFault, type Wish } from "./fault-words.ts";

export const help = `wattward simulator: charging stations, cars and drivers against a real central system or site

  wattward simulator --stations DIR --url wss://NAME:PORT/ocpp --out DIR [options]

  --stations DIR     stations.json, by hand ([{"id":"CP-1","version":"1.6","evses":1,"maxKw":22}, …]), and beside it one
                     folder per station: 'wattward pki issue station CP-1 --out DIR/CP-1'
  --url URL          where the stations connect; the station's id is appended. A station's own "url" wins. Several, with
                     commas between, are one central system's: who loses a connection goes to the next
  --connect H:P      where TCP goes, for each URL in order; TLS still verifies NAME. A station's "connectTo" wins
  --out DIR          sent.jsonl, received.jsonl, summary.json, meters.json and the stations' flash/ go here

  --for S            seconds until everybody leaves (default: until 'finish' on standard input, or Ctrl-C)
  --deadline S       seconds that finishing may take (60)
  --seed N           the same seed, the same drivers and cars (1)
  --session-s A-B    how long a car charges (8-25)
  --gap-s A-B        how long an EVSE stays free (2-8)
  --cards A,B,…      RFID card ids, hexadecimal (cards.json in --stations: ["…"], or made-up ones)
  --sample-s S       seconds between meter values (2)
  --heartbeat-s S    seconds between heartbeats, where the central system names none (30)
  --timeout-s S      how long a station waits for an answer (10)
  --after-outage W   end or resume: what becomes of a transaction that lost its power ('mixed': by chance)
  --repeat W         same-id or new-id: what a repeated message is sent under ('mixed': by chance)
  --fault F          repeatable: power-cut,at=10,for=5[,station=ID] link-cut,… offline,… clock-jump,at=10,by=-3600
                     crash,at=10

  Standard input takes a line of JSON at a time, standard output answers each with one:
    {"do":"status"}   {"do":"finish"}   {"do":"fault","what":"link-cut","for":20,"station":"S1"}
  The last line of standard output is the summary. Exit code 0: everything that happened was told and answered;
  1: something was not, or the central system broke the protocol; 2: the command line is wrong.
`;

export type Mixed<T> = T | "mixed";

/** Where a central system is reached; `connect`: where TCP goes instead. */
export type Address = {
  readonly url: string;
  readonly connect: { readonly host: string; readonly port: number } | undefined;
};

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

export type Parsed = { readonly kind: "run"; readonly options: Options } | { readonly kind: "help" };

/** A day: longer spans are typing errors. */
const SECONDS_MAX = 86_400;

export function readOptions(args: readonly string[]): Result<Parsed, string> {
  try {
    const values = parsed(args);
    if (values.help === true) return ok({ kind: "help" });
    return ok({ kind: "run", options: options(values) });
  } catch (error) {
    // parseArgs and the readers below throw for the caller's mistakes alone; anything else has no message to show.
    if (error instanceof TypeError || error instanceof Wrong) return failed(error.message);
    throw error;
  }
}

class Wrong extends Error {}

const shape = {
  help: { type: "boolean" },
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
  if (value === undefined || value === "") throw new Wrong(`${name} is needed; --help says more.`);
  return value;
}

function whole(name: string, text: string, least: number, most = SECONDS_MAX): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Wrong(`${name} is a whole number from ${least} to ${most}; '${text}' is not.`);
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
  const places = connects?.split(",").map(hostAndPort) ?? [];
  const [first, ...others] = (urls?.split(",") ?? []).map(url);
  if (places.length > 1 && places.length !== others.length + 1)
    throw new Wrong("--connect names one place for each --url.");
  if (others.some((other) => new URL(other).protocol !== new URL(first ?? other).protocol))
    throw new Wrong("--url names addresses of one kind: wss:// or ws://.");
  return {
    url: first,
    connect: places[0],
    others: others.map((other, i) => ({ url: other, connect: places[i + 1] ?? places[0] })),
  };
}

function url(text: string): string {
  const scheme = URL.canParse(text) ? new URL(text).protocol : "";
  if (scheme === "wss:" || scheme === "ws:") return text;
  throw new Wrong(`--url begins with wss:// (or ws://, without TLS); '${text}' does not.`);
}

function hostAndPort(text: string): { host: string; port: number } {
  const [, host, port = ""] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (host === undefined) throw new Wrong(`--connect is HOST:PORT; '${text}' is not.`);
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: whole("--connect HOST:PORT", port, 1, 65_535) };
}

function oneOf<T extends string>(name: string, text: string, words: readonly T[]): T {
  const word = words.find((each) => each === text);
  if (word === undefined) throw new Wrong(`${name} is one of ${words.join(", ")}; '${text}' is not.`);
  return word;
}
