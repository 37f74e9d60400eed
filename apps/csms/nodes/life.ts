/**
 * The life of a node in the database: it starts, and stops or is buried. All under the one write lock, so that of two
 * that would start or bury at once the second sees what the first did.
 *
 *     node.start ──▶ alive, incarnation n ──▶ node.stop
 *          ▲                   └── its beats stand still: node.bury, by any other
 *          └──────── incarnation n + 1: what n still wants to write is refused (store/writer.ts, the fence)
 */
import { hex } from "@wattward/kernel";
import { forgetSent } from "../commands/commands.ts";
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import type { NodeStart, NodeStarted } from "../core/port.ts";
import { readMeta, writeMeta } from "../core/settings.ts";
import type { Tx } from "../store/writer.ts";
import {
  buryNode,
  directStations,
  findNode,
  freeAllSites,
  freeAllStations,
  freeSites,
  freeStations,
  linkedSites,
  type NodeRow,
  otherLiveNodes,
  stopNode,
  writeNode,
} from "./rows.ts";

const CLUSTER_BYTES = 8;

export const startNode: Decision<"node.start"> = async (tx, input, { chance }) => {
  const { id, folder, bus, operator, rsaRoot, after, atMs } = input;
  const others = await tx.all(otherLiveNodes, { id });
  const own = await tx.first(findNode, { id });
  const occupied = occupiedBy({ own, others, folder, bus, after });
  if (occupied !== undefined) return occupied;
  if ((await metaOr(tx, "operator", operator)) !== operator) return { kind: "other-operator" };
  // Not one hash of both: databases of before know the one root, and learn the other from the node that first has it.
  if ((await metaOr(tx, "operator_rsa", rsaRoot)) !== rsaRoot) return { kind: "other-operator" };
  const cluster = await metaOr(tx, "cluster", hex(chance, CLUSTER_BYTES));
  const incarnation = (own?.incarnation ?? 0) + 1;
  await tx.run(writeNode, { id, folder, incarnation, beats: 0, alive: 1, bus, changed_at_ms: atMs });
  if (others.length > 0) await free(tx, id, atMs);
  else await freeAll(tx, atMs);
  observe(tx, { kind: "node.started", source: "csms", atMs, data: { node: id, incarnation } });
  return { kind: "started", incarnation, cluster };
};

type Beside = {
  readonly own: NodeRow | undefined;
  readonly others: readonly NodeRow[];
  readonly after: number | undefined;
} & Pick<NodeStart, "folder" | "bus">;

/** By whom, where it may not start beside them as long as they live. */
function occupiedBy({ own, others, folder, bus, after }: Beside): NodeStarted | undefined {
  const occupied = (why: "name-taken" | "no-bus", { id, incarnation, beats }: NodeRow): NodeStarted => ({
    kind: "occupied",
    why,
    by: { id, incarnation, beats },
  });
  // Its own folder is locked by whoever serves it: an earlier life under this name and folder is over.
  // But a copy of that folder, on another machine, is locked by somebody else.
  const isAnother = own?.folder !== folder || own.incarnation > (after ?? own.incarnation);
  if (own?.alive === 1 && isAnother) return occupied("name-taken", own);
  const silent = others.find((other) => bus === "none" || other.bus === "none");
  return silent === undefined ? undefined : occupied("no-bus", silent);
}

export const leave: Decision<"node.stop"> = async (tx, { id, incarnation, atMs }) => {
  if ((await tx.run(stopNode, { id, incarnation, atMs })) === 0) return;
  await free(tx, id, atMs);
  observe(tx, { kind: "node.stopped", source: "csms", atMs, data: { node: id, incarnation } });
};

export const bury: Decision<"node.bury"> = async (tx, { id, incarnation, beats, by, atMs }) => {
  if ((await tx.run(buryNode, { id, incarnation, beats, atMs })) === 0) return false;
  const held = await free(tx, id, atMs);
  observe(tx, { kind: "node.lost", source: "csms", atMs, data: { node: id, incarnation, by, ...held } });
  return true;
};

/**
 * Whatever it held can be held by another; what it sent and did not tell of is unknown. Consoles at other nodes see its
 * sites and stations go, as they would have been told had it closed them.
 */
async function free(tx: Tx, node: string, atMs: number): Promise<{ stations: number; sites: number }> {
  for (const { id: site } of await tx.all(linkedSites, { node }))
    observe(tx, { kind: "site.disconnected", source: "csms", atMs, site, data: {} });
  for (const { id: station, site_id: site } of await tx.all(directStations, { node }))
    observe(tx, {
      kind: "station.disconnected",
      source: "csms",
      atMs,
      station,
      site,
      data: { route: "direct" },
    });
  const stations = await tx.run(freeStations, { node });
  const sites = await tx.run(freeSites, { node });
  await forgetSent(tx, atMs, node);
  return { stations, sites };
}

/** Nobody else lives: nothing is held, also not what was written before there were nodes. */
async function freeAll(tx: Tx, atMs: number): Promise<void> {
  await tx.run(freeAllStations, {});
  await tx.run(freeAllSites, {});
  await forgetSent(tx, atMs);
}

async function metaOr(tx: Tx, key: string, otherwise: string): Promise<string> {
  const row = await tx.first(readMeta, { key });
  if (row !== undefined) return row.value;
  await tx.run(writeMeta, { key, value: otherwise });
  return otherwise;
}
