/**
 * The folder that describes the simulated stations: `stations.json`, a folder of TLS identity per station, and
 * perhaps `cards.json`. Written by people and by scripts, so everything in it is checked and a mistake is named.
 */
import { join } from "node:path";
import { type Dialer, type Log, type StationId, stationId } from "@wattward/kernel";
import { isOcppVersion, type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { Type } from "typebox";
import { faultsOf } from "../scenario/read-scenario.ts";
import { makeShape } from "../scenario/shape.ts";
import { type Make, type MakeWords, makeOf } from "../scenario/stations.ts";
import { type Address, jsonOf, openWayIn, type Place, placeOf, StationsFolderError } from "./way-in.ts";

export { StationsFolderError } from "./way-in.ts";

export type StationEntry = {
  readonly id: StationId;
  readonly version: OcppVersion;
  readonly evses: number;
  readonly maxW: number;
  /** What else `stations.json` says of it: the same words as in a scenario. */
  readonly make: Make;
  readonly serialNumber: string | undefined;
  readonly dialer: Dialer;
};

/** Where stations connect that do not say it themselves. */
export type Target = {
  readonly url: string | undefined;
  readonly connect: Place | undefined;
  /** Where else the same central system is. */
  readonly others: readonly Address[];
};

const STATIONS_MAX = 2_000;
const EVSES_MAX = 16;
const KW_MAX = 1_000;

type Words = { readonly [key: string]: unknown };

export async function readStationsFolder(folder: string, target: Target, log: Log): Promise<StationEntry[]> {
  const path = join(folder, "stations.json");
  const list = await jsonOf(path);
  if (!Array.isArray(list) || list.length === 0 || list.length > STATIONS_MAX) {
    throw new StationsFolderError(`${path}: a list of 1 to ${STATIONS_MAX} stations is needed.`);
  }
  const entries = await Promise.all(
    list.map((words: unknown) => entry(folder, path, words, { target, log })),
  );
  const twice = entries.find(({ id }, i) => entries.findIndex((each) => each.id === id) !== i);
  if (twice !== undefined) throw new StationsFolderError(`${path}: '${twice.id}' is there twice.`);
  return entries;
}

/** Card ids of `cards.json`, or undefined where there is none. */
export async function readCards(folder: string): Promise<string[] | undefined> {
  const path = join(folder, "cards.json");
  const list = await jsonOf(path, "optional");
  if (list === undefined) return undefined;
  if (Array.isArray(list) && list.length > 0 && list.every((each) => typeof each === "string")) return list;
  throw new StationsFolderError(`${path}: a list of card ids is needed.`);
}

async function entry(
  folder: string,
  path: string,
  words: unknown,
  { target, log }: { target: Target; log: Log },
): Promise<StationEntry> {
  const given = (words ?? {}) as Words;
  const { id: idText, version, evses = 1, maxKw = 22, url, connectTo, securityProfile = 3 } = given;
  const id = stationId(String(idText));
  if (!id.ok) throw new StationsFolderError(`${path}: ${id.fault.sentence}`);
  const wrong = (what: string) => new StationsFolderError(`${path}, station ${id.value}: ${what}`);
  if (typeof version !== "string" || !isOcppVersion(version))
    throw wrong(`"version" is one of ${ocppVersions.map((each) => `"${each}"`).join(", ")}.`);
  if (!isBetween(evses, 1, EVSES_MAX)) throw wrong(`"evses" is 1 to ${EVSES_MAX}.`);
  if (!isBetween(maxKw, 1, KW_MAX)) throw wrong(`"maxKw" is 1 to ${KW_MAX}.`);
  const to = typeof url === "string" ? url : target.url;
  if (to === undefined) throw wrong(`it has no "url", and --url is not given.`);
  const profile = ([1, 2, 3] as const).find((each) => each === securityProfile);
  if (profile === undefined) throw wrong(`"securityProfile" is 1, 2 or 3.`);
  const own = hostAndPort(connectTo);
  const way = await openWayIn(
    { id: id.value, version },
    {
      ...{ url: to, connect: own ?? target.connect, home: join(folder, id.value) },
      // Whoever says where it connects, connects there alone.
      others: typeof url === "string" || own !== undefined ? [] : target.others,
      // A profile that is not said, at an address without TLS, is none.
      securityProfile: profile === 3 && to.startsWith("ws:") ? 0 : profile,
    },
    log,
  );
  const make = makeIn(given, wrong);
  const { serialNumber = way.serialNumber } = make;
  return {
    id: id.value,
    version,
    evses: Math.floor(evses),
    maxW: maxKw * 1000,
    make,
    serialNumber,
    dialer: way.dialer,
  };
}

const shape = Type.Object(makeShape);

/** The words that a scenario has too; others are not looked at. */
function makeIn(words: Words, wrong: (what: string) => Error): Make {
  const own = Object.fromEntries(Object.entries(words).filter(([name]) => name in makeShape));
  const [fault] = faultsOf(own, shape);
  if (fault !== undefined) throw wrong(`"${fault.path.join(".")}": ${fault.sentence}`);
  return makeOf(own as MakeWords, ({ name, sentence }) => {
    throw wrong(`"settings.${name}": ${sentence}`);
  });
}

const isBetween = (value: unknown, least: number, most: number): value is number =>
  typeof value === "number" && value >= least && value <= most;

function hostAndPort(value: unknown): Place | undefined {
  if (typeof value === "object" && value !== null) {
    const { host, port } = value as Words;
    return typeof host === "string" && isBetween(port, 1, 65_535) ? { host, port } : undefined;
  }
  return typeof value === "string" ? placeOf(value) : undefined;
}
