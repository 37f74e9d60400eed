/** Everything the Modbus guard needs of the machine: files, sockets, users, TLS, as the ports of `createGuard`. */
import { chmod, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { GuardedDevice } from "@wattward/guard";
import type { Clock, Log, SiteId } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import type { ByteLink, Dial } from "@wattward/modbus";
import { dialer, type ListenOptions, listen } from "@wattward/modbus/tcp";
import { SiteClock } from "../clock/site-clock.ts";
import type { GuardPorts } from "../modbus-guard/guard.ts";
import type { Way } from "../modbus-guard/identify.ts";
import { SOCKET_LINKS_MAX } from "../modbus-guard/limits.ts";
import type { Observe } from "../modbus-guard/observations.ts";
import type { Listener, Refused } from "../modbus-guard/ways-in.ts";
import { readWallFloorMs } from "../state/wall-floor.ts";
import { type ModbusSettings, type Settings, SOFTWARE } from "./local-controller.ts";
import { dialSecured, listenSecured } from "./modbus-tls.ts";
import { peerCredentials, type UidOf } from "./peer-credentials.ts";
import { certificateTrust } from "./trust.ts";

/** In the data folder: where the energy controller reaches its devices. */
export const GUARD_SOCKET = "state/guard.sock";
/** Unprivileged; reaching 502 and 802 takes a privilege that the guard does not need (docs/modbus-guard.md). */
const usualModbus: ModbusSettings = { host: "127.0.0.1", port: 1_502, tlsPort: 1_802 };
/** `sun_path` of unix(7), without its final 0. */
const SOCKET_PATH_BYTES_MAX = 107;

export type GuardParts = {
  readonly site: SiteId;
  readonly rootPem: string;
  readonly log: Log;
  observe: Observe;
};

export async function guardPorts(
  { dataFolder, modbus, users }: Settings,
  { site, rootPem, log, observe }: GuardParts,
): Promise<GuardPorts & { readonly clock: SiteClock }> {
  const disk = folderDisk(dataFolder);
  const clock = new SiteClock(systemClock(), await readWallFloorMs(disk, log));
  const ownUid = process.getuid?.();
  const doors: Doors = { dataFolder, ...usualModbus, ...modbus, shared: users?.energy !== undefined, ownUid };
  return {
    ...{ site, software: SOFTWARE, clock, chance: systemChance, disk, log, observe },
    trust: certificateTrust(rootPem),
    sameUid: users?.energy?.uid ?? ownUid ?? NOBODY_ELSE,
    listen: (way, accept, refused) => listening(doors, way, { accept, refused, log, clock }),
    dial: (device) => dialling(dataFolder, device),
  };
}

/** Stands for "this user" on systems that have no numbers of users. */
const NOBODY_ELSE = 0;

type Doors = ModbusSettings & {
  readonly dataFolder: string;
  /** The energy controller runs as another user. */
  readonly shared: boolean;
  readonly ownUid: number | undefined;
};
type Told = {
  accept(link: ByteLink): void;
  refused: Refused;
  readonly log: Log;
  readonly clock: Clock;
};

async function listening(doors: Doors, way: Way, told: Told): Promise<Listener> {
  const { host, port, tlsPort, dataFolder } = doors;
  const { accept, refused } = told;
  if (way === "socket") return listeningOnSocket(doors, told);
  if (way === "address") {
    const listener = await listen({ at: { host, port }, accept, refused });
    told.log.info("modbus-listening", { way, host, port: listener.port });
    return listener;
  }
  const listener = await listenSecured(dataFolder, { at: { host, port: tlsPort }, accept, refused }, told);
  told.log.info("modbus-listening", { way, host, port: listener.port });
  return listener;
}

async function listeningOnSocket(doors: Doors, { accept, refused, log }: Told): Promise<Listener> {
  const path = join(doors.dataFolder, GUARD_SOCKET);
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX)
    throw new Error(
      `${path} is longer than a socket's path may be (${SOCKET_PATH_BYTES_MAX}): choose a shorter --data`,
    );
  const uidOf = (await peerCredentials()) ?? (await folderInstead(doors, log));
  // What a predecessor left: it is dead, for we hold its lock.
  await rm(path, { force: true });
  const at = { path };
  const limits = { connectionsMax: SOCKET_LINKS_MAX };
  const options: ListenOptions = { at, accept, refused, uidOf, limits };
  const listener = await listen(options);
  // Who may connect is asked of each connection: another user must be able to come so far.
  await chmod(path, doors.shared ? 0o666 : 0o600);
  return listener;
}

/** Where the system cannot be asked who connects, the folder has to keep all others out, and whoever is in counts as ourselves. */
async function folderInstead({ dataFolder, shared, ownUid }: Doors, log: Log): Promise<UidOf> {
  const folder = join(dataFolder, GUARD_SOCKET, "..");
  const mode = (await stat(folder)).mode & 0o777;
  if (shared || (mode & 0o077) !== 0)
    throw new Error(
      `this machine cannot tell who connects to ${GUARD_SOCKET} (Linux with koffi can), so ${folder} must be 0700 and of the energy controller's user; it is 0${mode.toString(8)}`,
    );
  log.warn("no-peer-credentials", { say: `whoever can open ${folder} counts as the energy controller` });
  return () => ownUid ?? NOBODY_ELSE;
}

export const dialling = (
  dataFolder: string,
  { host, port, tls }: Pick<GuardedDevice, "host" | "port" | "tls">,
): Dial => (tls ? dialSecured(dataFolder, { host, port }) : dialer({ to: { host, port } }));
