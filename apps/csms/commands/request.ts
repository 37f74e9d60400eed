/**
 * A command is asked for: what must be true before it is written down. It is valid by its schema, its group is open, its
 * ids are the station's own, no secret is in it, and nothing that is known of the station speaks against it; the last a
 * person may overrule with `force`, the others nobody.
 */
import { hash } from "node:crypto";
import type { Json, JsonObject } from "@wattward/kernel";
import { validateCall } from "@wattward/ocpp";
import { type Decision, sortableId, type World } from "../core/decision.ts";
import { clipped, observe } from "../core/observations.ts";
import type { CommandAccepted, CommandRequest, SettingsAccepted, SettingsRequest } from "../core/port.ts";
import { keyOfPlace } from "../stations/configuration-keys.ts";
import { findStation, type Station } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { objectToFeature, objectToUnsupported, roomFor } from "./capabilities.ts";
import { expire } from "./commands.ts";
import { NUMBER_MAX, OPEN_PER_STATION_MAX, SETTINGS_MAX } from "./limits.ts";
import { type CommandRoute, firstOf, type Objection } from "./route.ts";
import { aboutOf, routeOf, spokenBy, whyClosed } from "./routing.ts";
import { countOpenCommands, insertCommand } from "./rows.ts";
import { objectToRate } from "./rules/quota.ts";
import { partsOf } from "./split.ts";

export const request: Decision<"command.request"> = async (tx, asked, world) => {
  const station = await tx.first(findStation, { id: asked.station });
  const refused = (await refusal(tx, station, asked)) ?? (await noRoom(tx, asked, 1));
  return refused ?? { kind: "requested", id: await record(tx, station, { asked, world }) };
};

/** 2.x takes them in one message, 1.6 one by one (§5.3): each is a command with an outcome of its own. */
export const requestSettings: Decision<"settings.request"> = async (tx, asked, world) => {
  const station = await tx.first(findStation, { id: asked.station });
  const commands = commandsFor(station, asked);
  if (!Array.isArray(commands)) return commands as Refusal;
  for (const command of commands as readonly CommandRequest[]) {
    const refused = await refusal(tx, station, command);
    if (refused !== undefined) return refused;
  }
  const refused = await noRoom(tx, asked, commands.length);
  if (refused !== undefined) return refused;
  const ids: string[] = [];
  for (const command of commands as readonly CommandRequest[]) {
    ids.push(await record(tx, station, { asked: command, world }));
  }
  return { kind: "requested", ids };
};

type Refusal = CommandAccepted & { kind: "refused" };
const no = (reason: Refusal["reason"], sentence: string): Refusal => ({ kind: "refused", reason, sentence });

function commandsFor(
  station: Station | undefined,
  { variables, ...asked }: SettingsRequest,
): readonly CommandRequest[] | Exclude<SettingsAccepted, { kind: "requested" }> {
  if (variables.length === 0 || variables.length > SETTINGS_MAX) {
    return no("invalid-payload", `1 to ${SETTINGS_MAX} variables are set at once, not ${variables.length}`);
  }
  const set = variables.map((one) => ({
    component: {
      name: one.component,
      ...(one.componentInstance !== undefined && { instance: one.componentInstance }),
      ...(one.evse !== undefined && {
        evse: { id: one.evse, ...(one.connector !== undefined && { connectorId: one.connector }) },
      }),
    },
    variable: {
      name: one.variable,
      ...(one.variableInstance !== undefined && { instance: one.variableInstance }),
    },
    ...(one.attribute !== undefined && { attributeType: one.attribute }),
    attributeValue: one.value,
  }));
  if (station?.ocpp_version !== "1.6") {
    return [{ ...asked, action: "SetVariables", payload: { setVariableData: set } }];
  }
  const commands: CommandRequest[] = [];
  for (const { component, variable, attributeType, attributeValue: value } of set) {
    const key = keyOfPlace({ component, variable, ...(attributeType && { attribute: attributeType }) });
    if (key === undefined) {
      return no(
        "invalid-payload",
        `${component.name}.${variable.name} is no configuration key of OCPP 1.6, which ${station.id} speaks`,
      );
    }
    commands.push({ ...asked, action: "ChangeConfiguration", payload: { key, value } });
  }
  return commands;
}

async function refusal(
  tx: Tx,
  station: Station | undefined,
  asked: CommandRequest,
): Promise<Refusal | undefined> {
  if (station === undefined) return no("unknown-station", `there is no station ${asked.station}`);
  const version = spokenBy(station);
  if (version === undefined) {
    return no(
      "never-connected",
      `${station.id} has never connected, so its OCPP version is not known; it takes commands once it has`,
    );
  }
  const { action, payload, atMs } = asked;
  const row = routeOf(version, action);
  if (row === undefined) return no("unsupported-action", whyClosed(version, action));
  if (asked.expiresAtMs <= atMs) return no("expired", "it would expire before it could be sent");
  const checked = validateCall(version, "csms", action, payload);
  if (checked.kind === "invalid") {
    return no("invalid-payload", `${checked.reason}${checked.path === "" ? "" : ` (at ${checked.path})`}`);
  }
  if (hasHugeNumber(payload))
    return no("invalid-payload", "a number in it is beyond anything that OCPP means");
  const objection = await objectionTo(tx, station, { row, asked });
  if (objection === undefined) return undefined;
  if (!objection.forceable) return no("invalid-payload", objection.sentence);
  return no("objection", `${objection.sentence}; ask with force to send it all the same`);
}

/** What a route's own types ask for, the schema has just found. */
type Row = CommandRoute<JsonObject, JsonObject>;

function objectionTo(
  tx: Tx,
  station: Station,
  { row, asked }: { row: CommandRoute; asked: CommandRequest },
): Promise<Objection | undefined> {
  const { needs, check } = row as unknown as Row;
  const { action, payload, atMs, force = false } = asked;
  const about = [action, aboutOf(row, action, payload)];
  return firstOf(
    { force },
    () => objectToUnsupported(tx, station, about),
    () => needs && objectToFeature(tx, station, needs),
    () => check?.({ tx, station, payload, atMs, force }),
    () => objectToRate({ tx, station, atMs }, action),
    async () => {
      const parts = partsOf(action, payload, await roomFor(tx, station, action));
      return parts.kind === "parts" ? undefined : { sentence: parts.sentence, forceable: false };
    },
  );
}

/** Its depth was bounded when it was read. */
function hasHugeNumber(value: Json): boolean {
  if (typeof value === "number") return !(Math.abs(value) <= NUMBER_MAX);
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some((one) => hasHugeNumber(one as Json))
  );
}

async function noRoom(
  tx: Tx,
  { station, atMs }: { station: string; atMs: number },
  more: number,
): Promise<Refusal | undefined> {
  await expire(tx, station, atMs);
  const open = Number((await tx.first(countOpenCommands, { station }))?.open ?? 0);
  if (open + more <= OPEN_PER_STATION_MAX) return undefined;
  return no("too-many", `${open} commands of ${station} are open already; wait until some have ended`);
}

async function record(
  tx: Tx,
  station: Station | undefined,
  { asked, world }: { asked: CommandRequest; world: World },
): Promise<string> {
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
  return id;
}
