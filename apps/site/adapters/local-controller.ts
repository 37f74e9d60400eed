/** Everything the local controller needs of the machine: files, sockets, TLS, clock, as the ports of `createSite`. */
import { join } from "node:path";
import { backoffMs, type Clock, dialInTurn, type Log, sleep, type WireServer } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { dialer, listenWires, type ServerLimits } from "@wattward/ocpp/websocket";
import type { SiteIdentity } from "@wattward/pki/files";
import { SITE_MESSAGE_BYTES_MAX } from "@wattward/sitelink";
import type { SitePorts, StationDoor } from "../site.ts";
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
};

export function sitePorts(
  settings: Settings,
  identity: SiteIdentity,
  { log, fatal, durable }: { log: Log; fatal(error: Error): void; durable: boolean },
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
    listen: (door) => listening(settings, identity, { door, log, clock }),
  };
}

/** A port that is taken is waited for: the process that holds it may be our own predecessor, on its way out. */
export async function listening(
  { host, port, dataFolder }: Settings,
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
        ...{ host, port, tls, log, limits: { ...limits } },
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
