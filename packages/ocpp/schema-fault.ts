/**
 * What a schema found wrong, in the words of the protocol: which error code each rule stands for in each version
 * (OCPP-J 1.6 §4.2.3; OCPP 2.0.1 Part 4 §4.3), the place, and a sentence. The payload's values never appear, and of
 * its own field names only what reads like one: a card's number in the wrong place is no name, and this goes to logs.
 */
import { shown } from "@wattward/kernel";
import type { ErrorObject } from "ajv";
import type { ErrorCode } from "./error-code.ts";
import type { Invalid } from "./validation.ts";
import type { OcppVersion } from "./version.ts";

const PATH_CHARS_MAX = 96;
const NAME_CHARS_MAX = 40;

/** As OCPP spells its fields: letters alone, with few exceptions that it knows. */
const fieldName = /^[a-z][A-Za-z]*$/;

/** 1.6 calls an incomplete payload ProtocolError; 2.x keeps that word for a wrong structure. */
const codes: Readonly<Record<string, Readonly<Record<"1.6" | "2.x", ErrorCode>>>> = {
  required: { "1.6": "ProtocolError", "2.x": "OccurrenceConstraintViolation" },
  additionalProperties: { "1.6": "FormatViolation", "2.x": "ProtocolError" },
  type: { "1.6": "TypeConstraintViolation", "2.x": "TypeConstraintViolation" },
  minItems: { "1.6": "OccurrenceConstraintViolation", "2.x": "OccurrenceConstraintViolation" },
  maxItems: { "1.6": "OccurrenceConstraintViolation", "2.x": "OccurrenceConstraintViolation" },
};
/** Everything else bounds a value: enum, maxLength, minimum, maximum, multipleOf, format. */
const otherwise: ErrorCode = "PropertyConstraintViolation";

/** The first error that a validator reported. */
export function schemaFault(error: ErrorObject | undefined, version: OcppVersion): Invalid {
  if (error === undefined)
    return { kind: "invalid", code: "GenericError", reason: "the payload is not valid", path: "" };
  const path = shown(error.instancePath, PATH_CHARS_MAX);
  const where = path === "" ? "the payload" : path;
  return {
    kind: "invalid",
    code: codes[error.keyword]?.[version === "1.6" ? "1.6" : "2.x"] ?? otherwise,
    reason: `${where} ${sentence(error)}`,
    path,
  };
}

function sentence({ keyword, params, message }: ErrorObject): string {
  const parameters = params as { readonly [name: string]: unknown };
  const named = (name: string) => shown(String(parameters[name]), NAME_CHARS_MAX);
  switch (keyword) {
    case "required":
      return `lacks '${named("missingProperty")}'`;
    case "additionalProperties":
      return fieldName.test(String(parameters["additionalProperty"]))
        ? `has '${named("additionalProperty")}', which is not a field of it`
        : "has something that is not a field of it";
    case "type":
      return `is not of type ${named("type")}`;
    case "enum":
      return "is none of the values allowed";
    case "maxLength":
      return `is longer than ${named("limit")} characters`;
    case "minItems":
      return `has fewer than ${named("limit")} items`;
    case "maxItems":
      return `has more than ${named("limit")} items`;
    case "format":
      return `is not a ${named("format")}`;
    case "multipleOf":
      return `is not a multiple of ${named("multipleOf")}`;
    default:
      return shown(message ?? `breaks '${keyword}'`, NAME_CHARS_MAX);
  }
}
