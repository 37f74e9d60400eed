/**
 * The folder that describes the simulated stations: `stations.json`, a folder of TLS identity per station, and
 * perhaps `cards.json`. Written by people and by scripts, so everything in it is checked and a mistake is named.
 */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Dialer, dialInTurn, type Log, type StationId, shown, stationId } from "@wattward/kernel";
import { isOcppVersion, type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { isPasswordProfile, type SecurityProfile } from "@wattward/ocpp/ways-in";
import { dialer } from "@wattward/ocpp/websocket";

/** The folder is not what it should be: the fault of whoever made it. */
export class StationsFolderError extends Error {
  override readonly name = "StationsFolderError";
}

export type StationEntry = {
  readonly id: StationId;
  readonly version: OcppVersion;
  readonly evses: number;
  readonly maxW: number;
  readonly serialNumber: string | undefined;
  readonly dialer: Dialer;
};

/** Where stations connect that do not say it themselves. */
export type Target = {
  readonly url: string | undefined;
  readonly connect: Place | undefined;
  /** Where else the same central system is. */
  readonly others: readonly { readonly url: string; readonly connect: Place | undefined }[];
};
type Place = { readonly host: string; readonly port: number };

const STATIONS_MAX = 2_000;
const EVSES_MAX = 16;
const KW_MAX = 1_000;

type Words = { readonly [key: string]: unknown };

export async function readStationsFolder(folder: string, target: Target, log: Log): Promise<StationEntry[]> {
  const path = join(folder, "stations.json");
  const list = await json(path);
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
  const list = await json(path, "optional");
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
  const {
    id: idText,
    version,
    evses = 1,
    maxKw = 22,
    url,
    connectTo,
    securityProfile = 3,
  } = (words ?? {}) as Words;
  const id = stationId(String(idText));
  if (!id.ok) throw new StationsFolderError(`${path}: ${id.fault.sentence}`);
  const wrong = (what: string) => new StationsFolderError(`${path}, station ${id.value}: ${what}`);
  if (typeof version !== "string" || !isOcppVersion(version))
    throw wrong(`"version" is one of ${ocppVersions.map((each) => `"${each}"`).join(", ")}.`);
  if (!isBetween(evses, 1, EVSES_MAX)) throw wrong(`"evses" is 1 to ${EVSES_MAX}.`);
  if (!isBetween(maxKw, 1, KW_MAX)) throw wrong(`"maxKw" is 1 to ${KW_MAX}.`);
  const to = typeof url === "string" ? url : target.url;
  if (to === undefined) throw wrong(`it has no "url", and --url is not given.`);
  if (securityProfile !== 3 && !isPasswordProfile(securityProfile))
    throw wrong(`"securityProfile" is 1, 2 or 3.`);
  const scheme = securityProfile === 1 ? "ws:" : "wss:";
  if (securityProfile !== 3 && !to.startsWith(scheme))
    throw wrong(`security profile ${securityProfile} connects to a ${scheme} address.`);
  const home = join(folder, id.value);
  const identity = to.startsWith("wss:") ? await readIdentity(home, securityProfile) : undefined;
  const password = securityProfile === 3 ? undefined : await readPassword(join(home, "password"), version);
  const own = hostAndPort(connectTo);
  // Whoever says where it connects, connects there alone.
  const others = typeof url === "string" || own !== undefined ? [] : target.others;
  const at = ({ url: to, connect }: { url: string; connect: Place | undefined }) =>
    dialer({
      ...{ url: to, log },
      ...(connect && { connectTo: connect }),
      ...(identity && { tls: identity.tls }),
      ...(password && { basic: { user: id.value, password } }),
    });
  return {
    id: id.value,
    version,
    evses: Math.floor(evses),
    maxW: maxKw * 1000,
    serialNumber: identity?.serialNumber,
    dialer: dialInTurn(at({ url: to, connect: own ?? target.connect }), ...others.map(at)),
  };
}

/** A station of security profile 2 knows its server and shows no certificate; those that speak plain TCP have none. */
async function readIdentity(folder: string, securityProfile: SecurityProfile) {
  const ca = await text(join(folder, "root.pem"));
  if (securityProfile !== 3) return { serialNumber: undefined, tls: { ca } };
  const passphrase = await text(join(folder, "passphrase"), "optional");
  const facts = (await json(join(folder, "identity.json"), "optional")) as Words | undefined;
  return {
    serialNumber: typeof facts?.serial === "string" ? facts.serial : undefined,
    tls: {
      ca,
      cert: await text(join(folder, "certificate.pem")),
      key: await text(join(folder, "key.pem")),
      ...(passphrase === undefined ? {} : { passphrase: passphrase.trim() }),
    },
  };
}

/** Others on the machine may not read it: whoever has it is the station. */
async function readPassword(path: string, version: OcppVersion): Promise<Uint8Array> {
  const password = (await text(path)).trim();
  if (((await stat(path)).mode & 0o077) !== 0)
    throw new StationsFolderError(`${path} can be read by others: chmod 600 it.`);
  // 1.6 sends the bytes that the digits of AuthorizationKey name; 2.x sends the text (A00.FR.205 of each).
  const isKey = /^([0-9a-f]{2}){16,20}$/i.test(password);
  return version === "1.6" && isKey ? Buffer.from(password, "hex") : Buffer.from(password);
}

const isBetween = (value: unknown, least: number, most: number): value is number =>
  typeof value === "number" && value >= least && value <= most;

function hostAndPort(value: unknown): { host: string; port: number } | undefined {
  if (typeof value === "object" && value !== null) {
    const { host, port } = value as Words;
    return typeof host === "string" && isBetween(port, 1, 65_535) ? { host, port } : undefined;
  }
  const [, host, port] = (typeof value === "string" && /^(.+):(\d{1,5})$/.exec(value)) || [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

async function json(path: string, need?: "optional"): Promise<unknown> {
  const content = need === undefined ? await text(path) : await text(path, need);
  if (content === undefined) return undefined;
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    throw new StationsFolderError(`${path} is not JSON: ${shown(String(error), 120)}`);
  }
}

async function text(path: string): Promise<string>;
async function text(path: string, need: "optional"): Promise<string | undefined>;
async function text(path: string, need?: "optional"): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ENOENT" && need === "optional") return undefined;
    throw new StationsFolderError(`Cannot read ${path} (${String(code)}). ${remedyFor(path)}`, {
      cause: error,
    });
  }
}

/** What to do about a file that cannot be read. */
const remedyFor = (path: string): string =>
  basename(path) === "stations.json"
    ? `Write it, for example: [{"id":"CP-1","version":"1.6"}].`
    : basename(path) === "password"
      ? "'wattward station add ID --security-profile 2 --until DATE' prints what belongs in it."
      : `'wattward pki issue station ID --out ${dirname(path)}' makes such a folder.`;
