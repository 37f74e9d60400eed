/**
 * What a restored database may no longer believe of itself, changed in the same commit as its rows (ADR 26). Between the
 * backup and now the world went on, and this database does not know how:
 *
 *   epoch             raised, to above any that was given since: sites void their leases, and refuse what is older
 *   transaction ids   the counter skips more than can have been given since; leases of before stay, and are never told again
 *   commands          whatever was open may have been sent and done: `unknown`, never sent again
 *   bundles           the raised epoch is part of each, so each is issued anew and taken before any of the old epoch
 *   journals          nothing: a site is told what we have, and brings the rest again, as far as it keeps it
 *   nodes             none holds anything here, and their bus is another: those of before may still speak on the old one
 *   sessions          of browsers are ended, and links to join: who may do what is asked of people again. Tokens of
 *                     programs stay, so that nothing stands still; ended ones among them are told of in docs/data.md
 */
import type { JsonObject } from "@wattward/kernel";
import { isOcppVersion } from "@wattward/ocpp";
import { keptPayload } from "../commands/kept.ts";
import { endCommand } from "../commands/rows.ts";
import { observe } from "../core/observations.ts";
import { readMeta, writeMeta } from "../core/settings.ts";
import { freeAllSites, freeAllStations } from "../nodes/rows.ts";
import type { Rows } from "../store/engine.ts";
import { insertOutbox, type OutboxDraft, readOutboxHead } from "../store/outbox.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";

/**
 * 1.6 transaction ids that are skipped: two thousand leases, or as many starts of direct stations, between a backup and
 * its restore. A hundred restores fit into the 31 bits of an id.
 */
export const IDS_SKIPPED = 20_000_000;

const findOpenCommands = statement((db, _: Record<never, never>) =>
  db
    .selectFrom("commands")
    .leftJoin("stations", "stations.id", "commands.station_id")
    .select(["commands.id", "commands.station_id", "commands.action", "commands.payload"])
    .select(["stations.site_id", "stations.ocpp_version"])
    .where("commands.state", "in", ["requested", "sent"]),
);
const endSessions = statement((db, _: Record<never, never>) =>
  db.deleteFrom("sessions").where("kind", "=", "cookie"),
);
const endInvitations = statement((db, p: { atMs: number }) =>
  db.updateTable("invitations").set({ used_at_ms: p.atMs }).where("used_at_ms", "is", null),
);

const forgetNodes = statement((db, _: Record<never, never>) => db.deleteFrom("nodes"));
const forgetCluster = statement((db, _: Record<never, never>) =>
  db.deleteFrom("meta").where("key", "=", "cluster"),
);

export type Fenced = { readonly epoch: number; readonly commands: number; readonly sessions: number };

/** Within the transaction that restores; `atMs` is now, by this machine's clock. */
export async function fence(
  rows: Rows,
  { backupAtMs, atMs }: { backupAtMs: number; atMs: number },
): Promise<Fenced> {
  const outbox: OutboxDraft[] = [];
  const tx: Tx = {
    all: (source, values) => rows.all(source, values),
    first: (source, values) => rows.first(source, values),
    run: (source, values) => rows.run(source, values),
    observe: (draft) => void outbox.push(draft),
    afterCommit: () => {},
  };
  const epoch = await raiseEpoch(tx, atMs);
  await skipIds(tx);
  const commands = await forgetCommands(tx, atMs);
  const sessions = await tx.run(endSessions, {});
  await tx.run(endInvitations, { atMs });
  await tx.run(forgetNodes, {});
  await tx.run(forgetCluster, {});
  await tx.run(freeAllStations, {});
  await tx.run(freeAllSites, {});
  const data = { epoch, backupAtMs, commands, sessions };
  observe(tx, { kind: "csms.restored", source: "csms", atMs, data });
  const head = (await rows.first(readOutboxHead, {}))?.seq ?? 0;
  for (const [i, draft] of outbox.entries()) await rows.run(insertOutbox, { ...draft, seq: head + 1 + i });
  return { epoch, commands, sessions };
}

/** By the clock: two restores of one backup give two epochs, though neither knows of the other. */
async function raiseEpoch(tx: Tx, atMs: number): Promise<number> {
  const before = await metaNumber(tx, "csms_epoch");
  const epoch = Math.max(before + 1, Math.floor(atMs / 1000));
  await tx.run(writeMeta, { key: "csms_epoch", value: String(epoch) });
  return epoch;
}

async function skipIds(tx: Tx): Promise<void> {
  const next = await metaNumber(tx, "next_transaction_id");
  await tx.run(writeMeta, { key: "next_transaction_id", value: String(next + IDS_SKIPPED) });
}

const metaNumber = async (tx: Tx, key: string): Promise<number> =>
  Number((await tx.first(readMeta, { key }))?.value ?? 1);

async function forgetCommands(tx: Tx, atMs: number): Promise<number> {
  const description = "open when the backup was made: it may have been sent since, so it is not sent again";
  const open = await tx.all(findOpenCommands, {});
  const outcome = JSON.stringify({ error: "restored", description });
  for (const { id, station_id: station, action, site_id: site, ...command } of open) {
    const spoken = command.ocpp_version ?? "";
    const version = isOcppVersion(spoken) ? spoken : undefined;
    const payload = keptPayload({ version, action }, JSON.parse(command.payload) as JsonObject);
    await tx.run(endCommand, { id, state: "unknown", atMs, payload: JSON.stringify(payload), outcome });
    const data = { command: id, action, state: "unknown" };
    observe(tx, { kind: "command.ended", source: "csms", atMs, station, site, cause: id, data });
  }
  return open.length;
}
