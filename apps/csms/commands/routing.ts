/** From an action to its row, by version; and what each command puts at stake. */
import type { JsonObject } from "@wattward/kernel";
import { actionsFrom, isOcppVersion, type OcppVersion, ocppVersions } from "@wattward/ocpp";
import type { Station } from "../stations/rows.ts";
import { closedGroupOf } from "./groups.ts";
import type { CommandRoute, Stake } from "./route.ts";
import { routes16 } from "./routes16.ts";
import { routes21 } from "./routes21.ts";
import { routes201 } from "./routes201.ts";

const tables: Readonly<Record<OcppVersion, ReadonlyMap<string, CommandRoute>>> = {
  "1.6": new Map(Object.entries(routes16)) as ReadonlyMap<string, CommandRoute>,
  "2.0.1": new Map(Object.entries(routes201)) as ReadonlyMap<string, CommandRoute>,
  "2.1": new Map(Object.entries(routes21)) as ReadonlyMap<string, CommandRoute>,
};

/** Undefined for what is no open command of that version. A payload gets its type from the schema that it met. */
export const routeOf = (version: OcppVersion, action: string): CommandRoute | undefined =>
  tables[version].get(action);

/** The version that a station last spoke; undefined where it never connected. */
export const spokenBy = ({ ocpp_version: version }: Station): OcppVersion | undefined =>
  version !== null && isOcppVersion(version) ? version : undefined;

/** Characters of what is asked for in particular: the schema knows the words, and they are short. */
const VARIANT_CHARS_MAX = 64;

/** `TriggerMessage Heartbeat`: what exactly is asked for, where a station may know the action and not this. */
export function aboutOf(row: CommandRoute, action: string, payload: JsonObject): string {
  const variant = (row as unknown as CommandRoute<JsonObject>).variant?.(payload);
  return variant === undefined ? action : `${action} ${variant.slice(0, VARIANT_CHARS_MAX)}`;
}

/** Every open command of a version, in the order of the alphabet. */
export const openActions = (version: OcppVersion): readonly string[] => [...tables[version].keys()].sort();

/** Every action that a CSMS may send in any version, open or not: what the API takes as a name. */
export const allActions: readonly string[] = [
  ...new Set(ocppVersions.flatMap((version) => [...actionsFrom(version, "csms")])),
].sort();

/** Why an action is no command for a station of this version, in a sentence. */
export function whyClosed(version: OcppVersion, action: string): string {
  const closed = actionsFrom(version, "csms").has(action) ? closedGroupOf(action) : undefined;
  if (closed !== undefined) {
    return `${action} belongs to the group '${closed.group}', which is not open yet: it waits for ${closed.waitsFor}`;
  }
  return `${action} is no command for a station of OCPP ${version}, which takes: ${openActions(version).join(", ")}`;
}

/** The same in every version that has it; what is not open yet is dangerous until it is. */
export const stakeOf = (action: string): Stake =>
  ocppVersions.map((version) => routeOf(version, action)?.stake).find((stake) => stake !== undefined) ??
  "dangerous";
