/** A scenario and its sessions from their files, and the ways in of the stations that come of them. */
import { createReadStream } from "node:fs";
import { dirname, resolve } from "node:path";
import { readSessions, type Session } from "@wattward/energy/sessions";
import { type Dialer, failed, type Log, ok, type Result, type StationId } from "@wattward/kernel";
import { instantMs } from "../scenario/moments.ts";
import { makePlan, type Plan } from "../scenario/plan.ts";
import {
  faultsOf,
  readScenario,
  SCENARIO_CHARS_MAX,
  type Scenario,
  type ScenarioFault,
} from "../scenario/read-scenario.ts";
import type { ScenarioWords } from "../scenario/shape.ts";
import type { PlannedStation } from "../scenario/stations.ts";
import { SessionFileError, sessionText } from "./session-file.ts";
import { type Address, openWayIn, placeOf, StationsFolderError } from "./way-in.ts";

export type ScenarioSource = {
  /** The scenario's file; undefined where the command line says everything. */
  readonly file: string | undefined;
  /** What the command line says, which wins over the file. Paths in it are from the working directory. */
  readonly over: ScenarioWords;
};

export type Loaded = { readonly plan: Plan; readonly words: ScenarioWords; readonly folder: string };

/** Lines for people, each with its place: `day.yaml:12:5: stations[0].maxKw: this is …`. */
export type Complaints = readonly string[];

/** Reads, merges and plans; everything wrong is named, each at its place. */
export async function loadScenario(
  { file, over }: ScenarioSource,
  nowMs: number,
): Promise<Result<Loaded, Complaints>> {
  const read = file === undefined ? ok(onlyOptions) : await scenarioIn(file);
  if (!read.ok) return read;
  const folder = file === undefined ? process.cwd() : dirname(resolve(file));
  const words = merged(read.value.words, over, folder);
  const said = faultsOf(words);
  // The file's own words have their shape: what is wrong now came from the command line.
  if (said.length > 0) return failed(said.map(({ path, sentence }) => `--${path.join(".")}: ${sentence}`));
  const scenario: Scenario = { words, at: read.value.at };
  const sessions = await sessionsIn(words);
  if (!sessions.ok) return sessions;
  const plan = makePlan(scenario, sessions.value, nowMs);
  return plan.ok
    ? ok({ plan: plan.value, words, folder })
    : failed(plan.fault.map((fault) => saidOf(file, fault)));
}

const onlyOptions: Scenario = {
  words: {},
  at: (path, sentence) => ({ line: 0, column: 0, path: path.join("."), sentence }),
};

async function scenarioIn(file: string): Promise<Result<Scenario, Complaints>> {
  let text: string;
  try {
    text = await textOf(file);
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    const why =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "it is a folder"
          : `it cannot be read (${code})`;
    return failed([`${file}: ${why}; 'wattward simulator example > day.yaml' writes one to begin with.`]);
  }
  const read = readScenario(text);
  return read.ok ? read : failed(read.fault.map((fault) => saidOf(file, fault)));
}

/** No more than a scenario can have: a device, or a pipe that never ends, is no scenario. UTF-8 has 4 bytes at most. */
async function textOf(file: string): Promise<string> {
  const pieces: Buffer[] = [];
  let left = 4 * SCENARIO_CHARS_MAX;
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
    pieces.push(piece);
    left -= piece.length;
    if (left < 0) break;
  }
  const bytes = Buffer.concat(pieces);
  // Refused by its length, wherever in a sign it was cut off.
  return new TextDecoder("utf-8", { fatal: left >= 0 }).decode(bytes);
}

function saidOf(file: string | undefined, { column, line, path, sentence }: ScenarioFault): string {
  const place = file === undefined || line === 0 ? (file ?? "command line") : `${file}:${line}:${column}`;
  return path === "" ? `${place}: ${sentence}` : `${place}: ${path}: ${sentence}`;
}

/** Paths in the file are from its own folder. */
function merged(words: ScenarioWords, over: ScenarioWords, folder: string): ScenarioWords {
  const { identities, sessions } = words;
  const own: ScenarioWords = {
    ...words,
    ...(identities !== undefined && { identities: resolve(folder, identities) }),
    ...(sessions !== undefined && { sessions: { ...sessions, file: resolve(folder, sessions.file) } }),
  };
  const both = { ...own.sessions, ...over.sessions };
  return { ...own, ...over, ...(both.file !== undefined && { sessions: { ...both, file: both.file } }) };
}

async function sessionsIn({ sessions }: ScenarioWords): Promise<Result<readonly Session[], Complaints>> {
  if (sessions === undefined) return ok([]);
  const { file, first, from, until } = sessions;
  const fromMs = from === undefined ? undefined : instantMs(from);
  const untilMs = until === undefined ? undefined : instantMs(until);
  if ((from !== undefined && fromMs === undefined) || (until !== undefined && untilMs === undefined)) {
    return failed([
      "sessions: 'from' and 'until' are dates and times with their offset: 2019-05-01T00:00:00-07:00.",
    ]);
  }
  const wanted = {
    ...(fromMs !== undefined && { fromMs }),
    ...(untilMs !== undefined && { untilMs }),
    ...(first !== undefined && { most: first }),
  };
  try {
    const read = await readSessions(sessionText(file), wanted);
    if (read.ok) return read;
    return failed(
      read.fault.map(({ line, sentence }) =>
        line === 0 ? `${file}: ${sentence}` : `${file}:${line}: ${sentence}`,
      ),
    );
  } catch (error) {
    if (!(error instanceof SessionFileError)) throw error;
    return failed([`${file}: ${error.message}`]);
  }
}

/** The dialer of each station; a {@link StationsFolderError} says which file is missing. */
export async function openWaysIn(
  { folder, plan, words }: Loaded,
  addresses: readonly Address[],
  log: Log,
): Promise<Map<StationId, { readonly dialer: Dialer; readonly serialNumber: string | undefined }>> {
  const opened = plan.stations.map(async (station) => {
    const { id } = station.options;
    return [id, await openOne(station, { folder, words, addresses, log })] as const;
  });
  return new Map(await Promise.all(opened));
}

type Ports = {
  readonly folder: string;
  readonly words: ScenarioWords;
  /** What the command line says: for all stations that do not say it themselves. */
  readonly addresses: readonly Address[];
  readonly log: Log;
};

function openOne({ connection, options }: PlannedStation, { addresses, folder, log, words }: Ports) {
  const { ca, connect, identity, passwordFile, securityProfile, url } = connection;
  const [first, ...others] = addresses;
  const to = url ?? first?.url ?? words.url;
  if (to === undefined) {
    throw new StationsFolderError(
      `Station ${options.id}: it has no 'url', and neither the scenario nor --url says where to connect.`,
    );
  }
  const place = connect ?? (url === undefined && first !== undefined ? undefined : words.connect);
  const at = place === undefined ? (url === undefined ? first?.connect : undefined) : placeOf(place);
  if (place !== undefined && at === undefined) {
    throw new StationsFolderError(`Station ${options.id}: 'connect' is HOST:PORT; '${place}' is not.`);
  }
  const from = (path: string) => resolve(folder, path);
  const profile = securityProfile ?? (to.startsWith("ws:") ? 0 : 3);
  return openWayIn(
    options,
    {
      ...{ url: to, connect: at, others: url === undefined && connect === undefined ? others : [] },
      securityProfile: ([0, 1, 2, 3] as const).find((each) => each === profile) ?? 3,
      home: identity === undefined ? resolve(words.identities ?? folder, options.id) : from(identity),
      ...(passwordFile !== undefined && { passwordFile: from(passwordFile) }),
      ...(ca !== undefined && { ca: ca === "system" ? ca : from(ca) }),
    },
    log,
  );
}
