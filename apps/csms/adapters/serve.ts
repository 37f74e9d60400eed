/**
 * The central system as a process: opens its data folder, starts the core's threads, the gateway and the HTTP API, and
 * ends them in the opposite order. An empty folder starts by itself (ADR 26).
 *
 *     lock ─▶ authorities ─▶ ┬ server certificates ┬─▶ service.start ─▶ gateway ─▶ API ─▶ csms.json
 *                            └ core (database)     ┘
 */
import { join } from "node:path";
import type { Disk, Log } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { argon2Hasher, NO_ARGON2 } from "@wattward/ocpp/ways-in";
import { openOrIssueServer, signBundle } from "@wattward/pki";
import { type AllAuthorityFiles, openOrCreateAuthorityFiles } from "@wattward/pki/files";
import { createApi, UnsafeListen } from "../api/create-api.ts";
import { invitationLink } from "../api/sign-in/invitation.ts";
import { CommandError, UsageError } from "../cli/arguments.ts";
import { DATABASE_FILE, databaseOf } from "../cli/database.ts";
import { ELSEWHERE_EVERY_MS } from "../core/create-core.ts";
import type { Core } from "../core/port.ts";
import { type Csms, createCsms } from "../csms.ts";
import { LiveEnergies } from "../energy/live.ts";
import type { GatewayPorts } from "../gateway/ports.ts";
import { Trust } from "../gateway/trust.ts";
import { measuredCore } from "../metrics/measured-core.ts";
import { prometheusMetrics } from "../metrics/prometheus.ts";
import type { DatabasePlace } from "../store/database-place.ts";
import { StoreError } from "../store/engine.ts";
import { readConsoleFiles } from "./console-files.ts";
import { startCore } from "./core-worker.ts";
import { lockData } from "./data-lock.ts";
import { listenForGateway } from "./gateway-listener.ts";
import { type NodeOptions, type OpenedNode, openNode } from "./node.ts";
import {
  listenForPasswords,
  type PasswordListenersAt,
  type PasswordListenersWith,
} from "./password-listeners.ts";
import { RuntimeFile } from "./runtime-file.ts";
import { storageOf } from "./storage.ts";

export type ServeOptions = {
  readonly dataFolder: string;
  /** Addresses to bind; ports may be 0. */
  readonly ocpp: { readonly host: string; readonly port: number; readonly proxies: readonly string[] };
  readonly http: { readonly host: string; readonly port: number };
  /** Listeners of security profiles 2 and 1, for as long as stations have dispensations. */
  readonly passwords: Pick<PasswordListenersAt, "ports" | "profile1Host">;
  /** The console's built pages. */
  readonly consoleFolder: string;
  /** Chosen at the first start, and kept. */
  readonly domain: string | undefined;
  readonly passphrase: string | undefined;
  /** URL of a PostgreSQL database; undefined for the one that belongs to the folder already, at first a file in it. */
  readonly database: string | undefined;
  /** This process as one of several; only on a PostgreSQL database. */
  readonly node: NodeOptions;
  readonly rates: NonNullable<GatewayPorts["rates"]>;
  /** "off": answers are not durable; for the test that proves what "full" is worth. */
  readonly synchronous: "full" | "off";
  readonly log: Log;
};

export type Serving = {
  readonly domain: string;
  /** Where the data are, without a password; undefined where they are in the folder itself. */
  readonly database: string | undefined;
  /** Its name among those that serve that database; undefined where the data are in the folder. */
  readonly node: string | undefined;
  readonly ocppPort: number;
  readonly consoleUrl: string;
  /** False where the pages were not built: the address shows how to. */
  readonly consoleBuilt: boolean;
  /** One-time link for the first administrator; undefined once anybody has joined. */
  readonly invitation: string | undefined;
  /** Ends it all, cleanly. */
  stop(): Promise<void>;
};

/** Where the console's build goes, see apps/console/build.ts. */
export const builtConsoleFolder = join(import.meta.dirname, "..", "..", "console", "dist");
/** Binds to every address of the machine; nobody's name. */
const anyAddress = ["0.0.0.0", "::"];
const loopback = ["127.0.0.1", "::1", "localhost"];

/** Resolves when everything is ready. Rejects with {@link CommandError}, PkiError or DiskError: sentences for people. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { dataFolder, log } = options;
  const lock = lockData(dataFolder);
  if (lock === undefined) {
    throw new CommandError(`another csms serves ${dataFolder}: stop it, or give another folder with --data`);
  }
  const disk = folderDisk(dataFolder);
  const clock = systemClock();
  const chance = systemChance;
  const stops: (() => Promise<void> | void)[] = [() => lock.release()];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const { passphrase, domain } = options;
    const store = databaseOf(dataFolder, options.database);
    if (store.kind === "file" && (options.node.name ?? options.node.nats) !== undefined) {
      throw new UsageError(
        "--node and --nats are for several processes on one PostgreSQL database: give --database URL",
      );
    }
    // Before it is opened: a start that fails must not leave the next one to make a database of the folder's own.
    if (store.kind === "server") await disk.replace(DATABASE_FILE, Buffer.from(`${store.shown}\n`));
    const { authorities, keys, certificates } = await openOrCreateAuthorityFiles(dataFolder, {
      clock,
      chance,
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(domain === undefined ? {} : { domain }),
    });
    const place = { keys, certificates, clock, chance };
    const metrics = prometheusMetrics({ processMetrics: true });
    const [identity, { core, node, bus }] = await Promise.all([
      openOrIssueServer(authorities, serverNames(authorities.domain), place),
      openCore(options, store, { authorities, metrics, disk }),
    ]);
    stops.push(() => core.close());
    if (bus !== undefined) stops.push(() => bus.close());
    if (node !== undefined) stops.push(() => node.leave());
    const measured = measuredCore(core, { metrics, clock });
    const ports = { core: measured.core, clock, chance, log, metrics };

    const energies = new LiveEnergies();
    const runtime = new RuntimeFile(disk, log);
    const csms = await bound("port", options.ocpp, () =>
      createCsms({
        ...ports,
        ...(node && { node }),
        rates: options.rates,
        energies,
        storage: storageOf(dataFolder, store, core),
        trust: new Trust({ station: [authorities.station.pem], site: [authorities.site.pem] }),
        signBundle: (body) => signBundle(body, authorities.bundle),
        listen: (doors) => listenForGateway({ ...options.ocpp, identity, authorities, log }, doors),
        passwords: passwordPorts(options, { identity, log }, runtime),
      }),
    );
    stops.push(() => csms.close());
    metrics.beforeScrape(async () => gauge(csms, metrics));

    const secure = !loopback.includes(options.http.host);
    const consoleFiles = await readConsoleFiles(options.consoleFolder);
    const api = await createApi({
      ...ports,
      probes: {
        "stations' listener": () => csms.gateway.trouble(),
        "last commit": measured.lastCommit,
        ...(node && { node: () => node.trouble() }),
      },
      warnings: () => [
        ...csms.gateway.warnings(),
        ...(bus?.trouble() === undefined
          ? []
          : [`nats: away; other nodes are heard of within ${ELSEWHERE_EVERY_MS} ms instead`]),
      ],
      energies,
      issuers: issuersOf(authorities),
      names: [
        `csms.${authorities.domain}`,
        ...(anyAddress.includes(options.http.host) ? [] : [options.http.host]),
      ],
      consoleFiles,
      hash: argon2Hasher(),
      ...(secure ? { tls: identity.ec } : {}),
    });
    const { port: httpPort } = await bound("http-port", options.http, () => api.listen(options.http));
    stops.push(() => api.close());

    const host = secure ? `csms.${authorities.domain}` : "localhost";
    const consoleUrl = `${secure ? "https" : "http"}://${host}:${httpPort}`;
    const invitation = await invitationLink({ core: measured.core, chance, clock }, consoleUrl);
    const running = {
      port: csms.gateway.port,
      httpPort,
      pid: process.pid,
      domain: authorities.domain,
      consoleUrl,
    };
    await runtime.publish(running);
    stops.push(() => runtime.remove());
    return {
      domain: authorities.domain,
      database: store.kind === "server" ? store.shown : undefined,
      node: node?.id,
      ocppPort: csms.gateway.port,
      consoleUrl,
      consoleBuilt: consoleFiles !== undefined,
      invitation,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Undefined where this Node cannot check a password: then those listeners stay closed. */
function passwordPorts(
  { ocpp, passwords }: ServeOptions,
  parts: PasswordListenersWith,
  runtime: RuntimeFile,
): GatewayPorts["passwords"] {
  const hash = argon2Hasher();
  if (hash === undefined) {
    parts.log.warn("no-passwords", { say: NO_ARGON2 });
    return undefined;
  }
  return {
    hash,
    listen: (securityProfile, port, doors) =>
      listenForPasswords({ ...ocpp, ...passwords }, parts, { securityProfile, port }, doors),
    changed: (securityProfile, port) => runtime.note({ [`profile${securityProfile}Port`]: port }),
  };
}

const serverNames = (domain: string): readonly string[] => [
  `csms.${domain}`,
  "localhost",
  "127.0.0.1",
  "::1",
];

const issuersOf = ({ root, station, site, server, rsa }: CoreParts["authorities"]): readonly string[] =>
  [root, station, site, server, rsa.root, rsa.server].map(({ certificate }) => certificate.subject.text);

type CoreParts = {
  readonly authorities: AllAuthorityFiles["authorities"];
  readonly metrics: ReturnType<typeof prometheusMetrics>;
  readonly disk: Disk;
};

/** In threads of its own on a file, whose commits block; beside the sockets on a server, whose do not (ADR 27). */
async function openCore(
  { synchronous, log, node, dataFolder: folder }: ServeOptions,
  place: DatabasePlace,
  { authorities, metrics, disk }: CoreParts,
): Promise<{ core: Core } & Partial<OpenedNode>> {
  const shared = { log, synchronous, stationAnchors: [authorities.station.pem] };
  try {
    if (place.kind === "file")
      return { core: await startCore({ ...shared, database: place.path, record: metrics.record }) };
    const roots = { pem: authorities.root.pem, rsaPem: authorities.rsa.root.pem };
    const at = { folder, disk, roots, url: place.url };
    return await openNode(node, at, { ...shared, chance: systemChance, metrics });
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

/** What the system says about an address that cannot be bound, in words that name the option to change. */
async function bound<T extends Csms | { port: number }>(
  option: string,
  at: { host: string; port: number },
  listen: () => Promise<T>,
): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    const where = `${at.host}:${at.port}`;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const cause = { cause: error };
    if (code === "EADDRINUSE") {
      throw new CommandError(`${where} is in use by another program: give another --${option}`, cause);
    }
    if (code === "EACCES")
      throw new CommandError(`${where} may not be bound: ports below 1024 need a right`, cause);
    if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT")
      throw new CommandError(`${where} is no address of this machine`, cause);
    if (error instanceof UnsafeListen) throw new CommandError(error.message, cause);
    throw error;
  }
}

function gauge({ gateway }: Csms, metrics: Pick<ReturnType<typeof prometheusMetrics>, "set">): void {
  const { direct, sites, stations } = gateway.counts();
  metrics.set("wattward_stations_connected", { route: "direct" }, direct);
  metrics.set("wattward_stations_connected", { route: "site" }, stations - direct);
  metrics.set("wattward_site_links_connected", {}, sites);
}
