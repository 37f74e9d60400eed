/**
 * How a simulated station gets to its central system: its address, its identity or password, and the roots it trusts,
 * from files that people and `wattward pki issue station` write.
 *
 *     profile 0   ws://    nothing shown               2   wss://   password, HTTP Basic
 *             1   ws://    password, HTTP Basic        3   wss://   client certificate
 */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { rootCertificates } from "node:tls";
import { type Dialer, dialInTurn, type Log, type StationId, shown } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { dialer } from "@wattward/ocpp/websocket";

/** A file or folder of stations is not what it should be: the fault of whoever made it. */
export class StationsFolderError extends Error {
  override readonly name = "StationsFolderError";
}

export type Place = { readonly host: string; readonly port: number };
export type Address = { readonly url: string; readonly connect: Place | undefined };

export type WayIn = Address & {
  /** Where else the same central system is. */
  readonly others: readonly Address[];
  readonly securityProfile: 0 | 1 | 2 | 3;
  /** The station's identity folder. */
  readonly home: string;
  /** Its password, if that is not in its home. */
  readonly passwordFile?: string;
  /** The roots that servers are verified by, if they are not in its home; `system`: those that Node brings. */
  readonly ca?: string;
};

type Opened = { readonly dialer: Dialer; readonly serialNumber: string | undefined };

/** Reads what the way needs; a {@link StationsFolderError} says what is missing, and never what a file holds. */
export async function openWayIn(
  station: { readonly id: StationId; readonly version: OcppVersion },
  way: WayIn,
  log: Log,
): Promise<Opened> {
  const { connect, home, others, passwordFile = join(home, "password"), securityProfile, url } = way;
  const wrong = (what: string) => new StationsFolderError(`Station ${station.id}: ${what}`);
  if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol)) {
    throw wrong(`'${shown(url)}' is no address; it begins with wss:// or ws://.`);
  }
  const scheme = securityProfile >= 2 ? "wss:" : "ws:";
  if (!url.startsWith(scheme))
    throw wrong(`security profile ${securityProfile} connects to a ${scheme} address.`);
  const identity = url.startsWith("wss:") ? await readIdentity(way) : undefined;
  const hasPassword = securityProfile === 1 || securityProfile === 2;
  const password = hasPassword ? await readPassword(passwordFile, station.version) : undefined;
  const at = ({ url: to, connect: place }: Address) =>
    dialer({
      ...{ url: to, log },
      ...(place && { connectTo: place }),
      ...(identity && { tls: identity.tls }),
      ...(password && { basic: { user: station.id, password } }),
    });
  try {
    return {
      dialer: dialInTurn(at({ url, connect }), ...others.map(at)),
      serialNumber: identity?.serialNumber,
    };
  } catch (error) {
    // OpenSSL's word on a key or certificate that is none.
    throw wrong(
      `its certificate, key or roots cannot be used: ${shown(String((error as Error).message), 120)}.`,
    );
  }
}

/** A station of security profile 2 knows its server and shows no certificate. */
async function readIdentity({ ca: caFile = "", home, securityProfile }: WayIn) {
  const ca =
    caFile === "system" ? rootCertificates : await textOf(caFile === "" ? join(home, "root.pem") : caFile);
  if (securityProfile !== 3) return { serialNumber: undefined, tls: { ca } };
  const passphrase = await textOf(join(home, "passphrase"), "optional");
  const facts = await jsonOf(join(home, "identity.json"), "optional");
  const { serial } = (facts ?? {}) as { readonly serial?: unknown };
  return {
    serialNumber: typeof serial === "string" ? serial : undefined,
    tls: {
      ca,
      cert: await textOf(join(home, "certificate.pem")),
      key: await textOf(join(home, "key.pem")),
      ...(passphrase === undefined ? {} : { passphrase: passphrase.trim() }),
    },
  };
}

/** Others on the machine may not read it: whoever has it is the station. */
async function readPassword(path: string, version: OcppVersion): Promise<Uint8Array> {
  const password = (await textOf(path)).trim();
  if (((await stat(path)).mode & 0o077) !== 0)
    throw new StationsFolderError(`${path} can be read by others: chmod 600 it.`);
  // 1.6 sends the bytes that the digits of AuthorizationKey name; 2.x sends the text (A00.FR.205 of each).
  const isKey = /^([0-9a-f]{2}){16,20}$/i.test(password);
  return version === "1.6" && isKey ? Buffer.from(password, "hex") : Buffer.from(password);
}

/** `HOST:PORT`, or undefined where it is none. */
export function placeOf(text: string): Place | undefined {
  const [, host, port = ""] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

/** A file's JSON; undefined where it is optional and not there. */
export async function jsonOf(path: string, need?: "optional"): Promise<unknown> {
  const content = need === undefined ? await textOf(path) : await textOf(path, need);
  if (content === undefined) return undefined;
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    throw new StationsFolderError(`${path} is not JSON: ${shown(String(error), 120)}`);
  }
}

/** A file's text; undefined where it is optional and not there. */
export async function textOf(path: string): Promise<string>;
export async function textOf(path: string, need: "optional"): Promise<string | undefined>;
export async function textOf(path: string, need?: "optional"): Promise<string | undefined> {
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
