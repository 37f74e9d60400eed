/**
 * A payload as it may be kept where people read it: log lines, message log, set-aside messages, outcomes of commands.
 *
 * Closed by default: shown is what the schema of the message has, of the kind that the schema has there, in a class of
 * the table (fields.ts) that may be shown. A field that the message does not have is shown where another message of OCPP
 * has it, as that one has it (a station answers in the words of another version, QUIRKS 43); else it is not shown, nor is
 * its name: a station may send a card as a field's name. Texts keep their place and lose their content, so that a reader sees what was there.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import * as schemas16 from "typed-ocpp/dist/ocpp16/schemas.js";
import * as schemas20 from "typed-ocpp/dist/ocpp20/schemas.js";
import * as schemas21 from "typed-ocpp/dist/ocpp21/schemas.js";
import { maskedText } from "../repairs/repair.ts";
import type { OcppVersion } from "../version.ts";
import type { FieldClass } from "./fields.ts";
import { maySettingBeShown } from "./settings.ts";
import { type Definitions, type Schema, type Shape, shapeOf } from "./shape.ts";

/** The payload of a CALL, of a CALLRESULT, or of a SEND. */
export type MessagePart = "call" | "result" | "send";
export type About = { readonly version: OcppVersion; readonly action: string; readonly part: MessagePart };

/** Characters of one text that may be shown, and of one word of an enumeration or an instant. */
const TEXT_CHARS_MAX = 500;
/** Items of one list, and fields of one object, that are looked at: the rest is counted. */
const ITEMS_MAX = 200;

/** The payload without what is secret; the same shape, and as bounded as it is, never longer by much. */
export function redacted(about: About, payload: Json): Json {
  const shape = shapeFor(about);
  return shape === undefined ? unknown(payload) : shown(shape, payload, undefined);
}

/** The setting that a value belongs to: the nearest key, or component and variable, above it. */
type Setting = { readonly component: string; readonly name: string } | undefined;

function shown(shape: Shape, value: Json, setting: Setting): Json {
  if (value === null) return null;
  switch (shape.kind) {
    case "object":
      return isObject(value) ? fields(shape.fields, value, setting) : unknown(value);
    case "list": {
      if (!Array.isArray(value)) return unknown(value);
      const items = value as readonly Json[];
      const first = items.slice(0, ITEMS_MAX).map((item) => shown(shape.item, item, setting));
      return items.length > ITEMS_MAX ? [...first, `… ${items.length - ITEMS_MAX} more`] : first;
    }
    case "words":
      return typeof value === "string" && shape.words.has(value) ? value : unknown(value);
    case "bare":
      // A register as text, "12.5 kWh" too, is what a person bills a damaged message by.
      if (typeof value === "string" && amount.test(value)) return value;
      return typeof value === "number" || typeof value === "boolean" ? value : unknown(value);
    case "instant":
      return typeof value === "string" && instant.test(value) ? value : unknown(value);
    case "text":
      if (typeof value === "string") return text(shape.shown, value, setting);
      // A number where the schema has a text may be the secret all the same.
      return shape.shown === "reading" && typeof value === "number" ? value : unknown(value);
  }
}

const amount = /^[+-]?\d{1,12}([.,]\d{1,6})?( ?k?Wh?)?$/i;
const instant = /^[\d:.TZ+\- ]{1,40}$/i;

function fields(known: ReadonlyMap<string, Shape>, value: JsonObject, above: Setting): JsonObject {
  const setting = settingIn(value) ?? above;
  const all: [string, Json][] = [];
  let unknownFields = 0;
  for (const [name, inner = null] of Object.entries(value)) {
    const shape = known.get(name) ?? wordOfAnother(name);
    if (shape === undefined || all.length >= ITEMS_MAX) unknownFields += 1;
    else all.push([name, nameless(value, name) ? unknown(inner) : shown(shape, inner, setting)]);
  }
  if (unknownFields > 0) all.push(["…", `${unknownFields} not in the schema`]);
  return Object.fromEntries(all);
}

/** By name, what stands at the top of any reply of any version; undefined where they do not agree what it is. */
let vocabulary: Map<string, Shape | undefined> | undefined;

function wordOfAnother(name: string): Shape | undefined {
  vocabulary ??= allWords();
  return vocabulary.get(name);
}

function allWords(): Map<string, Shape | undefined> {
  const words = new Map<string, Shape | undefined>();
  for (const [version, all] of Object.entries(schemas)) {
    for (const schemaName of Object.keys(all).filter((word) => word.endsWith(suffix.result))) {
      const action = schemaName.slice(0, -suffix.result.length);
      const shape = shapeFor({ version: version as OcppVersion, action, part: "result" });
      for (const [name, inner] of shape?.kind === "object" ? shape.fields : []) {
        const before = words.has(name) ? words.get(name) : inner;
        words.set(name, before?.kind === inner.kind ? before : undefined);
      }
    }
  }
  return words;
}

/** An identifier that is a car's or a contract's: its end would tell it apart from others as well as the whole does. */
const ofACar: ReadonlySet<Json> = new Set(["MacAddress", "eMAID", "VIN", "EVCCID"]);
const nameless = (value: JsonObject, name: string): boolean =>
  (name === "idToken" || name === "additionalIdToken") && ofACar.has(value["type"] ?? null);

function settingIn({ key, component, variable }: JsonObject): Setting {
  if (typeof key === "string") return { component: "", name: key };
  const name = nameOf(variable);
  return name === undefined ? undefined : { component: nameOf(component) ?? "?", name };
}
const nameOf = (value: Json | undefined): string | undefined =>
  isObject(value) && typeof value["name"] === "string" ? value["name"] : undefined;

function text(shownAs: FieldClass | undefined, value: string, setting: Setting): Json {
  switch (shownAs) {
    case "plain":
      return clipped(value);
    case "text":
      return withoutCredentials(clipped(value));
    case "token":
      return maskedText(value);
    case "address":
      return withoutCredentials(clipped(value.replace(/[?#].*$/s, "?…")));
    case "reading":
      return Number.isFinite(Number(value)) && value.length <= 40 ? value : unknown(value);
    case "setting":
      return setting !== undefined && maySettingBeShown(setting.component, setting.name, value)
        ? withoutCredentials(clipped(value))
        : unknown(value);
    case "secret":
    case "personal":
    case "blob":
    case undefined:
      return unknown(value);
  }
}

/** `user:password@` of every address in a text. */
export const withoutCredentials = (value: string): string =>
  value.replace(/\/\/[^\s/@]*(?:@[^\s/@]*)*@/g, "//…@");

const clipped = (value: string): string =>
  value.length > TEXT_CHARS_MAX ? `${value.slice(0, TEXT_CHARS_MAX)}…` : value;

/** What kind of thing stood there, and how much of it: nothing of its content. */
export function unknown(value: Json): Json {
  if (typeof value === "string") return `… (${value.length} characters)`;
  if (Array.isArray(value)) return `… (a list of ${value.length})`;
  if (value === null) return null;
  return typeof value === "object"
    ? `… (an object of ${Object.keys(value).length})`
    : `… (a ${typeof value})`;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type MessageSchema = Schema & { readonly definitions?: Definitions };
const schemas: Readonly<Record<OcppVersion, { readonly [name: string]: MessageSchema }>> = {
  "1.6": schemas16,
  "2.0.1": schemas20,
  "2.1": schemas21,
};
const suffix = { call: "Request", result: "Response", send: "" } as const;
/** At most one for each message of the specifications. */
const shapes = new Map<string, Shape>();

/** Undefined where the version has no such message. */
export function shapeFor({ version, action, part }: About): Shape | undefined {
  const name = `${action}${suffix[part]}`;
  const key = `${version} ${name}`;
  const known = shapes.get(key);
  if (known !== undefined) return known;
  const all = schemas[version];
  const schema = Object.hasOwn(all, name) ? all[name] : undefined;
  if (schema === undefined) return undefined;
  const made = shapeOf(schema, schema.definitions ?? {}, name);
  shapes.set(key, made);
  return made;
}
