/**
 * This process as one of those that serve a PostgreSQL database: its name, its lease, its bus, and the core behind them.
 *
 *     callers ─▶ lease on this clock ─▶ core ─▶ fence in each commit ─▶ PostgreSQL ◀─ beats
 *                                         └── wakes ⇄ NATS, where there is one
 */
import { hash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type Disk, hex, type Log } from "@wattward/kernel";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { CommandError, UsageError } from "../cli/arguments.ts";
import { type CoreOptions, createCore } from "../core/create-core.ts";
import type { Core } from "../core/port.ts";
import type { PrometheusMetrics } from "../metrics/prometheus.ts";
import { type Bus, silentBus } from "../nodes/bus.ts";
import { fencedCore } from "../nodes/fenced-core.ts";
import { Membership, NodeRefused } from "../nodes/membership.ts";
import { natsPlace } from "../nodes/nats-place.ts";
import { postgresBeats } from "../store/postgres-beats.ts";
import { type NatsBus, type NatsFiles, natsBus } from "./nats-bus.ts";

export type NodeOptions = {
  /** Undefined: the name that the folder remembers, at first this machine's. */
  readonly name: string | undefined;
  /** Undefined: alone. */
  readonly nats:
    | { readonly url: string; readonly password: string | undefined; readonly files: NatsFiles }
    | undefined;
};

export type OpenedNode = { readonly core: Core; readonly node: Membership; readonly bus: Bus };

/** Beside the database's own file in a data folder; no other folder may serve under this name. */
const NODE_FILE = "node";
const NAME = /^[a-z0-9-]{1,40}$/;
const FOLDER_BYTES = 8;
/** sysexits: a temporary failure; whoever supervises may start it again. */
const EXIT_TEMPFAIL = 75;

export async function openNode(
  { name, nats }: NodeOptions,
  at: {
    readonly folder: string;
    readonly disk: Disk;
    readonly roots: { readonly pem: string; readonly rsaPem: string };
    readonly url: string;
  },
  core: Omit<CoreOptions, "life" | "wakes" | "database" | "clock" | "metrics"> & {
    metrics: PrometheusMetrics;
  },
): Promise<OpenedNode> {
  const { log, metrics } = core;
  const clock = systemClock();
  const bus = nats === undefined ? undefined : openBus(nats, log);
  const identity = await identityOf(at.folder, at.disk, name);
  const life = () => node.life();
  const wakes = bus ?? silentBus;
  const inner = await createCore({ ...core, database: at.url, clock, metrics, life, wakes });
  const fingerprint = (pem: string) => hash("sha256", pem.trim());
  const [operator, rsaRoot] = [fingerprint(at.roots.pem), fingerprint(at.roots.rsaPem)] as const;
  const node: Membership = new Membership(
    { ...identity, operator, rsaRoot, bus: nats === undefined ? "none" : "nats" },
    {
      ...{ core: inner, clock, log, metrics },
      beats: postgresBeats(at.url),
      fatal: (refused) => {
        process.stderr.write(`wattward: ${refused.message}\n`);
        process.exit(EXIT_TEMPFAIL);
      },
    },
  );
  try {
    await node.join();
  } catch (error) {
    await node.leave();
    await inner.close();
    if (error instanceof NodeRefused) throw new CommandError(error.message, { cause: error });
    throw error;
  }
  bus?.begin(node.cluster);
  metrics.beforeScrape(async () => {
    metrics.set("wattward_nodes_alive", {}, node.liveNodes());
    metrics.set("wattward_bus_connected", {}, bus !== undefined && bus.trouble() === undefined ? 1 : 0);
  });
  return { core: fencedCore(inner, node), node, bus: wakes };
}

function openBus({ url, password, files }: NonNullable<NodeOptions["nats"]>, log: Log): NatsBus {
  const place = natsPlace(url);
  if (!place.ok) throw new UsageError(`--nats: ${place.fault.sentence}`);
  const given = { ...place.value, ...(password !== undefined && { password }) };
  try {
    return natsBus(given, files, { clock: systemClock(), chance: systemChance, log });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new CommandError(`--nats-creds, -ca, -cert or -key: ${said}`, { cause: error });
  }
}

/** The folder's own id, made once; and its node's name, which --node changes. */
async function identityOf(
  folder: string,
  disk: Disk,
  name: string | undefined,
): Promise<{ id: string; folder: string }> {
  if (name !== undefined && !NAME.test(name))
    throw new UsageError("--node is a name of 1 to 40 of a-z, 0-9 and '-'");
  const path = join(folder, NODE_FILE);
  const [kept, own] = existsSync(path) ? readFileSync(path, "utf8").trim().split(" ") : [];
  const id = name ?? (kept !== undefined && NAME.test(kept) ? kept : machineName());
  const identity = { id, folder: own ?? hex(systemChance, FOLDER_BYTES) };
  if (id !== kept || own === undefined)
    await disk.replace(NODE_FILE, Buffer.from(`${identity.id} ${identity.folder}\n`));
  return identity;
}

function machineName(): string {
  const [first = ""] = hostname().toLowerCase().split(".");
  const cleaned = first.replace(/[^a-z0-9-]/g, "-").slice(0, 40);
  return cleaned === "" ? "node" : cleaned;
}
