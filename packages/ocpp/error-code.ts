/**
 * RPC error codes: one vocabulary inside, the spelling of the version on the wire.
 *
 * Inside we use the words of OCPP 2.0.1 Part 4 §4.3. OCPP-J 1.6 §4.2.3 spells two of them differently, and its errata
 * (§5.1, §5.2) keep it so for 1.6 because stations compare the text; it has no word for two others. Whatever a peer
 * sends, {@link foldedCode} reads both spellings (QUIRKS 35).
 */
import type { MessageId } from "@wattward/kernel";
import type { CallError } from "./frame.ts";
import type { OcppVersion } from "./version.ts";

const codes = [
  "FormatViolation",
  "GenericError",
  "InternalError",
  "MessageTypeNotSupported",
  "NotImplemented",
  "NotSupported",
  "OccurrenceConstraintViolation",
  "PropertyConstraintViolation",
  "ProtocolError",
  "RpcFrameworkError",
  "SecurityError",
  "TypeConstraintViolation",
] as const;
export type ErrorCode = (typeof codes)[number];

/** ErrorDescription is string[255] (Part 4 §4.2.3); longer text is cut. */
export const DESCRIPTION_CHARS_MAX = 255;

const spelling16: ReadonlyMap<string, string> = new Map([
  ["FormatViolation", "FormationViolation"],
  ["OccurrenceConstraintViolation", "OccurenceConstraintViolation"],
  // 1.6 has neither word; the message is then "not conform the PDU structure", which it calls FormationViolation.
  ["RpcFrameworkError", "FormationViolation"],
  ["MessageTypeNotSupported", "FormationViolation"],
]);
const folded: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ...codes.map((code) => [code, code] as const),
  ["FormationViolation", "FormatViolation"],
  ["OccurenceConstraintViolation", "OccurrenceConstraintViolation"],
]);

/** The code that a peer meant, in either spelling; undefined for a word that no version knows. */
export const foldedCode = (sent: string): ErrorCode | undefined => folded.get(sent);

/** A code as `version` writes it; a word we do not know (a peer's, passed on) stays as it is. */
export const spelled = (code: string, version: OcppVersion): string =>
  (version === "1.6" ? spelling16.get(code) : folded.get(code)) ?? code;

/** The CALLERROR for a CALL. `description` is for the peer's log: a rule and a place, never its own input at length. */
export function callError(
  id: MessageId,
  code: ErrorCode | (string & {}),
  description: string,
  version: OcppVersion,
): CallError {
  const bounded = description.slice(0, DESCRIPTION_CHARS_MAX);
  return { kind: "error", id, code: spelled(code, version), description: bounded, details: {} };
}
