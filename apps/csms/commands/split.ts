/**
 * Our own large messages in parts (QUIRKS 33): lists of variables, keys and tokens, by what the station takes. The parts
 * of one command are sent one after the other, and their answers are put together as if there had been one.
 *
 *     SendLocalList Full 7 [a b c d e]  ──▶  Full 6 [a b c] · Differential 7 [d e]
 *
 * Each part is a valid request by itself; a local list changes its version with each, and has the asked one at the end.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import type { Room } from "../core/port.ts";
import { PARTS_MAX } from "./limits.ts";

/** By action: the lists in its request and in its answer. */
const lists: Readonly<Record<string, { readonly asked: string; readonly answered: readonly string[] }>> = {
  GetConfiguration: { asked: "key", answered: ["configurationKey", "unknownKey"] },
  GetVariables: { asked: "getVariableData", answered: ["getVariableResult"] },
  SetVariables: { asked: "setVariableData", answered: ["setVariableResult"] },
  SendLocalList: { asked: "localAuthorizationList", answered: [] },
};

/** How many items one may split into parts; 0 where the request has no such list. */
export const itemsIn = (action: string, payload: JsonObject): number => listIn(action, payload).length;

export const bytesOf = (payload: JsonObject): number => Buffer.byteLength(JSON.stringify(payload));

export type Parts =
  | { readonly kind: "parts"; readonly payloads: readonly JsonObject[] }
  /** It cannot be sent so: a sentence says why. */
  | { readonly kind: "impossible"; readonly sentence: string };

/** One part where all fits. An item that is too large by itself goes alone: the station decides. */
export function partsOf(action: string, payload: JsonObject, room: Room): Parts {
  const items = listIn(action, payload);
  const groups: Json[][] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last !== undefined && fits(withItems(action, payload, [...last, item]), last.length + 1, room))
      last.push(item);
    else groups.push([item]);
  }
  if (groups.length <= 1) return { kind: "parts", payloads: [payload] };
  if (groups.length > PARTS_MAX) {
    return {
      kind: "impossible",
      sentence: `it would take ${groups.length} messages, and ${PARTS_MAX} is the most`,
    };
  }
  if (action === "SendLocalList") return listParts(payload, groups);
  return { kind: "parts", payloads: groups.map((group) => withItems(action, payload, group)) };
}

/** The answers to all parts as one: lists one after the other, everything else as the last one says. */
export function mergedAnswer(action: string, answers: readonly JsonObject[]): JsonObject {
  const joined = (lists[action]?.answered ?? []).map(
    (name) => [name, answers.flatMap((answer) => arrayIn(answer[name]))] as const,
  );
  return { ...answers.at(-1), ...Object.fromEntries(joined.filter(([, all]) => all.length > 0)) };
}

function listParts(payload: JsonObject, groups: readonly (readonly Json[])[]): Parts {
  const field = payload["listVersion"] === undefined ? "versionNumber" : "listVersion";
  const version = Number(payload[field]);
  if (version < groups.length) {
    const sentence = `the list goes in ${groups.length} messages, each with a version of its own: ask for version ${groups.length} or higher`;
    return { kind: "impossible", sentence };
  }
  const payloads = groups.map((group, i) => ({
    ...payload,
    [field]: version - (groups.length - 1 - i),
    updateType: i === 0 ? (payload["updateType"] ?? "Full") : "Differential",
    localAuthorizationList: group,
  }));
  return { kind: "parts", payloads };
}

const fits = (payload: JsonObject, count: number, { items, bytes }: Room): boolean =>
  (items === undefined || count <= items) && (bytes === undefined || bytesOf(payload) <= bytes);

function listIn(action: string, payload: JsonObject): readonly Json[] {
  const name = lists[action]?.asked;
  return name === undefined ? [] : arrayIn(payload[name]);
}

function withItems(action: string, payload: JsonObject, items: readonly Json[]): JsonObject {
  const name = lists[action]?.asked;
  return name === undefined ? payload : { ...payload, [name]: items };
}

const arrayIn = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];
