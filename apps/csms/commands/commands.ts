/**
 * Commands to stations: requested, sent, ended; each step durable and observed.
 *
 *     requested ── take ──▶ sent ── outcome ──▶ accepted | refused | failed | unknown
 *         └── too late ──▶ expired      └── the process died, or nobody told ──▶ unknown
 *
 * A command that was sent and whose process died is `unknown`, never sent again: it may have run. An outcome that
 * still comes for it is taken, because the station knows best.
 */
import type { JsonObject } from "@wattward/kernel";
import { validateCall, validateResult } from "@wattward/ocpp";
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import type { CommandOutcome, DueCommand } from "../core/port.ts";
import { changeHearing } from "../stations/hearing.ts";
import { findStation, type Station } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { roomFor } from "./capabilities.ts";
import { keptOutcome, keptPayload } from "./kept.ts";
import { learn, unlearn } from "./learned.ts";
import { CLOCK_BACK_MS_MAX, OVERDUE_MAX, TAKE_MAX } from "./limits.ts";
import type { CommandRoute } from "./route.ts";
import { aboutOf, routeOf, spokenBy } from "./routing.ts";
import {
  type Command,
  endCommand,
  findCommand,
  findExpired,
  findOverdue,
  findRequested,
  findSent,
  findSentBy,
  findUntold,
  markSent,
} from "./rows.ts";

export const take: Decision<"command.take"> = async (tx, { station, atMs, most, holder }) => {
  await expire(tx, station, atMs);
  // Of two nodes that believe to have the station, the one whose socket the store knows sends; the other gets nothing.
  if (holder !== undefined && !(await isAt(tx, station, holder))) return [];
  const due = await tx.all(findRequested, { station, most: Math.min(most, TAKE_MAX) });
  const known = due.length === 0 ? undefined : await tx.first(findStation, { id: station });
  const handed: DueCommand[] = [];
  for (const command of due) {
    const why = known && whyNotAnymore(known, command);
    if (why !== undefined) {
      const outcome = JSON.stringify({ error: "not-sent", description: why });
      await end(tx, command, { state: "failed", atMs, outcome });
      continue;
    }
    await tx.run(markSent, { id: command.id, node: holder?.node ?? null, atMs });
    await observeStep(tx, command, "command.sent", { atMs });
    handed.push(await handOut(tx, known, { command, atMs }));
  }
  return handed;
};

/** It was held against the rules of the version that the station spoke then: one that it does not speak now never goes out. */
function whyNotAnymore(station: Station, { action, payload }: Command): string | undefined {
  const version = spokenBy(station);
  if (version === undefined) return undefined;
  const fits =
    routeOf(version, action) !== undefined &&
    validateCall(version, "csms", action, JSON.parse(payload) as JsonObject).kind === "valid";
  return fits
    ? undefined
    : `it was asked for in another version than OCPP ${version}, which the station speaks now`;
}

async function handOut(
  tx: Tx,
  station: Station | undefined,
  { command, atMs }: { command: Command; atMs: number },
): Promise<DueCommand> {
  const { id, action, expires_at_ms: expiresAtMs } = command;
  const payload = JSON.parse(command.payload) as JsonObject;
  const due = { id, action, payload, expiresAtMs };
  if (station === undefined) return due;
  const sent = { tx, station: station.id, command: id, payload, atMs };
  await rowOf(station, action)?.sending?.(sent);
  const room = await roomFor(tx, station, action);
  return Object.keys(room).length === 0 ? due : { ...due, room };
}

export const outcome: Decision<"command.outcome"> = async (tx, ended) => {
  const { id, state, outcome, atMs } = ended;
  const command = await tx.first(findCommand, { id });
  if (command === undefined || (command.state !== "sent" && command.state !== "unknown")) return;
  await end(tx, command, { state, atMs, outcome: JSON.stringify(outcome) });
  const station = await tx.first(findStation, { id: command.station_id });
  if (station === undefined) return;
  if (ended.answered === true)
    await changeHearing(tx, station, { deaf: false, action: command.action, atMs });
  await remember(tx, station, { command, ended });
  if (state !== "accepted" && !neverLeft(ended)) await doubt(tx, station, command, atMs);
  await keepLearned(tx, station, { command, ended });
};

/** What a route's own types ask for, the schema has found, of the request and of the answer. */
type Row = CommandRoute<JsonObject, JsonObject>;

const rowOf = (station: Station, action: string): Row | undefined => {
  const version = spokenBy(station);
  return version === undefined ? undefined : (routeOf(version, action) as unknown as Row | undefined);
};

/** An answer that is not what its schema says is left as the command's outcome, and read no further. */
async function remember(
  tx: Tx,
  station: Station,
  { command, ended }: { command: Command; ended: CommandOutcome },
): Promise<void> {
  const version = spokenBy(station);
  const answer = answerIn(ended);
  if (version === undefined || answer === undefined) return;
  const { action, id } = command;
  if (validateResult(version, "station", action, answer).kind !== "valid") return;
  await rowOf(station, action)?.store?.({
    ...{ tx, station: station.id, command: id, atMs: ended.atMs },
    payload: JSON.parse(command.payload) as JsonObject,
    answer,
  });
}

/** Not done as it was asked, for all that is known: what the row says of that. What never left raises no doubt. */
async function doubt(tx: Tx, station: Station, command: Command, atMs: number): Promise<void> {
  const payload = JSON.parse(command.payload) as JsonObject;
  await rowOf(station, command.action)?.doubt?.({
    tx,
    station: station.id,
    command: command.id,
    payload,
    atMs,
  });
}

const neverLeft = ({ outcome }: CommandOutcome): boolean =>
  outcome["error"] === "not-sent" && outcome["done"] === undefined;

/** What the station answered: to all of it, or before it came to an end in one of several parts. */
function answerIn({ state, outcome }: CommandOutcome): JsonObject | undefined {
  const { parts: _, done: __, before, ...answer } = outcome;
  if (typeof before === "object" && before !== null && !Array.isArray(before)) return before as JsonObject;
  return state === "accepted" || state === "refused" ? answer : undefined;
}

async function keepLearned(
  tx: Tx,
  station: Station,
  { command, ended }: { command: Command; ended: CommandOutcome },
): Promise<void> {
  const { atMs, learned = [], outcome, state } = ended;
  for (const fact of learned) {
    await learn(tx, station, fact, { because: JSON.stringify(outcome), atMs });
    const most = fact.kind === "unsupported" ? null : fact.most;
    const data = { kind: fact.kind, about: fact.about, most };
    const about = { station: station.id, site: station.site_id, cause: command.id };
    observe(tx, { ...about, kind: "station.learned", source: "csms", atMs, data });
  }
  const row = rowOf(station, command.action);
  if (state !== "accepted" || row === undefined) return;
  const payload = JSON.parse(command.payload) as JsonObject;
  await unlearn(tx, station.id, command.action);
  await unlearn(tx, station.id, aboutOf(row as unknown as CommandRoute, command.action, payload));
}

async function isAt(tx: Tx, id: string, holder: { node: string; generation: number }): Promise<boolean> {
  const station = await tx.first(findStation, { id });
  return station?.connected === 1 && station.node === holder.node && station.generation === holder.generation;
}

/** What was under way when the last process, or this node, ended: nobody knows what became of it. */
export async function forgetSent(tx: Tx, atMs: number, node?: string): Promise<void> {
  const sent = node === undefined ? await tx.all(findSent, {}) : await tx.all(findSentBy, { node });
  for (const command of sent) await endUntold(tx, command, atMs);
}

/** It may have run, in part or whole. */
async function endUntold(tx: Tx, command: Command, atMs: number): Promise<void> {
  await end(tx, command, { state: "unknown", atMs, outcome: null });
  const station = await tx.first(findStation, { id: command.station_id });
  if (station !== undefined) await doubt(tx, station, command, atMs);
}

/** The rest is ended by the next one. */
export const expireOverdue: Decision<"command.expire"> = async (tx, { atMs, sentBeforeMs }) => {
  for (const command of await tx.all(findOverdue, { atMs, most: OVERDUE_MAX })) {
    await end(tx, command, { state: "expired", atMs, outcome: null });
  }
  for (const command of await tx.all(findUntold, { sentBeforeMs, most: OVERDUE_MAX })) {
    await endUntold(tx, command, atMs);
  }
};

/** What is past its end, or was asked for by a clock that has gone back since. */
export async function expire(tx: Tx, station: string, atMs: number): Promise<void> {
  for (const command of await tx.all(findExpired, { station, atMs, madeByMs: atMs + CLOCK_BACK_MS_MAX })) {
    await end(tx, command, { state: "expired", atMs, outcome: null });
  }
}

type End = { readonly state: string; readonly atMs: number; readonly outcome: string | null };

async function end(tx: Tx, command: Command, { state, atMs, outcome }: End): Promise<void> {
  const station = await tx.first(findStation, { id: command.station_id });
  const spoken = { version: station && spokenBy(station), action: command.action };
  const payload = JSON.stringify(keptPayload(spoken, JSON.parse(command.payload) as JsonObject));
  const kept = outcome && JSON.stringify(keptOutcome(spoken, JSON.parse(outcome) as JsonObject));
  await tx.run(endCommand, { id: command.id, state, atMs, payload, outcome: kept });
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
