/**
 * Payloads against the official schemas, both ways: what a peer sent, and what we are about to send.
 *
 * The schemas of a version are one document: their shared definitions and their payloads stand side by side in it, so
 * that a definition is compiled once for all actions that use it. An action is compiled when it is first needed (1 to
 * 10 ms) or ahead of need by {@link warmValidators}. Never throws, never changes a payload, and repairs nothing: the
 * tolerance for what known stations get wrong (QUIRKS) is in repairs/, and is held against these schemas again.
 */
import type { JsonObject } from "@wattward/kernel";
import { isRfc3339, shown } from "@wattward/kernel";
import { Ajv, type ValidateFunction } from "ajv";
import * as schemas16 from "typed-ocpp/dist/ocpp16/schemas.js";
import * as schemas20 from "typed-ocpp/dist/ocpp20/schemas.js";
import * as schemas21 from "typed-ocpp/dist/ocpp21/schemas.js";
import type { ErrorCode } from "./error-code.ts";
import { actionsFrom, type RequestOf, type ResponseOf, sendsFrom } from "./messages.ts";
import type { Complaint } from "./repairs/repair.ts";
import { schemaFault } from "./schema-fault.ts";
import type { OcppVersion, Side } from "./version.ts";

/** The payload is what its schema says, and has the type that follows. */
export type Valid<Payload = JsonObject> = { readonly kind: "valid"; readonly payload: Payload };
/** `path`: JSON pointer to the place, bounded. `reason`: one sentence, bounded, fit for a CALLERROR and a log. */
export type Invalid = {
  readonly kind: "invalid";
  readonly code: ErrorCode;
  readonly reason: string;
  readonly path: string;
};

/** A CALL that `sender` sent, or is about to send. */
export function validateCall<V extends OcppVersion, A extends string>(
  version: V,
  sender: Side,
  action: A,
  payload: JsonObject,
): Valid<RequestOf<V, A>> | Invalid {
  if (actionsFrom(version, sender).has(action)) {
    return validated<RequestOf<V, A>>(version, `${action}Request`, payload);
  }
  const known = actionsFrom(version, otherSide(sender)).has(action) || sendsFrom(version, sender).has(action);
  return {
    kind: "invalid",
    code: known ? "NotSupported" : "NotImplemented",
    reason: known
      ? `${action} is not for a ${sender} to send as a CALL`
      : `OCPP ${version} has no action '${shown(action, 40)}'`,
    path: "",
  };
}

/** A SEND that `sender` sent, or is about to send (2.1 Part 4 §4.2.4). */
export function validateSend<V extends OcppVersion, A extends string>(
  version: V,
  sender: Side,
  action: A,
  payload: JsonObject,
): Valid<RequestOf<V, A>> | Invalid {
  if (sendsFrom(version, sender).has(action)) return validated<RequestOf<V, A>>(version, action, payload);
  const reason = `a ${sender} has no '${shown(action, 40)}' of OCPP ${version} to send without an answer`;
  return { kind: "invalid", code: "NotImplemented", reason, path: "" };
}

/** A CALLRESULT that `sender` sent, or is about to send, to a CALL of the other side. */
export function validateResult<V extends OcppVersion, A extends string>(
  version: V,
  sender: Side,
  action: A,
  payload: JsonObject,
): Valid<ResponseOf<V, A>> | Invalid {
  if (actionsFrom(version, otherSide(sender)).has(action)) {
    return validated<ResponseOf<V, A>>(version, `${action}Response`, payload);
  }
  const reason = `a ${sender} has no '${shown(action, 40)}' of OCPP ${version} to answer`;
  return { kind: "invalid", code: "NotImplemented", reason, path: "" };
}

/**
 * Compiles the validators of `actions` (all, where none are given) ahead of need, one a turn of the event loop, so
 * that sockets are served in between. Asking again for what is compiled costs nothing.
 */
export function warmValidators(version: OcppVersion, actions?: Iterable<string>): void {
  const all = new Set([...actionsFrom(version, "station"), ...actionsFrom(version, "csms")]);
  const sends = sendsFrom(version, "station");
  const asked = [...(actions ?? [...all, ...sends])];
  const waiting = asked.filter((action) => all.has(action));
  const names = [
    ...waiting.flatMap((action) => [`${action}Request`, `${action}Response`]),
    ...asked.filter((action) => sends.has(action)),
  ];
  const next = () => {
    const name = names.shift();
    if (name === undefined) return;
    validatorOf(version, name);
    setImmediate(next);
  };
  setImmediate(next);
}

/** What is wrong first with a CALL that `sender` sent; undefined where it is valid, or no such action is known. */
export function complaintAboutCall(
  version: OcppVersion,
  sender: Side,
  action: string,
  payload: JsonObject,
): Complaint | undefined {
  const known = actionsFrom(version, sender).has(action);
  return known ? complaintOf(validatorOf(version, `${action}Request`), payload) : unknownAction;
}

/** What is wrong first with a CALLRESULT that `sender` sent. */
export function complaintAboutResult(
  version: OcppVersion,
  sender: Side,
  action: string,
  payload: JsonObject,
): Complaint | undefined {
  const known = actionsFrom(version, otherSide(sender)).has(action);
  return known ? complaintOf(validatorOf(version, `${action}Response`), payload) : unknownAction;
}

/** No rule knows it, so nothing is repaired. */
const unknownAction: Complaint = { keyword: "action", place: [], params: {} };

function complaintOf(validate: ValidateFunction, payload: JsonObject): Complaint | undefined {
  if (validate(payload)) return undefined;
  const error = validate.errors?.[0];
  if (error === undefined) return unknownAction;
  const segments = error.instancePath.split("/").slice(1);
  const place = segments.map((segment) =>
    /^\d+$/.test(segment) ? "*" : segment.replaceAll("~1", "/").replaceAll("~0", "~"),
  );
  return { keyword: error.keyword, place, params: error.params };
}

const otherSide = (side: Side): Side => (side === "station" ? "csms" : "station");

function validated<Payload>(
  version: OcppVersion,
  name: string,
  payload: JsonObject,
): Valid<Payload> | Invalid {
  const validate = validatorOf(version, name);
  // The schema has just looked at every field: this is where a payload gets its type.
  if (validate(payload)) return { kind: "valid", payload: payload as Payload };
  return schemaFault(validate.errors?.[0], version);
}

function validatorOf(version: OcppVersion, name: string): ValidateFunction {
  const cache = compiled[version];
  const ready = cache.get(name);
  if (ready !== undefined) return ready;
  const fresh = (engines[version] ??= engine(version)).getSchema(`ocpp#/definitions/${name}`);
  if (fresh === undefined) throw new Error(`OCPP ${version} has no schema ${name}`);
  cache.set(name, fresh);
  return fresh;
}

const compiled: Readonly<Record<OcppVersion, Map<string, ValidateFunction>>> = {
  "1.6": new Map(),
  "2.0.1": new Map(),
  "2.1": new Map(),
};
const schemas = { "1.6": schemas16, "2.0.1": schemas20, "2.1": schemas21 };
const engines: { [V in OcppVersion]?: Ajv } = {};

function engine(version: OcppVersion): Ajv {
  const ajv = new Ajv({
    // The official files put keywords where they mean nothing, as `additionalProperties` on a text.
    strict: false,
    // JSON text may hold 1e400, which reads as Infinity; this keeps that from being a number.
    strictNumbers: true,
    validateSchema: false,
    meta: false,
    // 1.6 asks for `multipleOf: 0.1`, which 8.1 is not in binary; beyond six digits the quotient may differ.
    multipleOfPrecision: 6,
    formats: { "date-time": isRfc3339, uri: isUri },
  });
  return ajv.addSchema({ $id: "ocpp", definitions: documentOf(schemas[version]) });
}

type Schema = { readonly [keyword: string]: unknown };

/** One namespace for the shared definitions and for `<Action>Request` and `<Action>Response`. */
function documentOf(module: { readonly [name: string]: Schema & { readonly definitions?: Schema } }): Schema {
  const all: { [name: string]: unknown } = {};
  for (const [name, { definitions, ...schema }] of Object.entries(module)) {
    Object.assign(all, definitions);
    all[name] = schema;
  }
  return all;
}

/** RFC 3986 in outline: a scheme, and nothing that a URI must encode. */
const isUri = (text: string): boolean => /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^`{|}]+$/.test(text);
