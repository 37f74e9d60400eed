/** Everything the local controller needs of the machine: files, sockets, TLS, clock, as the ports of `createSite`. */
import { join } from "node:path";
import { backoffMs, type Clock, dialInTurn, type Log, sleep, type WireServer } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { argon2Hasher, NO_ARGON2, notPrivate, type PasswordProfile } from "@wattward/ocpp/ways-in";
import { dialer, listenWires, type ServerLimits } from "@wattward/ocpp/websocket";
import type { SiteIdentity } from "@wattward/pki/files";
import { SITE_MESSAGE_BYTES_MAX } from "@wattward/sitelink";
import type { SitePorts, StationDoor } from "../site.ts";
import { ENERGY_SOCKET, listenLines } from "./energy-link.ts";
import { certificateTrust, serverCheck } from "./trust.ts";
import { unsyncedDisk } from "./unsynced-disk.ts";

/** Goes into hello, and is compared with the bundle's software floor. */
export const SOFTWARE = "0.1.0";

/** Wait between attempts to bind the stations' port while another process holds it. */
const BIND_AGAIN_MS = { firstMs: 500, maxMs: 10_000 } as const;

export type Settings = {
  readonly mode: "autonomous" | "transparent";
  readonly dataFolder: string;
  readonly csmsUrl: string;
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** Where else the same central system is: other processes of it. */
  readonly others?: readonly Pick<Settings, "csmsUrl" | "connectTo">[];
  readonly host: string;
  readonly port: number;
  /** What one station may say in the long run, where it is more or less than usual. */
  readonly stationFramesPerSecond?: number;
  /** Of the stations' ports: see `ListenOptions.proxies`. */
  readonly proxies?: readonly string[];
  /** Where the Modbus guard listens to masters of the site's network, while its policy has such. */
  readonly modbus?: Partial<ModbusSettings>;
  /** Where the energy controller and the Modbus guard run as users of their own: numbers, and each has a folder in the data folder. */
  readonly users?: { readonly guard?: User; readonly energy?: User };
  /** Listeners of security profiles 1 and 2, open while stations have dispensations. */
  readonly passwords: {
    readonly ports: { readonly [P in PasswordProfile]: number };
    /** Of the one without encryption, where it is not `host`. */
    readonly profile1Host?: string | undefined;
  };
};

export type ModbusSettings = { readonly host: string; readonly port: number; readonly tlsPort: number };
export type User = { readonly uid: number; readonly gid: number };

export type SiteParts = {
  readonly log: Log;
  fatal(error: Error): void;
  readonly durable: boolean;
  /** A listener of security profile 1 or 2 has opened on this port, or closed. */
  changed?(profile: PasswordProfile, port: number | undefined): void;
};

export function sitePorts(
  settings: Settings,
  identity: SiteIdentity,
  { log, fatal, durable, changed }: SiteParts,
): SitePorts {
  const clock = systemClock();
  const disk = folderDisk(settings.dataFolder);
  const ca = identity.rootPem;
  return {
    site: identity.site,
    software: SOFTWARE,
    clock,
    chance: systemChance,
    disk: durable ? disk : unsyncedDisk(disk, log),
    log,
    fatal,
    dialer(siteClock) {
      const at = ({ csmsUrl, connectTo }: Pick<Settings, "csmsUrl" | "connectTo">) =>
        dialer({
          url: csmsUrl,
          tls: { ca, ...identity.link, verifyServer: serverCheck(ca, siteClock) },
          ...(connectTo !== undefined && { connectTo }),
          // A bundle of many tokens is longer than any frame of a station.
          limits: { frameBytesMax: SITE_MESSAGE_BYTES_MAX },
          log: log.with({ part: "link" }),
        });
      return dialInTurn(at(settings), ...(settings.others ?? []).map(at));
    },
    trust: () => certificateTrust(ca),
    stationFramesPerSecond: settings.stationFramesPerSecond,
    listen: (door) => listening(settings, identity, { door, log, clock }),
    listenEnergy: (accept) =>
      listenLines(join(settings.dataFolder, ENERGY_SOCKET), accept, settings.users?.energy?.uid),
    passwords: passwordPorts(settings, identity, { log, ...(changed && { changed }) }),
  };
}

/** Undefined where this Node cannot check a password: then those listeners stay closed. */
function passwordPorts(
  { host, proxies = [], passwords: { ports, profile1Host } }: Settings,
  identity: SiteIdentity,
  { log, changed }: Pick<SiteParts, "log" | "changed">,
): SitePorts["passwords"] {
  const hash = argon2Hasher();
  if (hash === undefined) {
    log.warn("no-passwords", { say: NO_ARGON2 });
    return undefined;
  }
  const tls = {
    identities: [identity.serverEc, identity.serverRsa],
    clients: { kind: "none" },
  } as const;
  return {
    hash,
    async listen(profile, port, door) {
      const at = profile === 1 ? (profile1Host ?? host) : host;
      const refused = profile === 1 ? notPrivate(at, "--profile1-host") : undefined;
      if (refused !== undefined) throw new Error(refused);
      return listenWires({
        ...{ host: at, port: port ?? ports[profile], proxies, log },
        tls: profile === 1 ? undefined : tls,
        gate: { admits: (address) => door.admits(address) },
        upgrade: (request) => door.upgrade(request),
      });
    },
    ...(changed && { changed }),
  };
}

/** A port that is taken is waited for: the process that holds it may be our own predecessor, on its way out. */
export async function listening(
  { host, port, proxies = [], dataFolder }: Settings,
  identity: SiteIdentity,
  { door, log, clock, limits }: { door: StationDoor; log: Log; clock: Clock; limits?: Partial<ServerLimits> },
): Promise<WireServer> {
  const tls = {
    identities: [identity.serverEc, identity.serverRsa],
    clients: { kind: "required", ca: [identity.rootPem], judge: "caller" },
  } as const;
  for (let attempt = 0; ; attempt++) {
    try {
      return await listenWires({
        ...{ host, port, proxies, tls, log, limits: { ...limits } },
        verifyPeer: (chainDer) => door.vet(chainDer),
        upgrade: (request) => door.upgrade(request),
        gate: { admits: (address) => door.admits?.(address) ?? true },
        refused(what, { certificate, address }) {
          if (what === "peer-refused") door.failedProof?.(String(address));
          if (what === "peer-refused" && certificate === "missing") door.uncertified(String(address));
        },
      });
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      const advice =
        code === "EADDRINUSE"
          ? "another process listens there; stop it, or choose another --port"
          : String(error);
      const againMs = backoffMs(systemChance, attempt, BIND_AGAIN_MS);
      log.error("stations-port-not-bound", { host, port, folder: join(dataFolder), say: advice, againMs });
      await sleep(clock, againMs);
    }
  }
}
