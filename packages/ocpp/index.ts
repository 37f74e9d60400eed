/** OCPP-J: frames, versions, validation, calls in flight. Sockets are behind `@wattward/ocpp/websocket`. */

export { dateTimeMs } from "@wattward/kernel";
export * from "./basic-credentials.ts";
export * from "./calls-in-flight.ts";
export { callError, DESCRIPTION_CHARS_MAX, type ErrorCode, foldedCode, spelled } from "./error-code.ts";
export * from "./frame.ts";
export * from "./handling.ts";
export * from "./intake.ts";
export * from "./messages.ts";
export * from "./redaction/index.ts";
export * from "./repairs/index.ts";
export * from "./session.ts";
export * from "./session-options.ts";
export * from "./station-path.ts";
export * from "./takeover.ts";
export {
  type Invalid,
  type Valid,
  validateCall,
  validateResult,
  validateSend,
  warmValidators,
} from "./validation.ts";
export * from "./version.ts";
