/**
 * What stays of a command once it has ended: its payload and the station's answer, redacted (packages/ocpp/redaction).
 * While it is open the payload is whole, because it has yet to be sent; its hash is of the whole one for ever.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import { type OcppVersion, redacted, redactedFrame, withoutCredentials } from "@wattward/ocpp";
import { clipped } from "../core/observations.ts";

const DESCRIPTION_CHARS_MAX = 255;
const REPLY_CHARS_MAX = 1_000;

type Spoken = { readonly version: OcppVersion | undefined; readonly action: string };

export function keptPayload({ version, action }: Spoken, payload: JsonObject): JsonObject {
  if (version === undefined) return {};
  return objectOr(redacted({ version, action, part: "call" }, payload));
}

/** The result in the station's own words; of an error, its code and sentence. */
export function keptOutcome({ version, action }: Spoken, outcome: JsonObject): JsonObject {
  if (version === undefined) return {};
  const { error, description, reply, details: _, parts, done, before, asked, set, kept, ...answer } = outcome;
  const counted = {
    ...(typeof parts === "number" && { parts }),
    ...(typeof done === "number" && { done }),
    ...(isObject(before) && { before: result(version, action, before) }),
    ...listsOf({ asked, set, kept }),
  };
  if (typeof error !== "string") return { ...result(version, action, answer), ...counted };
  return {
    ...counted,
    error: clipped(error, DESCRIPTION_CHARS_MAX),
    ...(typeof description === "string" && {
      description: withoutCredentials(clipped(description, DESCRIPTION_CHARS_MAX)),
    }),
    ...(typeof reply === "string" && {
      reply: redactedFrame(reply, {
        version,
        from: "station",
        actionOf: () => action,
        charsMax: REPLY_CHARS_MAX,
      }).text,
    }),
  };
}

/** Lists of measurands, of which a station takes fewer than it was asked to: our own words beside its answer. */
const measurands = /^[A-Za-z.,-]{1,500}$/;
const listsOf = (lists: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(lists).filter(([, list]) => typeof list === "string" && measurands.test(list)),
  );

const result = (version: OcppVersion, action: string, answer: JsonObject): JsonObject =>
  objectOr(redacted({ version, action, part: "result" }, answer));
const objectOr = (value: Json): JsonObject => (isObject(value) ? value : {});
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
