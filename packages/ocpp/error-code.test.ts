import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageId } from "@wattward/kernel";
import { callError, DESCRIPTION_CHARS_MAX, type ErrorCode, foldedCode, spelled } from "./error-code.ts";

/** Our word, as 1.6 writes it (§4.2.3; errata §5.1 and §5.2 keep the old spelling), as 2.0.1 writes it (Part 4 §4.3). */
const words: readonly (readonly [ErrorCode, string, string])[] = [
  ["FormatViolation", "FormationViolation", "FormatViolation"],
  ["GenericError", "GenericError", "GenericError"],
  ["InternalError", "InternalError", "InternalError"],
  ["MessageTypeNotSupported", "FormationViolation", "MessageTypeNotSupported"],
  ["NotImplemented", "NotImplemented", "NotImplemented"],
  ["NotSupported", "NotSupported", "NotSupported"],
  ["OccurrenceConstraintViolation", "OccurenceConstraintViolation", "OccurrenceConstraintViolation"],
  ["PropertyConstraintViolation", "PropertyConstraintViolation", "PropertyConstraintViolation"],
  ["ProtocolError", "ProtocolError", "ProtocolError"],
  ["RpcFrameworkError", "FormationViolation", "RpcFrameworkError"],
  ["SecurityError", "SecurityError", "SecurityError"],
  ["TypeConstraintViolation", "TypeConstraintViolation", "TypeConstraintViolation"],
];

test("error codes: each version in its own spelling; both spellings mean the same to us (QUIRKS 35)", () => {
  for (const [code, in16, in201] of words) {
    assert.equal(spelled(code, "1.6"), in16);
    assert.equal(spelled(code, "2.0.1"), in201);
    assert.equal(foldedCode(code), code);
  }
  assert.equal(foldedCode("FormationViolation"), "FormatViolation");
  assert.equal(foldedCode("OccurenceConstraintViolation"), "OccurrenceConstraintViolation");
  assert.equal(spelled("FormationViolation", "2.0.1"), "FormatViolation");
  assert.equal(foldedCode("VendorError"), undefined);
  assert.equal(spelled("VendorError", "1.6"), "VendorError");
});

test("error codes: a description is cut at 255 characters, details are an empty object", () => {
  const error = callError("1" as MessageId, "GenericError", "x".repeat(1000), "2.0.1");
  assert.equal(error.description.length, DESCRIPTION_CHARS_MAX);
  assert.deepEqual(error.details, {});
});
