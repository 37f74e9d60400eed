/**
 * Commands to stations: requested, sent, ended; each step durable and observed.
 *
 *     requested ── take ──▶ sent ── outcome ──▶ accepted | refused | failed | unknown
 *         └── too late ──▶ expired      └── the process died, or nobody told ──▶ unknown
 *
 * A command that was sent and whose process died is `unknown`, never sent again: it may have run. An outcome that
 * still comes for it is taken, because the station knows best.
 */
import { hash } from "node:crypto";
import type { JsonObject } from "@wattward/kernel";
import { isOcppVersion, type OcppVersion, validateCall } from "@wattward/ocpp";
import { type Decision, sortableId } from "../core/decision.ts";
import { clipped, observe } from "../core/observations.ts";
import type { CommandAccepted, CommandRequest } from "../core/port.ts";
import { findStation, type Station } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { commandActions, passwordIn } from "./actions.ts";
import {
  type Command,
  countOpenCommands,
  endCommand,
  findCommand,
  findExpired,
  findOverdue,
  findRequested,
  findSent,
  findSentBy,
  findUntold,
  insertCommand,
  markSent,
} from "./rows.ts";
import { rememberVariables } from "./variables.ts";

/** Commands of one station that may wait or be under way: a person's hands, not a program's. */
export const OPEN_PER_STATION_MAX = 32;
/** A command that was asked for this far ahead of now is stale: the clock was set back meanwhile. */
const CLOCK_BACK_MS_MAX = 5 * 60_000;
/** Handed out at once. */
const TAKE_MAX = 32;
/** Ended in one decision. */
const OVERDUE_MAX = 200;

export const request: Decision<"command.request"> = async (tx, asked, world) => {
  const station = await tx.first(findStation, { id: asked.station });
  const refused = refusal(station, asked);
  if (refused !== undefined) return refused;
  await expire(tx, asked.station, asked.atMs);
  const open = Number((await tx.first(countOpenCommands, { station: asked.station }))?.open ?? 0);
  if (open >= OPEN_PER_STATION_MAX) {
    return no(
      "too-many",
      `${open} commands of ${asked.station} are open already; wait until some have ended`,
    );
  }
  const id = sortableId(world.chance, asked.atMs);
  const payload = JSON.stringify(asked.payload);
  await tx.run(insertCommand, {
    id,
    station_id: asked.station,
    action: asked.action,
    payload,
    actor: asked.actor,
    reason: asked.reason,
    hash: hash("sha256", JSON.stringify([asked.station, asked.action, payload])),
    requested_at_ms: asked.atMs,
    expires_at_ms: asked.expiresAtMs,
    state: "requested",
    sent_at_ms: null,
    ended_at_ms: null,
    outcome: null,
    node: null,
  });
  observe(tx, {
    kind: "command.requested",
    source: "person",
    atMs: asked.atMs,
    station: asked.station,
    site: station?.site_id ?? null,
    cause: id,
    data: { command: id, action: asked.action, actor: asked.actor, reason: clipped(asked.reason) },
  });
  return { kind: "requested", id };
};

type Refusal = CommandAccepted & { kind: "refused" };
const no = (reason: Refusal["reason"], sentence: string): Refusal => ({ kind: "refused", reason, sentence });

function refusal(station: Station | undefined, asked: CommandRequest): Refusal | undefined {
  if (station === undefined) return no("unknown-station", `there is no station ${asked.station}`);
  const version = versionOf(station);
  if (version === undefined) {
    return no(
      "never-connected",
      `${station.id} has never connected, so its OCPP version is not known; it takes commands once it has`,
    );
  }
  if (!commandActions[version].has(asked.action)) {
    return no(
      "unsupported-action",
      `${asked.action} is no command for a station of OCPP ${version}, which takes: ${[...commandActions[version]].join(", ")}`,
    );
  }
  if (asked.expiresAtMs <= asked.atMs) return no("expired", "it would expire before it could be sent");
  const checked = validateCall(version, "csms", asked.action, asked.payload);
  if (checked.kind === "valid") {
    const password = passwordIn(asked.action, asked.payload);
    if (password === undefined) return undefined;
    return no(
      "invalid-payload",
      `${password} is a secret, and commands are kept where people read them: stations here prove themselves by certificate`,
    );
  }
  return no("invalid-payload", `${checked.reason}${checked.path === "" ? "" : ` (at ${checked.path})`}`);
}

const versionOf = ({ ocpp_version: version }: Station): OcppVersion | undefined =>
  version !== null && isOcppVersion(version) ? version : undefined;

export const take: Decision<"command.take"> = async (tx, { station, atMs, most, holder }) => {
  await expire(tx, station, atMs);
  // Of two nodes that believe to have the station, the one whose socket the store knows sends; the other gets nothing.
  if (holder !== undefined && !(await isAt(tx, station, holder))) return [];
  const due = await tx.all(findRequested, { station, most: Math.min(most, TAKE_MAX) });
  for (const command of due) {
    await tx.run(markSent, { id: command.id, node: holder?.node ?? null, atMs });
    await observeStep(tx, command, "command.sent", { atMs });
  }
  return due.map(({ id, action, payload, expires_at_ms }) => ({
    id,
    action,
    payload: JSON.parse(payload) as JsonObject,
    expiresAtMs: expires_at_ms,
  }));
};

export const outcome: Decision<"command.outcome"> = async (tx, { id, state, outcome, atMs }) => {
  const command = await tx.first(findCommand, { id });
  if (command === undefined || (command.state !== "sent" && command.state !== "unknown")) return;
  await end(tx, command, { state, atMs, outcome: JSON.stringify(outcome) });
  if (state === "accepted") await rememberVariables(tx, command, outcome, atMs);
};

async function isAt(tx: Tx, id: string, holder: { node: string; generation: number }): Promise<boolean> {
  const station = await tx.first(findStation, { id });
  return (
    station?.connected === 1 && station.node === holder.node && station.generation === holder.generation
  );
}

/** What was under way when the last process, or this node, ended: nobody knows what became of it. */
export async function forgetSent(tx: Tx, atMs: number, node?: string): Promise<void> {
  const sent = node === undefined ? await tx.all(findSent, {}) : await tx.all(findSentBy, { node });
  for (const command of sent) {
    await end(tx, command, { state: "unknown", atMs, outcome: null });
  }
}

/** The rest is ended by the next one. */
export const expireOverdue: Decision<"command.expire"> = async (tx, { atMs, sentBeforeMs }) => {
  for (const command of await tx.all(findOverdue, { atMs, most: OVERDUE_MAX })) {
    await end(tx, command, { state: "expired", atMs, outcome: null });
  }
  for (const command of await tx.all(findUntold, { sentBeforeMs, most: OVERDUE_MAX })) {
    await end(tx, command, { state: "unknown", atMs, outcome: null });
  }
};

async function expire(tx: Tx, station: string, atMs: number): Promise<void> {
  for (const command of await tx.all(findExpired, { station, atMs, madeByMs: atMs + CLOCK_BACK_MS_MAX })) {
    await end(tx, command, { state: "expired", atMs, outcome: null });
  }
}

type End = { readonly state: string; readonly atMs: number; readonly outcome: string | null };

async function end(tx: Tx, command: Command, { state, atMs, outcome }: End): Promise<void> {
  await tx.run(endCommand, { id: command.id, state, atMs, outcome });
  await observeStep(tx, command, "command.ended", { atMs, state });
}

async function observeStep(
  tx: Tx,
  command: Command,
  kind: "command.sent" | "command.ended",
  { atMs, state = "sent" }: { atMs: number; state?: string },
): Promise<void> {
  const station = await tx.first(findStation, { id: command.station_id });
  observe(tx, {
    kind,
    source: "csms",
    atMs,
    station: command.station_id,
    site: station?.site_id ?? null,
    cause: command.id,
    data: { command: command.id, action: command.action, state },
  });
}
